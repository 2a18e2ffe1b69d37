"""DC3xx: versions only grow, force begins by release and ends by replacement or withdrawal. Must not know who signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from docctl.core import version as versions
from docctl.core.calendar import add_months, local_day
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.layout import owner
from docctl.core.library import Library
from docctl.rules.catalogue import WARNING, Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


def _place(document: Document, field: str = "version") -> Place:
    return Place(document.path, document.line(field), document.number, document.version)


def _over(evidence: Evidence, document: Document) -> bool:
    """Whether the number ended with other bytes than these: DC305 tells it. Words that end a number end no text that denies it."""
    return evidence.withdrawal is not None and evidence.withdrawal.digest != document.digest


@rule(
    "DC301",
    en="{document} {version} is released; its content ({digest}) differs from what was approved ({approved}); touched: {files}",
    zh="{document} {version} 已发布；其内容（{digest}）与批准的内容（{approved}）不一致；涉及：{files}",
    mend=(
        "Start a new version with `docctl revise {document}`, or restore the files.",
        "请用 `docctl revise {document}` 建立新版本，或恢复这些文件。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2", "iso27001:2022/7.5.3"],
)
def released_content_differs(library: Library) -> Found:
    """A document in force changes only by a new version; any byte changed, pictures included, voids every approval (LC-P5, FN-04).

    有效文件只能通过新版本更改；任何字节（含图片）改变，全部批准即告失效。
    """
    for number, document in library.numbered.items():
        evidence = library.evidence[number]
        released = [release.digest for release in evidence.released(document.version) if not release.withdrawal]
        if document.status == "approved" and not _over(evidence, document) and released and document.digest not in released:
            files = sorted(path for path in library.touched if path.startswith(document.folder + "/")) or [document.path]
            yield _place(document), {"digest": document.digest, "approved": released[-1], "files": ", ".join(files)}


@rule(
    "DC302",
    en="{document}: version {version} does not follow {before}; expected {expected}",
    zh="{document}：版本 {version} 不是 {before} 的下一版本；应为 {expected}",
    mend=("Set the expected label; versions go up one step at a time.", "请改为应有的版本号；版本每次只升一步。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def version_not_next(library: Library) -> Found:
    """Exactly one step at a time: a gap hides a version, a repeat hides a change (I2, domain 1.5). A withdrawal keeps the label.

    每次恰好一步：跳号会隐藏版本，重号会隐藏更改。作废时保留原版本号。
    """
    for document in library.fresh:
        scheme = library.mandate(document.number).settings.version_scheme
        place = versions.order(scheme, document.version)
        evidence = library.evidence[document.number]
        others = [release for release in evidence.releases if release.digest != document.digest and not release.withdrawal]
        taken = any(release.version == document.version for release in others) and not document.withdrawn
        if place is None or taken or (evidence.last and place < evidence.last.order):
            continue  # told by DC107, by DC301, DC306 or DC313, by DC303
        older = [release.version for release in others if release.order <= place]
        early = scheme == "number" and place[0] == 0 and document.status == "draft" and not others
        expected = _expected(document, scheme, older[-1] if older else "")
        if document.version not in expected and not early:
            before = older[-1] if older else Words("nothing", "（无）")
            yield _place(document), {"before": before, "expected": " / ".join(sorted(expected)) or "-"}


def _expected(document: Document, scheme: str, last: str) -> set[str]:
    """The labels that may stand on a text whose number was last released as `last` ("" never)."""
    if not last:
        return {versions.first(scheme)}
    if document.withdrawn:
        return {last}
    classes = [document.head["change"]["class"]] if "change" in document.head else ["minor", "major"]
    return {label for label in (versions.following(scheme, last, each) for each in classes) if label}


@rule(
    "DC303",
    en="{document}: {version} is not newer than {last}, which is released",
    zh="{document}：{version} 不比已发布的 {last} 新",
    mend=("Bring an old text back as the next version, with fresh signatures.", "如需恢复旧文本，请作为下一版本重新签署。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def superseded_returns(library: Library) -> Found:
    """What was replaced never comes back by itself, whatever git operation brings it (I2, FN-01).

    被替代的版本不会自行恢复，无论通过何种 git 操作。
    """
    for number, document in library.numbered.items():
        last = library.evidence[number].last
        place = versions.order(library.mandate(number).settings.version_scheme, document.version)
        if last and place and place < last.order:
            yield _place(document), {"last": last.version}


@rule(
    "DC304",
    en="{document} {version} is released and would disappear; touched: {files}",
    zh="{document} {version} 已发布，不能就此消失；涉及：{files}",
    mend=(
        "Restore the folder; a document ends by `docctl withdraw {document}`, and its folder stays.",
        "请恢复该文件夹；文件须通过 `docctl withdraw {document}` 作废，且文件夹保留。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2", "iso27001:2022/A.5.33"],
)
def document_vanished(library: Library) -> Found:
    """A number that was ever in force answers for ever what became of it (I3, LC-P7).

    曾经生效的编号必须永远能说明其去向。
    """
    known = {*library.numbered, *(item.number for item in library.unread)}
    for number, evidence in library.evidence.items():
        if evidence.releases and number not in known:
            files = sorted(path for path in library.touched if owner(path).number == number) or [f"statements/{number}"]
            yield Place(f"statements/{number}", 0, number, evidence.releases[-1].version), {"files": ", ".join(files)}


@rule(
    "DC306",
    en="{document} {version} is released, but its status says {status}; leaving force needs a withdrawal record",
    zh="{document} {version} 已发布，但状态写为 {status}；退出有效状态须有作废记录",
    mend=(
        "Restore the released text here, or withdraw the document; the next version is written on a topic branch (`docctl revise`).",
        "请恢复已发布的文本，或办理作废；下一版本请在主题分支编写（`docctl revise`）。",
    ),
)
def force_left_quietly(library: Library) -> Found:
    """A document does not slip out of force by editing one word, nor make room for a draft where it is official (G25, design 3).

    文件不能靠改一个词就退出有效状态；受保护分支上也不得由草稿取代已发布的文本。
    """
    for number, document in library.numbered.items():
        evidence = library.evidence[number]
        released = evidence.last if library.landing else evidence.released(document.version)
        if document.status == "draft" and released and not _over(evidence, document):
            yield _place(document, "status"), {"status": document.status}


@rule(
    "DC309",
    en="{document} {version}: review was due on {due}",
    zh="{document} {version}：评审已于 {due} 到期",
    mend=(
        "Review it: `docctl confirm {document}` keeps it, `docctl revise` or `docctl withdraw` changes it.",
        "请评审：`docctl confirm {document}` 保持有效，或用 `docctl revise`、`docctl withdraw` 更改。",
    ),
    clauses=["iso27001:2022/A.5.1"],
    severity=WARNING,
)
def review_overdue(library: Library) -> Found:
    """Overdue review never ends validity, but it is told until it is done (TM-8, FN-17).

    评审逾期不影响有效性，但会持续提示直至完成。
    """
    for document in library.claims:
        evidence = library.evidence[document.number]
        settings = library.mandate(document.number).settings
        kind = settings.types.get(document.type)
        span = evidence.in_force(library.today) if library.today else None
        if kind is None or span is None:
            continue
        confirmed = evidence.standing(span.release.digest, "confirm")
        start = max([span.since, *(local_day(item.statement.decided_at, settings.timezone) for item in confirmed)])
        due = add_months(start, document.head.get("review_interval", kind.review_interval))
        if due < library.today:
            yield _place(document)._replace(version=span.release.version), {"due": due}


@rule(
    "DC310",
    en="{document} {version} is a later version but does not say what changed",
    zh="{document} {version} 是后续版本，但未说明更改内容",
    mend=(
        "Fill `change: {{class, reason, summary}}`; `docctl revise` writes them.",
        "请填写 `change: {{class, reason, summary}}`；`docctl revise` 会写入。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def change_unsaid(library: Library) -> Found:
    """From the second version on the document says why it changed, or nobody can judge the change (FN-09).

    自第二版起，文件须说明更改原因，否则无法评判更改。
    """
    for document in library.fresh:
        before = library.evidence[document.number].before(document.version, document.digest)
        later = before is not None and before.version != document.version
        if later and document.status == "approved" and "change" not in document.head:
            yield _place(document, "change"), {}


@rule(
    "DC312",
    en="{document} {version}: in force from {effective}, before its predecessor {before} ({since})",
    zh="{document} {version}：生效日期 {effective} 早于前一版本 {before}（{since}）",
    mend=("Release it for a day that is not before its predecessor's.", "请以不早于前一版本的日期发布。"),
)
def effective_not_increasing(library: Library) -> Found:
    """Days in force follow one another without gap or overlap, so that each past day has one answer (LC-P4, 1.6.1).

    各版本的有效期依次相接，任何一天都只有一个答案。
    """
    for number, evidence in library.evidence.items():
        for earlier, later in pairwise(evidence.releases):
            revived = later.withdrawal and earlier.order > later.order  # DC305 tells a release after the end
            if later.effective_from < earlier.effective_from and not revived:
                facts = {"effective": later.effective_from, "before": earlier.version, "since": earlier.effective_from}
                yield Place(later.signed.path, 0, number, later.version), facts


@rule(
    "DC313",
    en="{document}: {version} was released already ({first}); a label is used once",
    zh="{document}：{version} 已发布过（{first}）；版本号只使用一次",
    mend=("Give the new text the next label.", "请为新文本使用下一个版本号。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def version_released_twice(library: Library) -> Found:
    """A label that means two texts, or two days of force, means neither (I2, domain 1.5).

    一个版本号若对应两份文本或两个生效日期，就什么也不能说明。
    """
    for number, evidence in library.evidence.items():
        for earlier, later in pairwise(evidence.releases):
            if (earlier.version, earlier.withdrawal) == (later.version, later.withdrawal):
                yield Place(later.signed.path, 0, number, later.version), {"first": earlier.signed.path}


@rule(
    "DC314",
    en="{path}: it releases {document} {version} with bytes ({digest}) that are not here",
    zh="{path}：发布了 {document} {version}，但其内容（{digest}）不在此处",
    mend=("Land a release together with its very text.", "发布声明须与其文本一同合入。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
    landing=True,
)
def release_without_text(library: Library) -> Found:
    """What was in force must lie in the history, or nobody can say what was valid on a past day (TM-12).

    曾经有效的文本必须存在于历史中，否则无法说明过去某日的有效内容。
    """
    for item in library.arrived if library.touched else ():
        number, statement = item.statement.document, item.statement
        evidence, document = library.evidence.get(number), library.numbered.get(number)
        stands = evidence is not None and item in evidence.standing(statement.digest, "release")
        if stands and (document is None or document.digest != statement.digest):
            yield Place(item.path, 0, number, statement.version or ""), {"digest": statement.digest}
