"""A key that is reported stolen: whatever it signed, what came out after the theft is listed, and nothing older."""

from __future__ import annotations

import pytest

from docctl.registers import register
from docctl.repository import Repository
from docctl.view import View

from .workshop import NOW, new_key, public_key
from .workshop_base import read_people, write_people

SINCE = "2026-03-09"


@pytest.fixture
def shop(shop, tmp_path):
    """Keys of one's own, so that new ones may be made."""
    keys = tmp_path / "keys"
    keys.mkdir()
    for path in shop.keys.iterdir():
        (keys / path.name).symlink_to(path)
    shop.keys = keys
    return shop


def report_stolen(shop, who, since=SINCE, *, new=""):
    """A rules record that reports somebody's key stolen, and perhaps registers a new one."""
    people = read_people(shop)
    keys = people["people"][who]["keys"]
    keys[0]["compromised_since"] = since
    if new:
        new_key(shop.keys, new)
        keys.append({"key": public_key(shop.keys, new), "from": SINCE})
    write_people(shop, people)
    shop.rules_record(reason="stolen", changed_at=f"{SINCE}T06:30:00Z")
    shop.commit("stolen")
    shop.git("push", "-q", "--no-verify", str(shop.server), "HEAD:refs/heads/main")


def next_version(shop, number="ITSM-P-02", version="A/2", now=NOW, **changed):
    shop.git("fetch", "-q", "origin")
    shop.evidence(shop.next(number, version), **changed)
    shop.commit(f"{number} {version}")
    ran = shop.land(DOCCTL_NOW=now)
    assert ran.code == 0, ran.said
    shop.git("fetch", "-q", "origin")


def told(shop):
    """What verify says needs re-approval."""
    report = shop.verdict()
    assert report.bad == "", [item.message("en") for item in report.findings]
    return {
        (item.code, item.place.document, item.place.version, item.facts["person"])
        for item in report.findings
        if item.code == "DC220"
    }


def listed(shop):
    """What the register of re-approval says."""
    with Repository.open(str(shop.office)) as repository:
        rows = register("re-approval", View(repository, "", NOW, "2026-03-31").witnessed).rows
    return {(row["number"], row["version"]) for row in rows}


@pytest.mark.parametrize("who", ["wang.fang", "li.ming", "zhou.ping", "zhao.lei", "chen.jing"])
def test_every_signature_that_a_version_stands_on(shop, who):
    next_version(shop)
    report_stolen(shop, who)
    assert told(shop) == {("DC220", "ITSM-P-02", "A/2", who)}
    assert listed(shop) == {("ITSM-P-02", "A/2")}


@pytest.mark.parametrize("who", ["wang.fang", "li.ming", "zhou.ping", "zhao.lei", "chen.jing"])
def test_nothing_that_is_older_than_the_theft(shop, who):
    report_stolen(shop, who)
    assert told(shop) == set()
    assert listed(shop) == set()


def test_the_next_version_with_a_new_key_clears_it(shop):
    next_version(shop)
    report_stolen(shop, "zhao.lei", new="zhao.lei-new")
    assert told(shop) == {("DC220", "ITSM-P-02", "A/2", "zhao.lei")}
    shop.day = "2026-03-10"
    next_version(shop, version="A/3", now="2026-03-10T09:00:00Z", approve={"key": "zhao.lei-new"})
    assert told(shop) == set()
    assert listed(shop) == {("ITSM-P-02", "A/2")}


def test_a_withdrawal_that_the_thief_signed(shop):
    report_stolen(shop, "zhao.lei", "2026-02-10")
    assert ("ITSM-P-04", "A/0") in {item[1:3] for item in told(shop)}
    assert ("ITSM-P-04", "A/0") in listed(shop)
