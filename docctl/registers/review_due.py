"""R13, the review-due list 文件评审到期清单. Must not know any other register."""

from __future__ import annotations

from docctl.core.edition import Collection
from docctl.core.errors import Words
from docctl.core.statement import DECISIONS
from docctl.registers.issue import Issue, in_force
from docctl.registers.review import Review, review
from docctl.registers.scribe import UNKNOWN, Scribe, heading_notes
from docctl.registers.table import NO, NUMBER, TITLE, VERSION, Cell, Column, Row, Table, filled, joined, numbered

WORDS = Words("Documents due for review", "文件评审到期清单")
COLUMNS = (
    NO,
    NUMBER,
    TITLE,
    VERSION,
    Column("owner", "Owner", "责任岗位"),
    Column("department", "Dept.", "归口部门"),
    Column("last", "Last effective/review", "上次生效/评审"),
    Column("interval", "Interval (months)", "周期（月）"),
    Column("due", "Due", "到期日"),
    Column("left", "Days left", "剩余天数"),
    Column("overdue", "Days overdue", "逾期天数"),
    Column("standing", "Standing", "状态"),
    Column("verdict", "Last verdict (claimed)", "上次结论（声明）"),
)
STANDINGS = {"overdue": Words("overdue", "逾期"), "soon": Words("due", "将到期"), "later": Words("not due", "未到期")}


def review_list(collection: Collection) -> Table:
    """Every version in force with the day its review is due, the most urgent first; what tells no day stands at the end."""
    scribe = Scribe(collection)
    found = [(review(collection, issue), issue) for issue in in_force(collection)]
    found.sort(key=lambda item: (item[0].due if item[0] else "~", item[1].number))
    rows = filled(COLUMNS, numbered(_row(scribe, issue, due) for due, issue in found))
    notes = (*heading_notes(collection), _count([due for due, _ in found if due]))
    return Table("review-due", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def _row(scribe: Scribe, issue: Issue, due: Review | None) -> Row:
    document = issue.edition.document
    row: dict[str, Cell] = {
        "number": issue.number,
        "title": scribe.title(issue),
        "version": issue.version,
        "owner": scribe.role(document.owner) if document else UNKNOWN,
        "department": scribe.department(document.department) if document else UNKNOWN,
    }
    if due is None:
        return {**row, "last": issue.edition.span.since, "due": UNKNOWN}
    verdict = joined([DECISIONS["confirm"], scribe.signature(due.confirmed)], ": ", "：") if due.confirmed else ""
    return {
        **row,
        "last": due.since,
        "interval": str(due.interval),
        "due": due.due,
        "left": str(due.left) if due.left >= 0 else "",
        "overdue": str(-due.left) if due.left < 0 else "",
        "standing": STANDINGS[due.standing],
        "verdict": verdict,
    }


def _count(found: list[Review]) -> Words:
    late = sum(due.standing == "overdue" for due in found)
    soon = sum(due.standing == "soon" for due in found)
    return Words(
        f"Overdue: {late}; due within 30 days: {soon}. An overdue review does not end validity.",
        f"逾期：{late}；30 天内到期：{soon}。评审逾期不影响文件的有效性。",
    )
