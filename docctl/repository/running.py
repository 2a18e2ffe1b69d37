"""A tree that follows history change by change, small in memory. Must not know which history it follows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from docctl.core.digest import begun
from docctl.core.tree import FOLDER, ORDINARY, Changed, Entry, Tree
from docctl.repository import faults
from docctl.repository.folders import join
from docctl.repository.objects import Objects
from docctl.repository.trees import KeptTree

# Mode and id packed into bytes: a third of the memory of an Entry with its text, which counts at 110,000 paths.
_Folder = dict[str, "bytes | _Folder"]
_INNER = Entry(FOLDER, "")
_MODES = {ORDINARY.encode(): ORDINARY}


def _packed(entry: Entry) -> bytes:
    return entry.mode.encode() + bytes.fromhex(entry.key)


def _entry(item: bytes | _Folder) -> Entry:
    if isinstance(item, dict):
        return _INNER
    return Entry(_MODES.get(item[:6]) or item[:6].decode(), item[6:].hex())


class _Listing(Mapping[str, Entry]):
    """One folder of a running tree, seen as it is now."""

    def __init__(self, folder: _Folder) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> Entry:
        return _entry(self._folder[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._folder)

    def __len__(self) -> int:
        return len(self._folder)


class RunningTree(KeptTree):
    """The state after the changes applied so far, begun empty or at `start`; folders have the key ""."""

    def __init__(self, objects: Objects, start: Tree | None = None) -> None:
        super().__init__(objects)
        self._top: _Folder = {}
        if start is not None:
            if isinstance(start, KeptTree):
                start.fetch("")
            _fill(self._top, start, "")

    def apply(self, changes: Iterable[Changed]) -> None:
        """Go one state on. A change that does not begin where this tree stands is damage: the history does not fit together."""
        changes = list(changes)
        # Removals first: a file may take the place of a folder, and the other way round.
        for path, before, after in changes:
            if before is not None and after is None:
                self._remove(path, before)
        for path, before, after in changes:
            if after is not None:
                self._put(path, before, after)

    def _remove(self, path: str, before: Entry) -> None:
        *folders, name = path.split("/")
        way = [self._top]
        for part in folders:
            inner = way[-1].get(part)
            if not isinstance(inner, dict):
                raise _misfit(path)
            way.append(inner)
        if way[-1].get(name) != _packed(before):
            raise _misfit(path)
        del way[-1][name]
        while folders and not way.pop():
            del way[-1][folders.pop()]

    def _put(self, path: str, before: Entry | None, after: Entry) -> None:
        *folders, name = path.split("/")
        folder = self._top
        for part in folders:
            inner = folder.setdefault(part, {})
            if not isinstance(inner, dict):
                raise _misfit(path)
            folder = inner
        if folder.get(name) != (_packed(before) if before else None):
            raise _misfit(path)
        folder[name] = _packed(after)

    def listing(self, folder: str) -> Mapping[str, Entry]:
        found = self._at(folder) if folder else self._top
        return _Listing(found) if isinstance(found, dict) else {}

    def entry(self, path: str) -> Entry | None:
        """Mode and id of one path (a file or a folder), None when absent."""
        found = self._at(path)
        return None if found is None else _entry(found)

    def require(self, top: str, stored: KeptTree) -> None:
        """Refuse a copy whose stored state is another one than the changes led to; `top` is the id that its commit names."""
        if _key(self._top, "sha1" if len(top) == 40 else "sha256").hex() == top:
            return
        stored.fetch("")
        ways: list[tuple[str, _Folder]] = [("", self._top)]
        while ways:
            path, here = ways.pop()
            listing = stored.listing(path)
            for name, entry in listing.items():
                item = here.get(name)
                # A stored folder may be empty; no change tells of it.
                if entry.mode == FOLDER and (item is None or isinstance(item, dict)):
                    ways.append((join(path, name), item or {}))
                elif item != _packed(entry):
                    raise _misfit(join(path, name))
            missing = [name for name in here if name not in listing]
            if missing:
                raise _misfit(join(path, missing[0]))

    def _at(self, path: str) -> bytes | _Folder | None:
        found: bytes | _Folder | None = self._top
        for part in path.split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        return found


def _key(folder: _Folder, kind: str) -> bytes:
    """The id that git gives a folder."""
    lines: list[tuple[bytes, bytes]] = []
    for name, item in folder.items():
        said = name.encode("utf-8", "surrogateescape")
        if isinstance(item, dict):
            lines.append((said + b"/", b"40000 %b\0%b" % (said, _key(item, kind))))
        else:
            lines.append((said, b"%b %b\0%b" % (item[:6], said, item[6:])))
    data = b"".join([line for _, line in sorted(lines)])
    proof = begun(kind, len(data), b"tree %d\0" % len(data))
    proof.update(data)
    return bytes.fromhex(proof.hexdigest())


def _fill(folder: _Folder, tree: Tree, path: str) -> None:
    for name, entry in tree.listing(path).items():
        if entry.mode == FOLDER:
            inner: _Folder = {}
            folder[name] = inner
            _fill(inner, tree, join(path, name))
        else:
            folder[name] = _packed(entry)


def _misfit(path: str) -> Exception:
    return faults.damaged(path, "the history does not fit together here")
