"""Somebody else landed first: told before anything is signed where this copy can know, else with the way back."""

from __future__ import annotations

import pytest

from docctl.acts import record

from .faultroom import candidate_of, docctl, prepared, told
from .workshop import Workshop, run

NUMBER, TOPIC = "ITSM-P-03", "doc/ITSM-P-03/A-0"
RELEASE = ("release", NUMBER, "--yes", "--effective", "2026-03-16", "--push")


@pytest.fixture
def late(base, tmp_path) -> Workshop:
    """ITSM-P-03 may be released, in an office and in `other`; meanwhile a record landed at the server."""
    shop = candidate_of(base, tmp_path / "shop")
    prepared(shop, ("zhao.lei", "approve", NUMBER, "--yes"), hour=3)
    shop.git("push", "-q", "origin", TOPIC)
    run("git", "clone", "-q", str(shop.server), str(shop.folder / "other"), at=shop.folder)
    shop.git("switch", "-q", "main")
    with shop.desk("li.ming") as desk:
        record.new(desk, "incident", "同时发生")
    assert shop.land().code == 0
    return shop


def released(shop: Workshop):
    return docctl(shop, "-C", str(shop.folder / "other"), *RELEASE, DOCCTL_KEY=str(shop.keys / "chen.jing"))


def told_commands(said: str) -> list[list[str]]:
    """The commands that a remedy names."""
    last = said[said.rindex("→") :]
    return [words.split() for words in last.split("`")[1::2] if words.startswith("git ")]


def test_a_release_on_an_older_main_is_not_begun_where_a_newer_one_was_fetched(late):
    other = late.folder / "other"
    run("git", "fetch", "-q", at=other)
    before = late.refs(at=other)
    stopped = released(late)
    told(stopped, 1, "main", "origin/main", "newer")
    assert late.refs(at=other) == before
    for words in told_commands(stopped.said):
        assert run(*words, at=other).code == 0
    again = released(late)
    assert again.code == 0, again.said
    assert late.head(at=late.server) == late.head(at=other)


def test_a_release_that_came_too_late_says_the_way_back(late):
    other = late.folder / "other"
    stopped = released(late)
    told(stopped, 1, "push was refused", "fetch", "release it again")
    for words in told_commands(stopped.said):
        done = run(*words, at=other)
        assert done.code == 0, done.said
    again = released(late)
    assert again.code == 0, again.said
    assert late.head(at=late.server) == late.head(at=other)


def test_a_landing_that_the_server_does_not_know_is_told_with_the_way_back(late):
    other = late.folder / "other"
    assert released(late).code == 1
    run("git", "fetch", "-q", at=other)
    run("git", "branch", "-q", "-f", "another", "origin/main", at=other)
    run("git", "switch", "-q", "another", at=other)
    stopped = released(late)
    told(stopped, 1, "released already")
