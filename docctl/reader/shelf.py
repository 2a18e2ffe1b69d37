"""A library's items by number, read when they are asked for. Must not know what is judged, nor which gate asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property

from docctl.core import version
from docctl.core.document import Document
from docctl.core.errors import DocctlError, Words
from docctl.core.evidence import Evidence, Release
from docctl.core.layout import NUMBERED, counted_number, document_number, not_numbered, owner, record_number
from docctl.core.library import Catalogue, Text
from docctl.core.people import People
from docctl.core.statement import begins
from docctl.core.tree import FOLDER, Changed, Entry, Tree
from docctl.reader.items import Filed, Folder, read_folder, read_statements
from docctl.reader.memory import Memory
from docctl.repository.folders import Names, nothing_but
from docctl.repository.trees import KeptTree

Spelling = Callable[[str], str]
PATIENCE = 8  # numbers looked for one by one before all of them are noted
LONG = 1 << 11  # bytes of a stored folder; from here on it pays to search it before it is taken apart
LARGE = 256  # names in a folder; from here on it pays to keep their spellings while history streams


class Folders:
    """Where each document number lies. Made by walking the folders of categories, then kept up to date while history streams."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._spelt: dict[tuple[Spelling, str], dict[str, tuple[str, ...]]] = {}
        self.by_number = _document_folders(tree)

    def alike(self, folder: str, name: str) -> tuple[str, ...]:
        """The names in a folder that are `name` but for letter case, itself included."""
        return self._named(folder, str.casefold, name.casefold())

    def of_record(self, folder: str, number: str) -> tuple[str, ...]:
        """The names in a folder that begin with a record number, however many zeros it is written with."""
        return self._named(folder, counted_number, counted_number(number))

    def _named(self, folder: str, spelling: Spelling, wanted: str) -> tuple[str, ...]:
        listing = self._tree.listing(folder)
        if not folder or len(listing) < LARGE:
            return tuple(name for name in listing if spelling(name) == wanted)
        if (spelling, folder) not in self._spelt:
            known: dict[str, tuple[str, ...]] = {}
            for name in listing:
                known[spelling(name)] = (*known.get(spelling(name), ()), name)
            self._spelt[spelling, folder] = known
        return self._spelt[spelling, folder].get(wanted, ())

    def follow(self, changed: Iterable[Changed]) -> None:
        """Takes in what one step changed; the tree must already stand after that step."""
        moved = [item.path for item in changed if (item.before is None) != (item.after is None)]
        for (spelling, folder), known in self._spelt.items():
            listing = self._tree.listing(folder)
            for name in {path[len(folder) + 1 :].partition("/")[0] for path in moved if path.startswith(folder + "/")}:
                others = tuple(other for other in known.pop(spelling(name), ()) if other != name)
                known[spelling(name)] = (*others, *((name,) if name in listing else ()))
        for owned in {owner(path) for path in moved}:
            if owned.kind != "document":
                continue
            here = self.by_number.get(owned.number, [])
            there = bool(self._tree.listing(owned.folder))
            if there and owned.folder not in here:
                self._add(owned.number, owned.folder)
            elif not there and owned.folder in here:
                here.remove(owned.folder)
                if not here:
                    del self.by_number[owned.number]

    def _add(self, number: str, folder: str) -> None:
        self.by_number.setdefault(number, []).append(folder)
        self.by_number[number].sort()


def _alike(listing: Iterable[str], name: str) -> tuple[str, ...]:
    folded, names = name.casefold(), list(listing)
    every = "\0".join(names).casefold().split("\0")  # all at once: of tens of thousands, hardly one is alike
    return tuple(other for other, alike in zip(names, every, strict=True) if alike == folded) if folded in every else ()


def _of_record(listing: Iterable[str], number: str) -> tuple[str, ...]:
    run, _, running = number.rpartition("-")
    near = (name for name in listing if name.startswith(run) and running.lstrip("0") in name)
    return tuple(name for name in near if counted_number(name) == counted_number(number))


class Shelf(Catalogue):
    """The catalogue of one tree. Looking one number up reads the folders of categories and that number's own files only."""

    def __init__(self, tree: Tree, people: People, scheme: str, memory: Memory, folders: Folders | None = None) -> None:
        self.tree = tree
        self._folders = folders
        self._people = people
        self._scheme = scheme
        self._memory = memory
        self._read: dict[str, Folder] = {}
        self._filed: dict[str, Filed] = {}
        self._evidence: dict[str, Evidence] = {}
        self._records: dict[str, list[str]] = {}
        self._places: dict[str, list[str]] = {}
        self._texts: dict[str, list[Text]] = {}

    @property
    def _documents(self) -> dict[str, list[str]]:
        if self._folders is None:
            self._folders = Folders(self.tree)
        return self._folders.by_number

    def numbers(self) -> list[str]:
        return sorted(self._documents)

    def folders(self, number: str) -> list[str]:
        return [*self._lying(number), *self._records.get(number, [])]

    def _lying(self, number: str) -> list[str]:
        """Where a document number lies; the first few are looked for one by one, from then on all places are known."""
        if self._folders is None and number not in self._places and len(self._places) < PATIENCE:
            self._places[number] = sorted(
                f"{folder}/{name}"
                for folder, held in self._categories
                if number.encode() in held
                for name in _folders(self.tree.listing(folder))
                if name.startswith(number) and document_number(name) == number
            )
        return self._places[number] if number in self._places else self._documents.get(number, [])

    @cached_property
    def _categories(self) -> list[tuple[str, bytes]]:
        return list(_searchable(self.tree))

    def document(self, number: str) -> Document | None:
        folder = self.document_folder(number)
        return folder.item if folder and isinstance(folder.item, Document) else None

    def document_folder(self, number: str) -> Folder | None:
        """The first folder of a document number, read; None when there is none."""
        folders = self._lying(number)
        if folders and number not in self._read:
            self._read[number] = read_folder(self.tree, folders[0], number, "document", self._memory)
        return self._read.get(number)

    def record_folder(self, folder: str, number: str) -> Folder | None:
        """A record's folder, read; None when it is not there. Its neighbours of the same number become known by `folders`."""
        if not self.tree.listing(folder):
            return None
        above = folder.rpartition("/")[0]
        same = self._folders.of_record(above, number) if self._folders else _of_record(self.tree.listing(above), number)
        self._records[number] = sorted(f"{above}/{name}" for name in same)
        return read_folder(self.tree, folder, number, "record", self._memory)

    def record_folders(self) -> Iterator[tuple[str, str]]:
        """Every record's number and folder."""
        for kind in sorted(self.tree.listing("records")):
            for year in sorted(self.tree.listing(f"records/{kind}")):
                for name in sorted(self.tree.listing(f"records/{kind}/{year}")):
                    if record_number(name):
                        yield record_number(name), f"records/{kind}/{year}/{name}"

    def filed(self, number: str) -> Filed:
        """The statements filed under a number and what lies unpaired or unreadable beside them."""
        if number not in self._filed:
            self._filed[number] = read_statements(self.tree, number, self._memory)
        return self._filed[number]

    def twins(self, folder: str, names: Collection[str]) -> list[str]:
        """Those of some names in a folder that have a neighbour from which only letter case tells them; sorted."""
        listing = self.tree.listing(folder)
        if self._folders and folder and len(listing) >= LARGE:
            return sorted(name for name in names if len(self._folders.alike(folder, name)) > 1)
        if len(names) <= PATIENCE:
            return sorted(name for name in names if len(_alike(listing, name)) > 1)
        counted = Counter(name.casefold() for name in listing)
        return sorted(name for name in names if counted[name.casefold()] > 1)

    def evidence(self, number: str) -> Evidence:
        if number not in self._evidence:
            self._evidence[number] = Evidence(number, self.filed(number).signed, self._people, self._scheme)
        return self._evidence[number]

    def texts(self, day: str) -> list[Text]:
        if day not in self._texts:
            found = ((number, self.document(number)) for number in self.numbers())
            self._texts[day] = [text for number, item in found if item is not None for text in self._standing(number, item, day)]
        return self._texts[day]

    def _standing(self, number: str, newest: Document, day: str) -> Iterator[Text]:
        if day and self._waits(newest, day):
            for span in self.evidence(number).spans:
                if not span.release.withdrawal and span.until != span.since and not (span.until and span.until <= day):
                    yield Text(self._released(span.release, newest), span.since, span.until)
        elif newest.status == "approved":
            yield Text(newest, "", "")

    def _waits(self, newest: Document, day: str) -> bool:
        """Whether a release of the newest text names a later day; so most numbers need not be asked what was signed for them."""
        top = f"statements/{newest.number}/{version.folder_name(newest.version)}"
        releases = [f"{top}/{name}" for name in self.tree.listing(top) if ".release." in name and name.endswith(".json")]
        return any(begins(blob.data) > day for _, blob in self.tree.read(releases))

    def _released(self, release: Release, newest: Document) -> Document:
        """The text of a release: the newest one, or as it lay in the state with which the release came."""
        if release.digest == newest.digest:
            return newest
        tree = self.tree.landed(release.signed.path)
        found = Shelf(tree, self._people, self._scheme, self._memory).document(newest.number) if tree is not None else None
        if found is None or found.digest != release.digest:
            raise text_missing(newest.number, release.version)
        return found


def _document_folders(tree: Tree) -> dict[str, list[str]]:
    """The folders of every document number, sorted."""
    found: dict[str, list[str]] = {}
    for folder, names in _categories(tree):
        for name in names:
            if number := document_number(name):
                found.setdefault(number, []).append(f"{folder}/{name}")
    for folders in found.values():
        folders.sort()
    return found


def _categories(tree: Tree) -> Iterator[tuple[str, list[str]]]:
    """Each folder of a category with the folders in it."""
    for folder, _ in _searchable(tree):
        yield folder, _folders(tree.listing(folder))


def _searchable(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Each folder of a category with bytes in which the names of its folders occur; those of one depth are read together.

    A large folder without categories in it is not taken apart: most often nobody asks for a number that lies there.
    """
    depth = ["documents"]
    while depth:
        if isinstance(tree, KeptTree):
            tree.foresee(depth)
        below: list[str] = []
        for folder in depth:
            stored = tree.stored(folder) if isinstance(tree, KeptTree) else None
            if stored is not None and len(stored.data) > LONG and nothing_but(stored, NUMBERED):
                yield folder, stored.data
            else:
                names = _folders(tree.listing(folder))
                yield folder, "\0".join(names).encode("utf-8", "surrogateescape")
                below += [f"{folder}/{name}" for name in not_numbered(names)]
        depth = below


def _folders(listing: Mapping[str, Entry]) -> list[str]:
    return listing.folders() if isinstance(listing, Names) else [name for name, entry in listing.items() if entry.mode == FOLDER]


def text_missing(number: str, label: str) -> DocctlError:
    """A released text that this copy does not hold any more."""
    return DocctlError(
        Words(f"the text of {number} {label} is not in this copy", f"此副本中没有 {number} {label} 的文本"),
        Words("fetch the whole history", "请获取完整历史"),
        "text-missing",
    )
