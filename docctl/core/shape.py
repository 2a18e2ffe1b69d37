"""Text and JSON into typed values by a JSON Schema, all faults at once. Must not know which schemas there are, nor files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from docctl.core.errors import Words
from docctl.core.lean import Any, Literal, TypeAlias, regex
from docctl.core.misfit import (
    KINDS,
    Fault,
    Found,
    absent,
    either_of,
    label,
    misfit,
    must,
    repeated,
    told,
    too_few,
    too_many,
    unknown,
    wrong_length,
)

__all__ = ["Fault", "Source", "is_day", "label", "shaped"]

Source: TypeAlias = Literal["yaml", "json"]

_Faults: TypeAlias = list[Found]
_Check: TypeAlias = Callable[[Any, _Faults], Any]
_Schema: TypeAlias = Mapping[str, Any]

_NOTES = frozenset({"$schema", "$id", "$defs", "title", "description", "x-zh"})
_KEYWORDS = {
    "object": {"properties", "required", "additionalProperties", "propertyNames", "minProperties", "oneOf"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "string": {"pattern", "minLength", "maxLength", "format"},
    "integer": {"minimum", "maximum"},
    "boolean": set[str](),
}
_ENDLESS = 1 << 30
_INTEGER = regex("0|[1-9][0-9]{0,8}")
_DATE = regex("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_plans: dict[tuple[int, str], tuple[_Schema, _Check]] = {}


def shaped(value: object, schema: _Schema, source: Source = "yaml") -> tuple[Any, list[Fault]]:
    """`value` with the types its `schema` asks for, and every fault found; with faults the value is only good for messages.

    `source` "yaml" has text for every scalar, and text becomes an integer or a boolean where the schema says so; "json" must
    have the right types already. Raises ValueError for a schema that uses a keyword this module does not know.
    """
    found: _Faults = []
    result = _planned(schema, source)(value, found)
    return result, [told(fault) for fault in found] if found else []


def is_day(text: str) -> bool:
    """Whether `text` is YYYY-MM-DD and that day exists in the calendar."""
    found = _DATE.fullmatch(text)
    if not found:
        return False
    year, month, day = map(int, found.groups())
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return year > 0 and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap


def _is_moment(text: str) -> bool:
    return is_day(text[:10])


def _is_pattern(text: str) -> bool:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about patterns that a later Python may read otherwise
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError):
            return False
    return True


_FORMATS: dict[str, Callable[[str], bool]] = {"date": is_day, "date-time": _is_moment, "regex": _is_pattern}


def _planned(schema: _Schema, source: str) -> _Check:
    # Keyed by identity, for shipped schemas are read once; the schema is kept so that its identity is not given away.
    key = (id(schema), source)
    if key not in _plans:
        if len(_plans) > 64:
            _plans.clear()
        _plans[key] = (schema, _plan(schema, schema, source))
    return _plans[key][1]


def _plan(node: _Schema, root: _Schema, source: str) -> _Check:
    if "$ref" in node:
        _only(node, {"$ref"})
        return _plan(root["$defs"][node["$ref"].removeprefix("#/$defs/")], root, source)
    if "anyOf" in node:
        return _either(node, root, source)
    if "enum" in node or "const" in node:
        return _choice(node)
    kind = node["type"]
    if isinstance(kind, list):
        return _or_null(_plan({**node, "type": kind[0]}, root, source), node)
    _only(node, {"type"} | _KEYWORDS[kind])
    return _PLANS[kind](node, root, source)


def _only(node: _Schema, known: set[str]) -> None:
    unknown = set(node) - known - _NOTES
    if unknown:
        raise ValueError(f"schema keywords not supported here: {sorted(unknown)}")


def _within(faults: _Faults, before: int, step: str | int) -> None:
    for place in range(before, len(faults)):
        faults[place] = faults[place]._replace(path=(step, *faults[place].path))


def _fields(node: _Schema, root: _Schema, source: str) -> _Check:
    checks = {name: _plan(below, root, source) for name, below in node.get("properties", {}).items()}
    extra = node.get("additionalProperties", False)
    other = _plan(extra, root, source) if extra else None
    names = _plan(node["propertyNames"], root, source) if "propertyNames" in node else None
    required = frozenset(node.get("required", ()))
    fewest = node.get("minProperties", 0)
    rivals = [_rival(branch) for branch in node.get("oneOf", ())]

    def check(value: Any, faults: _Faults) -> Any:
        if type(value) is not dict:
            faults.append(must(KINDS["object"]))
            return value
        result = {}
        for name, item in value.items():
            known = checks.get(name, other)
            before = len(faults)
            if known is None:
                faults.append(unknown(name, checks))
                result[name] = item
                continue
            if names is not None:
                names(name, faults)
            result[name] = known(item, faults)
            if len(faults) > before:
                _within(faults, before, name)
        if not required <= value.keys():
            faults.extend(absent(name) for name in node["required"] if name not in value)
        if len(value) < fewest:
            faults.append(too_few(fewest))
        if rivals and sum(name in value for name in rivals) != 1:
            faults.append(either_of(rivals))
        return result

    return check


def _rival(branch: _Schema) -> str:
    _only(branch, {"required"})
    (name,) = branch["required"]
    return str(name)


def _items(node: _Schema, root: _Schema, source: str) -> _Check:
    each = _plan(node["items"], root, source)
    fewest, most = node.get("minItems", 0), node.get("maxItems", _ENDLESS)
    unique = node.get("uniqueItems", False)

    def check(value: Any, faults: _Faults) -> Any:
        if type(value) is not list:
            faults.append(must(KINDS["array"]))
            return value
        result = []
        for place, item in enumerate(value):
            before = len(faults)
            result.append(each(item, faults))
            if len(faults) > before:
                _within(faults, before, place)
        if len(value) < fewest:
            faults.append(too_few(fewest))
        if len(value) > most:
            faults.append(too_many(most))
        if unique and len(value) > 1:
            faults.extend(repeated(value))
        return result

    return check


def _text(node: _Schema, _root: _Schema, _source: str) -> _Check:
    fewest, most = node.get("minLength", 0), node.get("maxLength", _ENDLESS)
    match = _matcher(node["pattern"]) if "pattern" in node else None
    form = _FORMATS[node["format"]] if "format" in node else None

    def check(value: Any, faults: _Faults) -> Any:
        if type(value) is not str:
            faults.append(must(KINDS["string"]))
        elif not fewest <= len(value) <= most:
            faults.append(wrong_length(value, most))
        elif (match is not None and not match(value)) or (form is not None and not form(value)):
            faults.append(misfit(value, node))
        return value

    return check


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(pattern).fullmatch


def _integer(node: _Schema, _root: _Schema, source: str) -> _Check:
    lowest, highest = node["minimum"], node["maximum"]

    def check(value: Any, faults: _Faults) -> Any:
        number = value
        if source == "yaml" and type(value) is str and _INTEGER.fullmatch(value):
            number = int(value)
        if type(number) is not int:
            faults.append(must(KINDS["integer"], value))
        elif not lowest <= number <= highest:
            faults.append(must(Words(f"between {lowest} and {highest}", f" {lowest} 至 {highest} 之间的整数"), str(number)))
        return number

    return check


def _boolean(_node: _Schema, _root: _Schema, source: str) -> _Check:
    known: dict[Any, bool] = {"true": True, "false": False} if source == "yaml" else {}

    def check(value: Any, faults: _Faults) -> Any:
        truth = known.get(value, value) if type(value) is str else value
        if type(truth) is not bool:
            faults.append(must(KINDS["boolean"], value))
        return truth

    return check


def _choice(node: _Schema) -> _Check:
    _only(node, {"enum", "const", "type"})
    allowed: list[str] = node["enum"] if "enum" in node else [node["const"]]
    told = ", ".join(allowed)
    one = Words(f"one of: {told}", f"以下之一：{told}") if len(allowed) > 1 else Words(told, f" {told}")

    def check(value: Any, faults: _Faults) -> Any:
        if type(value) is not str or value not in allowed:
            faults.append(must(one, value))
        return value

    return check


def _or_null(check: _Check, node: _Schema) -> _Check:
    if node["type"][1:] != ["null"]:
        raise ValueError(f"schema types not supported here: {node['type']}")

    def either(value: Any, faults: _Faults) -> Any:
        return None if value is None else check(value, faults)

    return either


def _either(node: _Schema, root: _Schema, source: str) -> _Check:
    """The first branch that fits; else the faults of the branch for fields when fields were given, or of the first one."""
    _only(node, {"anyOf"})
    checks = [_plan(below, root, source) for below in node["anyOf"]]

    def check(value: Any, faults: _Faults) -> Any:
        tries: list[_Faults] = []
        for branch in checks:
            tried: _Faults = []
            result = branch(value, tried)
            if not tried:
                return result
            tries.append(tried)
        faults.extend(tries[-1 if type(value) is dict else 0])
        return value

    return check


_PLANS: dict[str, Callable[[_Schema, _Schema, str], _Check]] = {
    "object": _fields,
    "array": _items,
    "string": _text,
    "integer": _integer,
    "boolean": _boolean,
}
