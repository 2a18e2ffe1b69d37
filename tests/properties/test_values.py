"""What the schemas accept, the domain can use: no checked value ever makes a noun or a rule stumble."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docctl import shipped
from docctl.core.content import content_of
from docctl.core.document import Document
from docctl.core.mandate import root_bytes, root_of, rules_record_of
from docctl.core.people import people_of
from docctl.core.record import Record
from docctl.core.settings import settings_of
from docctl.core.shape import shaped
from docctl.core.statement import canonical, read_canonical
from docctl.core.strictyaml import as_text

from ..core.test_shape_agreement import instances, mutated
from .effort import effort

CLASSES = ("default", "editorial", "minor", "major", "withdraw", "confirm", "other")
NOTHING = content_of([])


def fitting(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Values made after a schema; a few do not fit after all."""
    return instances(shipped.schema(name), shipped.schema(name))


def typed(values: object, name: str) -> dict[str, Any] | None:
    """The values as they come out of a file, or None when the schema refuses them."""
    result, faults = shaped(as_text(values), shipped.schema(name))
    return None if faults else result


@effort(25)
@given(fitting("settings"))
def test_settings_that_fit_are_settings(values: dict[str, Any]) -> None:
    fit = typed(values, "settings")
    if fit is not None:
        settings = settings_of(fit)
        assert all(settings.organisation)
        for kind in settings.types.values():
            assert kind.slots_for("default"), "an empty matrix"
            assert all(isinstance(slot.count, int) and slot.count >= 0 for name in CLASSES for slot in kind.slots_for(name))
        assert all(record_class.retention > 0 for record_class in settings.record_classes.values())


@effort(30)
@given(fitting("people"), st.sampled_from(["2000-01-01", "2026-03-02", "2099-12-31"]))
def test_people_that_fit_are_people(values: dict[str, Any], day: str) -> None:
    fit = typed(values, "people")
    if fit is not None:
        people = people_of(fit)
        for person in people.persons.values():
            assert person.said("en")
            assert person.said("zh")
            for held in person.roles:
                listed = person in people.holders(held.role, day)
                assert listed == (not person.left and any(each.covers(day) for each in person.holdings(held.role)))
            assert all(people.owner_of(key.text) is not None for key in person.keys)


@effort(30)
@given(fitting("root"), st.data())
def test_a_root_that_fits_is_written_as_it_was_read(values: dict[str, Any], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        mutated(values, data)
    _, faults = shaped(values, shipped.schema("root"), "json")
    if not faults:
        written = canonical(values)
        assert root_bytes(root_of(read_canonical(written, shipped.schema("root")))) == written


@effort(30)
@given(fitting("rules-record"))
def test_a_rules_record_that_fits_is_read(values: dict[str, Any]) -> None:
    if not shaped(values, shipped.schema("rules-record"), "json")[1]:
        data = canonical(values)
        assert rules_record_of(read_canonical(data, shipped.schema("rules-record")), data).n == values["n"]


@effort(30)
@given(fitting("document"), st.data())
def test_front_matter_that_fits_makes_a_document(values: dict[str, Any], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        mutated(values, data)
    fit = typed(values, "document")
    if fit is not None:
        document = Document("documents/x", fit, {}, "text\n", 9, NOTHING)
        assert document.titled("en")
        assert document.change_class in CLASSES
        assert len(document.clauses) == len(fit.get("clauses", ()))
        assert all(mapped.standard and mapped.clause for mapped in document.clauses)
        assert len(list(document.cited())) == len(document.references)
        assert document.withdrawal.get("replaced_by", "") == fit.get("withdrawal", {}).get("replaced_by", "")


@effort(30)
@given(fitting("record"), st.data())
def test_front_matter_that_fits_makes_a_record(values: dict[str, Any], data: st.DataObject) -> None:
    if data.draw(st.booleans()):
        mutated(values, data)
    fit = typed(values, "record")
    if fit is not None:
        record = Record("records/x", fit, {}, "text\n", 9, NOTHING)
        assert record.day
        assert all(mapped.standard for mapped, _ in record.proves)
        assert (record.form == ("", "")) == ("form" not in fit)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=9), below, max_size=4),
    max_leaves=12,
)


@effort(150)
@given(ANY, st.sampled_from(["settings", "people", "root", "rules-record", "document", "record", "statement", "standard"]))
def test_any_value_at_all_is_judged_in_both_languages(value: object, name: str) -> None:
    for source in ("yaml", "json"):
        for fault in shaped(value, shipped.schema(name), source)[1]:
            assert fault.words.en
            assert fault.words.zh
