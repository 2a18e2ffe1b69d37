"""Changes between states and the chain of states, read from git's raw listings. Must not know what a change means."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from docctl.core.lean import TYPE_CHECKING, Any, NamedTuple, regex
from docctl.core.tree import ORDINARY, Changed, Entry
from docctl.repository import faults

if TYPE_CHECKING:
    from docctl.repository.objects import Objects

RAW = ("--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none")
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
PARENT = regex(rb"tree [0-9a-f]+\nparent ([0-9a-f]+)\n")
FEW = 64  # states that are told to git one by one
_ABSENT = "000000"
_QUOTED = regex(rb'\\([abtnvfr"\\]|[0-7]{3})')
_SPELT = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r", b'"': b'"', b"\\": b"\\"}
AHEAD = 32  # states whose files are asked for before they are judged: few enough to hold, enough to keep git busy


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


def unquoted(listing: bytes) -> bytes:
    """A raw listing of lines with quoted paths as the one that separates by NUL."""
    parts: list[bytes] = []
    for line in listing.split(b"\n"):
        if line:
            head, _, path = line.partition(b"\t")
            parts += [head, _QUOTED.sub(_plain, path[1:-1]) if path.startswith(b'"') else path]
    return b"\0".join([*parts, b""])


def _plain(found: Any) -> bytes:
    said: bytes = found[1]
    return _SPELT.get(said) or bytes([int(said, 8)])


def ahead(found: Iterator[Step], objects: Objects, endings: tuple[str, ...]) -> Iterator[Step]:
    """The same states; files with one of `endings` are asked for while earlier states are judged, so that nobody waits for git."""
    window: deque[Step] = deque()
    for step in found:
        objects.foresee(
            [
                item.after.key
                for item in step.changes
                if item.after and item.after.mode == ORDINARY and item.path.endswith(endings)
            ]
        )
        window.append(step)
        if len(window) == AHEAD:
            yield window.popleft()
    yield from window


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
    commit, *parents = token.decode("ascii", "replace").split(" ")
    return Step(commit, tuple(parent for parent in parents[:-1] if parent), moment(commit, parents[-1]), [])


def moment(commit: str, said: str) -> int:
    """The seconds since 1970 that a commit claims; git says nothing where it cannot read the commit's own head."""
    if not (said.isascii() and said.isdigit()):
        raise faults.unreadable_commit(commit)
    return int(said)
