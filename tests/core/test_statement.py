"""docctl.core.statement: one canonical line of JSON; every other spelling of the same decision is refused."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docctl import shipped
from docctl.core.errors import Unreadable
from docctl.core.signature import Verdict
from docctl.core.statement import (
    DECISIONS,
    LARGEST,
    Signed,
    Statement,
    begins,
    canonical,
    filed_at,
    read_canonical,
    read_statement,
    write_statement,
)

from .builders import filed, signed, statement

SCHEMA = shipped.schema("statement")
DIGEST = "sha256:" + "0123456789abcdef" * 4
SAID = statement("approve", "li.ming", comment="同意 “as is”", digest=DIGEST, supersedes=DIGEST)
LINE = (
    '{"comment":"同意 “as is”","decided_at":"2026-03-02T04:00:00Z","decision":"approve","digest":"' + DIGEST + '",'
    '"document":"ITSM-P-05","effective_from":null,"repository":"3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f",'
    '"role":"management-representative","rules":1,"schema":"docctl/statement/v1","signer":"li.ming","supersedes":"'
    + DIGEST
    + '",'
    '"target":null,"version":"A/0"}\n'
)


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_statement(data, SCHEMA)
    assert caught.value.words.zh
    return caught.value.words.en


def test_a_statement_has_one_spelling():
    assert write_statement(SAID) == LINE.encode()
    assert read_statement(LINE.encode(), SCHEMA) == SAID


def changed(before: str, after: str) -> bytes:
    assert before in LINE
    return LINE.replace(before, after, 1).encode()


@pytest.mark.parametrize(
    "data",
    [
        changed('{"comment"', '{ "comment"'),
        changed('":"', '": "'),
        changed(',"rules"', ', "rules"'),
        changed('","decision"', '",\n"decision"'),
        changed("}\n", " }\n"),
        changed("}\n", "}"),
        changed("}\n", "}\n\n"),
        changed("}\n", "}\r\n"),
        changed("}\n", "}\n "),
        changed("{", " {"),
        changed("{", "\ufeff{"),
        changed("同", "\\u540c"),
        changed('"rules":1', '"\\u0072ules":1'),
        changed("approve", "approv\\u0065"),
        changed("A/0", "A\\/0"),
        changed('"rules":1', '"rules":1e0'),
        changed('"rules":1', '"rules":+1'),
        changed('"rules":1', '"rules":01'),
        changed('"rules":1', '"rules":-0'),
        changed('"rules":1', '"rules":1,"rules":1'),
        changed('"rules":1', '"rules":2,"rules":1'),
        changed('{"comment"', '{"comment":"x","comment"'),
        changed('"rules":1,"schema":"docctl/statement/v1"', '"schema":"docctl/statement/v1","rules":1'),
        changed("null", "NULL"),
        changed('"', "'"),
        LINE.encode("utf-16"),
        LINE.encode("utf-16-le"),
        LINE.encode("utf-32"),
        LINE.encode("gb18030"),
        LINE.encode() + LINE.encode(),
        b"[" + LINE.strip().encode() + b"]\n",
        changed("同", "\\ud800"),
        LINE.encode().replace("同".encode(), b"\xed\xa0\x80"),
        b"",
        b"\n",
        b"null\n",
        b'"text"\n',
        b"[]\n",
        b"{",
        b"[" * 10_000,
        b'{"a":' * 3_000,
        b'{"rules":' + b"1" * 5_000 + b"}\n",
    ],
)
def test_every_other_spelling_is_refused(data):
    assert refused(data) in {"not in canonical form", "not JSON in UTF-8"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rules", 1.0), ("rules", 1.5), ("rules", 0), ("rules", -1), ("rules", 10_000), ("rules", True), ("rules", "1"),
        ("rules", None),
        ("rules", float("nan")), ("rules", float("inf")), ("rules", [1]),
        ("comment", None), ("comment", {"a": 1}), ("comment", ["a"]), ("comment", "ok\u202e"), ("comment", "\x1b[31m"),
        ("comment", "a\nb"),
        ("comment", "\x7f"), ("comment", "\u200b"), ("comment", "x" * 501), ("comment", 1),
        ("decision", "approved"), ("decision", "APPROVE"), ("decision", "Approve"), ("decision", ""), ("decision", None),
        ("schema", "docctl/statement/v2"), ("schema", "docctl/approval/v1"), ("schema", None),
        ("digest", "md5:" + "0" * 32), ("digest", "sha1:" + "0" * 40), ("digest", "0" * 64), ("digest", "sha256:" + "0" * 63),
        ("digest", "sha256:" + "0" * 65), ("digest", "sha256:" + "A" * 64), ("digest", "SHA256:" + "0" * 64), ("digest", None),
        ("digest", DIGEST + "\n"),
        ("document", "itsm-p-05"), ("document", "ITSM"), ("document", "ITSM-P-05-x"), ("document", "../ITSM-P-05"),
        ("document", "ІTSM-P-05"),
        ("decided_at", "2026-03-02T04:00:00+00:00"), ("decided_at", "2026-03-02"), ("decided_at", "2026-02-30T04:00:00Z"),
        ("decided_at", "2026-03-02T24:00:00Z"), ("decided_at", "1999-03-02T04:00:00Z"), ("decided_at", None),
        ("effective_from", "2026-02-30"), ("effective_from", "2026-3-1"), ("effective_from", ""), ("effective_from",
        "2026-03-01T00:00:00Z"),
        ("repository", "3F2B8A52-6F0E-4C1B-9D7A-0A1B2C3D4E5F"), ("repository", "x"), ("repository", None),
        ("role", ""), ("role", None), ("role", "*"), ("signer", "*"), ("signer", "li*"), ("signer", "Li.ming"), ("signer", "l"),
        ("signer", "li.ming\n"), ("signer", None),
        ("supersedes", ""), ("supersedes", "A/0"), ("target", "0" * 64), ("target", ""),
        ("version", ""), ("version", "A-0"), ("version", "1"), ("version", "01.0"), ("version", "A/0-draft"), ("version", 1),
    ],
)  # fmt: skip
def test_what_no_statement_says_even_in_canonical_form(field, value):
    refused(canonical({**SAID._asdict(), field: value}))


def test_unknown_and_missing_fields_are_refused():
    values = SAID._asdict()
    assert "exempt" in refused(canonical({**values, "exempt": None}))
    for field in values:
        assert field in refused(canonical({name: value for name, value in values.items() if name != field}))


def test_a_comment_is_written_in_one_unicode_form():
    assert "NFC" in refused(write_statement(SAID._replace(comment="e\u0301")))
    assert read_statement(write_statement(SAID._replace(comment="é")), SCHEMA).comment == "é"


def test_a_statement_has_a_largest_size():
    data = canonical({**SAID._asdict(), "comment": "x" * LARGEST})
    assert refused(data) == f"larger than {LARGEST} bytes"
    assert refused(b" " * LARGEST) == "not JSON in UTF-8"


def test_the_schema_and_the_statement_name_the_same_fields():
    assert set(SCHEMA["required"]) == set(SCHEMA["properties"]) == set(Statement._fields)
    assert set(SCHEMA["properties"]["decision"]["enum"]) == set(DECISIONS)
    assert all(words.en and words.zh for words in DECISIONS.values())


def test_canonical_values_of_other_schemas_are_read_by_the_same_rule():
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 9}},
        "additionalProperties": False,
    }
    assert read_canonical(b'{"n":1}\n', schema) == {"n": 1}
    with pytest.raises(Unreadable):
        read_canonical(b'{"n":10}\n', schema)


DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(str)
TIMES = st.times().map(lambda at: f"{at:%H:%M:%S}")
DIGESTS = st.from_regex("sha256:[0-9a-f]{64}", fullmatch=True)
COMMENTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Cn", "Zl", "Zp"]), max_size=80).map(
    lambda text: normalize("NFC", text)
)
STATEMENTS = st.builds(
    Statement,
    comment=COMMENTS,
    decided_at=st.tuples(DAYS, TIMES).map(lambda at: f"{at[0]}T{at[1]}Z"),
    decision=st.sampled_from(sorted(DECISIONS)),
    digest=DIGESTS,
    document=st.from_regex("[A-Z0-9]{1,6}(-[A-Z0-9]{1,4}){1,3}", fullmatch=True),
    effective_from=st.none() | DAYS,
    repository=st.uuids().map(str),
    role=st.from_regex("[a-z][a-z0-9-]{0,20}", fullmatch=True),
    rules=st.integers(1, 9999),
    schema=st.just("docctl/statement/v1"),
    signer=st.from_regex("[a-z][a-z0-9._-]{1,31}", fullmatch=True),
    supersedes=st.none() | DIGESTS,
    target=st.none() | DIGESTS,
    version=st.none() | st.from_regex("[A-Z]/[0-9]|(0|[1-9][0-9]{0,3})[.](0|[1-9][0-9]{0,3})", fullmatch=True),
)


@given(STATEMENTS)
def test_what_is_written_is_read_back_and_written_the_same(said):
    data = write_statement(said)
    again = read_statement(data, SCHEMA)
    assert again == said
    assert write_statement(again) == data
    assert data == (json.dumps(said._asdict(), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
    assert data.count(b"\n") == 1


@given(st.data())
def test_whatever_is_read_has_the_one_spelling(data):
    at = data.draw(st.integers(0, len(LINE.encode()) - 1))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(st.binary(max_size=2) | st.sampled_from([b" ", b"\n", b'"', b",", b"0", b"\\", b"\xef\xbb\xbf"]))
    line = LINE.encode()
    spelled = line[:at] + put + line[at + cut :]
    try:
        said = read_statement(spelled, SCHEMA)
    except Unreadable:
        return
    assert write_statement(said) == spelled


@given(st.binary(max_size=60))
@example(b"\xff\xfe{\x00}\x00")
def test_any_bytes_are_refused_in_words(data):
    refused(data)


def test_where_a_statement_belongs():
    assert filed_at(SAID) == f"statements/ITSM-P-05/A-0/li.ming.approve.{sha256(LINE.encode()).hexdigest()[:12]}"
    assert filed_at(SAID._replace(version="1.10")).startswith("statements/ITSM-P-05/1.10/li.ming.approve.")
    seal = SAID._replace(version=None, decision="seal", document="REC-INC-2026-001")
    assert filed_at(seal).startswith("statements/REC-INC-2026-001/record/li.ming.seal.")


@given(STATEMENTS)
def test_a_place_is_owned_by_the_statements_own_number(said):
    from docctl.core.layout import owner, statement_parts

    owned = owner(f"{filed_at(said)}.json")
    assert (owned.kind, owned.number) == ("statement", said.document)
    parts = statement_parts(owned.name)
    assert parts is not None
    assert parts[:2] == (said.signer, said.decision)


def test_a_signature_is_sound_unless_a_fault_was_found():
    assert signed("approve", "zhao.lei").sound
    assert not filed(statement("approve", "zhao.lei"), fault="signature").sound
    assert not Signed(SAID, "p", "0", Verdict("", "", "", "missing")).sound


def test_a_glance_tells_the_day_of_force_and_takes_no_comment_for_it():
    lying = 'x","effective_from":"2026-01-01'
    assert begins(write_statement(SAID._replace(comment=lying, effective_from="2026-04-07"))) == "2026-04-07"
    assert begins(write_statement(SAID._replace(comment=lying, effective_from=None))) == ""
