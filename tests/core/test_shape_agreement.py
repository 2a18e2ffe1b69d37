"""docctl.core.shape agrees with jsonschema, on every shipped schema, about values that fit and values that nearly do."""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from docctl import shipped
from docctl.core.shape import shaped
from docctl.core.strictyaml import as_text

SCHEMAS = ("settings", "people", "root", "rules-record", "document", "record", "statement", "standard")


def ecma_pattern(_validator: object, pattern: str, value: object, _schema: object) -> Iterator[ValidationError]:
    """In JSON Schema $ is the end of the text; Python's $ also matches before a last line feed."""
    if isinstance(value, str) and not re.search(pattern.removesuffix("$") + r"\Z", value):
        yield ValidationError("pattern")


FORMATS = FormatChecker(())
VALIDATOR = validators.extend(Draft202012Validator, {"pattern": ecma_pattern})


@FORMATS.checks("date", ValueError)
def _date(value: object) -> bool:
    return not isinstance(value, str) or bool(dt.date.fromisoformat(value))


@FORMATS.checks("date-time", ValueError)
def _moment(value: object) -> bool:
    return not isinstance(value, str) or bool(dt.datetime.fromisoformat(value))


@FORMATS.checks("regex", (re.error, OverflowError))
def _regex(value: object) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return not isinstance(value, str) or bool(re.compile(value))


def accepted(value: object, name: str) -> bool:
    return VALIDATOR(shipped.schema(name), format_checker=FORMATS).is_valid(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**10)
    | st.text(max_size=6)
    | st.sampled_from(["true", "1", "draft", "A/0", "2026-02-30"]),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3),
    max_leaves=4,
)


def instances(node: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that fit a schema, or nearly so (lengths and calendars are not looked at)."""
    if "$ref" in node:
        return instances(root["$defs"][node["$ref"].removeprefix("#/$defs/")], root)
    if "anyOf" in node:
        return st.one_of([instances(below, root) for below in node["anyOf"]])
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    kind = node["type"]
    if isinstance(kind, list):
        return st.none() | instances({**node, "type": kind[0]}, root)
    return KINDS[kind](node, root)


def texts(node: dict[str, Any], _root: object) -> st.SearchStrategy[str]:
    if "pattern" in node:
        return st.from_regex(node["pattern"].removesuffix("$") + r"\Z")
    return st.text(st.characters(codec="utf-8"), min_size=node.get("minLength", 0), max_size=8)


def mappings(node: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" not in node:
        below = instances(node["additionalProperties"], root)
        return st.dictionaries(instances(node["propertyNames"], root), below, min_size=node.get("minProperties", 0), max_size=2)
    fields = {name: instances(below, root) for name, below in node["properties"].items()}
    needed = {*node.get("required", ()), *(branch["required"][0] for branch in node.get("oneOf", ())[:1])}
    return st.fixed_dictionaries(
        {name: below for name, below in fields.items() if name in needed},
        optional={name: below for name, below in fields.items() if name not in needed},
    )


KINDS: dict[str, Any] = {
    "string": texts,
    "object": mappings,
    "array": lambda node, root: st.lists(instances(node["items"], root), min_size=node.get("minItems", 0), max_size=3),
    "integer": lambda node, _: st.integers(node["minimum"] - 1, node["maximum"] + 1),
    "boolean": lambda _node, _root: st.booleans(),
}


def places(value: object) -> list[tuple[Any, Any]]:
    """Every list or mapping inside a value with each of its places."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(value, place) for place, _ in inside] + [found for _, below in inside for found in places(below)]


def mutated(value: dict[str, Any], data: st.DataObject) -> None:
    spots = places(value)
    if spots:
        holder, place = data.draw(st.sampled_from(range(len(spots))).map(lambda n: spots[n]))
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[place]
        else:
            holder[place] = data.draw(JSON)
    if data.draw(st.booleans()):
        value[data.draw(st.text(max_size=3) | st.sampled_from(["exempt", "title", "id"]))] = data.draw(JSON)


@pytest.mark.parametrize("name", SCHEMAS)
def test_shape_and_jsonschema_agree(name: str):
    schema = shipped.schema(name)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(value=instances(schema, schema), data=st.data())
    def agree(value: dict[str, Any], data: st.DataObject) -> None:
        if data.draw(st.booleans()):
            mutated(value, data)
        assert (not shaped(value, schema, "json")[1]) == accepted(value, name)
        typed, faults = shaped(as_text(value), schema, "yaml")
        assert (not faults) == accepted(typed, name)
        assert not faults or all(fault.words.en and fault.words.zh for fault in faults)

    agree()
