"""Where each release landed in history, and so by which rules and with which bytes. Must not judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.edition import Collection, Edition
from docctl.core.evidence import Release
from docctl.core.layout import LOG, owner, statement_parts
from docctl.core.library import Library
from docctl.core.mandate import Mandate
from docctl.core.matrix import matrix_of
from docctl.core.tree import Tree
from docctl.reader import Memory, open_library, rulebook
from docctl.reader.shelf import Shelf
from docctl.repository import Repository


class Landing(NamedTuple):
    """The commit that first held a release statement, its first parent ("" none) and git's time of it (a claim, UTC seconds)."""

    commit: str
    parent: str
    committed_at: int


class Past:
    """The official history of a library up to one commit, as far as states and past texts need it."""

    def __init__(self, repository: Repository, commit: str, prefix: str = "", memory: Memory | None = None) -> None:
        self._repository = repository
        self._prefix = prefix
        self._memory = memory or Memory()
        self.commit = commit
        self.landings: dict[str, Landing] = {}
        for step in repository.history(commit, paths=("statements", LOG), prefix=prefix):
            for item in step.changes:
                if item.before is None and _is_release(item.path):
                    landing = Landing(step.commit, step.parents[0] if step.parents else "", step.committed_at)
                    self.landings.setdefault(item.path, landing)

    def tree(self) -> Tree:
        """The files of the library at the commit."""
        return self._repository.tree(self.commit, self._prefix)

    def library(self, today: str = "") -> Library:
        """The whole library at the commit, every number judged by the mandate that stood before its landing."""
        library = open_library(self.tree(), memory=self._memory, today=today)
        if len(library.rules.log) > 1:
            library = library._replace(judges=self._judges(library))
        return library

    def came(self, library: Library) -> dict[str, Landing]:
        """Where the text that stands of each document landed; not those that never did."""
        landed = ((number, self.landings.get(release.signed.path)) for number, release in _standing(library))
        return {number: landing for number, landing in landed if landing is not None}

    def document(self, release: Release, number: str) -> Document | None:
        """The document as it was released: its bytes come from the commit that landed it."""
        landing = self.landings.get(release.signed.path)
        if landing is None:
            return None
        tree = self._repository.tree(landing.commit, self._prefix)
        rules = rulebook(tree, self._memory).rules
        if rules is None:
            return None
        found = Shelf(tree, rules.mandate.people, rules.mandate.settings.version_scheme, self._memory).document(number)
        return found if found is not None and found.digest == release.digest else None

    def tree_of(self, release: Release) -> Tree | None:
        """The files of the library at the commit that landed a release."""
        landing = self.landings.get(release.signed.path)
        return self._repository.tree(landing.commit, self._prefix) if landing else None

    def collection(self, day: str) -> Collection:
        """The library at the commit seen on a day `YYYY-MM-DD` of the organisation's zone, with every released version."""
        library = self.library(today=day)
        editions = {
            number: tuple(self._editions(library, number)) for number, found in library.evidence.items() if found.releases
        }
        return Collection(library, editions, day, self.commit)

    def _editions(self, library: Library, number: str) -> Iterator[Edition]:
        evidence = library.evidence[number]
        for span in evidence.spans:
            present = library.documents.get(number)
            if present is None or present.digest != span.release.digest:
                present = self.document(span.release, number)
            mandate = self._mandate(span.release, library)
            yield Edition(number, span, present, matrix_of(present, evidence, mandate) if present else None)

    def _mandate(self, release: Release, library: Library) -> Mandate:
        """The mandate that stood before a release landed; the library's own when there has only been one."""
        landing = self.landings.get(release.signed.path)
        if landing is None or not landing.parent or len(library.rules.log) == 1:
            return library.rules.mandate
        rules = rulebook(self._repository.tree(landing.parent, self._prefix), self._memory).rules
        return rules.mandate if rules else library.rules.mandate

    def _judges(self, library: Library) -> Mapping[str, Mandate]:
        return {number: self._mandate(release, library) for number, release in _standing(library)}


def _standing(library: Library) -> Iterator[tuple[str, Release]]:
    """The release that the text which stands came out with, of each document that was released."""
    for number, document in library.documents.items():
        for release in library.evidence[number].released(document.version):
            if release.digest == document.digest:
                yield number, release


def _is_release(path: str) -> bool:
    owned = owner(path)
    parts = statement_parts(owned.name) if owned.kind == "statement" else None
    return parts is not None and parts[1] == "release" and parts[3] == "json"
