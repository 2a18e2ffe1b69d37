"""The names in one stored folder, as git writes them and as it must not. Must not know where the folder lies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate

from docctl.core.lean import Any, regex
from docctl.core.tree import FOLDER, ORDINARY, Entry
from docctl.repository import faults
from docctl.repository.objects import Found

_WIDTHS = (20, 32)
_ITEM = {width: regex(rb"([0-7]{5,6}) ([^\0]+)\0.{%d}" % width, re.DOTALL) for width in _WIDTHS}
_INNER = {width: regex(rb"40000 ([^\0]+)\0.{%d}" % width, re.DOTALL) for width in _WIDTHS}
_NEVER = frozenset((b".", b".."))
# ".git" as Windows and macOS know it: short names, streams, blanks and dots behind it, letters that show nothing (as git fsck does).
_DOT_GIT = regex(rb"(?:^|\0)(?:\.git|git~1)[ .]*(?::[^\0]*)?(?:\0|$)")
_SHOWING_NOTHING = regex(rb"\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf")
_PATIENCE = 8  # names looked for one by one
_FOLDER = b"40000"
_FOLDERS = frozenset((_FOLDER, b"040000"))
_MODES = {b"100644": ORDINARY, _FOLDER: FOLDER}


class Names(Mapping[str, Entry]):
    """The names in one stored folder; an entry is made when somebody asks, for of tens of thousands few are asked for."""

    def __init__(self, found: Found, modes: Sequence[bytes], spelt: Sequence[bytes], names: list[str]) -> None:
        self._data = found.data
        self._width = len(found.key) // 2
        self._modes = modes
        self._spelt = spelt
        self._names = names
        self._places: dict[str, int] = {}
        self._starts: list[int] = []
        self._patience = _PATIENCE

    def _place(self, name: object) -> int:
        """Where a name stands, -1 nowhere. The first few are looked for; from then on it pays to know all places."""
        if self._patience:
            self._patience -= 1
            return self._names.index(name) if name in self._names else -1
        if not self._places:
            self._places = {known: place for place, known in enumerate(self._names)}
        return self._places.get(name, -1)  # type: ignore[call-overload, no-any-return]

    def _start(self, place: int) -> int:
        """Where the item of a name begins in the stored bytes."""
        rest = self._width + 2
        if self._patience:
            return sum(map(len, self._modes[:place])) + sum(map(len, self._spelt[:place])) + rest * place
        if not self._starts:
            lengths = (len(mode) + len(name) + rest for mode, name in zip(self._modes, self._spelt, strict=True))
            self._starts = [0, *accumulate(lengths)]
        return self._starts[place]

    def __getitem__(self, name: str) -> Entry:
        if (place := self._place(name)) < 0:
            raise KeyError(name)
        mode = self._modes[place]
        begin = self._start(place) + len(mode) + len(self._spelt[place]) + 2
        return Entry(_MODES.get(mode) or mode.decode().zfill(6), self._data[begin : begin + self._width].hex())

    def get(self, name: str, default: Any = None) -> Any:
        """The entry of a name, else `default`."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return self._place(name) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def folders(self) -> list[str]:
        """The names that are folders."""
        return [name for name, mode in zip(self._names, self._modes, strict=True) if mode in _FOLDERS]


def entries(found: Found) -> Names:
    """The names in one stored folder. Names that git would not write (doubled, unsorted, "a/b", "..", ".git") are damage."""
    if found.kind != "tree":
        raise faults.damaged(f"object {found.key}", f"a folder was expected, it is a {found.kind}")
    modes, spelt = _items(found)
    joined = b"\0".join(spelt)
    unfit = b"/" in joined or not _NEVER.isdisjoint(spelt) or _dot_git(joined)
    if unfit or not _in_order(modes, spelt, joined) or len(set(spelt)) < len(spelt):
        raise faults.damaged(f"folder {found.key}", "it holds names that git would not write")
    return Names(found, modes, spelt, joined.decode("utf-8", "surrogateescape").split("\0") if spelt else [])


def _items(found: Found) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Modes and names. The large folders hold nothing but folders, and are taken apart at half the cost."""
    width, size = len(found.key) // 2, len(found.data)
    inner = _INNER[width].findall(found.data)
    if sum(map(len, inner)) + len(inner) * (len(_FOLDER) + width + 2) == size:
        return [_FOLDER] * len(inner), inner
    items = _ITEM[width].findall(found.data)
    modes, spelt = zip(*items, strict=True) if items else ((), ())
    if sum(map(len, modes)) + sum(map(len, spelt)) + len(items) * (width + 2) != size:
        raise faults.damaged(f"folder {found.key}", "it cannot be read")
    return modes, spelt


def nothing_but(found: Found, spelling: bytes) -> bool:
    """Whether a stored folder holds files, and folders whose names are spelt like a pattern of bytes; it takes nothing apart."""
    return _nothing_but(spelling, len(found.key) // 2).fullmatch(found.data) is not None


@cache
def _nothing_but(spelling: bytes, width: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:(?:40000 (?:%b)|100(?:644|755) [^\0]++)\0.{%d})*+" % (spelling, width), re.DOTALL)


def _in_order(modes: Sequence[bytes], names: Sequence[bytes], joined: bytes) -> bool:
    """Whether names stand as git sorts them: folders as if their names ended in a slash."""
    if _FOLDERS.issuperset(modes):  # the large ones hold nothing else
        order = (joined.replace(b"\0", b"/\0") + b"/").split(b"\0")
    else:
        order = [name + b"/" if mode in _FOLDERS else name for mode, name in zip(modes, names, strict=True)]
    return order == sorted(order)


def _dot_git(joined: bytes) -> bool:
    """Whether one of the names, joined by zero bytes, leads into git's own folder on some system."""
    folded = joined.lower()
    if b"\xe2\x80" in folded or b"\xe2\x81" in folded or b"\xef\xbb\xbf" in folded:
        folded = _SHOWING_NOTHING.sub(b"", folded)
    return b"git" in folded and _DOT_GIT.search(folded) is not None
