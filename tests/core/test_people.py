"""docctl.core.people: persons, the spans of their roles and the keys that are theirs."""

from __future__ import annotations

import pytest

from docctl import shipped
from docctl.core.people import Holding, Key, people_of
from docctl.core.shape import shaped

from .builders import held, key_of, people, person


@pytest.mark.parametrize(
    ("since", "to", "day", "covered"),
    [
        ("2026-01-01", "", "2025-12-31", False),
        ("2026-01-01", "", "2026-01-01", True),
        ("2026-01-01", "", "2099-12-31", True),
        ("2026-01-01", "2026-03-31", "2026-03-31", True),
        ("2026-01-01", "2026-03-31", "2026-04-01", False),
        ("2026-01-01", "2026-01-01", "2026-01-01", True),
        ("2026-01-02", "2026-01-01", "2026-01-01", False),
    ],
)
def test_both_ends_of_a_span_are_days_of_it(since, to, day, covered):
    assert Key("k", since, to).covers(day) == covered
    assert Holding("r", since, to).covers(day) == covered


DAVE = people(
    person(
        "dave",
        held("approver", department="desk", levels=[3, 4]),
        held("approver", department="dev"),
        held("reader"),
        keys=[{"key": "ssh-ed25519 A", "from": "2026-01-01"}, {"key": "ssh-ed25519 B", "from": "2026-02-01", "to": "2026-02-28"}],
        name_en="Dave",
        name="戴维",
    )
).persons["dave"]


@pytest.mark.parametrize(
    ("asked", "departments"),
    [
        (("approver",), ["desk", "dev"]),
        (("approver", 3), ["desk", "dev"]),
        (("approver", 1), ["dev"]),
        (("approver", 1, "desk"), []),
        (("approver", 4, "desk"), ["desk"]),
        (("approver", 1, "dev"), ["dev"]),
        (("approver", 1, "ops"), []),
        (("reader", 2), [""]),
        (("reader", 2, "desk"), []),  # a role of the whole organisation speaks for no single department
        (("writer",), []),
        (("",), []),
    ],
)
def test_roles_are_held_for_levels_and_departments(asked, departments):
    assert [found.department for found in DAVE.holdings(*asked)] == departments


def test_a_key_belongs_to_one_person():
    assert DAVE.key("ssh-ed25519 B") == Key("ssh-ed25519 B", "2026-02-01", "2026-02-28")
    assert DAVE.key("ssh-ed25519 C") is None
    assert DAVE.key("") is None
    registry = people()
    owner = registry.owner_of(key_of("li.ming"))
    assert owner is not None
    assert owner.id == "li.ming"
    assert registry.owner_of("ssh-ed25519 nobody") is None


def test_a_name_in_the_readers_language():
    assert (DAVE.said("zh"), DAVE.said("en"), DAVE.said("de")) == ("戴维", "Dave", "戴维")
    assert people().persons["li.ming"].said("en") == "Li.Ming"


def test_who_holds_a_role_on_a_day():
    registry = people(
        {
            **person("gone", held("approver"), left="2026-03-01"),
            **person("late", held("approver", to="2026-12-31"), **{"from": "2026-06-01"}),
            **person("early", held("approver"), held("approver", department="ops")),
        }
    )
    assert [found.id for found in registry.holders("approver", "2026-02-01")] == ["early", "late"]
    assert [found.id for found in registry.holders("approver", "2027-01-01")] == ["early"]
    assert registry.holders("approver", "2025-12-31") == []


def test_what_is_left_out_of_people_yaml_is_open():
    bare = people_of({"people": {"a.b": {"name": "甲", "from": "2026-01-01"}}}).persons["a.b"]
    assert bare == ("a.b", "甲", "", "person", "", "2026-01-01", "", (), ())
    full = people_of(
        {
            "people": {
                "a.b": {
                    "name": "甲", "name_en": "A", "kind": "robot", "department": "ops", "from": "2026-01-01",
                    "left": "2026-02-01",
                    "roles": [{"role": "r", "from": "2026-01-01", "to": "2026-01-31", "department": "dev", "levels": [2, 3]}],
                    "keys": [{"key": "k", "from": "2026-01-01", "to": "2026-01-31", "compromised_since": "2026-01-15"}],
                }
            }
        }
    ).persons["a.b"]  # fmt: skip
    assert full[1:7] == ("甲", "A", "robot", "ops", "2026-01-01", "2026-02-01")
    assert full.roles == (Holding("r", "2026-01-01", "2026-01-31", "dev", (2, 3)),)
    assert full.keys == (Key("k", "2026-01-01", "2026-01-31", "2026-01-15"),)


def test_a_role_is_for_four_levels_at_most():
    entry = {"schema": "docctl/people/v1", "people": person("dave", held("approver", levels=["1", "2", "3", "4", "4"]))}
    said = [fault.words.en for fault in shaped(entry, shipped.schema("people"))[1]]
    assert any("more than 4 entries" in each for each in said)
    assert any("twice" in each for each in said)
