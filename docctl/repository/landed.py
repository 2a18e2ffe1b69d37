"""Looks up with which official state a path came. Must not know what lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docctl.repository import KeptTree, Repository
    from docctl.repository.process import Git


def landed(repository: Repository, git: Git, name: str, prefix: str, path: str) -> KeptTree | None:
    """The oldest official state up to `name` that holds or changed `path` below `prefix`; None when none did."""
    place = f"{prefix}/{path}".strip("/")
    words = ("rev-list", "--first-parent", "--end-of-options", name, "--", place)
    found = git.run(*words).decode().split()
    return repository.tree(found[-1], prefix) if found else None
