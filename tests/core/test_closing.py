"""What counts as closing alone: every way to end something, and every way in which somebody would like to smuggle more in."""

from __future__ import annotations

import pytest

from docctl.core.closing import only_closes, signatures_needed
from docctl.core.mandate import Root, RootKey
from docctl.core.people import Holding, Key, People, Person

ROLE = Holding("author", "2026-01-05", "", "ops", (2, 3))
ENDING = Holding("approver", "2026-01-05", "2026-06-30")
KEY = Key("ssh-ed25519 AAAA", "2026-01-05")
SHUT = Key("ssh-ed25519 BBBB", "2026-01-05", "2026-03-31", "2026-03-01")
LI = Person("li.ming", "李明", "Li Ming", "person", "ops", "2026-01-05", "", (ROLE, ENDING), (KEY, SHUT))
GONE = LI._replace(id="qian.wei", left="2026-02-28")
ROOT = Root("3f2b8a52-6f0e-4c1b-9d7a-0a1b2c3d4e5f", (RootKey("a", "ssh-ed25519 A"), RootKey("b", "ssh-ed25519 B")), 2)
BEFORE = People({"li.ming": LI, "qian.wei": GONE})
LEFT = {"left": "2026-04-06"}


def people(*others, of="li.ming", **changed):
    return People({**BEFORE.persons, of: BEFORE.persons[of]._replace(**changed), **{each.id: each for each in others}})


def roles(*held):
    return people(roles=held)


def keys(*held):
    return people(keys=held)


CLOSING = {
    "a leaver": people(**LEFT),
    "a last day of a role": roles(ROLE._replace(to="2026-04-06"), ENDING),
    "a nearer last day": roles(ROLE, ENDING._replace(to="2026-06-29")),
    "a last day of a key": keys(KEY._replace(to="2026-04-06"), SHUT),
    "a theft": keys(KEY._replace(compromised_since="2026-04-01"), SHUT),
    "all at once": people(
        roles=(ROLE._replace(to="2026-04-06"), ENDING), keys=(KEY._replace(to="2026-04-06", compromised_since="2026-04-01"), SHUT), **LEFT
    ),
}  # fmt: skip
OPENING = {
    "nothing": BEFORE,
    "a person": people(LI._replace(id="new.one"), **LEFT),
    "a person less": People({"li.ming": LI._replace(**LEFT)}),
    "a person under another name": People({"li.ming": LI._replace(**LEFT), "qian.wei2": GONE}),
    "a name": people(name="李雷", **LEFT),
    "an English name": people(name_en="", **LEFT),
    "a kind": people(kind="robot", **LEFT),
    "a department": people(department="dev", **LEFT),
    "a first day": people(since="2025-01-05", **LEFT),
    "a leaver who comes back": people(of="qian.wei", left=""),
    "a leaver who leaves later": people(of="qian.wei", left="2026-03-01"),
    "a role more": roles(ROLE._replace(to="2026-04-06"), ENDING, Holding("releaser", "2026-04-06")),
    "a role more that is closed": roles(ROLE, ENDING, Holding("releaser", "2026-01-05", "2026-04-06")),
    "a role less": roles(ROLE._replace(to="2026-04-06")),
    "roles in another order": roles(ENDING, ROLE._replace(to="2026-04-06")),
    "another role": roles(ROLE._replace(to="2026-04-06", role="approver"), ENDING),
    "a role from an earlier day": roles(ROLE._replace(to="2026-04-06", since="2025-01-05"), ENDING),
    "a role for another department": roles(ROLE._replace(to="2026-04-06", department=""), ENDING),
    "a role for more levels": roles(ROLE._replace(to="2026-04-06", levels=()), ENDING),
    "a later last day of a role": roles(ROLE._replace(to="2026-04-06"), ENDING._replace(to="2026-07-01")),
    "a role opened again": roles(ROLE._replace(to="2026-04-06"), ENDING._replace(to="")),
    "a key more": keys(KEY._replace(to="2026-04-06"), SHUT, Key("ssh-ed25519 CCCC", "2026-04-06")),
    "a key less": keys(KEY._replace(to="2026-04-06")),
    "another key": keys(KEY._replace(to="2026-04-06", text="ssh-ed25519 CCCC"), SHUT),
    "keys exchanged": keys(SHUT, KEY._replace(to="2026-04-06")),
    "a key from an earlier day": keys(KEY._replace(to="2026-04-06", since="2025-01-05"), SHUT),
    "a later last day of a key": keys(KEY._replace(to="2026-04-06"), SHUT._replace(to="2026-04-01")),
    "a key opened again": keys(KEY._replace(to="2026-04-06"), SHUT._replace(to="")),
    "a theft taken back": keys(KEY._replace(to="2026-04-06"), SHUT._replace(compromised_since="")),
    "a theft moved later": keys(KEY._replace(to="2026-04-06"), SHUT._replace(compromised_since="2026-03-30")),
    "a theft moved earlier": keys(KEY._replace(to="2026-04-06"), SHUT._replace(compromised_since="2026-02-01")),
}


@pytest.mark.parametrize("after", CLOSING.values(), ids=CLOSING)
def test_closing_is_known(after):
    assert only_closes(BEFORE, after)


@pytest.mark.parametrize("after", OPENING.values(), ids=OPENING)
def test_whatever_else_changes_is_no_closing(after):
    assert not only_closes(BEFORE, after)


@pytest.mark.parametrize("after", CLOSING.values(), ids=CLOSING)
def test_closing_backwards_is_opening(after):
    assert not only_closes(after, BEFORE)


OWN, RECORD = ".docctl/people.yaml", (".docctl/log/0003.json", ".docctl/log/0003.aa.sig")
BESIDE = (
    ".docctl/settings.yaml", ".docctl/root.json", "mkdocs.yml", ".gitattributes", ".docctl/standards/x.yaml", ".github/ci.yml",
    "documents/ITSM-P-01/index.md", "statements/ITSM-P-01/A-0/x.json", ".docctl/People.yaml", ".docctl/other", "notes.txt",
)  # fmt: skip


def test_one_person_is_enough_for_closing():
    assert signatures_needed(ROOT, [OWN, *RECORD], BEFORE, people(**LEFT)) == 1


@pytest.mark.parametrize("path", BESIDE)
def test_another_file_beside_it_needs_the_threshold(path):
    assert signatures_needed(ROOT, [OWN, path, *RECORD], BEFORE, people(**LEFT)) == 2


def test_a_step_that_does_not_say_it_touches_the_registry_needs_the_threshold():
    assert signatures_needed(ROOT, RECORD, BEFORE, people(**LEFT)) == 2


@pytest.mark.parametrize("after", OPENING.values(), ids=OPENING)
def test_opening_needs_the_threshold(after):
    assert signatures_needed(ROOT, [OWN, *RECORD], BEFORE, after) == 2
