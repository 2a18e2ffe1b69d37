"""Every released version of every number with its own text and signatures, seen on one day. Must not know how tables look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.evidence import Release, Span
from docctl.core.library import Library
from docctl.core.matrix import Matrix
from docctl.core.receipt import Arrivals
from docctl.core.state import State, release_state


class Edition(NamedTuple):
    """One released version: its days in force, the text as it was released and the signatures that fill its matrix.

    `document` is None when this copy of the history does not hold the landing any more.
    """

    number: str
    span: Span
    document: Document | None
    matrix: Matrix | None

    @property
    def release(self) -> Release:
        """The release that brought it in."""
        return self.span.release


class Collection(NamedTuple):
    """A library at one commit seen on one day of the organisation's zone: registers, correspondence and site come from it.

    `arrivals` is how its statements came in, as far as somebody looked: without it nothing counts as witnessed.
    """

    library: Library
    editions: Mapping[str, tuple[Edition, ...]]
    day: str
    commit: str
    arrivals: Arrivals = Arrivals()

    def all(self) -> Iterator[Edition]:
        """Every edition, by number and then in the order of release."""
        for _, editions in sorted(self.editions.items()):
            yield from editions

    def in_force(self) -> dict[str, Edition]:
        """The edition in force of each number on the day, by number."""
        found: dict[str, Edition] = {}
        for number, editions in sorted(self.editions.items()):
            for edition in editions:
                if self.state(edition).name == "in_force":
                    found[number] = edition
        return found

    def state(self, edition: Edition) -> State:
        """The state of an edition on the day."""
        return release_state(edition.release, self.library.evidence[edition.number], self.day)

    def drafts(self) -> list[Document]:
        """The documents whose present text was never released, by number."""
        found = []
        for number, document in sorted(self.library.documents.items()):
            known = {release.digest for release in self.library.evidence[number].released(document.version)}
            if document.digest not in known:
                found.append(document)
        return found
