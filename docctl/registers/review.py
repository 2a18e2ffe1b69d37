"""When a document in force is due for its periodic review (TM-8). Must not know which register shows it."""

from __future__ import annotations

from typing import NamedTuple

from docctl.core.calendar import add_months, days_between
from docctl.core.edition import Collection
from docctl.core.statement import Signed
from docctl.registers.issue import Issue, decided_on

SOON = 30  # days of warning before a review is due (TM-8)


class Review(NamedTuple):
    """A version's review: the day it counts from, the statement that kept it valid (or None), months, due day, days left."""

    since: str
    confirmed: Signed | None
    interval: int
    due: str
    left: int

    @property
    def standing(self) -> str:
        """`overdue`, `soon` (within thirty days) or `later`."""
        if self.left < 0:
            return "overdue"
        return "soon" if self.left <= SOON else "later"


def review(collection: Collection, issue: Issue) -> Review | None:
    """The review of a version in force; None when neither its text nor its type tells an interval."""
    document = issue.edition.document
    if document is None:
        return None
    kind = collection.library.mandate(issue.number).settings.types.get(document.type)
    interval = document.head.get("review_interval", kind.review_interval if kind else 0)
    if not interval:
        return None
    confirmed = _confirmed(collection, issue)
    since = max(decided_on(confirmed, collection), issue.edition.span.since) if confirmed else issue.edition.span.since
    due = add_months(since, interval)
    return Review(since, confirmed, interval, due, days_between(collection.day, due))


def _confirmed(collection: Collection, issue: Issue) -> Signed | None:
    evidence = collection.library.evidence[issue.number]
    kept = evidence.standing(issue.edition.release.digest, "confirm")
    return next((item for item in reversed(kept) if decided_on(item, collection) <= collection.day), None)
