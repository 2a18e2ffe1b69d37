"""DC4xx: clauses, sections and references lead where they say. Must not know approvals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.library import Library
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


def _living(library: Library) -> list[Document]:
    """The documents whose tracing is judged: a withdrawn one keeps what it said when it ended."""
    return [document for document in library.fresh if not document.withdrawn]


def _claiming(library: Library) -> list[Document]:
    return [document for document in _living(library) if document.claims]


def _line(document: Document, line: int) -> Place:
    return Place(document.path, line, document.number, document.version)


@rule(
    "DC401",
    en="{document} {version}: no clause {clause} in {standard}",
    zh="{document} {version}：{standard} 中没有条款 {clause}",
    mend=(
        "Use a clause of `docctl correspondence {standard}`; Annex A controls begin with A.",
        "请使用 `docctl correspondence {standard}` 列出的条款；附录 A 控制以 A. 开头。",
    ),
    clauses=["iso20000-1:2018/7.5.1"],
)
def clause_unknown(library: Library) -> Found:
    """A correspondence table with clauses that do not exist is the first page an auditor lays aside (FN-36).

    对照表中若有不存在的条款，审核员首先就会质疑。
    """
    for document in _living(library):
        if library.bygone(document.number):
            continue  # judged by the catalogues of the day when it landed, for ever
        used = library.mandate(document.number).settings.standards
        for place, mapped in enumerate(document.clauses):
            standard = library.standards.get(mapped.standard) if mapped.standard in used else None
            if standard is None or mapped.clause not in standard.by_id:
                yield _line(document, document.line("clauses", place)), {"clause": mapped.clause, "standard": mapped.standard}


@rule(
    "DC402",
    en="{document} {version}: no heading with the anchor #{section} (mapped to {clause})",
    zh="{document} {version}：没有锚点为 #{section} 的标题（对应条款 {clause}）",
    mend=("Write the anchor behind its heading: `## Title {{#{section}}}`.", "请在标题后写明锚点：`## 标题 {{#{section}}}`。"),
    clauses=["iso20000-1:2018/7.5.1"],
)
def section_missing(library: Library) -> Found:
    """A mapping points at the words that answer the clause, not somewhere near them (FN-36).

    对照须指向真正回应条款的章节。
    """
    for document in _living(library):
        if not any(mapped.section for mapped in document.clauses):
            continue
        anchors = {heading.anchor for heading in document.outline.headings}
        for place, mapped in enumerate(document.clauses):
            if mapped.section and mapped.section not in anchors:
                facts = {"section": mapped.section, "clause": f"{mapped.standard}/{mapped.clause}"}
                yield _line(document, document.line("clauses", place)), facts


@rule(
    "DC403",
    en="{document} {version}: no document with number {cited}",
    zh="{document} {version}：没有编号为 {cited} 的文件",
    mend=("Correct the number, or create that document first.", "请更正编号，或先建立该文件。"),
    clauses=["iso20000-1:2018/7.5.3"],
    landing=True,
)
def reference_unknown(library: Library) -> Found:
    """A cited document that does not exist leaves its reader without an answer (FN-15).

    引用不存在的文件会使读者无所适从。
    """
    for document in _living(library):
        for number, line in (*((number, line) for number, _, line in document.cited()), *_named(document)):
            if library.catalogue.document(number) is None:
                yield _line(document, line), {"cited": number}


def _named(document: Document) -> Iterator[tuple[str, int]]:
    """The documents that the front matter names without leading readers to them: merged into this one, or translated by it."""
    for place, number in enumerate(document.head.get("supersedes", ())):
        yield number, document.line("supersedes", place)
    if "translation_of" in document.head:
        yield document.head["translation_of"]["id"], document.line("translation_of", "id")


@rule(
    "DC404",
    en="{document} {version} refers to {cited}, which is withdrawn",
    zh="{document} {version} 引用了已作废的 {cited}",
    mend=("Refer to the document that replaced it.", "请改为引用其替代文件。"),
    clauses=["iso20000-1:2018/7.5.3"],
    landing=True,
)
def reference_withdrawn(library: Library) -> Found:
    """A reference is a promise that the text behind it is valid (FN-14).

    引用意味着承诺被引文本有效。
    """
    for document in _living(library):
        for number, _, line in document.cited():
            cited = library.catalogue.document(number)
            if cited is not None and cited.withdrawn:
                yield _line(document, line), {"cited": number}


@rule(
    "DC405",
    en="{document} {version} refers to {cited}, which is still a draft",
    zh="{document} {version} 引用了仍为草稿的 {cited}",
    mend=("Release both in one batch, or release {cited} first.", "请将两者同批发布，或先发布 {cited}。"),
    clauses=["iso20000-1:2018/7.5.3"],
    landing=True,
)
def reference_draft(library: Library) -> Found:
    """What is in force may lean only on what is in force (RD-D4).

    有效文件只能依据有效文件。
    """
    for document in _claiming(library):
        for number, _, line in document.cited():
            cited = library.catalogue.document(number)
            if cited is not None and not cited.claims:
                yield _line(document, line), {"cited": number}


@rule(
    "DC406",
    en="{document} {version}: {cited} has no heading with the anchor #{section}",
    zh="{document} {version}：{cited} 没有锚点为 #{section} 的标题",
    mend=("Correct the section after the # sign.", "请更正 # 之后的章节。"),
    landing=True,
)
def cited_section_missing(library: Library) -> Found:
    """A link to a section that moved away shows the top of a page and hides the point.

    指向已移走章节的链接只会打开页首而错过要点。
    """
    for document in _living(library):
        own = [(document.number, link.target[1:], link.line) for link in document.outline.links if link.target.startswith("#")]
        for number, section, line in (*document.cited(), *own):
            cited = library.catalogue.document(number) if section else None
            if cited is not None and all(heading.anchor != section for heading in cited.outline.headings):
                yield _line(document, line), {"cited": number, "section": section}


@rule(
    "DC407",
    en="{document} {version}: documents of type {type} must name the clauses they answer",
    zh="{document} {version}：类型为 {type} 的文件必须写明对应的条款",
    mend=("Add `clauses:` to the front matter.", "请在文件头中添加 `clauses:`。"),
    clauses=["iso20000-1:2018/7.5.1"],
    landing=True,
)
def clauses_missing(library: Library) -> Found:
    """The correspondence table is built from the documents; a mandatory one that is silent leaves a hole in it.

    对照表由文件生成；必备文件若不写明条款，对照表就会缺项。
    """
    for document in _claiming(library):
        kind = library.mandate(document.number).settings.types.get(document.type)
        if kind and kind.mandatory_clauses and not document.clauses:
            yield _line(document, document.line("clauses")), {"type": document.type}


@rule(
    "DC408",
    en="{document} {version} pins {cited} to {pinned}, but {last} is released",
    zh="{document} {version} 将 {cited} 固定为 {pinned}，但已发布的是 {last}",
    mend=("Refer to the current version, or drop the pin.", "请引用现行版本，或不固定版本。"),
    landing=True,
)
def pinned_version_old(library: Library) -> Found:
    """Quoting an old version of a living document is a finding in every audit; one that waits to be replaced is not old yet (FN-14).

    引用在用文件的旧版本是审核中的常见不符合；尚待被替代的版本还不是旧版本。
    """
    for document in _claiming(library):
        own = library.evidence[document.number].released(document.version)
        day = next((release.effective_from for release in own if release.digest == document.digest), "")
        for reference in document.references:
            cited = library.catalogue.evidence(reference.number) if reference.version else None
            last = cited.last if cited else None
            known = {span.release.version for span in cited.spans if day and day < span.until} if cited else set()
            if reference.version and reference.version not in {*known, last.version if last else ""}:
                said = last.version if last else Words("nothing", "（无）")
                facts = {"cited": reference.number, "pinned": reference.version, "last": said}
                yield _line(document, document.line("references")), facts


@rule(
    "DC409",
    en="{document} names {replacement} as its replacement, but there is no such document or it is withdrawn",
    zh="{document} 写明由 {replacement} 替代，但没有这份文件或其已作废",
    mend=("Correct `replaced_by`.", "请更正 `replaced_by`。"),
    landing=True,
)
def replacement_unknown(library: Library) -> Found:
    """The stub of a withdrawn number sends its readers on; it must send them somewhere.

    作废编号的提示页会指引读者，须指向真实文件。
    """
    for document in library.fresh:
        replacement = document.withdrawal.get("replaced_by", "")
        successor = library.catalogue.document(replacement) if replacement else None
        if replacement and (successor is None or successor.withdrawn):
            yield _line(document, document.line("withdrawal", "replaced_by")), {"replacement": replacement}
