"""The approval matrix 审批矩阵 applied: which signatures a candidate needs and which of its statements fill them.

Separation of duties compares signers (SOD-1 to SOD-4). Must not know landings, dates of today or how findings are worded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import local_day
from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.lean import NamedTuple
from docctl.core.mandate import Mandate
from docctl.core.people import Holding
from docctl.core.settings import EACH, DocumentType, Slot
from docctl.core.statement import Signed

STRICT_LEVELS = (1, 2)  # here one person fills one slot and the releaser is not the approver (design 3)
FINAL = ("approve", "withdraw")


class Seat(NamedTuple):
    """One signature that a slot wants, narrowed to a department ("" none), and the statement that fills it."""

    slot: Slot
    department: str
    filled: Signed | None = None


class Matrix(NamedTuple):
    """The seats of one candidate, its submission and its release; None and empty seats are still open.

    A withdrawal needs no submission: the approving slots sign the bytes that end the number (design 3).
    """

    level: int
    ending: bool
    seats: tuple[Seat, ...]
    submit: Signed | None
    release: Signed | None

    @property
    def missing(self) -> tuple[Seat, ...]:
        """The seats that nobody fills yet."""
        return tuple(seat for seat in self.seats if seat.filled is None)

    @property
    def filled(self) -> tuple[Seat, ...]:
        """The seats that are filled, in the order of the steps."""
        return tuple(seat for seat in self.seats if seat.filled is not None)

    def overtaken(self, item: Signed) -> bool:
        """Whether a statement that fills a seat is older than a decision of an earlier step, and so must be signed again (TM-2)."""
        steps = [seat.slot.step for seat in self.filled if seat.filled == item]
        earlier = [seat.filled for seat in self.filled if steps and seat.slot.step < steps[0]]
        before = [one for one in (self.submit, *earlier) if one is not None]
        return bool(steps) and any(one.statement.decided_at > item.statement.decided_at for one in before)

    @property
    def complete(self) -> bool:
        """Whether it is submitted and every seat is filled; nothing is complete without a seat (fail closed)."""
        return bool(self.seats) and (self.ending or self.submit is not None) and not self.missing


def matrix_of(document: Document, evidence: Evidence, mandate: Mandate) -> Matrix:
    """The matrix of a document's present bytes under a mandate.

    A type unknown to the mandate has no seat and is never complete, and so is the end of what was never released (fail closed).
    """
    kind = mandate.settings.types.get(document.type)
    if kind is None or (document.withdrawn and evidence.last is None):
        return Matrix(kind.level if kind else 0, document.withdrawn, (), None, None)
    submits = [item for item in evidence.standing(document.digest, "submit") if item.statement.version == document.version]
    releases = [item for item in evidence.standing(document.digest, "release") if may_release(item, document, mandate)]
    # A first issue takes the default row whatever change it claims: there is nothing that it could change.
    changes = document.withdrawn or evidence.before(document.version, document.digest) is not None
    empty = tuple(seats(document, kind.slots_for(document.change_class if changes else "default")))
    offered = _offered(document, evidence, {seat.slot.decision for seat in empty})
    wishes = _wishes(empty, offered, submits[0].statement.decided_at if submits else "", kind.level, mandate)
    filled = _filled(empty, wishes, kind.level)
    return Matrix(kind.level, document.withdrawn, filled, submits[0] if submits else None, releases[0] if releases else None)


def seats(document: Document, slots: tuple[Slot, ...]) -> Iterator[Seat]:
    """The empty seats of a list of slots for a document, by step: `each` is one seat per department that the document is for."""
    for slot in sorted(slots, key=lambda item: item.step):
        if slot.of == "distribution":
            departments = [name for name in document.distribution if name != document.department]
            for name in departments:
                yield from (Seat(slot, name) for _ in range(max(slot.count, 1)))
        else:
            department = (document.department or "-") if slot.of == "owner" else slot.of
            yield from (Seat(slot, department) for _ in range(1 if slot.count == EACH else slot.count))


def qualifies(item: Signed, seat: Seat, level: int, mandate: Mandate) -> bool:
    """Whether a good statement may sit in a seat: its decision, and role, level, department and key on the day it was decided."""
    statement = item.statement
    if statement.decision != seat.slot.decision or statement.role != seat.slot.role:
        return False
    person = mandate.people.persons.get(statement.signer)
    key = person.key(item.verdict.key) if person else None
    if person is None or key is None:
        return False
    day = local_day(statement.decided_at, mandate.settings.timezone)
    return key.covers(day) and any(held.covers(day) for held in person.holdings(seat.slot.role, level, seat.department))


def confirming(document: Document, kind: DocumentType) -> tuple[str, ...]:
    """The roles that may review a document periodically: those of its type's `confirm` slots, else the owner's and the deciding ones."""
    named = tuple(slot.role for slot in kind.slots_for("confirm"))
    deciding = tuple(slot.role for slot in kind.slots_for("default") if slot.decision in FINAL)
    return named or (document.owner, *deciding)


def speaks_for(held: Holding, document: Document, kind: DocumentType) -> bool:
    """Whether a role as somebody holds it may review this document periodically: one of a department speaks for that one only."""
    named = kind.slots_for("confirm")
    deciding = tuple(slot for slot in kind.slots_for("default") if slot.decision in FINAL)
    places = {seat.department for seat in seats(document, named or deciding) if seat.slot.role == held.role}
    if not named and held.role == document.owner:
        return held.department in {"", document.department} or held.department in places
    return "" in places or held.department in places


def may_release(item: Signed, document: Document, mandate: Mandate) -> bool:
    """Whether a good release statement is by somebody who held the releasing role on that day, for whatever level."""
    slot = Slot(0, "release", mandate.settings.release_role, "", 1)
    return item.statement.version == document.version and qualifies(item, Seat(slot, ""), 0, mandate)


def _offered(document: Document, evidence: Evidence, decisions: set[str]) -> list[Signed]:
    """The standing decisions on a document's bytes by anybody but its authors."""
    authors = evidence.authors(document.version, document.digest, ending=document.withdrawn)
    standing = evidence.standing(document.digest, *decisions)
    return [item for item in standing if item.statement.version == document.version and item.statement.signer not in authors]


def _wishes(
    empty: tuple[Seat, ...], offered: list[Signed], since: str, level: int, mandate: Mandate
) -> Mapping[Seat, list[Signed]]:
    """What qualifies for each seat, that first which was decided `since` every earlier step was done (TM-2): so one can mend."""
    wishes: dict[Seat, list[Signed]] = {}
    for step in sorted({seat.slot.step for seat in empty}):
        alike = [seat for seat in dict.fromkeys(empty) if seat.slot.step == step]
        for seat in alike:
            wishes[seat] = _later_first([item for item in offered if qualifies(item, seat, level, mandate)], since)
        since = max([since, *(at for seat in alike for at in _first_times(wishes[seat], empty.count(seat)))])
    return wishes


def _first_times(items: list[Signed], count: int) -> list[str]:
    """When the first `count` persons decided."""
    times: dict[str, str] = {}
    for item in items:
        times.setdefault(item.statement.signer, item.statement.decided_at)
    return list(times.values())[:count]


def _later_first(items: list[Signed], since: str) -> list[Signed]:
    return sorted(items, key=lambda item: (item.statement.decided_at < since, item.statement.decided_at))


def _filled(empty: tuple[Seat, ...], wishes: Mapping[Seat, list[Signed]], level: int) -> tuple[Seat, ...]:
    if level in STRICT_LEVELS:
        return _matched(empty, wishes)
    groups = (tuple(seat for seat in empty if seat == alike) for alike in dict.fromkeys(empty))
    return tuple(seat for group in groups for seat in _matched(group, wishes))


def _matched(empty: tuple[Seat, ...], wishes: Mapping[Seat, list[Signed]]) -> tuple[Seat, ...]:
    """Seats filled so that no person sits twice and as many seats as possible are filled (augmenting paths)."""
    seated: dict[str, tuple[int, Signed]] = {}

    def seek(place: int, tried: set[str]) -> bool:
        for item in wishes[empty[place]]:
            person = item.statement.signer
            if person in tried:
                continue
            tried.add(person)
            if person not in seated or seek(seated[person][0], tried):
                seated[person] = (place, item)
                return True
        return False

    for place in range(len(empty)):
        seek(place, set())
    by_place = dict(seated.values())
    return tuple(seat._replace(filled=by_place.get(place)) for place, seat in enumerate(empty))
