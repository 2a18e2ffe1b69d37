"""R5, the list of superseded and withdrawn documents 作废文件清单. Must not know any other register."""

from __future__ import annotations

from docctl.core.edition import Collection, Edition
from docctl.core.errors import Words
from docctl.registers.issue import Issue, issues
from docctl.registers.scribe import UNKNOWN, Scribe, approvals, heading_notes, witness_note
from docctl.registers.table import NO, NUMBER, TITLE, VERSION, Column, Row, Table, filled, joined, numbered

WORDS = Words("Superseded and withdrawn documents", "作废文件清单")
COLUMNS = (
    NO,
    NUMBER,
    TITLE,
    VERSION,
    Column("kind", "Kind", "类型"),
    Column("reason", "Reason", "作废原因"),
    Column("replaced_by", "Replaced by", "替代文件"),
    Column("requested", "Requested by/on (claimed)", "申请人/日期（声明）"),
    Column("approved", "Approved by/on (claimed)", "批准人/日期（声明）"),
    Column("witnessed", "Witnessed at", "见证时间"),
    Column("ceased_on", "Ceased on", "作废日期"),
    Column("retained", "Retained", "是否保留"),
    Column("mark", "Mark", "标识"),
    Column("evidence", "Evidence", "证据"),
)
KINDS = {"superseded": Words("superseded", "被替代"), "withdrawn": Words("withdrawn", "废止")}
_RETAINED = Words("yes, in the official history", "是，保留在正式历史中")
_MARK = Words("obsolete, kept for reference", "作废保留")


def obsolete_list(collection: Collection) -> Table:
    """Every version that had ceased to be valid by the day, by the day it ceased."""
    scribe = Scribe(collection)
    ended = [(issue.ended_by, issue) for issue in issues(collection) if issue.ended_by is not None]
    ended.sort(key=lambda item: (item[0].span.since, item[1].number, item[1].edition.release.order))
    rows = filled(COLUMNS, numbered(_row(scribe, issue, ended_by) for ended_by, issue in ended))
    notes = (*heading_notes(collection), witness_note(collection))
    return Table("obsolete", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def _row(scribe: Scribe, issue: Issue, ended_by: Edition) -> Row:
    return {
        "number": issue.number,
        "title": scribe.title(issue),
        "version": issue.version,
        "kind": KINDS["withdrawn" if ended_by.release.withdrawal else "superseded"],
        "witnessed": scribe.received(ended_by.release.signed.path),
        "ceased_on": ended_by.span.since,
        "retained": _RETAINED,
        "mark": _MARK,
        "evidence": ended_by.release.signed.path,
        **_end(scribe, issue.number, ended_by),
    }


def _end(scribe: Scribe, number: str, ended_by: Edition) -> Row:
    """Why, by what and by whom a version ended: as the text that ended it says."""
    document, matrix = ended_by.document, ended_by.matrix
    if document is None or matrix is None:
        return dict.fromkeys(("reason", "replaced_by", "requested", "approved"), UNKNOWN)
    ending = ended_by.release.withdrawal
    reason = document.withdrawal if ending else document.head.get("change", {})
    return {
        "reason": str(reason.get("reason", "")),
        "replaced_by": str(document.withdrawal.get("replaced_by", "")) if ending else f"{number} {ended_by.release.version}",
        "requested": scribe.signature(matrix.submit),
        "approved": joined((scribe.signature(signed) for _, signed in approvals(ended_by)), "; ", "；"),
    }
