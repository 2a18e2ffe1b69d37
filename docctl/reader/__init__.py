"""Joins git and signatures: opens a library in one state, or one step between two. Must not judge, print or write.

A whole state is opened for checks, registers and the site; a step opens only the numbers it touches, so gates stay flat.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from docctl.core import ending, frontmatter
from docctl.core.change import Change
from docctl.core.document import EDITORIAL, Document
from docctl.core.errors import Unreadable
from docctl.core.evidence import Evidence
from docctl.core.layout import CONTROLLED, Owner, is_rule_file, name_fault, owner, record_number
from docctl.core.library import Library, Misplaced, Rules, Unread
from docctl.core.mandate import Mandate
from docctl.core.record import Record
from docctl.core.statement import Signed
from docctl.core.tree import FOLDER, Changed, Tree
from docctl.reader.items import INDEX, Folder
from docctl.reader.memory import Memory
from docctl.reader.rulebook import Rulebook, fingerprint, no_rules, read_rulebook, rules_key
from docctl.reader.shelf import Folders, Shelf
from docctl.repository.trees import KeptTree

AT_ONCE = 8  # numbers whose files are asked for together: few enough to hold, enough to keep git busy
__all__ = ["Folders", "Memory", "Rulebook", "Shelf", "fingerprint", "open_library", "open_step", "rulebook"]


def rulebook(tree: Tree, memory: Memory) -> Rulebook:
    """The rules of a tree, read once for each content of the rule files."""
    return memory.once(("rules", rules_key(tree)), lambda: read_rulebook(tree))


def open_library(
    tree: Tree,
    *,
    memory: Memory | None = None,
    judges: Mapping[str, Mandate] | None = None,
    landing: bool = True,
    today: str = "",
) -> Library:
    """The whole library of a tree. `judges` says which mandate judged a number at its landing, `today` the day for warnings.

    Raises DocctlError when the tree holds no readable rules.
    """
    memory = memory or Memory()
    book = rulebook(tree, memory)
    if book.rules is None:
        raise no_rules(book.unread)
    owners = [(path, owner(path)) for path in _concerned(tree)]
    opened = _Opened(tree, book, book.rules, memory)
    opened.take(owners, tree)
    opened.take_cases(owners)
    return opened.library(landing=landing, judges=judges or {}, touched=frozenset(), today=today)


def open_step(
    before: Rules | None,
    tree: Tree,
    changed: Sequence[Changed],
    *,
    landing: bool,
    memory: Memory,
    folders: Folders | None = None,
    now: str = "",
) -> Change:
    """One step onto `tree`, judged by the rules `before` it (None: the library begins here and is judged by its own).

    `folders` saves walking the tree for document folders when a history streams by; `now` is the instant at a gate with a clock.

    Raises DocctlError when neither state holds readable rules.
    """
    touched = frozenset(item.path for item in changed)
    book = _book_after(before, tree, touched, memory)
    rules = book.rules or before
    if rules is None:
        raise no_rules(book.unread)
    opened = _Opened(tree, book, rules, memory, folders)
    opened.take([(path, owner(path)) for path in sorted(touched)], tree)
    opened.take_neighbours(item.path for item in changed if item.before is None and item.after is not None)
    judges = dict.fromkeys(opened.numbers, before.mandate) if before else {}
    types = _types(tree, changed, opened.evidence, memory) if landing else {}
    library = opened.library(landing=landing, judges=judges, touched=touched)._replace(
        now=now, types=types, ended=_ended(tree, changed, opened) if landing else {}
    )
    return Change(before, tuple(changed), library)


def _types(tree: Tree, changed: Iterable[Changed], evidence: Mapping[str, Evidence], memory: Memory) -> dict[str, str]:
    """The type that each touched document had before the step, by its number; what was never released has none to keep."""
    found: dict[str, str] = {}
    for item in changed:
        owned = owner(item.path)
        if owned.kind == "document" and owned.name == INDEX and item.before is not None and evidence[owned.number].releases:
            kind = memory.types.get(item.before.key)
            data = tree.former(item) if kind is None else None
            if data is not None:
                kind = _type(data)
            if kind is not None:
                found[owned.number] = kind
    return found


def _ended(tree: Tree, changed: Iterable[Changed], opened: _Opened) -> dict[str, tuple[str, ...]]:
    """What each number that a step withdraws or corrects has otherwise than the version before, apart from what says so."""
    found: dict[str, tuple[str, ...]] = {}
    for item in changed:
        owned = owner(item.path)
        document = opened.documents.get(owned.number)
        if document is None or owned.kind != "document" or owned.name != INDEX or item.before is None:
            continue
        compared = document.withdrawn or document.change_class == EDITORIAL
        data = tree.former(item) if compared and opened.evidence[owned.number].releases else None
        if data is not None:
            found[owned.number] = ending.changed(data, tree[document.path].data)
    return found


def _type(data: bytes) -> str:
    try:
        return str(frontmatter.read(data).values.get("type", ""))
    except Unreadable:
        return ""


def _book_after(before: Rules | None, tree: Tree, touched: Iterable[str], memory: Memory) -> Rulebook:
    """The rules of the state after a step: those before it where the step leaves the rule files alone."""
    if before is None or any(path.startswith(".docctl/") or is_rule_file(path) for path in touched):
        return rulebook(tree, memory)
    return Rulebook(before, memory.once(("standards", before.digest), lambda: rulebook(tree, memory).standards), ())


class _Opened:
    """What has been taken off the shelf so far."""

    def __init__(self, tree: Tree, book: Rulebook, rules: Rules, memory: Memory, folders: Folders | None = None) -> None:
        self._book = book
        self._rules = rules
        self._remembers = memory.kept is not None  # then most is not read again, and asking ahead would be for nothing
        mandate = rules.mandate
        self._shelf = Shelf(tree, mandate.people, mandate.settings.version_scheme, memory, folders)
        self.documents: dict[str, Document] = {}
        self.records: dict[str, Record] = {}
        self.evidence: dict[str, Evidence] = {}
        self.statements: list[Signed] = []
        self.unread: list[Unread] = list(book.unread)
        self.misplaced: list[Misplaced] = []

    @property
    def numbers(self) -> list[str]:
        """Every number that is judged."""
        return sorted(self.evidence)

    def take(self, owners: Iterable[tuple[str, Owner]], tree: Tree) -> None:
        """Reads every number that owns one of the paths, and looks at the paths themselves."""
        records: dict[str, str] = {}
        numbers: dict[str, list[str]] = {}
        for path, owned in owners:
            if owned.kind in {"document", "statement"}:
                numbers.setdefault(owned.number, []).append(path)
            elif owned.kind == "record":
                records.setdefault(owned.number, owned.folder)
                if path in tree:  # of a record that moved, the place where it lies now
                    records[owned.number] = owned.folder
                numbers.setdefault(owned.number, []).append(path)
            if owned.kind != "other":
                self._place(path, owned, tree)
        ordered = sorted(numbers)
        for place, number in enumerate(ordered):
            if place % AT_ONCE == 0 and isinstance(tree, KeptTree) and not self._remembers:
                tree.foresee(path for each in ordered[place : place + AT_ONCE] for path in numbers[each])
            self._take(number, records.get(number, ""))

    def _place(self, path: str, owned: Owner, tree: Tree) -> None:
        entry = tree.entry(path)
        if entry is None or entry.mode == FOLDER:
            return
        seen = path.replace("/.", "/").lstrip(".") if owned.kind in {"rule", "log"} else path  # rule files may be hidden ones
        fault = _mode_fault(entry.mode) or ("stray" if owned.kind == "stray" else name_fault(seen))
        if fault:
            self.misplaced.append(Misplaced(path, fault, owned.number))

    def _take(self, number: str, record_folder: str) -> None:
        filed = self._shelf.filed(number)
        self.statements += filed.signed
        self.unread += filed.unread
        self.evidence[number] = self._shelf.evidence(number)
        document = self._shelf.document_folder(number)
        record_folder = record_folder or self._record_of(number, beside=document is not None)
        record = self._shelf.record_folder(record_folder, number) if record_folder else None
        kept = document or record
        if kept is not None:
            self._keep(number, kept)

    def _record_of(self, number: str, *, beside: bool) -> str:
        """Where a record of this number lies, for a step that touches its statements only, or a document `beside` it."""
        if (not self.evidence[number].signed and not beside) or record_number(number) != number:
            return ""
        return next((folder for found, folder in self._shelf.record_folders() if found == number), "")

    def _keep(self, number: str, folder: Folder) -> None:
        self.unread += folder.unread
        if isinstance(folder.item, Document):
            self.documents[number] = folder.item
        elif folder.item is not None:
            self.records[number] = folder.item
        for file in folder.content.files:
            if file.fault and file.fault not in {"link", "executable", "page"}:
                where = self._shelf.folders(number)[0]
                self.misplaced.append(Misplaced(f"{where}/{file.name}", file.fault, number))

    def take_cases(self, owners: Iterable[tuple[str, Owner]]) -> None:
        """Names that differ only in letter case, over all paths and the folders above them."""
        first: dict[str, str] = {}
        seen: set[str] = set()
        for path, _ in owners:
            above = path
            while above and above not in seen:
                seen.add(above)
                if first.setdefault(above.casefold(), above) != above:
                    self.misplaced.append(Misplaced(above, "case", owner(above).number))
                above = above.rpartition("/")[0]

    def take_neighbours(self, added: Iterable[str]) -> None:
        """Names that differ only in letter case from a neighbour, for the paths a step adds and the folders that come with them."""
        levels: dict[int, dict[str, set[str]]] = {}
        for path in added:
            if path.startswith(CONTROLLED):
                _enter(levels, path)
        for depth in range(max(levels, default=-1), -1, -1):
            for folder, names in levels.get(depth, {}).items():
                for name in self._shelf.twins(folder, names):
                    path = f"{folder}/{name}" if folder else name
                    self.misplaced.append(Misplaced(path, "case", owner(path).number))
                if folder and all(name in names for name in self._shelf.tree.listing(folder)):
                    _enter(levels, folder)

    def library(self, *, landing: bool, judges: Mapping[str, Mandate], touched: frozenset[str], today: str = "") -> Library:
        """Everything taken so far, as rules see it."""
        return Library(
            rules=self._rules,
            documents=self.documents,
            records=self.records,
            evidence=self.evidence,
            statements=tuple(self.statements),
            unread=tuple(self.unread),
            misplaced=tuple(self.misplaced),
            catalogue=self._shelf,
            standards=self._book.standards,
            judges=judges,
            landing=landing,
            touched=touched,
            today=today,
        )


def _enter(levels: dict[int, dict[str, set[str]]], path: str) -> None:
    """Notes the last name of a path under its folder, by the depth of the path."""
    folder, _, name = path.rpartition("/")
    levels.setdefault(path.count("/"), {}).setdefault(folder, set()).add(name)


def _concerned(tree: Tree) -> Iterator[str]:
    """The paths of a whole state that belong to somebody, or look as if they did; folders that do not are not walked."""
    for name, entry in sorted(tree.listing("").items()):
        if owner(f"{name}/-" if entry.mode == FOLDER else name).kind != "other":
            yield from tree.under(name) if entry.mode == FOLDER else (name,)


def _mode_fault(mode: str) -> str:
    if mode == "100644":
        return ""
    return "executable" if mode == "100755" else "link"
