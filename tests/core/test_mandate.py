"""docctl.core.mandate: root, rules records and their canonical bytes."""

from __future__ import annotations

from hashlib import sha256

from docctl import shipped
from docctl.core.mandate import ROOT_SCHEMA, Root, RootKey, root_bytes, root_of, rules_record_of
from docctl.core.statement import canonical, read_canonical

from .builders import REPOSITORY

KEYS = [f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{letter * 43}" for letter in "AB"]  # well formed, and nobody's
ROOT = Root(REPOSITORY, (RootKey("zhao.lei", KEYS[0]), RootKey("sun.hao", KEYS[1])), 2)


def test_a_root_has_one_spelling_and_is_read_back():
    data = root_bytes(ROOT)
    assert (
        data
        == (
            f'{{"keys":[{{"key":"{KEYS[0]}","person":"zhao.lei"}},{{"key":"{KEYS[1]}","person":"sun.hao"}}],'
            f'"repository":"{REPOSITORY}","schema":"{ROOT_SCHEMA}","threshold":2}}\n'
        ).encode()
    )
    assert root_of(read_canonical(data, shipped.schema("root"))) == ROOT


def test_persons_are_counted_once_however_many_keys_they_have():
    twice = ROOT._replace(keys=(*ROOT.keys, RootKey("zhao.lei", "ssh-ed25519 CCCC")))
    assert twice.persons == {"zhao.lei", "sun.hao"}


def test_a_rules_record_knows_the_digest_of_its_own_bytes():
    values = {
        "n": 2, "digest": "sha256:" + "0" * 64, "previous": "sha256:" + "1" * 64, "changed_at": "2026-01-05T01:00:00Z",
        "reason": "新增部门", "repository": REPOSITORY, "schema": "docctl/rules-record/v1",
    }  # fmt: skip
    data = canonical(values)
    record = rules_record_of(read_canonical(data, shipped.schema("rules-record")), data)
    assert record == (
        2,
        values["digest"],
        values["previous"],
        values["changed_at"],
        "新增部门",
        REPOSITORY,
        sha256(data).hexdigest(),
    )
