"""What a library's files look like to the judgement: paths and bytes. Must not know where they are kept."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping

from docctl.core.digest import sha256
from docctl.core.lean import NamedTuple

ORDINARY = "100644"
FOLDER = "040000"


class Blob(NamedTuple):
    """One file: the key its bytes are remembered by, git's file mode and the raw bytes (empty for what is no file)."""

    key: str
    mode: str
    data: bytes


class Entry(NamedTuple):
    """One name in a folder: the file mode (`FOLDER` for a folder) and the key of its content."""

    mode: str
    key: str


class Changed(NamedTuple):
    """One path that differs between two states; None stands for absent."""

    path: str
    before: Entry | None
    after: Entry | None


class Tree(Mapping[str, Blob]):
    """The files of a library by path ("/" separated, relative to the library). Reading an item reads its bytes."""

    @abstractmethod
    def listing(self, folder: str) -> Mapping[str, Entry]:
        """The names directly in `folder` ("" for the top); empty when there is no such folder."""

    def entry(self, path: str) -> Entry | None:
        """Mode and key of one path (a file or a folder), None when absent; reads no content."""
        folder, _, name = path.rpartition("/")
        return self.listing(folder).get(name)

    def read(self, paths: Iterable[str]) -> Iterator[tuple[str, Blob]]:
        """The blobs of many `paths` in one pass, in the order given; absent paths are left out."""
        return ((path, self[path]) for path in paths if path in self)

    @abstractmethod
    def former(self, item: Changed) -> bytes | None:
        """What a path held before the step that led to this state; None when it held nothing or nobody remembers."""

    @abstractmethod
    def landed(self, path: str) -> Tree | None:
        """The state with which a path came that is only ever added; None when it never did or nobody remembers."""

    def under(self, folder: str) -> list[str]:
        """All paths below `folder`, sorted."""
        found: list[str] = []
        prefix = f"{folder}/" if folder else ""
        for name, entry in self.listing(folder).items():
            if entry.mode == FOLDER:
                found += self.under(prefix + name)
            else:
                found.append(prefix + name)
        return sorted(found)


class MemoryTree(Tree):
    """A tree out of plain bytes, as tests and rehearsals use it; `before` is the state it came from."""

    def __init__(self, files: Mapping[str, bytes | Blob], before: Tree | None = None) -> None:
        self._before = before
        self._blobs = {path: _blob(value) for path, value in files.items()}
        self._folders: dict[str, dict[str, Entry]] = {"": {}}
        for path, blob in self._blobs.items():
            folder, _, name = path.rpartition("/")
            self._folder(folder)[name] = Entry(blob.mode, blob.key)

    def _folder(self, folder: str) -> dict[str, Entry]:
        if folder not in self._folders:
            self._folders[folder] = {}
            above, _, name = folder.rpartition("/")
            self._folder(above)[name] = Entry(FOLDER, "")
        return self._folders[folder]

    def __getitem__(self, path: str) -> Blob:
        return self._blobs[path]

    def former(self, item: Changed) -> bytes | None:
        """What the path held in the state before."""
        return self._before[item.path].data if self._before is not None and item.path in self._before else None

    def landed(self, path: str) -> Tree | None:
        """The oldest of the states before that holds the path, else this one."""
        earlier = self._before.landed(path) if self._before is not None else None
        return earlier or (self if path in self else None)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._blobs))

    def __len__(self) -> int:
        return len(self._blobs)

    def listing(self, folder: str) -> Mapping[str, Entry]:
        return self._folders.get(folder, {})


class Overlay(Tree):
    """A tree with some files laid over it (None takes a path away): what an act is about to write, before it is written."""

    def __init__(self, below: Tree, files: Mapping[str, bytes | None]) -> None:
        self._below = below
        self._above = MemoryTree({path: data for path, data in files.items() if data is not None})
        self._gone = {path for path, data in files.items() if data is None}

    def __getitem__(self, path: str) -> Blob:
        if path in self._gone:
            raise KeyError(path)
        return self._above[path] if path in self._above else self._below[path]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(({*self._below} - self._gone) | {*self._above}))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def former(self, item: Changed) -> bytes | None:
        """What the path holds below."""
        return self._below[item.path].data if item.path in self._below else None

    def landed(self, path: str) -> Tree | None:
        """The state below, or before it, with which the path came."""
        return self._below.landed(path)

    def listing(self, folder: str) -> Mapping[str, Entry]:
        """The names directly in a folder; one that holds changes below has no key of its own any more."""
        prefix = f"{folder}/" if folder else ""
        below = self._below.listing(folder).items()
        names = {name: entry for name, entry in below if entry.mode == FOLDER or prefix + name not in self._gone}
        for path in self._gone:
            name = path[len(prefix) :].partition("/")[0] if path.startswith(prefix) else ""
            if name in names and names[name].mode == FOLDER:
                if any(True for _ in self.under(prefix + name)):
                    names[name] = Entry(FOLDER, "")
                else:
                    del names[name]
        return {**names, **self._above.listing(folder)}


def _blob(value: bytes | Blob) -> Blob:
    return value if isinstance(value, Blob) else Blob(sha256(value).hexdigest(), ORDINARY, value)
