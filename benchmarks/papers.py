"""What a synthetic library says: rule files, documents, records and their signed statements. Must not know git, disks or clocks.

Keys are made anew from the names of their holders, so the same recipe gives the same bytes on every machine.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256, sha512
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from docctl import sshsig
from docctl.core.content import file_of, manifest_digest
from docctl.core.layout import LOG, PEOPLE, ROOT, SETTINGS
from docctl.core.mandate import RECORD_SCHEMA, Root, RootKey, root_bytes
from docctl.core.statement import SCHEMA, Statement, canonical, filed_at, write_statement
from docctl.core.strictyaml import write_yaml
from docctl.core.tree import ORDINARY, Blob, MemoryTree
from docctl.core.version import EDITION_LETTERS
from docctl.reader.rulebook import rules_digest
from docctl.sshsig.wire import MAGIC, armour, string

Files = dict[str, bytes]

REPOSITORY = "5b1f7c1e-90a4-4b53-8f0f-6f6f2f3f4f5f"
BEGUN = datetime(2020, 1, 6, 1, tzinfo=UTC)
SPAN = timedelta(days=1200)
PER_AREA = 100
DRAFTS = 20
SETTINGS_TEXT = """\
schema: docctl/settings/v1
organisation: {en: Example Services, zh: 示例服务}
timezone: Asia/Shanghai
languages: [en, zh]
version_scheme: edition
protected_branch: main
standards: ['iso20000-1:2018', 'iso27001:2022']
max_statement_age: 30
roles:
  management-representative: {en: Management representative, zh: 管理者代表}
  document-controller: {en: Document controller, zh: 文控}
  department-head: {en: Department head, zh: 部门负责人}
  service-manager: {en: Service manager, zh: 服务经理}
  record-keeper: {en: Record keeper, zh: 记录管理员}
departments:
  ops: {en: Operations, zh: 运维部}
  dev: {en: Development, zh: 研发部}
release_role: document-controller
types:
  procedure:
    title: {en: Procedure, zh: 程序文件}
    level: 2
    folder: procedures
    mandatory_clauses: true
    slots:
      default:
        - {step: 1, decision: review, role: department-head, of: owner, count: 1}
        - {step: 2, decision: approve, role: management-representative, count: 1}
record_classes:
  incident:
    title: {en: Incident record, zh: 事件记录}
    number: REC-INC
    retention: 36
    classification: internal
    seal_role: record-keeper
"""
ROLES = {
    "li.ming": "service-manager",
    "wang.fang": "department-head",
    "zhao.lei": "management-representative",
    "chen.jing": "document-controller",
    "sun.hao": "record-keeper",
}
ROUTE = (("submit", "li.ming"), ("review", "wang.fang"), ("approve", "zhao.lei"), ("release", "chen.jing"))
HEADINGS = ("purpose", "scope", "roles", "process", "measures", "records", "related", "review")
SENTENCE = "Every request is received, classified, assigned, solved and closed; 受理、分级、分派、解决和关闭都要留下记录。 "


@cache
def private(name: str) -> Ed25519PrivateKey:
    """The throwaway key of a name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"a key of the benchmarks: {name}".encode()).digest())


@cache
def _public_blob(name: str) -> bytes:
    return string(b"ssh-ed25519") + string(private(name).public_key().public_bytes_raw())


def public(name: str) -> str:
    """The public key of a name, "type base64"."""
    return "ssh-ed25519 " + b64encode(_public_blob(name)).decode()


def signature(data: bytes, name: str, namespace: str) -> bytes:
    """The SSH signature file over `data` by the key of a name, as ssh-keygen would write it."""
    purpose = string(namespace.encode()) + string(b"") + string(b"sha512")
    raw = private(name).sign(MAGIC + purpose + string(sha512(data).digest()))
    held = string(string(b"ssh-ed25519") + string(raw))
    return armour(MAGIC + (1).to_bytes(4, "big") + string(_public_blob(name)) + purpose + held)


class Moment:
    """Days and instants along the life of a library, a share of it (0 to 1) at a time; `at` fixes one day for all."""

    def __init__(self, share: float, at: datetime | None = None) -> None:
        self._day = (at or BEGUN + SPAN * share).replace(minute=0, second=0, microsecond=0)
        if at is None:
            self._day = self._day.replace(hour=1)
        self.day = (self._day + timedelta(hours=8)).date().isoformat()  # Shanghai

    def minute(self, minute: int) -> str:
        """The instant some minutes later."""
        return (self._day + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")


def rule_files() -> Files:
    """Settings, people, root and rules record 1 with its signature."""
    begun = Moment(0)
    people = {
        name: {
            "name": name,
            "kind": "person",
            "department": "ops",
            "from": begun.day,
            "roles": [{"role": role, "from": begun.day} | ({"department": "ops"} if role == "department-head" else {})],
            "keys": [{"key": public(name), "from": begun.day}],
        }
        for name, role in ROLES.items()
    }
    files = {
        SETTINGS: SETTINGS_TEXT.encode(),
        PEOPLE: write_yaml({"schema": "docctl/people/v1", "people": people}).encode(),
        ROOT: root_bytes(Root(REPOSITORY, (RootKey("gao.yuan", public("root:gao.yuan")),), 1)),
        "mkdocs.yml": b"site_name: Example\n",
    }
    values = {
        "n": 1,
        "previous": None,
        "changed_at": begun.minute(0),
        "reason": "begin",
        "digest": rules_digest(MemoryTree(files)),
    }
    record = canonical({**values, "repository": REPOSITORY, "schema": RECORD_SCHEMA})
    signed = signature(record, "root:gao.yuan", sshsig.RULES)
    return {**files, f"{LOG}/0001.json": record, f"{LOG}/0001.gao.yuan.sig": signed}


def document_number(place: int) -> str:
    """The number of the document at a place of the library."""
    return f"ITSM-P-{place:05d}"


def label(revision: int) -> str:
    """The version label of the nth issue."""
    edition, digit = divmod(revision, 10)
    return f"{EDITION_LETTERS[edition]}/{digit}"


def document(place: int, revision: int, *, status: str = "approved", note: str = "") -> tuple[str, bytes]:
    """Folder and text of a document: about twenty keys, 6 KB with headings, links to earlier documents and a table."""
    number = document_number(place)
    cited = [document_number(place - back) for back in (1, 2) if place >= back] if status == "approved" else [document_number(0)]
    head: dict[str, object] = {
        "id": number, "title": f"处理程序 {place}", "titles": {"en": f"Handling procedure {place}"}, "type": "procedure",
        "version": label(revision), "language": "zh-CN", "status": status, "owner": "service-manager", "department": "ops",
        "classification": "internal", "distribution": ["ops", "dev"], "acknowledge": ["service-manager"],
        "clauses": [{"clause": "iso20000-1:2018/8.6.1", "section": "process", "how": "受理与解决"}, "iso27001:2022/A.5.24"],
        "references": cited, "records": ["incident"], "authors": ["li.ming"], "review_interval": 12, "keywords": ["事件", f"K{place}"],
        "satisfies": ["iso20000:5c"],
    }  # fmt: skip
    if revision:
        head["change"] = {
            "class": "major" if revision % 10 == 0 else "minor",
            "reason": "改进",
            "summary": "调整步骤",
            "source": "内审",
        }
    text = f"---\n{write_yaml(head)}---\n{body(number, cited, note or label(revision))}"
    return f"documents/procedures/area-{place // PER_AREA:03d}/{number}", text.encode()


def body(number: str, cited: list[str], note: str) -> str:
    """A body of about 6 KB."""
    parts = [f"\n## {name.title()} {{#{name}}}\n\n{SENTENCE * 4}\n" for name in HEADINGS]
    parts[0] += f"\nThis is {number}, {note}.\n"
    parts[3] += "\n| step | who | what |\n|---|---|---|\n" + "".join(
        f"| {row} | ops | {SENTENCE.strip()} |\n" for row in range(6)
    )
    parts[6] += "".join(f"\n- 见[{other}](doc:{other}#process)\n" for other in cited)
    return "".join(parts)


def draft(nth: int, note: str) -> Files:
    """The nth edit of one of a few documents that were never released."""
    folder, text = document(90_000 + nth % DRAFTS, 0, status="draft", note=note)
    return {f"{folder}/index.md": text}


def record(place: int, moment: Moment) -> tuple[str, str, bytes]:
    """Number, folder and text of an incident record of a day."""
    number = f"REC-INC-{moment.day[:4]}-{place:06d}"
    head = {
        "id": number, "title": f"事件记录 {place}", "class": "incident", "event_date": moment.day,
        "created_at": f"{moment.day}T09:00:00+08:00", "created_by": "li.ming", "department": "ops", "classification": "internal",
        "proves": [{"clause": "iso20000-1:2018/8.6.1"}],
    }  # fmt: skip
    text = f"---\n{write_yaml(head)}---\n\n## 经过\n\n{SENTENCE * 4}\n"
    return number, f"records/incident/{moment.day[:4]}/{number}", text.encode()


def content_digest(text: bytes) -> str:
    """What signatures cover in a folder that holds index.md alone."""
    file = file_of("index.md", Blob("", ORDINARY, text))
    return manifest_digest([(file.sha256, file.size, file.name)])


class Subject(NamedTuple):
    """What a statement is about: number, version (None a record), digest, and the digest that was in force before."""

    number: str
    version: str | None
    digest: str
    supersedes: str | None = None


def statement(about: Subject, decision: str, signer: str, at: str, day: str | None = None) -> Files:
    """One statement and its signature as they are filed; `day` is the day of force of a release."""
    said = Statement(
        comment="", decided_at=at, decision=decision, digest=about.digest, document=about.number, effective_from=day,
        repository=REPOSITORY, role=ROLES[signer], rules=1, schema=SCHEMA, signer=signer, supersedes=about.supersedes,
        target=None, version=about.version,
    )  # fmt: skip
    stem, data = filed_at(said), write_statement(said)
    return {f"{stem}.json": data, f"{stem}.sig": signature(data, signer, sshsig.STATEMENT)}


def landing(place: int, revision: int, moment: Moment) -> Files:
    """A document's issue with everything that brings it into force."""
    folder, text = document(place, revision)
    before = content_digest(document(place, revision - 1)[1]) if revision else None
    about = Subject(document_number(place), label(revision), content_digest(text), before)
    files = {f"{folder}/index.md": text}
    for step, (decision, signer) in enumerate(ROUTE):
        files |= statement(about, decision, signer, moment.minute(step), moment.day if decision == "release" else None)
    return files


def sealed_record(place: int, moment: Moment) -> Files:
    """A record with its seal."""
    number, folder, text = record(place, moment)
    about = Subject(number, None, content_digest(text))
    return {f"{folder}/index.md": text, **statement(about, "seal", "sun.hao", moment.minute(5))}
