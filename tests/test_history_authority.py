"""Rules and keys that are not what they seem, each named after the attacker's wish (threats E); see test_history_rules too."""

from __future__ import annotations

import re

import pytest

from docctl import shipped

from .faultroom import docctl
from .faultroom import told as refused_by
from .test_history_rules import add_key, add_role
from .workshop import ROOTS
from .workshop_base import read_people, write_people

OWN = ".docctl/standards/iso20000-1-2018.yaml"


def with_root(shop, reason, *paths):
    """The rule files as they lie there, signed by the root and landed."""
    shop.rules_record(reason=reason, paths=paths)
    shop.commit(reason)
    shop.accepted()
    shop.git("fetch", "-q")


# -- without the root ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("branch", ["main", "topic"])
def test_to_commit_one_s_own_key(shop, branch):
    if branch == "topic":
        shop.git("checkout", "-q", "-b", "topic")
    add_key(shop)
    shop.stopped("commit", "-a", "-m", "x", says=["DC701", ".docctl/people.yaml", "docctl rules propose"])


def test_to_reword_the_library_s_own_clause_catalogue(shop):
    shop.put(OWN, shipped.standard_text("iso20000-1:2018"))
    with_root(shop, "our own wording of the clauses", OWN)
    path = shop.office / OWN
    text = path.read_text(encoding="utf-8")
    assert "documented: true" in text
    path.write_text(text.replace("documented: true", "documented: false", 1), encoding="utf-8")
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC701", OWN])
    shop.commit()
    shop.refused("DC701", about=[OWN], says=["docctl rules propose"])


def test_to_change_the_sections_that_a_text_must_have(shop):
    """What a new document begins with stands in the settings."""
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sections: [{anchor: purpose, en: Purpose, zh: 目的}]", "sections: []"), encoding="utf-8")
    shop.commit()
    shop.refused("DC701", about=[".docctl/settings.yaml"])


# -- with a root that signed too much ------------------------------------------------------------------------------------


def test_to_land_the_second_of_two_rules_that_the_root_signed(shop):
    """The root signed two candidates of number 3; what number 3 says is decided by the first that lands."""
    shop.git("checkout", "-q", "-b", "second")
    add_role(shop)
    shop.rules_record(*ROOTS, reason="second")
    shop.commit("second")
    shop.git("checkout", "-q", "main")
    add_key(shop, "li.ming")
    with_root(shop, "first")
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-X", "theirs", "-m", "land second", "second")
    shop.refused("DC601", about=[".docctl/log/0003.json"])


@pytest.mark.parametrize("kind", ["group", "shared", "robot "])
def test_to_register_an_account_that_several_people_use(shop, kind):
    people = read_people(shop)
    people["people"]["service.desk"] = {**people["people"]["he.jun"], "kind": kind, "keys": [], "roles": []}
    write_people(shop, people)
    shop.rules_record()
    shop.commit()
    shop.refused("DC101", about=[".docctl/people.yaml"], says=["kind"])


@pytest.mark.parametrize("day", ["2026-02-30", "2026-2-3", "2026-02-03T00:00:00", "20260203", "2126-02-03"])
def test_to_register_a_key_from_a_day_that_two_programs_read_differently(shop, day):
    add_key(shop, day=day)
    shop.rules_record()
    shop.commit()
    shop.refused("DC101", about=[".docctl/people.yaml"], says=["docctl"])


# -- keys that are over --------------------------------------------------------------------------------------------------


def test_a_stolen_key_makes_what_came_after_need_approval_again(shop):
    people = read_people(shop)
    people["people"]["zhao.lei"]["keys"][0]["compromised_since"] = "2026-02-01"
    write_people(shop, people)
    shop.rules_record(reason="stolen")
    shop.commit("rules record 3")
    assert shop.land().code == 0  # a theft can always be reported
    shop.git("fetch", "-q")
    ran = docctl(shop, "verify", "--root", shop.fingerprint)
    assert ran.code == 1
    assert "outcome: breach" in ran.said
    assert "first at commit" not in ran.said  # no state was wrong when it landed
    assert re.search("ITSM-P-02 A/1 needs re-approval: zhao.lei's key .*was reported stolen since 2026-02-01", ran.said), ran.said
    assert "docctl revise ITSM-P-02" in ran.said
    assert "ITSM-P-01" not in ran.said  # approved with that key before the theft
    refused_by(docctl(shop, "site", "build", "--output", str(shop.folder / "site")), 3, "is not published", "DC220")


def test_a_retired_key_erases_nothing(shop):
    """Everything it signed stays good for ever, whenever verify is asked and whoever asks: docctl or stock ssh-keygen."""
    before = docctl(shop, "verify", "--root", shop.fingerprint)
    people = read_people(shop)
    people["people"]["zhao.lei"]["left"] = "2026-03-09"
    for person in ("li.ming", "wang.fang", "chen.jing"):
        people["people"][person]["keys"][0]["to"] = "2026-03-09"
    write_people(shop, people)
    with_root(shop, "new keys for everybody")
    statements = next(line for line in before.said.splitlines() if "statements" in line).rpartition(", ")[2]
    said = {docctl(shop, "verify", "--with-openssh", "--root", shop.fingerprint, DOCCTL_NOW=f"{year}-03-10T01:00:00Z")
            for year in (2026, 2027, 2059)}  # fmt: skip
    assert len(said) == 1
    ran = said.pop()
    assert ran.code == 0, ran.said
    assert statements in ran.said
    assert "outcome: fine" in ran.said
    assert docctl(shop, "check", DOCCTL_NOW="2027-03-10T01:00:00Z").code == 0
