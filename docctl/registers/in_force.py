"""R1, the master list of controlled documents 受控文件清单. Must not know any other register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from docctl.core.document import Document
from docctl.core.edition import Collection
from docctl.core.errors import Words
from docctl.registers.issue import Issue, in_force
from docctl.registers.review import review
from docctl.registers.scribe import UNKNOWN, Scribe, approvals, classification, heading_notes, seated, witness_note
from docctl.registers.table import (
    DISTRIBUTION,
    EFFECTIVE,
    NO,
    NUMBER,
    REMARKS,
    TITLE,
    VERSION,
    Cell,
    Column,
    Row,
    Table,
    both,
    filled,
    joined,
    numbered,
)

WORDS = Words("Master list of controlled documents", "受控文件清单")
COLUMNS = (
    NO,
    NUMBER,
    TITLE,
    Column("level", "Level", "层级"),
    Column("type", "Type", "类型"),
    VERSION,
    Column("language", "Language", "语言"),
    Column("systems", "System", "适用体系"),
    Column("approved_on", "Approved on (claimed)", "批准日期（声明）"),
    Column("released_on", "Released on (claimed)", "发布日期（声明）"),
    Column("witnessed", "Witnessed at", "见证时间"),
    EFFECTIVE,
    Column("owner", "Owner role", "责任岗位"),
    Column("department", "Dept.", "归口部门"),
    Column("prepared", "Prepared", "编制"),
    Column("reviewed", "Reviewed", "审核"),
    Column("approved", "Approved", "批准"),
    Column("classification", "Classification", "密级"),
    DISTRIBUTION,
    Column("next_review", "Next review", "下次评审"),
    Column("digest", "Digest(12)", "摘要值"),
    Column("flags", "Flags", "标记"),
    REMARKS,
)
EXPIRES_SOON = 14  # days of warning before `valid_until` (TM-9)


def master_list(collection: Collection) -> Table:
    """Every version in force on the day, by level and number, with totals for each level."""
    scribe = Scribe(collection)
    found = sorted(((_level(scribe, issue), issue) for issue in in_force(collection)), key=lambda item: (item[0], item[1].number))
    rows = filled(COLUMNS, numbered(_row(scribe, issue, level) for level, issue in found))
    notes = (*heading_notes(collection), witness_note(collection), *_totals(Counter(level for level, _ in found)))
    return Table("in-force", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def _level(scribe: Scribe, issue: Issue) -> str:
    kind = scribe.type(issue.edition.document) if issue.edition.document else None
    return str(kind.level) if kind else UNKNOWN


def _row(scribe: Scribe, issue: Issue, level: str) -> Row:
    edition = issue.edition
    row: dict[str, Cell] = {
        "number": issue.number,
        "title": scribe.title(issue),
        "level": level,
        "version": issue.version,
        "released_on": issue.released_on,
        "witnessed": scribe.received(edition.release.signed.path),
        "effective_from": edition.span.since,
        "digest": edition.release.digest.removeprefix("sha256:")[:12],
        "flags": joined(_flags(scribe, issue)),
        "remarks": scribe.next(issue),
    }
    if edition.document is None:
        return {**dict.fromkeys(_TEXT, UNKNOWN), **row}
    return {**row, **_from_text(scribe, edition.document), **_signatures(scribe, issue)}


_TEXT = (
    "type", "language", "systems", "approved_on", "owner", "department", "prepared", "reviewed", "approved", "classification",
    "distribution", "next_review",
)  # fmt: skip


def _from_text(scribe: Scribe, document: Document) -> Row:
    kind = scribe.type(document)
    return {
        "type": both(*kind.title) if kind else document.type,
        "language": str(document.head["language"]),
        "systems": joined(dict.fromkeys(mapped.standard for mapped in document.clauses)),
        "owner": scribe.role(document.owner),
        "department": scribe.department(document.department),
        "classification": classification(str(document.head["classification"])),
        "distribution": scribe.departments(document.distribution),
    }


def _signatures(scribe: Scribe, issue: Issue) -> Row:
    edition = issue.edition
    approved = [signed for _, signed in approvals(edition)]
    due = review(scribe.collection, issue)
    submit = edition.matrix.submit if edition.matrix else None
    return {
        "approved_on": max((scribe.day(signed) for signed in approved), default=""),
        "prepared": scribe.names([submit] if submit else []),
        "reviewed": scribe.names(signed for _, signed in seated(edition, "review")),
        "approved": scribe.names(approved),
        "next_review": due.due if due else "",
    }


def _flags(scribe: Scribe, issue: Issue) -> Iterator[Words]:
    from docctl.core.calendar import days_between

    due = review(scribe.collection, issue)
    if due and due.standing == "overdue":
        yield Words("review overdue", "评审逾期")
    elif due and due.standing == "soon":
        yield Words("review due", "评审将到期")
    document = issue.edition.document
    if document is None:
        yield Words("text not in this copy of the history", "本历史副本中无此文本")
    elif "valid_until" in document.head:
        left = days_between(scribe.collection.day, str(document.head["valid_until"]))
        if left < 0:
            yield Words("expired", "已过期")
        elif left <= EXPIRES_SOON:
            yield Words("expires soon", "即将到期")


def _totals(count: Counter[str]) -> Iterator[Words]:
    levels = [(level, count[level]) for level in sorted(count)]
    english = "".join(f"; level {level}: {number}" for level, number in levels)
    chinese = "".join(f"；{level} 级：{number}" for level, number in levels)
    yield Words(f"In force: {count.total()}{english}.", f"现行有效：{count.total()}{chinese}。")
