"""DC1xx: a library's files are what their places say they are. Must not know approvals or history."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from docctl.core import version as versions
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.layout import LONGEST_PATH
from docctl.core.library import Library
from docctl.core.mandate import Mandate
from docctl.core.outline import FAULTS
from docctl.core.target import target_kind
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

_MISPLACED: Mapping[str, Words] = {
    "stray": Words("no owner rule for this path", "该路径没有归属规则"),
    "name": Words("the name is reserved, hidden or begins or ends oddly", "名称为保留名、隐藏名，或首尾字符不当"),
    "character": Words("the name holds a forbidden character", "名称含有禁用字符"),
    "length": Words(f"the path is longer than {LONGEST_PATH} characters", f"路径超过 {LONGEST_PATH} 个字符"),
    "unicode-form": Words("the name is not in Unicode form NFC", "名称不是 Unicode NFC 形式"),
    "case": Words("two names differ only in letter case", "两个名称仅大小写不同"),
    "link": Words("it is a symbolic link or a submodule, not an ordinary file", "它是符号链接或子模块，不是普通文件"),
    "executable": Words("it is marked executable", "它带有可执行标记"),
    "lfs": Words("it is a Git LFS pointer; the real content is not in git", "它是 Git LFS 指针，真实内容不在 git 中"),
    "size": Words("it is larger than 20 MB", "它超过 20 MB"),
    "image": Words("the bytes are not an image of that kind", "内容不是该格式的图片"),
    "svg": Words("SVG images can carry scripts; use PNG, JPEG, GIF or WebP", "SVG 图片可能携带脚本，请用 PNG、JPEG、GIF 或 WebP"),
}


_FORCE = Words("the day of force", "生效日期")


def _place(document: Document, line: int) -> Place:
    return Place(document.path, line, document.number, document.version)


@rule(
    "DC101",
    en="{path}: cannot be read: {reason}",
    zh="{path}：无法读取：{reason}",
    mend=("Mend the file at that line, or restore the last good version.", "请修正该行，或恢复上一个正确版本。"),
    clauses=["iso20000-1:2018/7.5.2"],
)
def unreadable(library: Library) -> Found:
    """What cannot be read the same way by everyone proves nothing, so docctl reads strictly and guesses never.

    不能被所有人同样读出的内容什么也证明不了，因此 docctl 严格读取，从不猜测。
    """
    for item in library.unread:
        if item.kind in {"text", "statement", "rules"}:
            yield Place(item.path, item.line, item.number), {"reason": item.words}


@rule(
    "DC102",
    en="{path}: front matter: {reason}",
    zh="{path}：文件头：{reason}",
    mend=(
        "Correct the field; `docctl new` and `docctl record new` write front matter that fits, schema/ says what each field means.",
        "请更正该字段；`docctl new` 和 `docctl record new` 会生成合格的文件头，schema/ 说明各字段的含义。",
    ),
    clauses=["iso20000-1:2018/7.5.2"],
)
def head_breaks_schema(library: Library) -> Found:
    """Identification and description must be complete and of one form, or registers built from them would lie.

    标识和说明必须完整且格式统一，否则据此生成的清单会失真。
    """
    for item in library.unread:
        if item.kind == "schema":
            yield Place(item.path, item.line, item.number), {"reason": item.words}


@rule(
    "DC103",
    en="{path}: the number is {document}, but the folder begins with {folder}",
    zh="{path}：文件编号为 {document}，但文件夹名以 {folder} 开头",
    mend=(
        "Rename the folder so that it begins with the number, or restore the number.",
        "请将文件夹改为以编号开头，或恢复原编号。",
    ),
)
def number_and_folder_differ(library: Library) -> Found:
    """A number is permanent; a folder that shows another number would let one document pass for a different one.

    编号是永久的；文件夹显示另一编号会使一份文件冒充另一份。
    """
    for number, document in library.documents.items():
        if document.number != number:
            yield Place(document.path, document.line("id"), document.number, document.version), {"folder": number}
    for number, record in library.records.items():
        if record.number != number:
            yield Place(record.path, record.line("id"), record.number), {"folder": number}


@rule(
    "DC104",
    en="number {document} appears twice: {first} and {path}",
    zh="编号 {document} 出现两次：{first} 和 {path}",
    mend=("Give one of them a new number; a number is never shared.", "请为其中之一改用新编号；编号不得共用。"),
)
def number_used_twice(library: Library) -> Found:
    """One number, one document: otherwise nobody can say which text is the valid one (LC-P7, FN-12).

    一个编号对应一份文件，否则无法确定哪份文本有效。
    """
    for number in [*library.documents, *library.records]:
        folders = library.catalogue.folders(number)
        for folder in folders[1:]:
            yield Place(folder, 0, number), {"first": folders[0]}


@rule(
    "DC105",
    en="{path}: {reason}",
    zh="{path}：{reason}",
    mend=(
        "Only documents, records, statements and rule files stand here, as ordinary files in folders that begin with their number.",
        "此处只允许文件、记录、签署声明和规则文件，且须为普通文件并位于以编号开头的文件夹中。",
    ),
    clauses=["iso27001:2022/7.5.3"],
)
def misplaced(library: Library) -> Found:
    """Every path under control has an owner; a file that belongs to nobody is neither approved nor withdrawn by anybody (I4).

    受控范围内每个路径都有归属；无归属的文件无人批准，也无人作废。
    """
    for item in library.misplaced:
        yield Place(item.path, 0, item.number), {"reason": _MISPLACED[item.fault]}


@rule(
    "DC106",
    en="{document}: {field} {value} is not in settings.yaml or people.yaml{near}",
    zh="{document}：{field} 的值 {value} 未在 settings.yaml 或 people.yaml 中登记{near}",
    mend=("Use a registered name, or have it registered by a rules record.", "请使用已登记的名称，或通过规则变更记录登记。"),
)
def name_unregistered(library: Library) -> Found:
    """Types, roles, departments, people and record classes are defined once, in the rules; a name beside them has no holder.

    类型、岗位、部门、人员和记录类别只在规则中定义一次；规则之外的名称没有责任人。
    """
    for document in library.fresh:
        mandate = library.mandate(document.number)
        for field, values, known in _names(document, mandate):
            for value in values:
                if value not in known:
                    yield _place(document, document.line(field)), {"field": field, "value": value, "near": _near(value, known)}


def _near(name: str, known: Iterable[str]) -> Words:
    """The registered names that somebody may have meant."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 3)
    return Words(f"; near: {', '.join(near)}", f"；相近：{'、'.join(near)}") if near else Words("", "")


def _names(document: Document, mandate: Mandate) -> Iterator[tuple[str, Sequence[str], Collection[str]]]:
    """Each field that names something of the rules: the field, its values and the names that are known."""
    settings, head = mandate.settings, document.head
    yield "type", [document.type], settings.types
    if document.withdrawn:
        return  # it ends with the words it was released with, though a department may be gone since (DC316)
    yield "owner", [document.owner], settings.roles
    yield "acknowledge", head.get("acknowledge", ()), settings.roles
    yield "department", [document.department] if document.department else [], settings.departments
    yield "distribution", document.distribution, settings.departments
    yield "records", head.get("records", ()), settings.record_classes
    yield "authors", head.get("authors", ()), mandate.people.persons


@rule(
    "DC107",
    en="{document}: {version} is not a version label of the scheme {scheme}",
    zh="{document}：{version} 不是版本方案 {scheme} 的版本号",
    mend=("Write labels as the scheme does: A/0, A/1 … or 1.0, 1.1 ….", "请按方案书写版本号：A/0、A/1……或 1.0、1.1……。"),
)
def version_malformed(library: Library) -> Found:
    """Versions are compared by their scheme, never as text, so each must belong to it (I2).

    版本按方案比较，从不按文本比较，因此每个版本号都须符合方案。
    """
    for document in library.fresh:
        scheme = library.mandate(document.number).settings.version_scheme
        if versions.order(scheme, document.version) is None:
            yield _place(document, document.line("version")), {"scheme": scheme}


@rule(
    "DC108",
    en="{path}:{line}: {reason}: {detail}",
    zh="{path}:{line}：{reason}：{detail}",
    mend=(
        "Use plain Markdown; keep pictures in the document's own folder and link other documents as doc:NUMBER.",
        "请使用普通 Markdown；图片放在本文件的文件夹内，引用其他文件用 doc:编号。",
    ),
)
def body_not_allowed(library: Library) -> Found:
    """A body may hold only what looks the same to every reader and what the signatures cover (I8).

    正文只能包含所有读者看到的都一样、且被签名覆盖的内容。
    """
    for document in library.fresh:
        for fault in document.outline.faults:
            yield _place(document, fault.line), {"reason": FAULTS[fault.kind], "detail": fault.detail}


@rule(
    "DC109",
    en="{document} {version}: {target} not found in the document's folder (linked in line {line})",
    zh="{document} {version}：文件夹中找不到 {target}（第 {line} 行引用）",
    mend=("Put the file into the folder or correct the link.", "请将该文件放入文件夹，或更正链接。"),
)
def file_missing(library: Library) -> Found:
    """A page that shows a gap where a picture should be is not the text that was approved.

    图片缺失的页面不是被批准的文本。
    """
    for document in library.fresh:
        names = {file.name for file in document.content.files}
        for link in [*document.outline.images, *document.outline.links]:
            if target_kind(link.target) == "file" and link.target not in names:
                yield _place(document, link.line), {"target": link.target}


@rule(
    "DC110",
    en="{document} {version} claims {status} but has no content",
    zh="{document} {version} 声明为 {status}，但没有正文内容",
    mend=("Write the text before it is submitted.", "请先编写正文再提交。"),
    landing=True,
)
def content_empty(library: Library) -> Found:
    """An approval of nothing is no approval.

    对空白内容的批准不是批准。
    """
    for document in library.candidates:
        if document.outline.empty:
            yield _place(document, document.body_line), {"status": document.status}


@rule(
    "DC111",
    en="{document}: the number does not fit the organisation's numbering {pattern}",
    zh="{document}：编号不符合组织的编号规则 {pattern}",
    mend=(
        "Choose a number of the scheme, or change the scheme by a rules record.",
        "请按编号规则取号，或通过规则变更记录修改编号规则。",
    ),
)
def numbering_broken(library: Library) -> Found:
    """Numbers follow one scheme so that people find and cite documents without doubt (T01).

    编号遵循统一规则，便于准确查找和引用。
    """
    for document in library.fresh:
        pattern = library.mandate(document.number).settings.numbering
        later = library.evidence[document.number].before(document.version, document.digest)  # a number is kept for ever
        if pattern and later is None and not re.fullmatch(pattern, document.number):
            yield _place(document, document.line("id")), {"pattern": pattern}


@rule(
    "DC112",
    en="{path}: {last} {until} is before {first} {since}",
    zh="{path}：{last} {until} 早于 {first} {since}",
    mend=("Correct one of the two dates.", "请更正其中一个日期。"),
)
def dates_crossed(library: Library) -> Found:
    """Something that ends before it begins was never in force on any day, whatever the registers would say (R19).

    结束早于开始的，任何一天都不曾有效。
    """
    for document in library.fresh:
        since, until = str(document.head.get("effective_from", "")), str(document.head.get("valid_until", ""))
        if since and until and until < since:
            facts = {"first": "effective_from", "since": since, "last": "valid_until", "until": until}
            yield _place(document, document.line("valid_until")), facts
    for document in library.candidates:
        release, until = library.matrix(document).release, str(document.head.get("valid_until", ""))
        begun = (release.statement.effective_from or "") if release and not document.withdrawn else ""
        if until and until < begun:
            yield (
                _place(document, document.line("valid_until")),
                {"first": _FORCE, "since": begun, "last": "valid_until", "until": until},
            )
    for record in library.records.values():
        period = record.head.get("period")
        if period and period["to"] < period["from"]:
            facts = {"first": "period.from", "since": period["from"], "last": "period.to", "until": period["to"]}
            yield Place(record.path, record.line("period"), record.number), facts
