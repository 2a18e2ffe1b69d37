"""What the shipped schemas accept and refuse: the examples of the library format, and the attacks on each field."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from docctl import shipped
from docctl.core.frontmatter import read
from docctl.core.shape import shaped
from docctl.core.strictyaml import read_file

UUID = "3f2b8c1e-0d4a-4e6f-9b7a-5c8d2e1f0a9b"
DIGEST = "sha256:" + "0" * 64
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43

SETTINGS = """\
schema: docctl/settings/v1
organisation: {en: "Example Services", zh: "示例服务"}
timezone: Asia/Shanghai
languages: [zh, en]
version_scheme: edition
protected_branch: main
numbering: '[A-Z]+-[A-Z]+-[0-9]{2}'
standards: ['iso20000-1:2018', 'iso27001:2022']
max_statement_age: 30
roles:
  top-management: {en: Top management, zh: 最高管理者}
  document-controller: {zh: 文控}
departments:
  ops: {en: Operations, zh: 运维部}
release_role: document-controller
types:
  procedure:
    title: {en: Procedure, zh: 程序文件}
    level: 2
    folder: procedures/程序
    sections: [{anchor: purpose, en: Purpose, zh: 目的}]
    mandatory_clauses: true
    review_interval: 12
    slots:
      default:
        - {step: 1, decision: review, role: department-head, of: owner, count: 1}
        - {step: 1, decision: cosign, role: department-head, of: distribution, count: each}
        - {step: 2, decision: approve, role: top-management, count: 1}
record_classes:
  incident:
    title: {en: Incident record, zh: 事件记录}
    number: REC-INC
    form: ITSM-F-03
    retention: 36
    classification: internal
    seal_role: record-keeper
    clauses: ['iso20000-1:2018/8.6.1']
audiences: [internal]
"""
PEOPLE = f"""\
schema: docctl/people/v1
people:
  li.ming:
    name: 李明
    name_en: Li Ming
    kind: person
    department: ops
    from: 2025-12-01
    left: 2026-03-31
    roles:
      - {{role: department-head, department: ops, levels: [2, 3, 4], from: 2025-12-01, to: 2026-12-31}}
    keys:
      - {{key: '{KEY}', from: 2025-12-01, to: 2027-12-31, compromised_since: 2026-05-01}}
"""
DOCUMENT = """\
---
id: ITSM-P-05
title: 变更管理程序
titles: {en: Change management procedure}
type: procedure
version: A/1
language: zh-CN
status: approved
owner: service-manager
department: ops
classification: internal
distribution: [ops, dev, service-desk]
clauses:
  - {clause: 'iso20000-1:2018/8.5.1', section: process, how: 变更分级、评估、批准与回退}
  - iso27001:2022/A.8.32
change: {class: minor, reason: 年度评审, summary: 分级, source: 审核, request: CR-2026-004}
references: [ITSM-P-06, {id: ITSM-P-09, version: A/0}]
records: [change]
parent: ITSM-M-01
authors: [wang.fang]
effective_from: 2026-03-01
review_interval: 12
keywords: [变更, CAB]
withdrawal: {reason: 合并, replaced_by: ITSM-P-12}
acknowledge: [engineer]
supersedes: [ITSM-P-01]
satisfies: ['iso20000:5c']
valid_until: 2026-12-31
translation_of: {id: ITSM-P-06, version: '1.0'}
---
"""
RECORD = """\
---
id: REC-INC-2026-001
title: 邮件系统中断事件记录
class: incident
form: {id: ITSM-F-03, version: A/0}
event_date: 2026-04-12
created_at: 2026-04-12T16:30:00+08:00
created_by: chen.jie
department: ops
classification: internal
proves: [{clause: 'iso20000-1:2018/8.6.1', document: ITSM-P-04}]
related: [REC-CHG-2026-001]
---
"""
STATEMENT: dict[str, Any] = {
    "comment": "同意", "decided_at": "2026-01-05T01:00:00Z", "decision": "release", "digest": DIGEST, "document": "ITSM-P-05",
    "effective_from": "2026-02-01", "repository": UUID, "role": "document-controller", "rules": 1,
    "schema": "docctl/statement/v1", "signer": "li.ming", "supersedes": None, "target": None, "version": "A/0",
}  # fmt: skip
RULES_RECORD: dict[str, Any] = {
    "changed_at": "2026-01-05T01:00:00Z", "digest": DIGEST, "n": 1, "previous": None, "reason": "first", "repository": UUID,
    "schema": "docctl/rules-record/v1",
}  # fmt: skip
ROOT_OF_TRUST: dict[str, Any] = {
    "keys": [{"key": KEY, "person": "zhao.lei"}], "repository": UUID, "schema": "docctl/root/v1", "threshold": 1,
}  # fmt: skip


def faults(value: object, name: str, source: Any = "json") -> list[str]:
    return [fault.words.en for fault in shaped(value, shipped.schema(name), source)[1]]


def test_the_examples_of_the_format_are_accepted():
    for name, text in (("settings", SETTINGS), ("people", PEOPLE)):
        assert faults(read_file(text.encode()).values, name, "yaml") == []
    for name, text in (("document", DOCUMENT), ("record", RECORD)):
        assert faults(read(text.encode()).values, name, "yaml") == []
    for name, value in (("statement", STATEMENT), ("rules-record", RULES_RECORD), ("root", ROOT_OF_TRUST)):
        assert faults(value, name) == []


def test_settings_come_out_typed():
    values, _ = shaped(read_file(SETTINGS.encode()).values, shipped.schema("settings"))
    procedure = values["types"]["procedure"]
    assert (procedure["level"], procedure["mandatory_clauses"], values["max_statement_age"]) == (2, True, 30)
    assert [slot["count"] for slot in procedure["slots"]["default"]] == [1, "each", 1]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("audiences:", "exempt: ['documents/**']\naudiences:", "unknown field exempt"),
        ("audiences:", "enforce: warn\naudiences:", "unknown field enforce"),
        ("count: 1}", "count: 0}", "count must be between 1 and 20"),
        ("count: each", "count: all", "count must be a whole number, not 'all'"),
        ("step: 2", "step: two", "step must be a whole number"),
        ("decision: approve", "decision: skip", "decision must be one of"),
        ("max_statement_age: 30", "max_statement_age: 91", "max_statement_age must be between 1 and 90"),
        ("mandatory_clauses: true", "mandatory_clauses: yes", "mandatory_clauses must be true or false"),
        ("numbering: '[A-Z]+", "numbering: '(", "numbering must be a further pattern"),
        ("protected_branch: main", "protected_branch: main..x", "protected_branch must be a branch name"),
        ("folder: procedures/程序", "folder: ../x", "folder must be folder names"),
        ("version_scheme: edition", "version_scheme: semver", "version_scheme must be one of: edition, number"),
        ("      default:\n", "      usual:\n", "unknown field types.procedure.slots.usual"),
    ],
)
def test_settings_that_loosen_or_confuse_are_refused(old: str, new: str, sentence: str):
    assert old in SETTINGS
    told = faults(read_file(SETTINGS.replace(old, new, 1).encode()).values, "settings", "yaml")
    assert any(sentence in fault for fault in told)


def test_an_empty_slot_list_is_refused():
    values: Any = read_file(SETTINGS.encode()).values
    values["types"]["procedure"]["slots"]["minor"] = []
    assert faults(values, "settings", "yaml") == ["types.procedure.slots.minor needs at least 1 entry"]


@pytest.mark.parametrize(
    "person", ["cara\n* ssh-ed25519 AAAA", "*", "c*ra", "!x", "a,b", "a b", "Cara", "1a", "a", "a" * 33, "cara\n", "čara"]
)
def test_a_person_id_cannot_carry_anything_else(person: str):
    values: Any = read_file(PEOPLE.encode()).values
    values["people"][person] = values["people"].pop("li.ming")
    (told,) = faults(values, "people", "yaml")
    assert "a person id may use a–z 0–9 . _ - only" in told
    assert len(faults(STATEMENT | {"signer": person}, "statement")) == 1


@pytest.mark.parametrize(
    ("kind", "bits", "good"),
    [("ed25519", "", True), ("ecdsa", "521", True), ("rsa", "3072", True), ("rsa", "1024", False), ("dsa", "", False)],
)
def test_keys_of_ssh_keygen_are_weighed(tmp_path: Path, kind: str, bits: str, good: bool):
    size = ["-b", bits] if bits else []
    made = subprocess.run(
        ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", "", "-f", tmp_path / "k"], check=False, capture_output=True
    )
    if made.returncode and not good:
        pytest.skip("this ssh-keygen no longer makes such keys")
    key = (tmp_path / "k.pub").read_text().strip()
    told = faults(ROOT_OF_TRUST | {"keys": [{"key": key, "person": "zhao.lei"}]}, "root")
    assert (told == []) is good
    if not good:
        assert "RSA keys need at least 3072 bits" in told[0]
        assert "DSA is not accepted" in told[0]


@pytest.mark.parametrize(
    "key", [KEY + " cara@host", KEY + "\n", KEY + "\n* " + KEY, " " + KEY, KEY.replace(" ", ","), "ssh-ed25519 AAAA*"]
)
def test_a_key_is_type_and_base64_alone(key: str):
    assert len(faults(ROOT_OF_TRUST | {"keys": [{"key": key, "person": "zhao.lei"}]}, "root")) == 1


@pytest.mark.parametrize("name", ["statement", "rules-record", "root"])
def test_signed_json_needs_each_field_and_no_other(name: str):
    value = {"statement": STATEMENT, "rules-record": RULES_RECORD, "root": ROOT_OF_TRUST}[name]
    assert set(shipped.schema(name)["required"]) == set(value)
    for field in value:
        assert faults({key: item for key, item in value.items() if key != field}, name) == [f"{field} is missing"]
    assert len(faults(value | {"exempt": True}, name)) == 1


@pytest.mark.parametrize(
    "digest", ["md5:" + "0" * 32, "sha1:" + "0" * 40, "0" * 64, "sha256:" + "A" * 64, "sha256:" + "0" * 63, DIGEST + "\n"]
)
def test_a_digest_is_sha256_in_one_spelling(digest: str):
    (told,) = faults(STATEMENT | {"digest": digest}, "statement")
    assert told.startswith("digest must be sha256: followed by 64 lower-case hex digits")
    assert len(faults(STATEMENT | {"supersedes": digest, "target": digest}, "statement")) == 2


@pytest.mark.parametrize(
    ("comment", "named"),
    [("ok\u202e", "U+202E"), ("\u001b[31m", "U+001B"), ("a\nb", ""), ("\u200b", "U+200B"), ("\ud800", "U+D800")],
)
def test_a_comment_shows_all_it_says(comment: str, named: str):
    (told,) = faults(STATEMENT | {"comment": comment}, "statement")
    assert told.startswith(f"forbidden character {named} in comment" if named else "comment must be text")
    assert faults(STATEMENT | {"comment": "。" * 500}, "statement") == []
    assert faults(STATEMENT | {"comment": "。" * 501}, "statement") == ["comment is 501 characters long; at most 500 are allowed"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("decided_at", "2026-02-30T01:00:00Z"), ("decided_at", "2026-01-05T24:00:00Z"),
        ("decided_at", "2026-01-05T01:00:00+00:00"),
        ("decided_at", "1999-12-31T23:59:59Z"), ("decided_at", "2100-01-01T00:00:00Z"), ("decided_at", "2026-01-05T01:00:00.0Z"),
        ("effective_from", "2026-13-01"), ("effective_from", ""), ("version", "1.10.0"), ("version", "01.0"), ("version", "a/0"),
        ("version", ""), ("rules", 0), ("rules", 1.0), ("rules", True), ("rules", "1"), ("role", None), ("comment", None),
        ("document", "../x"), ("document", "ITSM"), ("repository", UUID.upper()),
        ("schema", "docctl/statement/v2"), ("decision", "delegate"),
    ],
)  # fmt: skip
def test_a_statement_has_one_spelling_of_each_value(field: str, value: object):
    assert len(faults(STATEMENT | {field: value}, "statement")) == 1
