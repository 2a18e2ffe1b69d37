"""A library on the bench: real files, real signatures, in the domain's words, without git or disk.

Cases of rules are told as acts (`document`, `record`, `sign`, `approve`, `rules`, `write`, `move`, `copy`, `mode`) on one base
library: ITSM-P-01 and ITSM-P-02 (procedures) and ITSM-F-01 (a form), all A/0 in force since 2026-03-02, and one sealed record.
Its settings and its people lie in tests/library/.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from docctl import sshsig
from docctl.core.content import content_of, file_of
from docctl.core.layout import LOG, PEOPLE, ROOT, SETTINGS
from docctl.core.mandate import RECORD_SCHEMA, Root, RootKey, root_bytes
from docctl.core.statement import SCHEMA, Statement, canonical, filed_at
from docctl.core.strictyaml import write_yaml
from docctl.core.tree import Blob, Changed, Entry, MemoryTree, Tree
from docctl.reader.rulebook import rules_digest

from .keyring import public, signature

Values = dict[str, Any]

HERE = Path(__file__).parent / "library"
REPOSITORY = "3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f"
BEGUN, ISSUED, TODAY = "2026-01-05", "2026-03-02", "2026-04-07"
HOURS = {"submit": 1, "review": 2, "cosign": 3, "approve": 4, "withdraw": 4, "release": 5}  # UTC; nine to one o'clock in Shanghai
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
BODY = "\n## 目的 {#purpose}\n\n说明目的。\n\n## 过程 {#process}\n\n受理、分派、解决、关闭。\n"

ROLE_OF = {
    "review": "department-head", "cosign": "department-head", "approve": "management-representative", "reject": "department-head",
    "withdraw": "management-representative", "release": "document-controller", "confirm": "management-representative",
    "seal": "record-keeper", "correct": "record-keeper",
}  # fmt: skip
HOLDS = {"top-management": "gao.yuan", "department-head": "wang.fang"}
FINALLY = {("approve", True): "withdraw"}  # what a slot asks for when a number ends
SIGNS = {"submit": "li.ming", "review": "wang.fang", "cosign": "xu.dan", "approve": "zhao.lei", "release": "chen.jing"}


def merged(values: Values, patch: Mapping[str, Any]) -> Values:
    """`values` with a patch laid over it, level by level; null takes a key away."""
    for name, value in patch.items():
        if value == "null":
            values.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(values.get(name), dict):
            merged(values[name], value)
        else:
            values[name] = value
    return values


def told(name: str) -> Values:
    """A file of the base library, all values text as docctl reads them."""
    found: Values = yaml.load((HERE / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return found


def people_with_keys() -> Values:
    """A registry in which everybody has one key, and every role and key begins with the library."""
    people = told("people")
    for name, person in people.items():
        key = {"key": public(name), "from": BEGUN}
        people[name] = {"kind": "person", "from": BEGUN, **person, "keys": [key]}
        people[name]["roles"] = [{"from": BEGUN, **role} for role in person.get("roles", [])]
    return people


class Workbench:
    """One library as it grows, act by act. `files` holds what a commit would hold."""

    def __init__(
        self, settings: Mapping[str, Any] | None = None, people: Mapping[str, Any] | None = None, root: Values | None = None
    ) -> None:
        self.files: dict[str, bytes | Blob] = {"mkdocs.yml": b"site_name: Example\n"}
        self.settings = merged(told("settings"), settings or {})
        self.people = merged(people_with_keys(), self._keyed(people or {}))
        self.root = {"persons": ["gao.yuan"], "keys": {}, "threshold": "1", "repository": REPOSITORY, **(root or {})}
        self.records: list[bytes] = []
        self.heads: dict[str, Values] = {}
        self.bodies: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.released: dict[str, list[str]] = {}
        self.last = ""

    @property
    def tree(self) -> Tree:
        """The files as rules see them."""
        return MemoryTree(dict(self.files))

    def do(self, act: Mapping[str, Any]) -> None:
        """One act by its name, as cases write it: `{sign: {...}}`."""
        for name, what in act.items():
            getattr(self, name)(what)

    # --- files ------------------------------------------------------------------------------------------------------------

    def write(self, files: Mapping[str, str]) -> None:
        """Files by path: text, `null` to remove, `png` for a picture."""
        for path, text in files.items():
            if text == "null":
                self._remove(path)
            else:
                self.files[path] = PNG if text == "png" else text.encode()

    def append(self, files: Mapping[str, str]) -> None:
        """More text at the end of files, by path."""
        for path, text in files.items():
            self.files[path] = self._bytes(path) + text.encode()

    def mode(self, modes: Mapping[str, str]) -> None:
        """Files with another mode of git, by path."""
        for path, mode in modes.items():
            data = self._bytes(path) if path in self.files else b""
            self.files[path] = Blob(sha256(mode.encode() + data).hexdigest(), mode, data)

    def copy(self, places: Mapping[str, str]) -> None:
        """Files or folders copied, from old to new place; `{last}` is the statement signed last, without its ending."""
        for pair in places.items():
            old, new = (place.format(last=self.last) for place in pair)
            for path in self._below(old):
                self.files[new + path[len(old) :]] = self.files[path]

    def move(self, places: Mapping[str, str]) -> None:
        """Files or folders moved, from old to new place."""
        self.copy(places)
        for old in places:
            self._remove(old)

    def _remove(self, place: str) -> None:
        for path in self._below(place.format(last=self.last)):
            del self.files[path]

    def _below(self, place: str) -> list[str]:
        """A file, the files of a folder, or a statement and its signature."""
        return [path for path in self.files if path == place or path.startswith((f"{place}/", f"{place}."))]

    def _bytes(self, path: str) -> bytes:
        blob = self.files[path]
        return blob.data if isinstance(blob, Blob) else blob

    # --- documents and records ----------------------------------------------------------------------------------------------

    def document(self, head: Mapping[str, Any]) -> None:
        """A document written, or changed where it exists: front matter by key (null takes one away), `body`, `folder`."""
        plain = {
            "title": "程序",
            "type": "procedure",
            "version": "A/0",
            "language": "zh-CN",
            "status": "approved",
            "owner": "service-manager",
        }
        plain |= {"department": "ops", "classification": "internal"}
        self._item(head, plain, f"documents/procedures/{head['id']}")

    def record(self, head: Mapping[str, Any]) -> None:
        """A record written, or changed where it exists."""
        plain = {
            "title": "事件记录",
            "class": "incident",
            "form": {"id": "ITSM-F-01", "version": "A/0"},
            "event_date": "2026-04-06",
        }
        plain |= {"created_at": "2026-04-06T10:00:00+08:00", "created_by": "li.ming", "classification": "internal"}
        self._item(head, plain, f"records/incident/2026/{head['id']}")

    def _item(self, head: Mapping[str, Any], plain: Values, folder: str) -> None:
        number = str(head["id"])
        given = {key: value for key, value in head.items() if key not in ("body", "folder")}
        self.heads[number] = merged(self.heads.get(number, plain), deepcopy(given))
        self.folders[number] = str(head.get("folder", self.folders.get(number, folder)))
        self.bodies[number] = str(head.get("body", self.bodies.get(number, BODY)))
        text = f"---\n{write_yaml({'id': number, **self.heads[number]})}---\n{self.bodies[number]}"
        self.files[f"{self.folders[number]}/index.md"] = text.encode()

    def digest(self, number: str) -> str:
        """The content digest of a document or record as it lies there."""
        folder = self.folders[number] + "/"
        files = ((path[len(folder) :], blob) for path, blob in self.tree.items() if path.startswith(folder))
        return content_of(file_of(name, blob) for name, blob in files).digest

    # --- signatures ---------------------------------------------------------------------------------------------------------

    def sign(self, said: Mapping[str, Any]) -> None:
        """One statement: `of`, `decision`, and where they differ from what is usual `by`, `day`, `at` or any field of a statement.

        Further `key` (whose key signs), `namespace`, `sig` (the text of the signature file, null for none), `filed` (where it lies).
        """
        statement = self._statement(said)
        data = canonical(statement._asdict())
        stem = str(said.get("filed", filed_at(statement)))
        self.files[stem + ".json"] = data
        if said.get("sig") != "null":
            key, namespace = str(said.get("key", statement.signer)), str(said.get("namespace", sshsig.STATEMENT))
            self.files[stem + ".sig"] = str(said["sig"]).encode() if "sig" in said else signature(data, key, namespace)
        if statement.decision == "release":
            self.released.setdefault(str(said["of"]), []).append(statement.digest)
        self.last = stem

    def _statement(self, said: Mapping[str, Any]) -> Statement:
        number, decision = str(said["of"]), str(said["decision"])
        day, digest = str(said.get("day", TODAY)), self.digest(number)
        by = SIGNS.get(decision, "chen.jing" if decision in ("seal", "correct") else "zhao.lei")
        before = [old for old in self.released.get(number, []) if old != digest]
        values: Values = {
            "comment": "", "decided_at": said.get("at", f"{day}T{HOURS.get(decision, 6):02d}:00:00Z"), "decision": decision,
            "digest": digest, "document": number, "effective_from": day if decision == "release" else None,
            "repository": self.root["repository"], "role": ROLE_OF.get(decision, "author"), "rules": max(len(self.records), 1),
            "schema": SCHEMA, "signer": str(said.get("by", by)), "supersedes": before[-1] if before else None, "target": None,
            "version": self.heads[number].get("version"),
        }  # fmt: skip
        values |= {name: None if said[name] == "null" else str(said[name]) for name in said if name in values}
        values["rules"] = int(values["rules"])
        if values["target"] == "last":
            values["target"] = f"sha256:{sha256(self._bytes(self.last + '.json')).hexdigest()}"
        return Statement(**values)

    def approve(self, what: Mapping[str, Any]) -> None:
        """All that a document needs: submit, what its slots ask for, release; `of`, `day`, `without` some decisions."""
        number = str(what["of"])
        head = self.heads[number]
        slots = self.settings["types"][head["type"]]["slots"]
        change = str(head.get("change", {}).get("class", "")) if self.released.get(number) else ""
        ending = head["status"] == "withdrawn"
        others = {*head.get("distribution", [])} - {head.get("department")}
        for slot in [{"decision": "submit"}, *slots.get(change, slots["default"]), {"decision": "release"}]:
            decision = str(slot["decision"])
            skipped = decision in what.get("without", []) or (decision == "cosign" and not others)
            if skipped or (ending and decision not in ("approve", "release")):
                continue
            role = {"role": slot["role"]} if "role" in slot else {}
            by = HOLDS.get(str(slot.get("role")), SIGNS[decision]) if decision != "cosign" else SIGNS["cosign"]
            self.sign(
                {
                    "of": number,
                    "decision": FINALLY.get((decision, ending), decision),
                    "by": by,
                    "day": what.get("day", TODAY),
                    **role,
                }
            )

    # --- rules --------------------------------------------------------------------------------------------------------------

    def _keyed(self, people: Mapping[str, Any]) -> Values:
        """A patch of the registry in which `{key of NAME}` stands for a key."""
        text = yaml.safe_dump(deepcopy(dict(people)), allow_unicode=True)
        for name in {part.split("}")[0] for part in text.split("{key of ")[1:]}:
            text = text.replace(f"{{key of {name}}}", public(name))
        found: Values = yaml.load(text, yaml.BaseLoader)
        return found

    def change(self, patch: Mapping[str, Any]) -> None:
        """Settings, people or root patched and written, without a rules record."""
        merged(self.settings, patch.get("settings", {}))
        merged(self.people, self._keyed(patch.get("people", {})))
        self.root |= patch.get("root", {})
        keys = [RootKey(name, public(self.root["keys"].get(name, f"root:{name}"))) for name in self.root["persons"]]
        root = Root(self.root["repository"], tuple(keys), int(self.root["threshold"]))
        self.files[SETTINGS] = write_yaml(self.settings).encode()
        self.files[PEOPLE] = write_yaml({"schema": "docctl/people/v1", "people": self.people}).encode()
        self.files[ROOT] = root_bytes(root)

    def rules(self, said: Mapping[str, Any]) -> None:
        """The next rules record over the rule files as they lie there, signed `by` root persons; any of its fields may differ."""
        n = len(self.records) + 1
        previous = f"sha256:{sha256(self.records[-1]).hexdigest()}" if self.records else None
        values: Values = {"n": n, "previous": previous, "changed_at": f"{BEGUN if n == 1 else TODAY}T00:00:00Z", "reason": "变更"}
        values |= {"digest": rules_digest(self.tree), "repository": self.root["repository"], "schema": RECORD_SCHEMA}
        values |= {name: None if said[name] == "null" else str(said[name]) for name in said if name in values}
        values["n"] = int(values["n"])
        self.records.append(canonical(values))
        self.files[f"{LOG}/{values['n']:04d}.json"] = self.records[-1]
        for name in said.get("by", ["gao.yuan"]):
            self.countersign({"n": values["n"], "by": name})

    def countersign(self, said: Mapping[str, Any]) -> None:
        """One more signature on rules record `n` filed for the person `by`, by `key` ("root:" and the name when not said)."""
        number, by = int(said["n"]), str(said["by"])
        data = self.files.get(f"{LOG}/{number:04d}.json", b"nothing")
        assert isinstance(data, bytes)
        self.files[f"{LOG}/{number:04d}.{by}.sig"] = signature(data, str(said.get("key", f"root:{by}")), sshsig.RULES)


def base(patch: Mapping[str, Any] | None = None) -> Workbench:
    """The base library, begun under rules that may be patched (`settings`, `people`, `root`, `by` for who signs record 1)."""
    patch = patch or {}
    bench = Workbench(patch.get("settings"), patch.get("people"), patch.get("root"))
    bench.change({})
    bench.rules({"by": patch.get("by", ["gao.yuan"])})
    if patch.get("empty") == "true":
        return bench
    bench.document({
        "id": "ITSM-P-01", "title": "事件管理程序", "distribution": ["ops", "dev"],
        "clauses": [{"clause": "iso20000-1:2018/8.6.1", "section": "process"}],
    })  # fmt: skip
    bench.document({"id": "ITSM-P-02", "title": "变更管理程序", "clauses": ["iso27001:2022/A.8.32"]})
    bench.document(
        {"id": "ITSM-F-01", "title": "事件记录单", "type": "form", "parent": "ITSM-P-01", "folder": "documents/forms/ITSM-F-01"}
    )
    for number in ("ITSM-P-01", "ITSM-P-02", "ITSM-F-01"):
        bench.approve({"of": number, "day": ISSUED})
    bench.record({"id": "REC-INC-2026-001", "event_date": "2026-03-10", "created_at": "2026-03-10T10:00:00+08:00"})
    bench.sign({"of": "REC-INC-2026-001", "decision": "seal", "day": "2026-03-10"})
    return bench


def difference(before: Tree, after: Tree) -> list[Changed]:
    """What a step from one tree to another changed, by path."""
    old, new = ({path: Entry(blob.mode, blob.key) for path, blob in tree.items()} for tree in (before, after))
    return [Changed(path, old.get(path), new.get(path)) for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
