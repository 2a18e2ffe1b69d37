"""The page of one controlled document, and the stub of one that ended. Must not decide what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.state import STATES
from docctl.core.statement import DECISIONS, Signed
from docctl.markdown import Block, escape
from docctl.registers.correspondence import section_of
from docctl.registers.issue import Issue
from docctl.registers.review import review
from docctl.registers.scribe import CLASSIFICATIONS, Scribe, title_of, witness_note
from docctl.registers.table import Cell, Column, both
from docctl.site import page, parts
from docctl.site.bodies import Bodies
from docctl.site.parts import Fact
from docctl.site.plan import Plan
from docctl.site.words import label, language, other, pair

_CHANGES = {
    "editorial": Words("editorial", "勘误"),
    "minor": Words("minor", "局部修订"),
    "major": Words("major", "换版"),
}
_CLAUSES = (
    Column("clause", "Clause", "条款"),
    Column("title", "Short title", "条款名称"),
    Column("section", "Section", "章节"),
    Column("how", "How met", "符合方式"),
)


def rendered(planned: Plan, number: str, bodies: Bodies) -> list[Block]:
    """The body of a document in force as headings and HTML, its links leading to what the site shows."""
    document = _text(planned, number)
    here = planned.page_of(number)
    return bodies.rendered(document, _resolver(planned, here), _file(document, here))


def document_page(planned: Plan, number: str, blocks: Sequence[Block], lang: str) -> str:
    """The staged page of a document in force: control block, signatures, clauses, then its text (from `rendered`)."""
    issue, document = planned.shown[number], _text(planned, number)
    scribe = Scribe(planned.collection)
    title = pair(title_of(document), lang)
    state = pair(STATES["in_force"], lang)[0]
    head = parts.print_header(f"{number} {title[0]}", f"{document.version} · {state} · {document.digest[7:19]}")
    if title[1]:
        head += f'<p class="docctl-subtitle" lang="{other(lang)}">{escape(title[1])}</p>'
    made = [page.raw(head)]
    if number in planned.scheduled:
        made.append(page.raw(_upcoming(planned.scheduled[number], lang), searched=False))
    made.append(page.raw(parts.control_block(_control(planned, scribe, issue, lang), lang), searched=False))
    made.append(page.raw(parts.approval_table(_signatures(scribe, issue), lang), searched=False))
    made += page.body(blocks, _language(document, lang))
    made += _annex(planned, scribe, document, lang)
    return page.page(f"{number} {title[0]}", made, weight=2)


def stub_page(planned: Plan, number: str, lang: str) -> str:
    """The staged page of a withdrawn number: that it ended, when, and what replaces it; nothing of its text."""
    issue = planned.stubs[number]
    here, since = planned.page_of(number), issue.edition.release.effective_from
    replaced_by = issue.edition.document.withdrawal.get("replaced_by", "") if issue.edition.document else ""
    words = Words(f"This document was withdrawn on {since}.", f"此文件已于 {since} 作废。")
    more = Words("Its number is not used again; paper copies are to be destroyed.", "编号不再使用；纸质副本应予销毁。")
    register = page.page_address(here, "registers/obsolete/index.md")
    facts = [
        Fact(Words("Document no.", "文件编号"), escape(number)),
        Fact(Words("State", "状态"), parts.badge("withdrawn", label(STATES["withdrawn"], lang))),
        Fact(Words("Withdrawn on", "作废日期"), escape(since)),
        Fact(Words("Replaced by", "替代文件"), _number(planned, here, replaced_by)),
        Fact(Words("Listed in", "登记于"), parts.link(register, pair(Words("Obsolete documents", "作废文件清单"), lang)[0])),
    ]
    made = [
        page.raw(parts.print_header(number, pair(STATES["withdrawn"], lang)[0])),
        page.raw(parts.stamp("withdrawn", pair(Words("WITHDRAWN", "作废"), lang)[0])),
        page.raw(parts.notice("withdrawn", words, lang, more)),
        page.raw(parts.control_block(facts, lang)),
    ]
    return page.page(pair(Words(f"{number} (withdrawn)", f"{number}（已作废）"), lang)[0], made)


def _text(planned: Plan, number: str) -> Document:
    document = planned.shown[number].edition.document
    assert document is not None  # noqa: S101  the plan shows no edition without its text
    return document


def _language(document: Document, lang: str) -> str:
    """The language of a text, "" where it is the site's own."""
    tag = str(document.head["language"])
    return "" if tag.partition("-")[0] == lang else tag


def _number(planned: Plan, here: str, number: str) -> str:
    where = planned.page_of(number) if number else ""
    return parts.link(page.page_address(here, where), number) if where else escape(number)


def _control(planned: Plan, scribe: Scribe, issue: Issue, lang: str) -> Iterator[Fact]:
    """The fields of the control block (domain 7.5.2: number, title, version, force, owner, classification, digest)."""
    document = _text(planned, issue.number)
    here = planned.page_of(issue.number)
    due, classified = review(planned.collection, issue), str(document.head["classification"])
    say: Callable[[Cell], str] = lambda value: parts.said(value, lang)  # noqa: E731  a name for one expression, used in each field
    yield Fact(Words("Document no.", "文件编号"), escape(issue.number))
    yield Fact(Words("Version", "版本"), escape(document.version))
    yield Fact(Words("State", "状态"), parts.badge("in-force", label(STATES["in_force"], lang)))
    yield Fact(Words("In force since", "生效日期"), escape(issue.since))
    yield Fact(Words("Title", "文件名称"), say(title_of(document)), whole=True)
    yield Fact(Words("Type and level", "类型与层级"), _type(scribe, document, lang))
    yield Fact(Words("Owner", "归口岗位"), say(scribe.role(document.owner)))
    yield Fact(Words("Department", "归口部门"), say(scribe.department(document.department)) if document.department else "")
    yield Fact(Words("Classification", "密级"), say(CLASSIFICATIONS[classified]))
    yield Fact(Words("Language", "语言"), f'<span class="docctl-tag">{say(language(str(document.head["language"])))}</span>')
    yield Fact(Words("Replaces", "替代版本"), escape(issue.before.release.version) if issue.before else "")
    yield Fact(Words("Next review", "下次评审"), escape(due.due) if due else "")
    parent = str(document.head.get("parent", ""))
    yield Fact(Words("Parent document", "上级文件"), _number(planned, here, parent))
    yield Fact(Words("Distribution", "分发范围"), say(scribe.departments(document.distribution)), whole=True)
    if document.clauses:
        named = dict.fromkeys(f"{mapped.standard}/{mapped.clause}" for mapped in document.clauses)
        yield Fact(Words("Clauses", "对应条款"), parts.chips(("#docctl-clauses", name) for name in named), whole=True)
    yield Fact(Words("Content digest", "内容摘要"), f"<code>{escape(document.digest)}</code>", whole=True)


def _type(scribe: Scribe, document: Document, lang: str) -> str:
    kind = scribe.type(document)
    if kind is None:
        return escape(document.type)
    level = Words(f", level {kind.level}", f"，{kind.level} 级")
    return parts.said(Words(kind.title.en + level.en, kind.title.zh + level.zh), lang)


def _upcoming(issue: Issue, lang: str) -> str:
    """The note that another version, or the end, is released for a later day; none of its text."""
    if issue.withdrawal:
        words = Words(f"Will be withdrawn on {issue.since}", f"将于 {issue.since} 作废")
        return parts.notice("withdrawn", words, lang, Words("Until then this text stays in force.", "在此之前，下文仍然有效。"))
    words = Words(f"Version {issue.version} takes effect on {issue.since}", f"{issue.version} 版自 {issue.since} 起实施")
    return parts.notice("scheduled", words, lang, Words("Until then this text stays in force.", "在此之前，下文仍然有效。"))


def _resolver(planned: Plan, here: str) -> Callable[[str], str | None]:
    """Where `doc:NUMBER#section` leads from a page: nowhere for what is not shown."""

    def resolve(target: str) -> str | None:
        number, _, section = target.removeprefix("doc:").partition("#")
        there = planned.page_of(number)
        return page.page_address(here, there, section if section in planned.anchors(number) else "") if there else None

    return resolve


def _file(document: Document, here: str) -> Callable[[str], str | None]:
    """Where a file of the document's folder lies beside its page."""
    names = {file.name for file in document.content.files}
    folder = here.removesuffix("index.md")
    return lambda target: page.file_address(here, folder + target) if target in names else None


def _signatures(scribe: Scribe, issue: Issue) -> Iterator[parts.Signed]:
    matrix = issue.edition.matrix
    if matrix is None:
        return
    signed: list[Signed] = [item for item in (matrix.submit, *(seat.filled for seat in matrix.seats), matrix.release) if item]
    due = review(scribe.collection, issue)
    for item in (*signed, *([due.confirmed] if due and due.confirmed else [])):
        statement = item.statement
        role: Cell = Words("author", "编制人") if statement.role == "author" else scribe.role(statement.role)
        person, decided = scribe.person(statement.signer), scribe.time(statement.decided_at)
        received, key = scribe.received(item.path), item.verdict.fingerprint
        yield parts.Signed(both(*DECISIONS[statement.decision]), person, role, decided, received, key)


def _annex(planned: Plan, scribe: Scribe, document: Document, lang: str) -> Iterator[str]:
    """What stands below the text: what changed, the clauses, and what the times mean; generated and never typed (LC-P3)."""
    change = document.head.get("change", {})
    if change:
        yield page.heading(2, label(Words("What changed", "更改说明"), lang), "docctl-change")
        yield page.raw(parts.control_block(_change(change, lang), lang))
    if document.clauses:
        yield page.heading(2, label(Words("Clauses answered", "对应条款"), lang), "docctl-clauses")
        yield page.raw(_clauses(planned, document, lang))
    zone, worth = scribe.settings.timezone, witness_note(scribe.collection)
    words = Words(f"{worth.en} Time zone: {zone}.", f"{worth.zh}时区：{zone}。")
    yield page.raw(parts.note(words, lang), searched=False)


def _change(change: dict[str, str], lang: str) -> Iterator[Fact]:
    kind = change["class"]
    yield Fact(Words("Class of change", "更改类别"), parts.said(_CHANGES.get(kind, kind), lang))
    yield Fact(Words("Change request", "更改单号"), escape(change.get("request", "")))
    yield Fact(Words("Source", "更改来源"), escape(change.get("source", "")))
    yield Fact(Words("Reason", "更改原因"), escape(change.get("reason", "")), whole=True)
    if change.get("summary"):
        yield Fact(Words("Summary", "更改摘要"), escape(change["summary"]), whole=True)


def _clauses(planned: Plan, document: Document, lang: str) -> str:
    known = planned.anchors(document.number)
    anchors = {pair(section_of(document, mapped.section), lang)[0]: mapped.section for mapped in document.clauses}
    anchors = {text: anchor for text, anchor in anchors.items() if anchor in known}
    rows: list[list[Cell]] = []
    for mapped in document.clauses:
        standard = planned.collection.library.standards.get(mapped.standard)
        clause = standard.by_id.get(mapped.clause) if standard else None
        name = both(*clause.title) if clause else "?"
        rows.append([f"{mapped.standard}/{mapped.clause}", name, section_of(document, mapped.section), mapped.how])
    address: parts.Address = lambda key, text: f"#{anchors[text]}" if key == "section" and anchors.get(text) else None  # noqa: E731
    return parts.table(_CLAUSES, rows, lang, address)
