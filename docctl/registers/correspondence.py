"""R8, the correspondence between a standard and the documents 文件与标准条款对照表. Must not know any other register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from docctl.core.document import Document
from docctl.core.edition import Collection
from docctl.core.errors import DocctlError, Words
from docctl.core.standard import Clause, Standard, clause_order
from docctl.registers.coverage import Answer, Coverage, Proof, answers, coverage, covered, proof, tally
from docctl.registers.issue import in_force
from docctl.registers.scribe import Scribe, heading_notes, title_of
from docctl.registers.table import NUMBER, REMARKS, TITLE, VERSION, Cell, Column, Row, Table, both, filled, joined, phrase

WORDS = Words("Correspondence: {standard}", "文件与标准条款对照表：{standard}")
_CLAUSE = (
    Column("clause", "Clause", "条款号"),
    Column("clause_title", "Short title", "条款名称"),
    Column("mark", "Mark", "标注"),
    Column("kind", "Kind", "要求类别"),
)
_SECTION = Column("section", "Section", "章节")
_REST = (
    Column("how", "How met", "符合方式"),
    Column("records", "Record evidence", "记录证据"),
    Column("latest", "Latest evidence", "最近证据"),
    Column("department", "Dept.", "责任部门"),
    Column("coverage", "Coverage", "覆盖"),
    REMARKS,
)
_DOCUMENT = (NUMBER, TITLE, VERSION, _SECTION)
ORDERS: Mapping[str, tuple[Column, ...]] = {
    "clause": (*_CLAUSE, *_DOCUMENT, *_REST),
    "document": (*_DOCUMENT, *_CLAUSE, *_REST),
    "section": (*_DOCUMENT, *_CLAUSE, *_REST),
}
COVERAGES = {
    "covered": Words("covered", "已覆盖"),
    "scheduled": Words("scheduled", "已排期"),
    "draft": Words("draft only", "仅草案"),
    "gap": Words("gap", "缺口"),
    "unknown": Words("no such clause", "无此条款"),
}
_KINDS = {
    "heading": Words("heading", "标题"),
    "documented": Words("documented information", "文件化信息"),
    "process": Words("process", "过程"),
}
_WITH = Words("{title} ({more})", "{title}（{more}）")
_WHOLE = Words("whole document", "整份文件")
_NOTES = (
    Words(
        "A mapping covers the clause it names, not those below or around it; mapped headings are shown, but not counted.",
        "对照只覆盖所写明的条款，不延及其下级或上级条款；被对照的标题条款予以列出，但不计数。",
    ),
    Words(
        "The text in force decides; drafts (as of the commit) and scheduled versions are shown where nothing is in force.",
        "以有效文本为准；无有效文本时才列出草案（以该提交为准）和已排期的版本。",
    ),
    Words(
        "Covered means that a text says it answers the clause; whether it does so adequately is for people to judge.",
        "“已覆盖”表示有文件声明对应该条款；内容是否充分须由人判断。",
    ),
)


def correspondence(collection: Collection, standard_id: str, by: str = "clause", *, gaps_only: bool = False) -> Table:
    """Every clause that needs an answer with the sections that answer it, ordered by clause, document or section.

    `gaps_only` leaves out what text in force covers. Raises DocctlError for a standard or an order that nobody knows.
    """
    if by not in ORDERS:
        raise _unknown(Words("order", "排序"), by, ORDERS)
    standard = collection.library.standards.get(standard_id)
    if standard is None:
        raise _unknown(Words("standard", "标准"), standard_id, collection.library.standards)
    found = answers(collection, standard_id)
    whole = coverage(standard, found)
    shown = [item for item in whole if item.open] if gaps_only else [*whole, *_beside(standard, found)]
    writer = _Writer(collection, standard, proof(collection, standard_id))
    lines = sorted(_lines(shown), key=lambda line: _order(line, by))
    rows = filled(ORDERS[by], (writer.row(item, answer) for item, answer in lines))
    title = phrase(WORDS, standard=standard_id)
    notes = (*heading_notes(collection), *_standard_notes(standard), *_counts(whole), *_NOTES, *_unread(collection))
    return Table("correspondence", title, collection.day, collection.commit, ORDERS[by], rows, notes)


def _beside(standard: Standard, found: Mapping[str, Sequence[Answer]]) -> Iterator[Coverage]:
    """Clauses that documents are mapped to although nobody must answer them: headings, and numbers of no clause."""
    leaves = {clause.id for clause in standard.leaves}
    for number, given in found.items():
        if number not in leaves:
            clause = standard.by_id.get(number)
            unknown = Clause(number, Words("?", "?"), "unknown", documented=False, exclusion="", confirmed="both")
            yield covered(clause or unknown, given)


_Line = tuple[Coverage, Answer | None]


def _lines(found: Iterable[Coverage]) -> Iterator[_Line]:
    for item in found:
        yield from ((item, answer) for answer in item.answers or (None,))


def _order(line: _Line, by: str) -> tuple[object, ...]:
    item, answer = line
    clause = clause_order(item.clause.id)
    number, place = (answer.document.number, _place(answer.document, answer.mapped.section)) if answer else ("", 0)
    if by == "clause":
        return clause, number, place
    # What no document answers stands at the end of a table that is ordered by documents.
    return (answer is None, number, clause, place) if by == "document" else (answer is None, number, place, clause)


def _place(document: Document, anchor: str) -> int:
    """Where a section stands in its document: -1 the whole, then the headings in order; unknown anchors last."""
    if not anchor:
        return -1
    headings = document.outline.headings
    return next((place for place, heading in enumerate(headings) if heading.anchor == anchor), len(headings))


class _Writer:
    """Writes the lines of one correspondence as rows."""

    def __init__(self, collection: Collection, standard: Standard, proved: Proof) -> None:
        self._scribe = Scribe(collection)
        self._standard = standard
        self._proved = proved

    def row(self, item: Coverage, answer: Answer | None) -> Row:
        """One line: the clause, what answers it, and what proves that it is lived."""
        clause = item.clause
        standing = "unknown" if clause.level == "unknown" else item.standing
        newest = self._proved.newest(clause.id, answer.document.number if answer else "")
        return {
            "clause": clause.id,
            "clause_title": both(*clause.title),
            "mark": _mark(clause),
            "kind": _kind(clause),
            "records": joined(self._class(name) for name in self._proved.classes.get(clause.id, ())),
            "latest": f"{newest.number} {newest.day}" if newest else "",
            "coverage": COVERAGES[standing],
            **(self._answer(answer) if answer else {}),
        }

    def _answer(self, answer: Answer) -> Row:
        document, issue = answer.document, answer.issue
        return {
            "number": document.number,
            "title": title_of(document),
            "version": document.version,
            "section": section_of(document, answer.mapped.section),
            "how": answer.mapped.how,
            "department": self._scribe.department(document.department),
            "remarks": self._remark(answer) if issue else "",
        }

    def _remark(self, answer: Answer) -> Cell:
        issue = answer.issue
        if issue is None:
            return ""
        if answer.standing == "scheduled":
            return phrase(Words("from {day}", "自 {day} 起"), day=issue.edition.span.since)
        return self._scribe.next(issue)

    def _class(self, name: str) -> Cell:
        kind = self._scribe.settings.record_classes.get(name)
        if kind is None:
            return name
        title = both(*kind.title)
        return phrase(_WITH, title=title, more=kind.form) if kind.form else title


def section_of(document: Document, anchor: str) -> Cell:
    """The heading behind an anchor; the anchor with a question mark where the text has no such heading."""
    if not anchor:
        return _WHOLE
    headings = document.outline.headings
    return next((heading.text for heading in headings if heading.anchor == anchor), f"#{anchor} ?")


def _mark(clause: Clause) -> Cell:
    if clause.untitled:
        return Words("no title in the standard", "标准中无标题")
    unconfirmed = Words("title unconfirmed", "标题未核实")
    return both(*("" if clause.confirmed_in(lang) else unconfirmed.said(lang) for lang in ("en", "zh")))


def _kind(clause: Clause) -> Cell:
    if clause.level == "unknown":
        return ""
    if clause.heading:
        return _KINDS["heading"]
    return _KINDS["documented" if clause.documented else "process"]


def _standard_notes(standard: Standard) -> Iterator[Words]:
    name = phrase(_WITH, title=standard.title, more=standard.edition or standard.id)
    yield phrase(Words("Standard: {name}", "标准：{name}"), name=name)
    if standard.status == "replaced":
        yield Words("This edition of the standard is replaced.", "该标准的此版本已被替代。")
    if standard.status == "unverified":
        yield Words("The clause list of this standard is not verified.", "该标准的条款目录未经核实。")


def _counts(found: Sequence[Coverage]) -> Iterator[Words]:
    count = tally(found)
    needed = sum(item.open and item.clause.documented for item in found)
    order = ("covered", "scheduled", "draft", "gap")
    english = "; ".join(f"{COVERAGES[name].en}: {count[name]}" for name in order)
    chinese = "；".join(f"{COVERAGES[name].zh}：{count[name]}" for name in order)
    yield Words(f"Clauses to be answered: {len(found)}; {english}.", f"须对应的条款：{len(found)}；{chinese}。")
    yield Words(
        f"Not covered although documented information is asked for: {needed}.", f"要求文件化信息而未覆盖的条款：{needed}。"
    )


def _unread(collection: Collection) -> Iterator[Words]:
    missing = [issue.number for issue in in_force(collection) if issue.edition.document is None]
    if missing:
        words = Words(
            "In force, but the text is not in this copy of the history: {names}.", "有效但本历史副本中无其文本：{names}。"
        )
        yield phrase(words, names=joined(missing))


def _unknown(what: Words, name: str, known: Iterable[str]) -> DocctlError:
    names = ", ".join(sorted(known)) or "-"
    wrong = phrase(Words("no {what} called {name}", "没有名为 {name} 的{what}"), what=what, name=name)
    return DocctlError(wrong, Words(f"use one of: {names}", f"请使用其中之一：{names}"), "unknown-name")
