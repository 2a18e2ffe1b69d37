"""Stored states as trees of a library: read lazily, laid over, or kept up to date. Must not know where states come from."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from docctl.core.tree import FOLDER, Blob, Changed, Entry, Tree
from docctl.repository import faults
from docctl.repository.folders import FOREIGN, entries, join
from docctl.repository.objects import Found, Objects
from docctl.repository.process import Git


class KeptTree(Tree):
    """A tree whose bytes are kept by the repository; a kind of it only says how folders are listed."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self.past: Callable[[str], Tree | None] = lambda _: None  # asks the history that this state continues, where there is one

    def landed(self, path: str) -> Tree | None:
        """The official state with which a path came."""
        return self.past(path)

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

    def stored(self, folder: str) -> Found | None:  # noqa: ARG002  a tree that stores no folders
        """A folder as the repository holds it, its names not looked at; None when it is not stored as it is, or was listed."""
        return None

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
                raise faults.ill_made(f"{path} ({found.key})", f"a file was expected, it is a {found.kind}")
            yield path, Blob(found.key, entry.mode, found.data)
        yield from _no_files(asked)

    def _keys(self, paths: Iterable[str], asked: deque[tuple[str, Entry]]) -> Iterator[str]:
        for path in paths:
            entry = self.entry(path)
            if entry is not None and entry.mode != FOLDER:
                asked.append((path, entry))
                if entry.mode != FOREIGN:
                    yield entry.key


def continuing(tree: KeptTree, git: Git, name: str, prefix: str, opened: Callable[[str], KeptTree]) -> KeptTree:
    """The tree, which from now on knows the official states up to `name` that it continues, each `opened` by its commit."""

    def past(path: str) -> KeptTree | None:
        place = f"{prefix}/{path}".strip("/")
        found = git.run("rev-list", "--first-parent", "--end-of-options", name, "--", place).decode().split()
        return opened(found[-1]) if found else None  # the oldest one that touched the path brought it

    tree.past = past
    return tree


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
        self._unlisted: dict[str, Found] = {}

    def listing(self, folder: str) -> Mapping[str, Entry]:
        return self._listing(self._place(folder))

    def stored(self, folder: str) -> Found | None:
        place = self._place(folder)
        if place not in self._known and place not in self._unlisted:
            found = self._found(place)
            if found is None:
                return None
            self._unlisted[place] = found
        return self._unlisted.get(place)

    def _place(self, folder: str) -> str:
        return f"{self._prefix}/{folder}".rstrip("/") if self._prefix else folder

    def _listing(self, folder: str) -> Mapping[str, Entry]:
        if folder not in self._known:
            found = self._unlisted.pop(folder, None) or self._found(folder)
            self._known[folder] = entries(found) if found else {}
        return self._known[folder]

    def _found(self, folder: str) -> Found | None:
        above, _, name = folder.rpartition("/")
        entry = self._listing(above).get(name)
        return next(self._objects.many([entry.key])) if entry is not None and entry.mode == FOLDER else None

    def fetch(self, folder: str) -> None:
        """Read all folders below `folder`, one stream for each depth."""
        level = [folder]
        while level:
            level = [join(above, name) for above in level for name, entry in self.listing(above).items() if entry.mode == FOLDER]
            wanted = {path: entry.key for path in level if (entry := self.entry(path)) and self._place(path) not in self._known}
            for path, found in zip(wanted, self._objects.many(wanted.values()), strict=True):
                self._known[self._place(path)] = entries(found)


class PlacedTree(StoredTree):
    """One stored folder as if it stood at a place, with nothing beside it."""

    def __init__(self, objects: Objects, folder: Found, place: str) -> None:
        super().__init__(objects, folder)
        self._at = place

    def _place(self, folder: str) -> str:
        return folder.removeprefix(self._at).lstrip("/")


class OverlaidTree(KeptTree):
    """A tree with changes laid over it; the key of a folder that holds changes is "" (unknown)."""

    def __init__(self, objects: Objects, below: Tree, changes: Iterable[Changed]) -> None:
        super().__init__(objects)
        self._below = below
        self.past = below.landed
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

    def stored(self, folder: str) -> Found | None:
        return self._below.stored(folder) if isinstance(self._below, KeptTree) and folder not in self._files else None


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
