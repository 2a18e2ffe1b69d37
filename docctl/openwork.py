"""Open work: which branches hold bytes of a number that are still to be released. Must not write, sign, judge or show anything."""

from __future__ import annotations

from collections.abc import Iterator

from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.layout import owner
from docctl.core.mandate import Mandate
from docctl.core.tree import Tree
from docctl.reader import Memory, Shelf
from docctl.repository import Repository
from docctl.repository.faults import branch_damaged


class OpenWork:
    """What the branches of one copy hold beside the official state `commit`, which stands under `mandate`."""

    def __init__(self, repository: Repository, prefix: str, commit: str, mandate: Mandate, memory: Memory) -> None:
        self._repository = repository
        self._prefix = prefix
        self._commit = commit
        self._mandate = mandate
        self._memory = memory

    def branches(self) -> dict[str, str]:
        """The branches with work that has not landed; of a local branch and its like at the server the one further ahead."""
        found: dict[str, tuple[str, str]] = {}
        for name, commit in self._repository.branches().items():
            if self._repository.resolve(commit) is None:
                raise branch_damaged(name)
            plain = name.removeprefix("origin/")
            if plain not in found or self._repository.is_ancestor(found[plain][1], commit):
                found[plain] = (name, commit)
        protected = self._mandate.settings.protected_branch
        mine = (item for plain, item in sorted(found.items()) if plain != protected)
        return {name: commit for name, commit in mine if not self._repository.is_ancestor(commit, self._commit)}

    def on(self, commit: str) -> Iterator[tuple[Document, Evidence]]:
        """Each document that a branch changed since it left the official line and that is still to be released."""
        shelf = self._shelf(self._repository.tree(commit, self._prefix))
        for number in self._touched(commit):
            document = shelf.document(number)
            if document is not None and self._open(document, shelf.evidence(number)):
                yield document, shelf.evidence(number)

    def holding(self, number: str) -> dict[str, str]:
        """The branches with open work on one number, readable or not; one that another of them builds on is left out."""
        found = {name: commit for name, commit in self.branches().items() if self._holds(commit, number)}
        latest = {commit: name for name, commit in reversed(found.items())}
        below = {one for one in latest for other in latest if one != other and self._repository.is_ancestor(one, other)}
        return {name: commit for commit, name in latest.items() if commit not in below}

    def _holds(self, commit: str, number: str) -> bool:
        if number not in self._touched(commit):
            return False
        shelf = self._shelf(self._repository.tree(commit, self._prefix))
        document = shelf.document(number)
        if document is None:
            return shelf.document_folder(number) is not None
        return self._open(document, shelf.evidence(number))

    def _touched(self, commit: str) -> list[str]:
        base = self._repository.common(self._commit, commit) or self._commit
        owners = (owner(item.path) for item in self._repository.changes(base, commit, self._prefix))
        return sorted({owned.number for owned in owners if owned.kind in {"document", "statement"}})

    def _open(self, document: Document, evidence: Evidence) -> bool:
        """Whether bytes on a branch are still to be released: not released, nor left over from a label that is used up."""
        here = self._shelf(self._repository.tree(self._commit, self._prefix)).evidence(document.number)
        used_up = here.released(document.version) and not document.withdrawn
        released = {release.digest for release in (*evidence.releases, *here.releases)}
        return not used_up and document.digest not in released

    def _shelf(self, tree: Tree) -> Shelf:
        return Shelf(tree, self._mandate.people, self._mandate.settings.version_scheme, self._memory)
