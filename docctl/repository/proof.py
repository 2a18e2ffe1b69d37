"""Proves that a copy's own files were not exchanged: git believes what lies under an id. Must not know what states mean.

In a copy that came as files that must be shown; a fetch proves every object as it comes.
"""

from __future__ import annotations

from collections.abc import Sequence

from docctl.repository import Repository, RunningTree, faults
from docctl.repository.history import PARENT


def prove_line(repository: Repository, line: Sequence[str]) -> None:
    """Refuse a copy in which one of all official commits `line` does not fit its id or does not name the one before."""
    above = ""
    for key, found in zip(line, repository.objects.many(line), strict=True):
        parent = PARENT.match(found.data)
        if found.kind != "commit" or (parent[1].decode() if parent else "") != above:
            raise faults.damaged(f"commit {key}", "it does not follow the one before it")
        above = key


def prove_state(repository: Repository, commit: str, judged: RunningTree, prefix: str = "") -> None:
    """Refuse a copy in which the state stored under a commit is not the one that was `judged`."""
    found = repository.objects.get(commit)
    top = found.data[5 : found.data.index(b"\n")].decode() if found else ""
    judged.require("" if prefix else top, repository.tree(commit, prefix))
