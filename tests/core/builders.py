"""People, statements, documents and libraries out of plain values. Must not know git, real keys, files or the time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from docctl.core.content import content_of, file_of
from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.library import Catalogue, Library, Rules
from docctl.core.mandate import Mandate, Root, RootKey
from docctl.core.people import People, people_of
from docctl.core.record import Record
from docctl.core.settings import Settings, settings_of
from docctl.core.signature import Verdict
from docctl.core.statement import Signed, Statement, filed_at, write_statement
from docctl.core.tree import Blob

REPOSITORY = "3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f"
NUMBER = "ITSM-P-05"
DAY = "2026-01-01"  # everybody and everything is registered from here, unless a test says otherwise
NOON = "2026-03-02T04:00:00Z"  # 12:00 in Shanghai

ROLE_OF = {
    "submit": "author", "review": "department-head", "cosign": "department-head", "approve": "management-representative",
    "withdraw": "management-representative", "confirm": "management-representative", "release": "document-controller",
    "reject": "department-head", "revoke": "author", "acknowledge": "author", "seal": "author", "correct": "author",
}  # fmt: skip
SLOTS = (
    {"step": 1, "decision": "review", "role": "department-head", "of": "owner"},
    {"step": 2, "decision": "approve", "role": "management-representative"},
)


def key_of(person: str, which: int = 1) -> str:
    """The text of a person's first or second key; no such key exists anywhere."""
    return f"ssh-ed25519 {person}/{which}"


def held(role: str, **more: Any) -> dict[str, Any]:
    """One role as people.yaml writes it."""
    return {"role": role, "from": DAY, **more}


def person(name: str, /, *roles: Mapping[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
    """One entry of people.yaml, with one key."""
    keys = [{"key": key_of(name), "from": DAY}]
    return {name: {"name": name.title(), "from": DAY, "department": "ops", "roles": list(roles), "keys": keys, **more}}


REGISTERED: dict[str, dict[str, Any]] = {
    **person("wang.fang", held("author")),
    **person("ma.rui", held("author"), held("department-head", department="ops")),
    **person("li.ming", held("department-head", department="ops")),
    **person("chen.jie", held("department-head", department="dev")),
    **person("zhou.yu", held("department-head", department="desk")),
    **person("zhao.lei", held("management-representative")),
    **person("sun.hao", held("management-representative"), held("department-head", department="ops")),
    **person("xu.min", held("document-controller")),
    **person("robot.ci", held("management-representative"), held("author"), kind="robot"),
}


def people(changed: Mapping[str, Mapping[str, Any]] | None = None) -> People:
    """The registry of the sample people, with some entries added or replaced."""
    return people_of({"people": {**REGISTERED, **(changed or {})}})


def settings_values(slots: Iterable[Mapping[str, Any]] = SLOTS, level: int = 2, **more: Any) -> dict[str, Any]:
    """The values of settings.yaml with one document type, `procedure`."""
    kind = {"title": {"zh": "程序文件"}, "level": level, "folder": "procedures", "slots": {"default": list(slots)}}
    values = {
        "organisation": {"en": "Sample", "zh": "样例"}, "timezone": "Asia/Shanghai", "languages": ["zh", "en"],
        "version_scheme": "edition", "roles": {name: {"en": name} for name in set(ROLE_OF.values())},
        "departments": {"ops": {"zh": "运维部"}}, "release_role": "document-controller", "types": {"procedure": kind},
    }  # fmt: skip
    return {**values, **more}


def settings(slots: Iterable[Mapping[str, Any]] = SLOTS, level: int = 2, **more: Any) -> Settings:
    """Settings with one document type, `procedure`."""
    return settings_of(settings_values(slots, level, **more))


def mandate(rules: Settings | None = None, registry: People | None = None) -> Mandate:
    """The rules that stand, number 1."""
    root = Root(REPOSITORY, (RootKey("zhao.lei", "ssh-ed25519 root/1"),), 1)
    return Mandate(1, "2026-01-01T00:00:00Z", root, registry or people(), rules or settings())


def document(number: str = NUMBER, version: str = "A/0", status: str = "approved", body: str = "text\n", **head: Any) -> Document:
    """A document of the type `procedure` owned by `ops`, whose bytes differ as soon as version, status or body do."""
    front = {
        "id": number, "title": "变更管理程序", "type": "procedure", "version": version, "language": "zh-CN", "status": status,
        "owner": "service-manager", "classification": "internal", "department": "ops",
    }  # fmt: skip
    front |= head
    data = f"{sorted(front.items(), key=str)}\n{body}".encode()
    content = content_of([file_of("index.md", Blob("k", "100644", data))])
    lines = {(name,): place for place, name in enumerate(front, 2)}
    return Document(f"documents/{number}", front, lines, body, len(front) + 3, content)


def record(number: str = "REC-INC-2026-001", **head: Any) -> Record:
    """A record of the class `incident`."""
    front = {"id": number, "title": "邮件系统中断", "class": "incident", **head}
    content = content_of([file_of("index.md", Blob("k", "100644", repr(front).encode()))])
    return Record(f"records/incident/2026/{number}", front, {("id",): 2}, "text\n", 6, content)


def statement(decision: str, signer: str, on: Document | None = None, at: str = NOON, **more: Any) -> Statement:
    """A decision of a person on a document's bytes, under the role that usually takes it."""
    about = on or document()
    values: dict[str, Any] = {
        "comment": "", "decided_at": at, "decision": decision, "digest": about.digest, "document": about.number,
        "effective_from": "2026-04-01" if decision == "release" else None, "repository": REPOSITORY, "role": ROLE_OF[decision],
        "rules": 1, "schema": "docctl/statement/v1", "signer": signer, "supersedes": None, "target": None,
        "version": about.version,
    }  # fmt: skip
    return Statement(**(values | more))


def filed(said: Statement, key: str = "", fault: str = "") -> Signed:
    """A statement where it belongs, its signature good unless a `fault` is named, by the signer's first key unless told."""
    text = key or key_of(said.signer)
    found = Verdict(text, f"SHA256:{text}", "statement-v1@docctl", fault)
    return Signed(said, f"{filed_at(said)}.json", sha256(write_statement(said)).hexdigest(), found)


def signed(decision: str, signer: str, on: Document | None = None, at: str = NOON, **more: Any) -> Signed:
    """A good signature on a decision."""
    return filed(statement(decision, signer, on, at, **more))


def revoked(item: Signed, by: str = "", at: str = "2026-03-03T04:00:00Z") -> Signed:
    """The statement by which somebody (its own signer unless told) takes another statement back."""
    said = item.statement
    values = {"decision": "revoke", "signer": by or said.signer, "decided_at": at, "target": f"sha256:{item.sha256}"}
    return filed(said._replace(**values, effective_from=None))


def evidence(*items: Signed, registry: People | None = None, scheme: str = "edition", number: str = NUMBER) -> Evidence:
    """The statements on one number."""
    return Evidence(number, items, registry or people(), scheme)


def approved(on: Document | None = None, at: str = NOON) -> list[Signed]:
    """What fills `SLOTS`: submitted by wang.fang, reviewed by li.ming, approved by zhao.lei."""
    return [signed("submit", "wang.fang", on, at), signed("review", "li.ming", on, at), signed("approve", "zhao.lei", on, at)]


def release(on: Document | None = None, effective: str = "2026-04-01", at: str = NOON, by: str = "xu.min") -> Signed:
    """The controller's release of a document's bytes."""
    return signed("release", by, on, at, effective_from=effective)


def withdrawn(on: Document, effective: str, at: str) -> list[Signed]:
    """The approver's withdrawal and the controller's release of the bytes that end a number."""
    return [signed("withdraw", "zhao.lei", on, at), release(on, effective, at)]


def library(*documents: Document, items: Iterable[Signed] = (), rules: Mandate | None = None, **more: Any) -> Library:
    """A whole state of a library with some documents and all statements on them."""
    stands = rules or mandate()
    statements = tuple(items)
    numbers = {found.number for found in documents} | {item.statement.document for item in statements}
    by_number = {
        number: evidence(*(item for item in statements if item.statement.document == number), number=number) for number in numbers
    }
    values: dict[str, Any] = {
        "rules": Rules(stands, (), "sha256:0"), "documents": {found.number: found for found in documents}, "records": {},
        "evidence": by_number, "statements": statements, "unread": (), "misplaced": (), "catalogue": Catalogue(),
        "standards": {}, "judges": {}, "landing": False,
    }  # fmt: skip
    return Library(**(values | more))
