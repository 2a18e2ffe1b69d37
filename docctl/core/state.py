"""Where a version stands in its life, computed from evidence and a day (design 3). Must not know how states are shown or kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.evidence import Evidence, Release
from docctl.core.mandate import Mandate
from docctl.core.matrix import matrix_of

STATES: Mapping[str, Words] = {
    "draft": Words("draft", "草稿"),
    "in_review": Words("in review", "审核中"),
    "rejected": Words("rejected", "退回"),
    "approved": Words("approved", "已批准"),
    "scheduled": Words("scheduled", "已发布待实施"),
    "in_force": Words("in force", "现行有效"),
    "superseded": Words("superseded", "被替代"),
    "withdrawn": Words("withdrawn", "作废"),
}


class State(NamedTuple):
    """One of `STATES`, with the count of filled and needed signatures while in review, and the day it is valid from."""

    name: str
    filled: int = 0
    needed: int = 0
    since: str = ""

    def said(self, lang: str) -> str:
        """The state in the reader's language, e.g. "in review 1/3"."""
        text = STATES[self.name].said(lang)
        if self.name == "in_review":
            return f"{text} {self.filled}/{self.needed}"
        return f"{text} {self.since}" if self.name == "scheduled" else text


def state_of(document: Document, evidence: Evidence, mandate: Mandate, day: str) -> State:
    """The state of a document's present bytes on a day of the organisation's zone."""
    released = next((item for item in evidence.released(document.version) if item.digest == document.digest), None)
    if released:
        return release_state(released, evidence, day)
    if not document.claims:
        return State("draft")
    if evidence.standing(document.digest, "reject"):
        return State("rejected")
    matrix = matrix_of(document, evidence, mandate)
    if matrix.submit is None and not matrix.ending:
        return State("draft")
    filled, needed = len(matrix.filled), len(matrix.seats)
    return State("approved" if matrix.complete else "in_review", filled, needed)


def release_state(release: Release, evidence: Evidence, day: str) -> State:
    """The state on a day of a version that was released."""
    if day < release.effective_from:
        return State("scheduled", since=release.effective_from)
    if release.withdrawal:
        return State("withdrawn", since=release.effective_from)
    span = next(span for span in evidence.spans if span.release == release)
    if span.until and span.until <= day:
        ended = evidence.withdrawal is not None and evidence.last == release
        return State("withdrawn" if ended else "superseded", since=span.until)
    return State("in_force", since=span.since)
