"""A small library out of plain values, as registers see it: no git, no real keys, no clock."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest

from docctl.core.content import content_of, file_of
from docctl.core.document import Document
from docctl.core.edition import Collection, Edition
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.library import Catalogue, Library, Rules
from docctl.core.mandate import Mandate, Root, RootKey
from docctl.core.matrix import matrix_of
from docctl.core.people import people_of
from docctl.core.record import Record
from docctl.core.settings import settings_of
from docctl.core.signature import Verdict
from docctl.core.standard import Clause, Standard
from docctl.core.statement import Signed, Statement, filed_at, write_statement
from docctl.core.tree import Blob

REPOSITORY = "3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f"
COMMIT = "c0ffee" * 6 + "c0ff"
BODY = "## 目的 {#purpose}\n\n为了变更。\n\n## 过程 {#process}\n\n评估。\n"
ROLES = {
    "top-management": {"en": "Top management", "zh": "最高管理者"},
    "management-representative": {"en": "Management representative", "zh": "管理者代表"},
    "document-controller": {"en": "Document controller", "zh": "文控"},
    "department-head": {"en": "Head of department", "zh": "部门负责人"},
    "author": {"en": "Author", "zh": "编制人"},
}
STEPS = (
    ("submit", "wang.fang", "author", "T01:00:00Z"),
    ("review", "li.ming", "department-head", "T02:00:00Z"),
    ("cosign", "zhou.tao", "department-head", "T02:30:00Z"),
    ("approve", "zhao.lei", "management-representative", "T03:00:00Z"),
)


def key(name):
    return "ssh-ed25519 " + b64encode(name.encode()).decode()


def person(name, chinese, department, *roles, **more):
    return {
        "name": chinese,
        "department": department,
        "from": "2025-12-01",
        "roles": [{"from": "2025-12-01", **role} for role in roles],
        "keys": [{"key": key(name), "from": "2025-12-01"}],
        **more,
    }


def clause(number, english, chinese, *, level="requirement", documented=False, confirmed="both", untitled=False):
    return Clause(number, Words(english, chinese), level, documented, "not-allowed", confirmed, untitled=untitled)


CLAUSES = (
    clause("7", "Support", "支持", level="heading"),
    clause("7.5", "Documents", "文件", documented=True),
    clause("8", "Operation", "运行", level="heading"),
    clause("8.2", "Portfolio", "组合", documented=True),
    clause("8.2.1", "Delivery", "交付", confirmed="en"),
    clause("8.2.2", "Plan", "策划", documented=True, confirmed="none"),
    clause("8.2.10", "Ten (8.2.10)", "十（8.2.10）", confirmed="none", untitled=True),
)
STANDARD = Standard(
    "iso1:2018", Words("Standard one", "标准一"), "ISO 1:2018", "current", CLAUSES, {item.id: item for item in CLAUSES}
)


class Firm:
    """One organisation's library, filled step by step and then looked at on a day."""

    def __init__(self):
        self.settings = {
            "organisation": {"en": "Sample Ltd", "zh": "示例公司"},
            "timezone": "Asia/Shanghai",
            "languages": ["zh", "en"],
            "version_scheme": "edition",
            "standards": ["iso1:2018"],
            "release_role": "document-controller",
            "roles": ROLES,
            "departments": {"ops": {"en": "Operations", "zh": "运维部"}, "dev": {"en": "Development", "zh": "开发部"}},
            "types": {
                "procedure": {
                    "title": {"en": "Procedure", "zh": "程序文件"},
                    "level": 2,
                    "folder": "procedures",
                    "review_interval": 12,
                    "slots": {
                        "default": [
                            {"step": 1, "decision": "review", "role": "department-head", "of": "owner"},
                            {"step": 1, "decision": "cosign", "role": "department-head", "of": "distribution", "count": "each"},
                            {"step": 2, "decision": "approve", "role": "management-representative"},
                        ]
                    },
                }
            },
            "record_classes": {
                "incident": {
                    "title": {"en": "Incident record", "zh": "事件记录"},
                    "number": "REC-INC",
                    "form": "ITSM-F-03",
                    "retention": 36,
                    "classification": "internal",
                    "clauses": ["iso1:2018/8.2.1"],
                }
            },
        }
        self.people = {
            "li.ming": person("li.ming", "李明", "ops", {"role": "department-head", "department": "ops"}, name_en="Li Ming"),
            "sun.li": person("sun.li", "孙丽", "ops", {"role": "document-controller"}),
            "wang.fang": person("wang.fang", "王芳", "ops", {"role": "author"}),
            "zhao.lei": person("zhao.lei", "赵磊", "ops", {"role": "management-representative", "levels": [1, 2]}),
            "zhou.tao": person("zhou.tao", "周涛", "dev", {"role": "department-head", "department": "dev"}),
        }
        self.standards = {"iso1:2018": STANDARD}
        self.root = Root(REPOSITORY, (RootKey("root.one", key("root.one")), RootKey("root.two", key("root.two"))), 2)
        self.documents: dict[str, Document] = {}
        self.texts: dict[str, Document] = {}
        self.records: dict[str, Record] = {}
        self.signed: dict[str, list[Signed]] = {}
        self.lost: set[str] = set()

    def document(self, number="ITSM-P-05", version="A/0", body=BODY, **head):
        values = {
            "id": number,
            "title": "变更管理程序",
            "type": "procedure",
            "version": version,
            "language": "zh-CN",
            "status": "approved",
            "owner": "document-controller",
            "department": "ops",
            "classification": "internal",
            "distribution": ["ops", "dev"],
            **head,
        }
        data = (repr(sorted(values.items(), key=str)) + body).encode()
        content = content_of([file_of("index.md", Blob("", "100644", data))])
        document = Document(f"documents/procedures/{number}", values, {}, body, 20, content)
        self.documents[number] = self.texts[document.digest] = document
        self.signed.setdefault(number, [])
        return document

    def release(self, document, day="2026-01-05", effective="", comment="", steps=STEPS):
        """Submits, approves and releases a document on one day."""
        for decision, signer, role, time in steps:
            ending = decision == "approve" and document.withdrawn
            self.sign(
                document.number, document.version, document.digest, "withdraw" if ending else decision, signer, role, day + time
            )
        self.sign(
            document.number, document.version, document.digest, "release", "sun.li", "document-controller", day + "T04:00:00Z",
            effective=effective or day, comment=comment,
        )  # fmt: skip
        return document

    def issue(self, number="ITSM-P-05", version="A/0", day="2026-01-05", effective="", comment="", **head):
        return self.release(self.document(number, version, **head), day, effective, comment)

    def withdraw(self, number, version, day, effective="", **block):
        head = {**self.documents[number].head, "status": "withdrawn", "withdrawal": {"reason": "不再需要", **block}}
        values = {name: value for name, value in head.items() if name not in {"id", "version"}}
        return self.release(self.document(number, version, **values), day, effective, steps=STEPS[3:])

    def confirm(self, document, day):
        self.sign(document.number, document.version, document.digest, "confirm", "li.ming", "department-head", day + "T01:00:00Z")

    def record(self, number="REC-INC-2026-001", event="2026-01-10", created="2026-01-10T16:30:00+08:00", **head):
        values = {
            "id": number,
            "title": "邮件中断",
            "class": "incident",
            "form": {"id": "ITSM-F-03", "version": "A/0"},
            "created_at": created,
            "created_by": "wang.fang",
            "department": "ops",
            "classification": "internal",
            **({} if "period" in head else {"event_date": event}),
            **head,
        }
        content = content_of([file_of("index.md", Blob("", "100644", repr(sorted(values.items(), key=str)).encode()))])
        record = Record(f"records/incident/2026/{number}", values, {}, "", 10, content)
        self.records[number] = record
        self.signed.setdefault(number, [])
        return record

    def seal(self, record, day="2026-01-11", decision="seal"):
        self.sign(record.number, None, record.digest, decision, "wang.fang", "author", day + "T01:00:00Z")

    def sign(self, number, version, digest, decision, signer, role, at, *, effective=None, comment=""):
        statement = Statement(
            comment=comment, decided_at=at, decision=decision, digest=digest, document=number, effective_from=effective,
            repository=REPOSITORY, role=role, rules=1, schema="docctl/statement/v1", signer=signer, supersedes=None, target=None,
            version=version,
        )  # fmt: skip
        data = write_statement(statement)
        verdict = Verdict(key(signer), "SHA256:" + signer, "statement-v1@docctl", "")
        self.signed[number].append(Signed(statement, filed_at(statement) + ".json", sha256(data).hexdigest(), verdict))

    def collection(self, day="2026-02-01", commit=COMMIT):
        people = people_of({"people": self.people})
        settings = settings_of(self.settings)
        mandate = Mandate(1, "2026-01-01T01:00:00Z", self.root, people, settings)
        evidence = {number: Evidence(number, signed, people, settings.version_scheme) for number, signed in self.signed.items()}
        statements = tuple(item for each in self.signed.values() for item in each)
        library = Library(
            Rules(mandate, (), ""), self.documents, self.records, evidence, statements, (), (), Catalogue(), self.standards, {},
            landing=True,
        )  # fmt: skip
        editions = {
            number: tuple(self._edition(number, span, found, mandate) for span in found.spans)
            for number, found in evidence.items()
            if found.releases
        }
        return Collection(library, editions, day, commit)

    def _edition(self, number, span, evidence, mandate):
        document = None if span.release.digest in self.lost else self.texts[span.release.digest]
        return Edition(number, span, document, matrix_of(document, evidence, mandate) if document else None)


@pytest.fixture
def firm():
    return Firm()


@pytest.fixture
def said():
    """The cells of a row, or of one column of a table, in one language."""
    from docctl.registers.table import said as one

    def read(found, lang="en", column=""):
        if column:
            return [one(row[column], lang) for row in found.rows]
        return {name: one(cell, lang) for name, cell in found.items()}

    return read
