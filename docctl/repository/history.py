"""Changes between states and the chain of states, read from git's raw listings. Must not know what a change means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docctl.core.tree import Changed, Entry
from docctl.repository import faults

RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv")
LOG = (
    "log",
    "--first-parent",
    "--reverse",
    "-m",
    "--root",
    "--no-notes",
    "--no-show-signature",
    "--no-follow",
    "--format=%H %P %ct",
    *RAW,
)
_ABSENT = "000000"


class Step(NamedTuple):
    """One state of the official history.

    Its commit, all its parents, when it was committed (seconds since 1970, as claimed by whoever committed) and what differs
    from its first parent.
    """

    commit: str
    parents: tuple[str, ...]
    committed_at: int
    changes: list[Changed]


def _changed(head: bytes, path: str) -> Changed:
    # ":100644 100644 <id> <id> M"
    text = head.decode("ascii")
    old, new = text[1:7], text[8:14]
    before, _, after = text[15:-2].partition(" ")
    return Changed(path, None if old == _ABSENT else Entry(old, before), None if new == _ABSENT else Entry(new, after))


def changes(listing: bytes, prefix: str = "") -> list[Changed]:
    """The changes in one raw listing, below `prefix` and named from there; an undecided merge is an error."""
    tokens = listing.split(b"\0")
    found: list[Changed] = []
    undecided: list[str] = []
    start = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    for head, name in zip(tokens[::2], tokens[1::2], strict=False):
        path = name.decode("utf-8", "surrogateescape")
        if head.endswith(b"U"):
            undecided.append(path)
        if path.startswith(start):
            found.append(_changed(head, path[len(start) :]))
    if undecided:
        raise faults.unmerged(undecided)
    return found


def steps(chunks: Iterable[bytes], prefix: str = "") -> Iterator[Step]:
    """The states in git's log (`LOG`), as the bytes come in; changes outside `prefix` are left out."""
    start = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    cut = len(start)
    step: Step | None = None
    head = rest = b""
    for chunk in chunks:
        tokens = (rest + chunk).split(b"\0")
        rest = tokens.pop()
        for token in tokens:
            if head:
                # Whatever follows a change's head is its path, even if it looks like another head.
                path = token.decode("utf-8", "surrogateescape")
                if step is not None and path.startswith(start):
                    step.changes.append(_changed(head, path[cut:]))
                head = b""
            elif token.startswith((b":", b"\n:")):
                head = token.lstrip(b"\n")
            else:
                if step is not None:
                    yield step
                step = _step(token)
    if step is not None:
        yield step


def _step(token: bytes) -> Step:
    commit, *parents, moment = token.decode("ascii", "replace").split()
    return Step(commit, tuple(parents), int(moment), [])
