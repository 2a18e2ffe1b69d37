"""What a site's readers may not see of the registers: items above their classification, texts that are not in force yet.

Knows classifications, audiences and the cells of registers. Must not know pages or HTML. A withheld row keeps its place, its number
and its classification, so that nobody can take the item for missing; everything else in it is a dash.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.edition import Collection
from docctl.registers.correspondence import COVERAGES
from docctl.registers.table import Cell, Table

DASH = "—"
_KEPT = frozenset({"no", "number", "classification"})
_ABOUT_THE_CLAUSE = frozenset({"clause", "clause_title", "mark", "kind", "records", "latest", "coverage"})
_NOT_YET = (COVERAGES["draft"], COVERAGES["scheduled"])
_OF_THE_TEXT = frozenset({"title", "section", "how"})


class Withheld(NamedTuple):
    """The document numbers, single versions and record numbers that the audiences of the settings do not include."""

    numbers: frozenset[str]
    versions: frozenset[tuple[str, str]]
    records: frozenset[str]

    def hides(self, number: str, version: str = "") -> bool:
        """Whether an item, or this version of it, is above the readers' classification."""
        return number in self.numbers or (number, version) in self.versions or number in self.records


def withheld(collection: Collection) -> Withheld:
    """What the readers of a collection's site may not see. What cannot be read is withheld."""
    audiences = collection.library.rules.mandate.settings.audiences
    versions = {
        (edition.number, edition.release.version) for edition in collection.all() if not _may_see(edition.document, audiences)
    }
    numbers = {number for number, text in _present(collection) if not _may_see(text, audiences)}
    records = collection.library.records.items()
    closed = {number for number, record in records if record.head.get("classification") not in audiences}
    return Withheld(frozenset(numbers), frozenset(versions), frozenset(closed))


def _may_see(document: Document | None, audiences: tuple[str, ...]) -> bool:
    return document is not None and document.head["classification"] in audiences


def _present(collection: Collection) -> Iterator[tuple[str, Document | None]]:
    """Each number with the text in force; else with the one released last; else with its draft."""
    valid = collection.in_force()
    for number in sorted({*collection.editions, *collection.library.documents}):
        editions = collection.editions.get(number, ())
        last = valid.get(number) or (editions[-1] if editions else None)
        yield number, last.document if last else collection.library.documents[number]


def public_table(table: Table, hidden: Withheld) -> Table:
    """A register as the site's readers may see it; the same table where nothing is withheld."""
    return table._replace(rows=tuple(_row(table.register, row, hidden) for row in table.rows))


def _row(register: str, row: dict[str, Cell], hidden: Withheld) -> dict[str, Cell]:
    number, version = row.get("number", ""), row.get("version", "")
    ended_by = str(row.get("replaced_by", "")).partition(" ")[2]  # a later version of the same number gives the reasons
    if isinstance(number, str) and number and any(hidden.hides(number, str(each)) for each in (version, ended_by)):
        kept = _KEPT | (_ABOUT_THE_CLAUSE if register == "correspondence" else frozenset())
        row = {key: cell if key in kept else DASH for key, cell in row.items()}
    elif row.get("coverage") in _NOT_YET:
        row = {key: DASH if key in _OF_THE_TEXT else cell for key, cell in row.items()}
    latest = row.get("latest", "")
    if isinstance(latest, str) and latest.partition(" ")[0] in hidden.records:
        row = {**row, "latest": latest.partition(" ")[0]}
    return row
