"""The signed statements on one number and what they prove by themselves. Must not know texts, slots or dates of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from docctl.core import version as versions
from docctl.core.lean import NamedTuple
from docctl.core.people import People
from docctl.core.statement import Signed, Statement


class Release(NamedTuple):
    """One release of a version: its signed statement, where the label stands in its scheme, and whether it ends the number."""

    signed: Signed
    order: tuple[int, int]
    withdrawal: bool

    @property
    def version(self) -> str:
        """The version label."""
        return self.signed.statement.version or ""

    @property
    def digest(self) -> str:
        """The bytes that were released."""
        return self.signed.statement.digest

    @property
    def effective_from(self) -> str:
        """The first day of force (or of withdrawal)."""
        return self.signed.statement.effective_from or ""


class Span(NamedTuple):
    """A released version and its days in force, half open [since, until); `until` is "" while nothing ends it (LC-P4)."""

    release: Release
    since: str
    until: str


class Evidence:
    """Every statement on one number. `good` are those whose signature holds by a key registered for the signer."""

    def __init__(self, number: str, signed: Iterable[Signed], people: People, scheme: str) -> None:
        self.number = number
        self.signed = tuple(sorted(signed, key=lambda item: (item.statement.decided_at, item.path)))
        self.good = tuple(item for item in self.signed if _good(item, people))
        self._scheme = scheme

    @cached_property
    def revoked(self) -> frozenset[str]:
        """The SHA-256 of statements that their own signers took back."""
        own = {item.sha256: item.statement.signer for item in self.good}
        wishes = (item.statement for item in self.good if item.statement.decision == "revoke")
        named = ((str(wish.target).removeprefix("sha256:"), wish.signer) for wish in wishes)
        return frozenset(target for target, signer in named if own.get(target) == signer)

    def standing(self, digest: str, *decisions: str) -> list[Signed]:
        """The good statements with one of `decisions` on the bytes `digest` that nobody took back, oldest first."""
        return [
            item
            for item in self.good
            if item.statement.digest == digest and item.statement.decision in decisions and item.sha256 not in self.revoked
        ]

    @cached_property
    def ending(self) -> frozenset[str]:
        """The digests that somebody signed as a withdrawal of a version that was released on other bytes before."""
        wishes = (item.statement for item in self.good if item.statement.decision == "withdraw")
        return frozenset(wish.digest for wish in wishes if self._after_issue(wish))

    @cached_property
    def _issued(self) -> Mapping[str | None, Statement]:
        """The first release of each version label that stands."""
        releases = [item for item in self.good if item.statement.decision == "release" and item.sha256 not in self.revoked]
        return {item.statement.version: item.statement for item in reversed(releases)}

    def _after_issue(self, statement: Statement) -> bool:
        """Whether a version was out on other bytes when somebody decided this: such a decision can only end the number."""
        issued = self._issued.get(statement.version)
        return issued is not None and issued.digest != statement.digest and issued.decided_at <= statement.decided_at

    def _asks_end(self, wish: Statement) -> bool:
        """Whether a submission asks for the end of a number: it says so itself by what it replaces, for its time is only claimed."""
        return self._after_issue(wish) and wish.supersedes == self._issued[wish.version].digest

    def authors(self, version: str, digest: str, *, ending: bool) -> frozenset[str]:
        """Who submitted a version, whatever its bytes were then, or these bytes under any label; for a withdrawal these bytes only."""
        return frozenset(
            item.statement.signer
            for item in self.good
            if item.statement.decision == "submit"
            and (
                item.statement.digest == digest
                or (item.statement.version == version and not (ending or self._asks_end(item.statement)))
            )
        )

    def rewrites(self, late: Statement) -> bool:
        """Whether a submission that came late would make an author of somebody who decided on a released version."""
        if late.decision != "submit" or self._asks_end(late):
            return False
        released = [release.digest for release in self.released(late.version or "") if release.digest != late.digest]
        decided = (item for digest in released for item in self.standing(digest, "review", "cosign", "approve"))
        return any(item.statement.signer == late.signer for item in decided)

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """Every release that stands, in the order of the versions, one version's oldest first; a withdrawal comes last."""
        found = []
        for item in self.good:
            place = versions.order(self._scheme, item.statement.version or "")
            if item.statement.decision == "release" and place and item.sha256 not in self.revoked:
                ended = item.statement.digest in self.ending and self._after_issue(item.statement)
                found.append(Release(item, place, ended))
        return tuple(sorted(found, key=lambda release: (release.withdrawal, release.order)))

    @property
    def withdrawal(self) -> Release | None:
        """The release that ended the number, or None."""
        return self.releases[-1] if self.releases and self.releases[-1].withdrawal else None

    @property
    def last(self) -> Release | None:
        """The latest released version, withdrawal left aside; None before the first release."""
        return next((release for release in reversed(self.releases) if not release.withdrawal), None)

    def released(self, version: str) -> tuple[Release, ...]:
        """The releases of one version (its withdrawal included)."""
        return tuple(release for release in self.releases if release.version == version)

    def before(self, version: str, digest: str) -> Release | None:
        """The released version that the bytes `digest` of `version` would replace: the newest one other than themselves."""
        older = [item for item in self.releases if item.digest != digest and not item.withdrawal]
        place = versions.order(self._scheme, version)
        return next((item for item in reversed(older) if place is None or item.order <= place), None)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The days in force of every released version; the withdrawal's span begins on the day the number ends (half open)."""
        spans = []
        for place, release in enumerate(self.releases):
            later = self.releases[place + 1] if place + 1 < len(self.releases) else None
            spans.append(Span(release, release.effective_from, later.effective_from if later else ""))
        return tuple(spans)

    def in_force(self, day: str) -> Span | None:
        """The version in force on a day of the organisation's zone, or None."""
        return next(
            (
                span
                for span in reversed(self.spans)
                if not span.release.withdrawal and span.since <= day and (not span.until or day < span.until)
            ),
            None,
        )

    def withdrawn_on(self, day: str) -> bool:
        """Whether the number had ended by that day."""
        return self.withdrawal is not None and self.withdrawal.effective_from <= day


def _good(item: Signed, people: People) -> bool:
    person = people.persons.get(item.statement.signer)
    return item.sound and person is not None and person.kind == "person" and person.key(item.verdict.key) is not None
