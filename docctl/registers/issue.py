"""The released versions as they were known on the day of a collection. Must not know how a register shows them.

What was signed after the day is left out, so that the rows of a day stay the same for ever (TM-12).
"""

from __future__ import annotations

from typing import NamedTuple

from docctl.core.calendar import local_day
from docctl.core.edition import Collection, Edition
from docctl.core.statement import Signed


class Issue(NamedTuple):
    """One version released by the day: its state then, what it replaced, what ended it, and what is already due to follow it."""

    edition: Edition
    state: str
    since: str
    released_on: str
    before: Edition | None = None
    ended_by: Edition | None = None
    follows: Edition | None = None

    @property
    def number(self) -> str:
        """The document number."""
        return self.edition.number

    @property
    def version(self) -> str:
        """The version label."""
        return self.edition.release.version

    @property
    def withdrawal(self) -> bool:
        """Whether this release ended the number."""
        return self.edition.release.withdrawal


def issues(collection: Collection) -> list[Issue]:
    """Every release that was signed by the day, by number and then in the order of release."""
    found: list[Issue] = []
    for _, editions in sorted(collection.editions.items()):
        known = [edition for edition in editions if decided_on(edition.release.signed, collection) <= collection.day]
        found += (_issue(collection, known, place) for place in range(len(known)))
    return found


def in_force(collection: Collection) -> list[Issue]:
    """The versions in force on the day, by number."""
    return [issue for issue in issues(collection) if issue.state == "in_force"]


def decided_on(signed: Signed, collection: Collection) -> str:
    """The day of the organisation's zone on which a statement says it was decided."""
    return local_day(signed.statement.decided_at, collection.library.rules.mandate.settings.timezone)


def _issue(collection: Collection, known: list[Edition], place: int) -> Issue:
    edition = known[place]
    later = known[place + 1] if place + 1 < len(known) else None
    ended = later is not None and later.span.since <= collection.day
    state = collection.state(edition)
    return Issue(
        edition=edition,
        state=state.name,
        since=state.since,
        released_on=decided_on(edition.release.signed, collection),
        before=known[place - 1] if place else None,
        ended_by=later if ended else None,
        follows=None if ended else later,
    )
