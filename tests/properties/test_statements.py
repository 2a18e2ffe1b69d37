"""A statement has one spelling: what is not exactly these bytes is refused or says something else; a mutated signature is never good."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from docctl import shipped
from docctl.core.errors import Unreadable
from docctl.core.layout import owner, statement_parts
from docctl.core.statement import (
    DECISIONS,
    SCHEMA,
    Statement,
    canonical,
    filed_at,
    read_canonical,
    read_statement,
    write_statement,
)
from docctl.sshsig import RECEIPT, RULES, STATEMENT, verify
from docctl.sshsig.wire import armour, unarmour

from ..keyring import public, signature
from .effort import effort

FAULTS = {"missing", "armour", "format", "certificate", "key-type", "weak-key", "hash", "namespace", "signature"}
DIGESTS = st.binary(min_size=32, max_size=32).map(lambda raw: f"sha256:{raw.hex()}")
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)).map(str)
VERSIONS = st.from_regex(r"[A-Z]/[0-9]|(?:0|[1-9][0-9]{0,3})\.(?:0|[1-9][0-9]{0,3})", fullmatch=True).filter(str.isascii)
COMMENTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn"]), max_size=40)
STATEMENTS = st.builds(
    Statement,
    comment=COMMENTS | st.sampled_from(["", "同意。", "</script>", '"', "\\", "'; --"]),
    decided_at=st.builds("{}T{:02d}:{:02d}:{:02d}Z".format, DAYS, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59)),
    decision=st.sampled_from(sorted(DECISIONS)),
    digest=DIGESTS,
    document=st.from_regex(r"[A-Z0-9]{1,6}(?:-[A-Z0-9]{1,4}){1,3}", fullmatch=True),
    effective_from=st.none() | DAYS,
    repository=st.uuids().map(str),
    role=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    rules=st.integers(1, 9999),
    schema=st.just(SCHEMA),
    signer=st.from_regex(r"[a-z][a-z0-9._-]{1,31}", fullmatch=True),
    supersedes=st.none() | DIGESTS,
    target=st.none() | DIGESTS,
    version=st.none() | VERSIONS,
)
GOOD = canonical(
    Statement(
        "同意", "2026-03-02T04:00:00Z", "approve", "sha256:" + "a" * 64, "ITSM-P-05", None, "3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f",
        "management-representative", 1, SCHEMA, "zhao.lei", None, None, "A/0",
    )._asdict()
)  # fmt: skip
SIGNED = signature(GOOD, "zhao.lei", STATEMENT)


def statement(data: bytes) -> Statement | None:
    """What the bytes say, or None when they are refused."""
    try:
        return read_statement(data, shipped.schema("statement"))
    except Unreadable:
        return None


@effort(133)
@given(STATEMENTS)
def test_what_is_written_is_read_and_written_the_same(said: Statement) -> None:
    from unicodedata import is_normalized

    assume(is_normalized("NFC", said.comment))
    data = write_statement(said)
    assert statement(data) == said
    assert write_statement(read_statement(data, shipped.schema("statement"))) == data
    assert data.count(b"\n") == 1


@effort(266)
@given(STATEMENTS.map(write_statement) | st.just(GOOD), st.integers(0, 2000), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_another_statement(data: bytes, at: int, byte: int) -> None:
    changed = bytearray(data)
    changed[at % len(data)] = byte
    if bytes(changed) != data:
        found = statement(bytes(changed))
        assert found is None or found != statement(data)


PIECES = [
    b" ",
    b"\n",
    b"\r\n",
    b"\t",
    b"\xef\xbb\xbf",
    b",",
    b"{",
    b"}",
    b'"',
    b"\\",
    b"\\u0041",
    b"null",
    b"1",
    b"1.0",
    b"e0",
    b"-",
    b"\x00",
    b"\xff",
]


@effort(266)
@given(st.integers(0, 2000), st.integers(0, 12), st.sampled_from(PIECES) | st.binary(max_size=4))
@example(0, 0, b"\xef\xbb\xbf")
@example(len(GOOD), 0, b"\n")
def test_no_second_spelling_says_the_same(at: int, gone: int, new: bytes) -> None:
    at %= len(GOOD) + 1
    changed = GOOD[:at] + new + GOOD[at + gone :]
    if changed != GOOD:
        assert statement(changed) != statement(GOOD)


@effort(66)
@given(
    STATEMENTS.map(lambda said: said._asdict()),
    st.randoms(use_true_random=False),
    st.sampled_from(["order", "indent", "ascii", "spaces", "end"]),
)
def test_json_that_means_the_same_is_refused(values: dict[str, Any], chance: Any, how: str) -> None:
    names = list(values)
    chance.shuffle(names)
    shuffled = {name: values[name] for name in names}
    other = {
        "order": json.dumps(shuffled, ensure_ascii=False, separators=(",", ":")) + "\n",
        "indent": json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1) + "\n",
        "ascii": json.dumps(values, sort_keys=True, separators=(",", ":")) + "\n",
        "spaces": json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n",
        "end": canonical(values).decode() + "\n",
    }[how].encode()
    assert other == canonical(values) or statement(other) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | st.floats() | st.text(max_size=6),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from([*Statement._fields, "exempt"]), below, max_size=14)
    ),
    max_leaves=10,
)


@effort(200)
@given(
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"[" * 9000, b'{"a":' * 3000, b"9" * 9000])
)
def test_any_bytes_are_a_statement_or_refused(data: bytes) -> None:
    for name in ("statement", "root", "rules-record"):
        try:
            assert canonical(read_canonical(data, shipped.schema(name))) == data
        except Unreadable:
            continue


@effort(133)
@given(STATEMENTS)
def test_where_a_statement_belongs_says_what_it_is(said: Statement) -> None:
    stem = filed_at(said)
    found = owner(f"{stem}.json")
    assert (found.kind, found.number) == ("statement", said.document)
    assert found.version == ("record" if said.version is None else said.version.replace("/", "-"))
    short = sha256(write_statement(said)).hexdigest()[:12]
    assert statement_parts(found.name) == (said.signer, said.decision, short, "json")


# --- signatures -------------------------------------------------------------------------------------------------------------


def test_the_signature_itself_is_good() -> None:
    found = verify(GOOD, SIGNED, STATEMENT)
    assert (found.fault, found.key) == ("", public("zhao.lei"))


@effort(266)
@given(st.integers(0, 400), st.integers(0, 40), st.binary(max_size=6), st.booleans())
def test_a_mutated_signature_is_never_good(at: int, gone: int, new: bytes, inside: bool) -> None:
    source = unarmour(SIGNED) if inside else SIGNED
    at %= len(source) + 1
    changed = source[:at] + new + source[at + gone :]
    if changed != source:
        found = verify(GOOD, armour(changed) if inside else changed, STATEMENT)
        assert found.fault in FAULTS


@effort(133)
@given(st.integers(0, 2000), st.integers(0, 20), st.binary(max_size=6))
def test_a_mutated_message_is_never_signed(at: int, gone: int, new: bytes) -> None:
    at %= len(GOOD) + 1
    changed = GOOD[:at] + new + GOOD[at + gone :]
    assert changed == GOOD or verify(changed, SIGNED, STATEMENT).fault == "signature"


@effort(40)
@given(
    st.binary(max_size=40),
    st.sampled_from(["cara", "eve", "root:cara"]),
    st.sampled_from([STATEMENT, RULES, RECEIPT, "git", "file", "", "statement-v1@docctl "]),
)
def test_a_signature_serves_its_own_purpose_alone(message: bytes, name: str, namespace: str) -> None:
    found = verify(message, signature(message, name, namespace), STATEMENT)
    assert (found.fault == "") == (namespace == STATEMENT)
    assert found.key == public(name)
    assert found.fault in {"", "namespace"}


@effort(100)
@given(st.binary(max_size=120), st.binary(max_size=60), st.text(max_size=20))
def test_any_bytes_beside_any_message_get_a_verdict(armoured: bytes, message: bytes, namespace: str) -> None:
    for each in (armoured, armour(armoured), armour(b"SSHSIG\x00\x00\x00\x01" + armoured)):
        assert verify(message, each, namespace).fault in FAULTS
