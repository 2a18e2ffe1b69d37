"""docctl.core.shape: text and JSON into typed values, all faults at once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docctl import shipped
from docctl.core import shape
from docctl.core.shape import is_day, label, shaped

DOCUMENT = {
    "id": "ITSM-P-05", "title": "变更管理程序", "type": "procedure", "version": "1.10", "language": "zh-CN",
    "status": "approved", "owner": "service-manager", "classification": "internal", "review_interval": "12",
    "clauses": [{"clause": "iso20000-1:2018/8.5.1", "section": "process"}, "iso27001:2022/A.8.32"],
}  # fmt: skip


def said(value: object, name: str = "document", **changes: object) -> list[str]:
    given_values = {**value, **changes} if isinstance(value, dict) else value
    return [fault.words.en for fault in shaped(given_values, shipped.schema(name))[1]]


def test_text_becomes_what_the_schema_asks_for_and_stays_text_elsewhere():
    values, faults = shaped(DOCUMENT | {"title": "null", "keywords": ["NO", "0x10", "1:30"]}, shipped.schema("document"))
    assert not faults
    assert (values["version"], values["title"], values["review_interval"]) == ("1.10", "null", 12)
    assert values["keywords"] == ["NO", "0x10", "1:30"]


def test_booleans_are_true_and_false_only():
    schema = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "additionalProperties": False}
    assert shaped({"yes": "true"}, schema) == ({"yes": True}, [])
    assert shaped({"yes": "false"}, schema) == ({"yes": False}, [])
    assert [f.words.en for f in shaped({"yes": "on"}, schema)[1]] == ["yes must be true or false, not 'on'"]
    assert shaped({"yes": ["true"]}, schema)[1]
    assert shaped({"yes": True}, schema, "json") == ({"yes": True}, [])
    assert shaped({"yes": "true"}, schema, "json")[1]
    assert shaped({"yes": 1}, schema, "json")[1]


@pytest.mark.parametrize("text", ["012", "+1", "-1", "1.0", "1e1", "1_0", " 1", "1\n", "１", "", "1234567890", "0", "1201"])
def test_a_whole_number_has_one_spelling_and_limits(text: str):
    assert [path for path, _ in shaped(DOCUMENT | {"review_interval": text}, shipped.schema("document"))[1]] == [
        ("review_interval",)
    ]


def test_json_takes_no_float_for_a_whole_number():
    schema = {"type": "integer", "minimum": 1, "maximum": 9}
    assert [len(shaped(value, schema, "json")[1]) for value in (1, 1.0, True, "1", None, 10)] == [0, 1, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"foo": "1"}, "unknown field foo; known fields: id, title, titles, type"),
        ({"ownr": "x"}, "unknown field ownr; did you mean owner?; known fields: id"),
        ({"owner": ["a", "b"]}, "owner must be text"),
        ({"title": ""}, "title must not be empty"),
        ({"title": "x" * 201}, "title is 201 characters long; at most 200 are allowed"),
        ({"status": "aproved"}, "status must be one of: draft, approved, withdrawn, not 'aproved'"),
        ({"parent": "p"}, "parent must be a number of capital letters, digits and at least one hyphen, such as ITSM-P-05,"),
        ({"valid_until": "2026-02-30"},
         "valid_until must be a day written YYYY-MM-DD, in the years 2000 to 2099, not '2026-02-30'"),
        ({"id": "ITSM-P-05\n"}, "id must be a number"),
        ({"review_interval": "0"}, "review_interval must be between 1 and 1200, not '0'"),
        ({"records": ["a", "b", "a"]}, "records[3] is there twice"),
        ({"records": "a"}, "records must be a list"),
        ({"change": {"class": "minor"}}, "change.reason is missing"),
        ({"change": "minor"}, "change must be fields, written name: value"),
        ({"titles": {}}, "titles needs at least 1 entry"),
        ({"references": ["x"]}, "references[1] must be a number of capital letters"),
        ({"references": [{"id": "A-1", "v": "1"}]}, "unknown field references[1].v; known fields: id, version"),
        ({"references": [["A-1"]]}, "references[1] must be text"),
        ({"title": "a\u202eb\t"}, "forbidden character U+202E in title"),
    ],
)  # fmt: skip
def test_each_fault_says_where_what_and_what_was_expected(changes: dict[str, object], sentence: str):
    (told,) = said(DOCUMENT, **changes)
    assert told.startswith(sentence)


def test_all_faults_are_told_at_once_in_both_languages():
    bad = {key: value for key, value in DOCUMENT.items() if key not in ("id", "type")} | {"status": "x", "owner": "X"}
    faults = shaped(bad, shipped.schema("document"))[1]
    assert {fault.path for fault in faults} == {("id",), ("type",), ("status",), ("owner",)}
    assert all(re.search("[\u4e00-\u9fff]", fault.words.zh) for fault in faults)


def test_a_text_without_fields_is_told_as_a_whole():
    assert said(["a"]) == ["the whole text must be fields, written name: value"]


def test_exactly_one_of_two_fields_is_needed():
    record = {
        "id": "REC-INC-2026-001", "title": "x", "class": "incident", "created_at": "2026-04-12T16:30:00+08:00",
        "created_by": "chen.jie", "classification": "internal", "event_date": "2026-04-12",
    }  # fmt: skip
    assert said(record, "record") == []
    told = "the whole text must have either event_date or period, and only one of them"
    assert said(record, "record", period={"from": "2026-04-01", "to": "2026-04-30"}) == [told]
    del record["event_date"]
    assert said(record, "record") == [told]


def test_names_of_a_mapping_are_checked_too():
    person = {"name": "x", "kind": "person", "department": "ops", "from": "2026-01-01"}
    people = {"schema": "docctl/people/v1", "people": {"Cara": person}}
    (told,) = said(people, "people")
    assert told.startswith("people.Cara must be a person id")
    assert "a person id may use a–z 0–9 . _ - only" in told


def test_a_long_list_and_repeated_mappings_are_refused():
    key = {"key": "ssh-ed25519 AAAA" + "a" * 60, "person": "li.ming"}
    root = {
        "keys": [key, dict(reversed(key.items()))],
        "repository": "0" * 8 + "-0000-4000-8000-" + "0" * 12,
        "schema": "docctl/root/v1",
    }
    told = [fault.words.en for fault in shaped(root | {"threshold": 1}, shipped.schema("root"), "json")[1]]
    assert told == ["keys[2] is there twice"]
    told = [fault.words.en for fault in shaped(root | {"threshold": 1, "keys": [key] * 21}, shipped.schema("root"), "json")[1]]
    assert told[0] == "keys has more than 20 entries"
    lists = {"type": "array", "uniqueItems": True, "items": {"type": "array", "items": {"type": "string"}}}
    assert len(shaped([["a"], ["a"], ["b"]], lists)[1]) == 1


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "contentEncoding": "base64"},
        {"type": ["string", "integer"]},
        {"anyOf": [{"type": "string"}], "type": "string"},
        {"$ref": "#/$defs/a", "pattern": "x", "$defs": {"a": {"type": "string"}}},
        {"enum": ["a"], "pattern": "x"},
        {"type": "object", "properties": {}, "oneOf": [{"required": ["a"], "properties": {}}]},
    ],
)  # fmt: skip
def test_a_schema_with_a_keyword_nobody_checks_is_a_bug(schema: dict[str, Any]):
    with pytest.raises(ValueError, match="not supported"):
        shaped("x", schema)


def test_many_schemas_do_not_pile_up():
    for _ in range(200):
        assert shaped("x", {"type": "string"}) == ("x", [])
    assert len(shape._plans) <= 66
    assert (
        shaped("x", {"type": "string", "pattern": "y"})[1][0].words.en == "the whole text must be what its schema says, not 'x'"
    )


def test_a_pattern_that_python_cannot_read_is_refused():
    schema = {"type": "string", "format": "regex"}
    assert [bool(shaped(text, schema)[1]) for text in ("[A-Z]+", "[", "a{99999999999}", "[[a]")] == [False, True, True, False]


def test_places_are_counted_from_one_for_people():
    assert label(("clauses", 0, "section")) == "clauses[1].section"
    assert label(()) == ""


@given(st.integers(0, 2500), st.integers(0, 14), st.integers(0, 33))
def test_days_are_those_of_the_calendar(year: int, month: int, day: int):
    text = f"{year:04d}-{month:02d}-{day:02d}"
    assert is_day(text) == in_calendar(text)
    assert not is_day(text + "\n")
    assert not is_day(text[:-1])


def in_calendar(text: str) -> bool:
    try:
        return bool(dt.date(*map(int, text.split("-"))))
    except ValueError:
        return False
