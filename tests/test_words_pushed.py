"""Whoever is refused at the server does what the message says, command by command, and is let through (DC602)."""

from __future__ import annotations

import re

import pytest

from .office import NUMBER, Office
from .workshop import told

MAIN = "refs/heads/main"


def commands(said, **put):
    """The commands of git that a message tells to run, in their order, with what stands for something put in."""
    (way,) = re.findall(r"→ (.*)", said)
    found = [words.split() for words in re.findall(r"`git ([^`]+)`", way)]
    return [[put.get(word, word) for word in words] for words in found]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_merge_the_wrong_way_round_is_mended_as_told(shop, lang):
    shop.git("switch", "-q", "-c", "s", "HEAD~1")
    shop.put("README.md")
    shop.commit()
    shop.git("merge", "-q", "--no-verify", "-m", "foxtrot", "main")
    ran = shop.land("HEAD", MAIN, DOCCTL_LANG=lang)
    told(ran.said, "DC602")
    said = "\n".join(line.removeprefix("remote: ").rstrip() for line in ran.said.splitlines())
    for words in commands(said, NAME="work", 名称="work"):
        shop.git(*words)
    ran = shop.land("HEAD", MAIN)
    assert ran.code == 0, ran.said


def test_work_on_an_older_state_is_mended_as_told(shop):
    shop.git("reset", "-q", "--hard", "HEAD~1")
    shop.put("README.md")
    shop.commit()
    ran = shop.land("+HEAD", MAIN)
    told(ran.said, "DC602", "history may not be rewritten")
    for words in commands(ran.said):
        shop.git(*words)
    ran = shop.land("HEAD", MAIN)
    assert ran.code == 0, ran.said


def test_the_landing_that_a_release_tag_wants_is_named_by_the_log(tmp_path):
    office = Office(tmp_path)
    assert office.begin().code == 0
    office.draft()
    office.issue()
    landing = office.git("rev-parse", "main").stdout.strip()
    assert landing[:12] in office.do("log", NUMBER).out


def test_a_name_of_another_kind_is_told_which_are_taken(shop):
    ran = shop.land("HEAD", "refs/tags/v1")
    told(ran.said, "DC602", "refs/tags/v1", "git push origin BRANCH", "rel/NUMBER/VERSION")
    ran = shop.land("HEAD", "refs/tags/v1", DOCCTL_LANG="zh")
    told(ran.said, "请按名称推送分支")
