"""The named tuples of docctl.core.lean against those of `typing`, which the type checker takes them for."""

from __future__ import annotations

import pickle
import re
import typing

import pytest

from docctl.core import lean


class Real(typing.NamedTuple):
    """One kind."""

    path: str
    line: int = 0
    note: str = ""

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"


class Lean(lean.NamedTuple):
    """One kind."""

    path: str
    line: int = 0
    note: str = ""

    @property
    def where(self) -> str:
        return f"{self.path}:{self.line}"


EACH = pytest.mark.parametrize("kind", [Real, Lean])


@EACH
def test_values_by_place_by_name_and_by_default(kind):
    assert kind("a") == kind(path="a") == ("a", 0, "")
    assert kind("a", 2, note="n") == kind(note="n", path="a", line=2) == kind._make(["a", 2, "n"]) == ("a", 2, "n")
    assert hash(kind("a")) == hash(("a", 0, ""))
    assert sorted([kind("b"), kind("a", 2), kind("a", 1)]) == [("a", 1, ""), ("a", 2, ""), ("b", 0, "")]


@EACH
def test_what_can_be_asked_of_one(kind):
    one = kind("a", 2)
    assert (one.path, one.line, one.note, one.where) == ("a", 2, "", "a:2")
    path, line, _ = one
    assert (path, line, len(one)) == ("a", 2, 3)
    assert one._replace(line=3, note="n") == kind("a", 3, "n")
    assert type(one._replace(line=3)) is kind
    assert one._asdict() == {"path": "a", "line": 2, "note": ""}
    assert repr(one) == f"{kind.__name__}(path='a', line=2, note='')"
    assert pickle.loads(pickle.dumps(one)) == one
    assert type(pickle.loads(pickle.dumps(one))) is kind
    match one:
        case kind(path, line):
            assert (path, line) == ("a", 2)


@EACH
def test_what_is_known_of_the_kind(kind):
    assert kind._fields == kind.__match_args__ == ("path", "line", "note")
    assert kind._field_defaults == {"line": 0, "note": ""}
    assert kind.__doc__ == "One kind."
    assert issubclass(kind, tuple)
    assert kind.__slots__ == ()


@EACH
@pytest.mark.parametrize(
    ("given", "named"),
    [((), {}), (("a", 1, "n", "more"), {}), (("a",), {"path": "b"}), (("a",), {"other": 1}), ((), {"line": 1, "note": "n"})],
)
def test_what_does_not_fit_is_refused(kind, given, named):
    with pytest.raises(TypeError):
        kind(*given, **named)


@EACH
def test_nothing_is_changed_in_place(kind):
    one = kind("a")
    with pytest.raises(AttributeError):
        one.path = "b"
    with pytest.raises(AttributeError):
        one.other = "b"
    with pytest.raises(ValueError, match="other"):
        one._replace(other=1)
    with pytest.raises(TypeError):
        kind._make(["a", 1, "n", "more"])


@pytest.mark.parametrize("words", [typing, lean])
def test_a_default_may_not_stand_before_a_field_without_one(words):
    body = {"__module__": __name__, "__qualname__": "Odd", "__annotations__": {"a": "str", "b": "str"}, "a": "x"}
    with pytest.raises(TypeError):
        type(words.NamedTuple)("Odd", (words.NamedTuple,), body) if words is lean else typing.NamedTupleMeta(
            "Odd", (typing._NamedTuple,), body
        )


def test_the_words_for_the_type_checker_do_nothing():
    assert lean.cast("int", "x") == "x"
    assert not lean.TYPE_CHECKING
    assert lean.Literal["a", "b"]


def test_a_pattern_answers_as_a_compiled_one():
    found = lean.regex(r"([a-z]+)-([0-9]+)", re.IGNORECASE)
    real = re.compile(found.pattern, re.IGNORECASE)
    assert found.fullmatch("Ab-1")[2] == "1"
    assert not found.match("-")
    for way in ("findall", "split"):
        assert getattr(found, way)("a-1 b-22") == getattr(real, way)("a-1 b-22")
    assert found.sub("x", "a-1 b-22") == "x x"
    assert found.groups == 2
    assert [each[0] for each in found.finditer("a-1 b-22")] == ["a-1", "b-22"]


def test_a_pattern_that_nobody_asks_is_not_compiled():
    broken = lean.regex("(")
    with pytest.raises(re.error):
        broken.match("x")
