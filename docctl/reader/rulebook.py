"""Reads the rule files of a state: settings, people, root, catalogues of clauses and the log of rules records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property

from docctl import shipped, sshsig
from docctl.core import layout
from docctl.core.calendar import zone_known
from docctl.core.content import file_of, manifest_digest
from docctl.core.errors import DocctlError, Unreadable, Words
from docctl.core.lean import Any, NamedTuple
from docctl.core.library import LogEntry, Rules, Unread
from docctl.core.mandate import Mandate, RulesRecord, root_of, rules_record_of
from docctl.core.numbering import bounded
from docctl.core.people import people_of
from docctl.core.settings import settings_of
from docctl.core.shape import Fault, shaped
from docctl.core.signature import Verdict
from docctl.core.standard import Standard, kept, read_standard
from docctl.core.statement import read_canonical
from docctl.core.strictyaml import read_file
from docctl.core.tree import FOLDER, Tree


class Rulebook(NamedTuple):
    """The rules as a state holds them (None when they cannot be read), and what could not be read of them."""

    rules: Rules | None
    standards: Standards
    unread: tuple[Unread, ...]


def read_rulebook(tree: Tree) -> Rulebook:
    """The rule files of a tree. Whatever cannot be read is told; then there are no rules to judge by."""
    unread: list[Unread] = []
    values = {
        kind: _values(tree, path, kind, unread)
        for kind, path in (("settings", layout.SETTINGS), ("people", layout.PEOPLE), ("root", layout.ROOT))
    }
    log = tuple(_log(tree, unread))
    standards = _standards(tree, unread)
    unread += [*_weak_keys(values), *_unknown_zone(values["settings"]), *_endless_numbering(values["settings"])]
    if unread or not log:
        if not log and not unread:
            unread.append(Unread("rules", layout.LOG, 0, Words("there is no rules record", "没有规则变更记录")))
        return Rulebook(None, standards, tuple(unread))
    last = log[-1].record
    mandate = Mandate(
        last.n, last.changed_at, root_of(values["root"]), people_of(values["people"]), settings_of(values["settings"])
    )
    return Rulebook(Rules(mandate, log, rules_digest(tree)), standards, ())


def rules_digest(tree: Tree) -> str:
    """The digest over every rule file of a tree, the log left aside."""
    return manifest_digest((file.sha256, file.size, path) for path, file in _rule_files(tree))


def rule_paths(tree: Tree) -> list[str]:
    """Every rule file of a tree, sorted."""
    tops = [name for name, entry in tree.listing("").items() if entry.mode != "040000"]
    found = [name for name in tops if layout.is_rule_file(name)]
    for folder in (".docctl", *layout.RULE_FOLDERS):
        found += [path for path in tree.under(folder) if layout.is_rule_file(path)]
    return sorted(set(found))


def rules_key(tree: Tree) -> tuple[object, ...]:
    """What changes whenever a rule file or the log changes, without reading them."""
    paths = [*rule_paths(tree), *tree.under(layout.LOG)]
    return tuple((path, tree.listing(path.rpartition("/")[0])[path.rpartition("/")[2]]) for path in paths)


def fingerprint(tree: Tree) -> str:
    """The root fingerprint: the SHA-256 of root.json, as pinned by auditors and servers."""
    from docctl.core.digest import sha256

    return "sha256:" + sha256(tree[layout.ROOT].data).hexdigest()


def no_rules(unread: tuple[Unread, ...]) -> DocctlError:
    """The error for a state whose rules cannot be read."""
    first = unread[0]
    return DocctlError(
        Words(f"{first.path}: {first.words.en}", f"{first.path}：{first.words.zh}"),
        Words(
            "docctl needs readable rules; if the library is a folder of the repository, name it with --library; `docctl init` makes one",
            "docctl 需要可读的规则；若受控库是仓库中的一个文件夹，请用 --library 指定；可用 `docctl init` 建立",
        ),
        "no-rules",
    )


def _rule_files(tree: Tree) -> Iterator[tuple[str, Any]]:
    for path, blob in tree.read(rule_paths(tree)):
        yield path, file_of(path, blob)


def _values(tree: Tree, path: str, kind: str, unread: list[Unread]) -> dict[str, Any]:
    if path not in tree:
        unread.append(Unread("rules", path, 0, Words("the file is missing", "文件缺失")))
        return {}
    data = tree[path].data
    try:
        if kind == "root":
            return _canonical(data, kind)
        reading = read_file(data)
    except Unreadable as fault:
        unread.append(Unread("rules", path, fault.line, fault.words))
        return {}
    values, faults = shaped(reading.values, shipped.schema(kind))
    unread += [Unread("rules", path, _line(reading.lines, fault), fault.words) for fault in faults]
    return dict(values) if not faults else {}


def _canonical(data: bytes, kind: str) -> dict[str, Any]:
    return read_canonical(data, shipped.schema(kind))


def _line(lines: Mapping[tuple[str | int, ...], int], fault: Fault) -> int:
    return next((lines[fault.path[:n]] for n in range(len(fault.path), 0, -1) if fault.path[:n] in lines), 1)


def _log(tree: Tree, unread: list[Unread]) -> Iterator[LogEntry]:
    # What lies in a folder of such a name is a stray of its own.
    names = [name for name, entry in tree.listing(layout.LOG).items() if entry.mode != FOLDER]
    records: dict[int, tuple[RulesRecord, bytes]] = {}
    for name in sorted(names):
        parts = layout.log_parts(name)
        if parts is None or parts[1]:
            continue
        path = f"{layout.LOG}/{name}"
        try:
            data = tree[path].data
            record = rules_record_of(_canonical(data, "rules-record"), data)
        except Unreadable as fault:
            unread.append(Unread("rules", path, fault.line, fault.words))
            continue
        if record.n != parts[0]:
            unread.append(Unread("rules", path, 1, Words(f"it says n = {record.n}", f"其中 n = {record.n}")))
        records[parts[0]] = (record, data)
    for number, (record, data) in sorted(records.items()):
        yield LogEntry(record, Signatures(data, tuple(_filed(tree, number, names))))


def _filed(tree: Tree, number: int, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for name in sorted(names):
        parts = layout.log_parts(name)
        if parts and parts[0] == number and parts[1]:
            yield parts[1], tree[f"{layout.LOG}/{name}"].data


class Signatures(Sequence[tuple[str, Verdict]]):
    """The signatures beside a rules record, checked when they are first looked at: most gates never ask for them."""

    def __init__(self, record: bytes, filed: tuple[tuple[str, bytes], ...]) -> None:
        self._record = record
        self._filed = filed

    @cached_property
    def _checked(self) -> list[tuple[str, Verdict]]:
        return [(person, sshsig.verify(self._record, data, sshsig.RULES)) for person, data in self._filed]

    def __getitem__(self, place: Any) -> Any:
        return self._checked[place]

    def __len__(self) -> int:
        return len(self._filed)


class Standards(Mapping[str, Standard]):
    """The catalogues of clauses by standard id, the library's own over the shipped ones; each is read when first asked for."""

    def __init__(self, own: Mapping[str, Standard]) -> None:
        self._own = own

    def __getitem__(self, name: str) -> Standard:
        standard = self._own.get(name) or _shipped(name.replace(":", "-").replace(".", "-"))
        if standard is None or standard.id != name:
            raise KeyError(name)
        return standard

    def __iter__(self) -> Iterator[str]:
        found = (_shipped(name) for name in shipped.standards())
        return iter(sorted({*self._own, *(standard.id for standard in found if standard)}))

    def __len__(self) -> int:
        return len(list(iter(self)))


@cache
def _shipped(name: str) -> Standard | None:
    if name not in shipped.standards():
        return None
    return kept(shipped.standard_kept(name))


def _standards(tree: Tree, unread: list[Unread]) -> Standards:
    own: dict[str, Standard] = {}
    for path in tree.under(layout.STANDARDS):
        if not layout.is_rule_file(path):
            continue  # a stray: the path itself is refused
        try:
            standard = read_standard(tree[path].data, shipped.schema("standard"))
        except Unreadable as fault:
            unread.append(Unread("rules", path, fault.line, fault.words))
            continue
        if standard.id in own:
            unread.append(
                Unread("rules", path, 1, Words(f"a second catalogue of {standard.id}", f"{standard.id} 的第二份条款目录"))
            )
        own[standard.id] = standard
    return Standards(own)


def _weak_keys(values: Mapping[str, Mapping[str, Any]]) -> Iterator[Unread]:
    keys = [(layout.ROOT, item["key"]) for item in values["root"].get("keys", ())]
    for person in values["people"].get("people", {}).values():
        keys += [(layout.PEOPLE, item["key"]) for item in person.get("keys", ())]
    keys += [(layout.SETTINGS, key) for key in values["settings"].get("server_keys", ())]
    for path, key in keys:
        try:
            sshsig.read_key(key)
        except Unreadable as fault:
            yield Unread("rules", path, 1, fault.words)


def _unknown_zone(settings: Mapping[str, Any]) -> Iterator[Unread]:
    # Every rule that asks for a day would stop here, and a guess would make the verdict depend on the machine.
    zone = settings.get("timezone")
    if zone is not None and not zone_known(zone):
        yield Unread("rules", layout.SETTINGS, 1, Words(f"time zone {zone} is unknown", f"时区 {zone} 未知"))


def _endless_numbering(settings: Mapping[str, Any]) -> Iterator[Unread]:
    pattern = settings.get("numbering", "")
    if not bounded(pattern):
        en = "numbering may take for ever to match: use no repeated groups, 2 groups with alternatives and 4 parts of any length at most"
        zh = "numbering 的匹配可能永不结束：不得重复分组，含“|”的分组至多 2 个，长度可变的部分至多 4 个"
        yield Unread("rules", layout.SETTINGS, 1, Words(en, zh))
