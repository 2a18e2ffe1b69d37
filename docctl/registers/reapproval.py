"""The versions that need re-approval 需重新批准清单, since they rest on a key that was reported stolen. Must not know other registers.

Only what came out after the theft is listed; whatever landed before it stays as it was (E20).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docctl.core.edition import Collection, Edition
from docctl.core.errors import Words
from docctl.core.statement import DECISIONS
from docctl.core.theft import Theft, grounds, thefts
from docctl.registers.issue import Issue, issues
from docctl.registers.scribe import Scribe, heading_notes, state_words, witness_note
from docctl.registers.table import EFFECTIVE, NO, NUMBER, TITLE, VERSION, Column, Row, Table, both, filled, numbered

WORDS = Words("Versions that need re-approval", "需重新批准的版本")
COLUMNS = (
    NO,
    NUMBER,
    TITLE,
    VERSION,
    Column("state", "State", "状态"),
    EFFECTIVE,
    Column("person", "Key of", "密钥所有人"),
    Column("key", "Key fingerprint", "密钥指纹"),
    Column("stolen", "Stolen since", "失窃起始"),
    Column("decision", "Signed as", "签署事项"),
    Column("decided", "Signed at (claimed)", "签署时间（声明）"),
    Column("landing", "Landing", "并入"),
    Column("witnessed", "Witnessed at", "见证时间"),
    Column("evidence", "Evidence ref.", "证据编号"),
)
_NOTES = (
    Words(
        "A version is listed when it came out on or after the day of the theft and rests on a signature by that key.",
        "凡在失窃日当天或之后发布、且依赖该密钥签名的版本均予列出。",
    ),
    Words(
        "A version in force or scheduled is approved anew as its next version; one that was superseded needs nothing, but records made "
        "under it may.",
        "现行或已排期的版本应以下一版本重新批准；已被替代的版本无须处理，但据其形成的记录可能需要复核。",
    ),
)


class Suspect(NamedTuple):
    """One version that rests on a stolen key, the signature by it, and the commit that landed it ("" where nobody looked)."""

    edition: Edition
    theft: Theft
    landing: str


def suspects(collection: Collection, editions: Iterable[Edition]) -> Iterator[Suspect]:
    """Which of `editions` rest on a key that was stolen before they came out, one for each signature by such a key."""
    scribe = Scribe(collection)
    for edition in editions:
        release, evidence = edition.release, collection.library.evidence[edition.number]
        signed = grounds(edition.matrix, evidence, release.version, release.digest)
        arrival = collection.arrivals.by.get(release.signed.path)
        dated = arrival.receipt if arrival and arrival.receipt and arrival.receipt.dated else None
        # A thief may claim any day; the newest signature and the server's receipt are the nearest things to the landing.
        days = [*(scribe.day(item) for item in signed), *([scribe.time(dated.received_at)[:10]] if dated else [])]
        for theft in thefts(signed, scribe.mandate.people, max(days, default="")):
            yield Suspect(edition, theft, arrival.commit if arrival else "")


def reapproval_list(collection: Collection) -> Table:
    """Every version known on the day that rests on a stolen key, by number and version, one row for each such signature."""
    scribe = Scribe(collection)
    known = {issue.edition.release.signed.path: issue for issue in issues(collection)}
    found = suspects(collection, (issue.edition for issue in known.values()))
    rows = filled(COLUMNS, numbered(_row(scribe, known[item.edition.release.signed.path], item.theft) for item in found))
    notes = (*heading_notes(collection), witness_note(collection), *_NOTES)
    return Table("re-approval", WORDS, collection.day, collection.commit, COLUMNS, rows, notes)


def _row(scribe: Scribe, issue: Issue, theft: Theft) -> Row:
    statement, release = theft.signed.statement, issue.edition.release
    return {
        "number": issue.number,
        "title": scribe.title(issue),
        "version": issue.version,
        "state": state_words(issue.state, issue.since),
        "effective_from": release.effective_from,
        "person": scribe.person(statement.signer),
        "key": theft.signed.verdict.fingerprint,
        "stolen": theft.key.compromised_since,
        "decision": both(*DECISIONS[statement.decision]),
        "decided": scribe.time(statement.decided_at),
        "landing": scribe.batch(release.signed.path),
        "witnessed": scribe.received(release.signed.path),
        "evidence": theft.signed.path,
    }
