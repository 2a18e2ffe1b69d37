"""R2, the document release control table 体系文件发布控制表: one row per release. Must not know other registers."""

from __future__ import annotations

from docctl.core import version as versions
from docctl.core.edition import Collection, Edition
from docctl.core.errors import Words
from docctl.registers.issue import Issue, issues
from docctl.registers.scribe import UNKNOWN, Scribe, approvals, heading_notes, seated, state_words, witness_note
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
    filled,
    joined,
    numbered,
    phrase,
)

WORDS = Words("Document release control table", "体系文件发布控制表")
COLUMNS = (
    NO,
    Column("batch", "Batch (landing)", "发布批次（并入）"),
    NUMBER,
    TITLE,
    VERSION,
    Column("kind", "Kind", "发布类型"),
    Column("replaces", "Replaces", "替代版本"),
    Column("request", "CR", "更改单号"),
    Column("prepared", "Prepared by/time (claimed)", "编制人/时间（声明）"),
    Column("reviewed", "Reviewed by/time (claimed)", "审核人/时间（声明）"),
    Column("cosigned", "Co-signed dept/person/time (claimed)", "会签部门/人/时间（声明）"),
    Column("approved", "Approved by/role/time (claimed)", "批准人/岗位/时间（声明）"),
    Column("released", "Released by/time (claimed)", "发布人/发布时间（声明）"),
    EFFECTIVE,
    Column("state", "State", "状态"),
    Column("ceased_on", "Ceased on", "失效日期"),
    Column("cause", "Cause of end", "失效原因"),
    DISTRIBUTION,
    Column("digest", "Digest", "内容摘要"),
    Column("evidence", "Evidence ref.", "证据编号"),
    Column("witnessed", "Witnessed at", "见证时间"),
    Column("receipt", "Receipt no.", "回执编号"),
    Column("delay", "Delay (days)", "时差（天）"),
    Column("evidence_type", "Evidence type", "证据类型"),
    REMARKS,
)
FIRST = Words("first issue", "首次")
KINDS = {
    "editorial": Words("correction", "勘误"),
    "minor": Words("revision", "修订"),
    "major": Words("new edition", "换版"),
}
WITHDRAWAL = Words("withdrawal", "作废")
_ROWS = Words(
    "One row per release, in the order of release; rows are never removed. What landed together has the same batch.",
    "每次发布一行，按发布时间排列；行从不删除。同批并入者批次相同。",
)


def release_table(collection: Collection) -> Table:
    """Every release signed by the day, withdrawals included, in the order of their claimed times."""
    scribe = Scribe(collection)
    found = sorted(issues(collection), key=lambda issue: (issue.edition.release.signed.statement.decided_at, issue.number))
    rows = filled(COLUMNS, numbered(_row(scribe, issue) for issue in found))
    notes = (*heading_notes(collection), witness_note(collection), _ROWS)
    return Table("releases", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def kind_of(issue: Issue, scheme: str) -> Words:
    """The kind of a release 发布类型: as its text says, else as its label shows in the version scheme."""
    document = issue.edition.document
    change = document.head.get("change") if document else None
    if issue.withdrawal:
        return WITHDRAWAL
    if issue.before is None:
        return FIRST
    if change:
        return KINDS[change["class"]]
    here, there = versions.order(scheme, issue.version), versions.order(scheme, issue.before.release.version)
    return KINDS["major" if here and there and here[0] > there[0] else "minor"]


def _row(scribe: Scribe, issue: Issue) -> Row:
    release = issue.edition.release
    return {
        "number": issue.number,
        "title": scribe.title(issue),
        "version": issue.version,
        "kind": kind_of(issue, scribe.settings.version_scheme),
        "replaces": issue.before.release.version if issue.before and not issue.withdrawal else "",
        "released": scribe.signature(release.signed),
        "effective_from": release.effective_from,
        "state": state_words(issue.state, issue.since),
        "ceased_on": issue.ended_by.span.since if issue.ended_by else "",
        "cause": _cause(issue.ended_by),
        "digest": release.digest,
        "evidence": release.signed.path,
        "batch": scribe.batch(release.signed.path),
        "witnessed": scribe.received(release.signed.path),
        "receipt": scribe.receipt(release.signed.path),
        "delay": scribe.delay(release.signed),
        "evidence_type": Words("signature", "签名"),
        "remarks": joined([release.signed.statement.comment, scribe.next(issue)], "; ", "；"),
        **_text(scribe, issue.edition),
    }


def _text(scribe: Scribe, edition: Edition) -> Row:
    document, matrix = edition.document, edition.matrix
    if document is None or matrix is None:
        return dict.fromkeys(("request", "prepared", "reviewed", "cosigned", "approved", "distribution"), UNKNOWN)
    cosigned = [scribe.signature(signed, scribe.department(seat.department)) for seat, signed in seated(edition, "cosign")]
    return {
        "request": str(document.head.get("change", {}).get("request", "")),
        "prepared": scribe.signature(matrix.submit),
        "reviewed": _listed([scribe.signature(signed) for _, signed in seated(edition, "review")]),
        "cosigned": _listed(cosigned),
        "approved": _listed([scribe.signature(signed, scribe.role(seat.slot.role)) for seat, signed in approvals(edition)]),
        "distribution": scribe.departments(document.distribution),
    }


def _listed(cells: list[Cell]) -> Cell:
    return joined(cells, "; ", "；")


def _cause(ended_by: Edition | None) -> Cell:
    if ended_by is None:
        return ""
    if ended_by.release.withdrawal:
        return WITHDRAWAL
    return phrase(Words("replaced by {version}", "被 {version} 替代"), version=ended_by.release.version)
