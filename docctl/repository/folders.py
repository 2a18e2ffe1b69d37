"""One stored folder: its names, modes and keys, and whether git would have written it. Must not know whole states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from docctl.core.errors import TOO_DEEP
from docctl.core.lean import TYPE_CHECKING, Any, regex
from docctl.core.tree import FOLDER, ORDINARY, Entry
from docctl.repository import faults
from docctl.repository.objects import Found

if TYPE_CHECKING:
    from docctl.repository.objects import Objects

FOREIGN = "160000"
"""The mode of a submodule: a name for a state of another repository, no file here."""

_ITEM = {width: regex(rb"([0-7]{5,6}) ([^\0]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)}
_WHOLE = {width: regex(rb"[0-7]{5,6} [^\0]+\0.{%d}" % width, re.DOTALL) for width in (20, 32)}
_NEVER = frozenset((b".", b".."))
# ".git" as Windows and macOS know it: short names, streams, blanks and dots behind it, letters that show nothing (as git fsck does).
_DOT_GIT = regex(rb"(?:^|\0)(?:\.git|git~1)[ .]*(?::[^\0]*)?(?:\0|$)")
_SHOWING_NOTHING = regex(rb"\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf")
_PATIENCE = 8  # names looked for one by one
_FOLDERS = frozenset((b"40000", b"040000"))
_MODES = {b"100644": ORDINARY, b"40000": FOLDER}
_WRITTEN = frozenset((b"100644", b"100755", b"120000", b"160000", b"40000"))  # by git
EMPTY = {40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", 64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"}
"""The ids of the folder without names, by their length."""
DEEPEST = 200  # folders in one another: as many as a path may have letters
_NO_NAMES = frozenset(bytes.fromhex(key) for key in EMPTY.values())


class Names(Mapping[str, Entry]):
    """The names in one stored folder; an entry is made when somebody asks, for of tens of thousands few are asked for."""

    def __init__(self, names: list[str], items: list[tuple[bytes, bytes, bytes]]) -> None:
        self._names = names
        self._items = items
        self._places: dict[str, int] = {}
        self._patience = _PATIENCE

    def _place(self, name: object) -> int:
        """Where a name stands, -1 nowhere. The first few are looked for; from then on it pays to know all places."""
        if self._patience:
            self._patience -= 1
            return self._names.index(name) if name in self._names else -1
        if not self._places:
            self._places = {known: place for place, known in enumerate(self._names)}
        return self._places.get(name, -1)  # type: ignore[call-overload, no-any-return]

    def __getitem__(self, name: str) -> Entry:
        if (place := self._place(name)) < 0:
            raise KeyError(name)
        mode, _, key = self._items[place]
        return Entry(_MODES.get(mode) or _as_git_reads(mode), key.hex())

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
        return [name for name, (mode, _, _) in zip(self._names, self._items, strict=True) if mode in _FOLDERS]


def _as_git_reads(mode: bytes) -> str:
    """A mode in the spelling that git's own listings know: of a file's rights only whether its owner may run it."""
    kind = int(mode, 8) >> 12
    if kind == 0o10:
        return "100755" if int(mode, 8) & 0o100 else ORDINARY
    return {0o12: "120000", 0o4: FOLDER}.get(kind, FOREIGN)


def _items(found: Found) -> list[tuple[bytes, bytes, bytes]]:
    items: list[tuple[bytes, bytes, bytes]] = _ITEM[len(found.key) // 2].findall(found.data)
    return items


def _wholes(found: Found) -> list[bytes]:
    """The items of a folder as they are stored, not taken apart."""
    items: list[bytes] = _WHOLE[len(found.key) // 2].findall(found.data)
    return items


def odd_folder(objects: Objects, before: Found | None, after: Found) -> str | None:
    """The path of a folder of the state `after`, other than in `before`, that git would not have written; None when there is none.

    It holds a mode of another spelling, or a folder without names: git's listings of changes tell of neither. Names that git would
    not write are damage, as everywhere. Raises TOO_DEEP where no reader would follow.
    """
    level: list[tuple[str, Found | None, Found]] = [("", before, after)]
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise TOO_DEEP
        below: list[tuple[str, str, str]] = []
        for path, old, new in level:
            entries(new)
            fresh, gone = _differing(old, new)
            if any(mode not in _WRITTEN or (mode == b"40000" and key in _NO_NAMES) for mode, _, key in fresh):
                return path
            there = {name: key.hex() for mode, name, key in gone if mode in _FOLDERS}
            for mode, name, key in fresh:
                if mode == b"40000":
                    below.append((join(path, name.decode("utf-8", "surrogateescape")), there.get(name, ""), key.hex()))
        below.sort()
        olds = objects.many([key for _, key, _ in below if key])
        news = objects.many([key for _, _, key in below])
        level = [(path, next(olds) if key else None, next(news)) for path, key, _ in below]
    return None


def _differing(old: Found | None, new: Found) -> tuple[list[tuple[bytes, bytes, bytes]], list[tuple[bytes, bytes, bytes]]]:
    """The items that only the new folder holds, and those that only the old one does: few, where tens of thousands are alike."""
    before, after = (_wholes(found) if found else [] for found in (old, new))
    split = _ITEM[len(new.key) // 2].findall
    return split(b"".join({*after}.difference(before))), split(b"".join({*before}.difference(after)))


_KNOWN: dict[str, Names] = {}
_LATELY = 8  # folders that are looked at again within one step


def entries(found: Found) -> Names:
    """The names in one stored folder. Names that git would not write (doubled, unsorted, "a/b", "..", ".git") are damage."""
    known = _KNOWN.get(found.key)
    if known is None:
        known = _KNOWN[found.key] = _taken_apart(found)  # the id is that of the bytes
        if len(_KNOWN) > _LATELY:
            del _KNOWN[next(iter(_KNOWN))]
    return known


def _taken_apart(found: Found) -> Names:
    if found.kind != "tree":
        raise faults.ill_made(f"object {found.key}", f"a folder was expected, it is a {found.kind}")
    items = _items(found)
    width = len(found.key) // 2
    modes, names, _ = zip(*items, strict=True) if items else ((), (), ())
    joined = b"\0".join(names)
    if len(b"".join(modes)) + len(joined) + len(items) * (1 + width) + bool(items) != len(found.data):
        raise faults.ill_made(f"folder {found.key}", "it cannot be read")
    odd = any(_as_git_reads(mode) == FOLDER for mode in {*modes} - _WRITTEN - _FOLDERS)
    unfit = odd or b"/" in joined or not _NEVER.isdisjoint(names) or _dot_git(joined)
    if unfit or not _in_order(modes, names, joined) or len(set(names)) < len(names):
        raise faults.ill_made(f"folder {found.key}", "it holds names that git would not write")
    if any(key in found.data for key in _NO_NAMES):  # git's own listings pass over a folder without names
        items = [item for item in items if item[2] not in _NO_NAMES or item[0] not in _FOLDERS]
        joined = b"\0".join([name for _, name, _ in items])
    return Names(joined.decode("utf-8", "surrogateescape").split("\0") if items else [], items)


def nothing_but(found: Found, spelling: bytes) -> bool:
    """Whether a stored folder holds files, and folders whose names are spelt like a pattern of bytes; it takes nothing apart."""
    return _nothing_but(spelling, len(found.key) // 2).fullmatch(found.data) is not None


@cache
def _nothing_but(spelling: bytes, width: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:(?:40000 (?:%b)|100(?:644|755) [^\0]++)\0.{%d})*+" % (spelling, width), re.DOTALL)


def _in_order(modes: tuple[bytes, ...], names: tuple[bytes, ...], joined: bytes) -> bool:
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


def join(folder: str, name: str) -> str:
    """The path of `name` in `folder` ("" for the top)."""
    return f"{folder}/{name}" if folder else name
