"""What a version stands on, and which of it was signed with a key that is reported stolen (E20). Must not know how it is shown."""

from __future__ import annotations

from collections.abc import Iterable

from docctl.core.evidence import Evidence
from docctl.core.lean import NamedTuple
from docctl.core.matrix import FINAL, Matrix
from docctl.core.people import Key, People
from docctl.core.statement import Signed

_DECIDING = ("submit", "review", "cosign", *FINAL, "release")


class Theft(NamedTuple):
    """One signature by a key that is reported stolen, and the key as the registry has it now."""

    signed: Signed
    key: Key


def grounds(matrix: Matrix | None, evidence: Evidence, version: str, digest: str) -> list[Signed]:
    """The statements that the bytes `digest` of a version stand on: its submission, its filled seats and its release.

    Where the matrix at hand is not full (it is of other rules, or the text is missing) every decision on the bytes counts.
    """
    if matrix is not None and matrix.complete and matrix.release is not None:
        seated = (seat.filled for seat in matrix.seats)
        return [item for item in (matrix.submit, *seated, matrix.release) if item is not None]
    return [item for item in evidence.standing(digest, *_DECIDING) if item.statement.version == version]


def thefts(signed: Iterable[Signed], people: People, day: str) -> list[Theft]:
    """The signatures of a version that came out on `day` whose keys were stolen by then, whatever days they claim themselves."""
    found = []
    for item in signed:
        person = people.persons.get(item.statement.signer)
        key = person.key(item.verdict.key) if person else None
        if key is not None and key.compromised_since and day >= key.compromised_since:
            found.append(Theft(item, key))
    return found
