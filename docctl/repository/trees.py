"""Stored states as trees of a library: read lazily, laid over, or kept up to date. Must not know where states come from."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from docctl.core.lean import Any, regex
from docctl.core.tree import FOLDER, ORDINARY, Blob, Changed, Entry, Tree
from docctl.repository import faults
from docctl.repository.objects import Found, Objects

FOREIGN = "160000"
"""The mode of a submodule: a name for a state of another repository, no file here."""

_ITEM = {width: regex(rb"([0-7]{5,6}) ([^\0]+)\0(.{%d})" % width, re.DOTALL) for width in (20, 32)}
_NEVER = frozenset((b".", b".."))
# ".git" as Windows and macOS know it: short names, streams, blanks and dots behind it, letters that show nothing (as git fsck does).
_DOT_GIT = regex(rb"(?:^|\0)(?:\.git|git~1)[ .]*(?::[^\0]*)?(?:\0|$)")
_SHOWING_NOTHING = regex(rb"\xe2\x80[\x8c-\x8f\xaa-\xae]|\xe2\x81[\xaa-\xaf]|\xef\xbb\xbf")
_PATIENCE = 8  # names looked for one by one
_FOLDERS = frozenset((b"40000", b"040000"))
_MODES = {b"100644": ORDINARY, b"40000": FOLDER}


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
        return Entry(_MODES.get(mode) or mode.decode().zfill(6), key.hex())

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


def entries(found: Found) -> Names:
    """The names in one stored folder. Names that git would not write (doubled, unsorted, "a/b", "..", ".git") are damage."""
    if found.kind != "tree":
        raise faults.damaged(f"object {found.key}", f"a folder was expected, it is a {found.kind}")
    width = len(found.key) // 2
    items = _ITEM[width].findall(found.data)
    modes, names, _ = zip(*items, strict=True) if items else ((), (), ())
    joined = b"\0".join(names)
    if len(b"".join(modes)) + len(joined) + len(items) * (1 + width) + bool(items) != len(found.data):
        raise faults.damaged(f"folder {found.key}", "it cannot be read")
    unfit = b"/" in joined or not _NEVER.isdisjoint(names) or _dot_git(joined)
    if unfit or not _in_order(modes, names, joined) or len(set(names)) < len(names):
        raise faults.damaged(f"folder {found.key}", "it holds names that git would not write")
    return Names(joined.decode("utf-8", "surrogateescape").split("\0") if items else [], items)


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


class KeptTree(Tree):
    """A tree whose bytes are kept by the repository; a kind of it only says how folders are listed."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def former(self, item: Changed) -> bytes | None:
        """What a path held before the step that led to this state."""
        found = self._objects.get(item.before.key) if item.before and item.before.key else None
        return found.data if found and found.kind == "blob" else None

    @abstractmethod
    def listing(self, folder: str) -> Mapping[str, Entry]:
        """The names directly in `folder` ("" for the top); empty when there is no such folder."""

    def __getitem__(self, path: str) -> Blob:
        for _, blob in self.read((path,)):
            return blob
        raise KeyError(path)

    def __contains__(self, path: object) -> bool:
        entry = self.entry(path) if isinstance(path, str) else None
        return entry is not None and entry.mode != FOLDER

    def __iter__(self) -> Iterator[str]:
        return iter(self.under(""))

    def __len__(self) -> int:
        return len(self.under(""))

    def fetch(self, folder: str) -> None:
        """Make the folders below `folder` ready to be listed, as all are wanted."""

    def under(self, folder: str) -> list[str]:
        """All paths below `folder`, sorted."""
        self.fetch(folder)
        found: list[str] = []
        folders = [folder]
        while folders:
            above = folders.pop()
            for name, entry in self.listing(above).items():
                (folders if entry.mode == FOLDER else found).append(join(above, name))
        found.sort()
        return found

    def foresee(self, paths: Iterable[str]) -> None:
        """Ask for files that are about to be read and folders that are about to be listed: one wait, not one for each."""
        wanted = (self.entry(path) for path in paths)
        self._objects.foresee([entry.key for entry in wanted if entry is not None and entry.key and entry.mode != FOREIGN])

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, Blob]]:
        """The blobs of many `paths` streamed in the order given; absent paths are left out; a submodule has no bytes."""
        asked: deque[tuple[str, Entry]] = deque()
        for found in self._objects.many(self._keys(paths, asked)):
            yield from _no_files(asked)
            path, entry = asked.popleft()
            if found.kind != "blob":
                raise faults.damaged(f"{path} ({found.key})", f"a file was expected, it is a {found.kind}")
            yield path, Blob(found.key, entry.mode, found.data)
        yield from _no_files(asked)

    def _keys(self, paths: Iterable[str], asked: deque[tuple[str, Entry]]) -> Iterator[str]:
        for path in paths:
            entry = self.entry(path)
            if entry is not None and entry.mode != FOLDER:
                asked.append((path, entry))
                if entry.mode != FOREIGN:
                    yield entry.key


def join(folder: str, name: str) -> str:
    """The path of `name` in `folder` ("" for the top)."""
    return f"{folder}/{name}" if folder else name


def _no_files(asked: deque[tuple[str, Entry]]) -> Iterator[tuple[str, Blob]]:
    while asked and asked[0][1].mode == FOREIGN:
        path, entry = asked.popleft()
        yield path, Blob(entry.key, FOREIGN, b"")


class StoredTree(KeptTree):
    """One stored state below `prefix`; folders are read when somebody looks into them, and remembered."""

    def __init__(self, objects: Objects, top: Found, prefix: str = "") -> None:
        super().__init__(objects)
        self._prefix = prefix.strip("/")
        self._known: dict[str, Mapping[str, Entry]] = {"": entries(top)}

    def listing(self, folder: str) -> Mapping[str, Entry]:
        return self._listing(self._place(folder))

    def _place(self, folder: str) -> str:
        return f"{self._prefix}/{folder}".rstrip("/") if self._prefix else folder

    def _listing(self, folder: str) -> Mapping[str, Entry]:
        if folder not in self._known:
            above, _, name = folder.rpartition("/")
            entry = self._listing(above).get(name)
            there = entry is not None and entry.mode == FOLDER
            self._known[folder] = entries(next(self._objects.many([entry.key]))) if entry and there else {}
        return self._known[folder]

    def fetch(self, folder: str) -> None:
        """Read all folders below `folder`, one stream for each depth."""
        level = [folder]
        while level:
            level = [join(above, name) for above in level for name, entry in self.listing(above).items() if entry.mode == FOLDER]
            wanted = {path: entry.key for path in level if (entry := self.entry(path)) and self._place(path) not in self._known}
            for path, found in zip(wanted, self._objects.many(wanted.values()), strict=True):
                self._known[self._place(path)] = entries(found)


class OverlaidTree(KeptTree):
    """A tree with changes laid over it; the key of a folder that holds changes is "" (unknown)."""

    def __init__(self, objects: Objects, below: Tree, changes: Iterable[Changed]) -> None:
        super().__init__(objects)
        self._below = below
        self._files: dict[str, dict[str, Entry | None]] = {}
        self._folders: dict[str, set[str]] = {}
        self._known: dict[str, Mapping[str, Entry]] = {}
        for path, _, after in changes:
            folder, _, name = path.rpartition("/")
            self._touched(folder)[name] = after

    def _touched(self, folder: str) -> dict[str, Entry | None]:
        if folder not in self._files:
            self._files[folder] = {}
            if folder:
                above, _, name = folder.rpartition("/")
                self._touched(above)
                self._folders.setdefault(above, set()).add(name)
        return self._files[folder]

    def listing(self, folder: str) -> Mapping[str, Entry]:
        if folder not in self._files:
            return self._below.listing(folder)
        if folder not in self._known:
            self._known[folder] = self._merged(folder)
        return self._known[folder]

    def _merged(self, folder: str) -> Mapping[str, Entry]:
        below, over = self._below.listing(folder), dict(self._files[folder])
        for name in self._folders.get(folder, ()):
            # A file may take the place of a folder that emptied, and the other way round.
            there = over[name] if name in over else below.get(name)
            if self.listing(join(folder, name)):
                over[name] = Entry(FOLDER, "")
            elif there is not None and there.mode == FOLDER:
                over[name] = None
        return _Over(below, over)

    def fetch(self, folder: str) -> None:
        if isinstance(self._below, KeptTree):
            self._below.fetch(folder)


class _Over(Mapping[str, Entry]):
    """One folder with some names laid over it; None takes a name away."""

    def __init__(self, below: Mapping[str, Entry], over: Mapping[str, Entry | None]) -> None:
        self._below = below
        self._over = over
        self._added = [name for name, entry in over.items() if entry is not None and name not in below]
        self._gone = {name for name, entry in over.items() if entry is None and name in below}

    def __getitem__(self, name: str) -> Entry:
        entry = self._over[name] if name in self._over else self._below[name]
        if entry is None:
            raise KeyError(name)
        return entry

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self._below if name not in self._gone)
        yield from self._added

    def __len__(self) -> int:
        return len(self._below) + len(self._added) - len(self._gone)
