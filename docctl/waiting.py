"""What a candidate still waits for, and who could give it. Must not know branches, dates of today or how it is shown."""

from __future__ import annotations

from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.mandate import Mandate
from docctl.core.matrix import STRICT_LEVELS, Matrix, Seat, matrix_of
from docctl.core.people import Person


class Wanted(NamedTuple):
    """One decision a candidate still waits for: in which role ("" any), for which department ("" none), and who could make it."""

    decision: str
    role: str
    department: str
    people: tuple[Person, ...]


def wanted(document: Document, evidence: Evidence, mandate: Mandate, day: str) -> tuple[Wanted, ...]:
    """What a candidate waits for on a day of the organisation's zone: its submission, its open seats, or else its release."""
    matrix = matrix_of(document, evidence, mandate)
    rejected = bool(evidence.standing(document.digest, "reject"))
    if not document.claims or rejected or (matrix.submit is None and not matrix.ending):
        persons = (mandate.people.persons.get(name) for name in document.head.get("authors", ()))
        return (Wanted("submit", "", "", tuple(person for person in persons if person)),)
    if not matrix.complete:
        taken = busy(document, evidence, matrix)
        return tuple(_wanted(seat, matrix.level, taken, mandate, day) for seat in matrix.missing)
    role = mandate.settings.release_role
    return (Wanted("release", role, "", tuple(_holders(role, mandate, day))),)


def _wanted(seat: Seat, level: int, taken: set[str], mandate: Mandate, day: str) -> Wanted:
    role, department = seat.slot.role, seat.department
    able = (person for person in _holders(role, mandate, day) if person.id not in taken)
    fit = (person for person in able if any(held.covers(day) for held in person.holdings(role, level, department)))
    return Wanted(seat.slot.decision, role, department, tuple(fit))


def busy(document: Document, evidence: Evidence, matrix: Matrix) -> set[str]:
    """Who cannot fill a seat any more: who prepared the text and, at strict levels, who sits already."""
    authors = set(evidence.authors(document.version, document.digest, ending=document.withdrawn))
    seated = {seat.filled.statement.signer for seat in matrix.filled if seat.filled}
    return authors | seated if matrix.level in STRICT_LEVELS else authors


def _holders(role: str, mandate: Mandate, day: str) -> list[Person]:
    return [person for person in mandate.people.holders(role, day) if person.kind == "person"]
