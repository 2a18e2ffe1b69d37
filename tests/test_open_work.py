"""Work goes on wherever it lies: branches of any name, from any branch, and what the server knows further ahead."""

from __future__ import annotations

import json

import pytest

from .faultroom import candidate_of, docctl, prepared, told
from .workshop import Workshop, run

NUMBER, TOPIC = "ITSM-P-03", "doc/ITSM-P-03/A-0"
DAY = "2026-03-09"


@pytest.fixture
def candidate(base, tmp_path) -> Workshop:
    """ITSM-P-03 waits for its approval."""
    return candidate_of(base, tmp_path / "shop")


def acted(shop: Workshop, who: str, *words: str, hour: int = 5, code: int = 0, place: str = ""):
    env = {"DOCCTL_KEY": str(shop.keys / who), "DOCCTL_NOW": f"{DAY}T{hour:02d}:00:00Z"}
    ran = docctl(shop, *(("-C", place) if place else ()), *words, **env)
    assert ran.code == code, ran.said
    return ran


def renamed(shop: Workshop, name: str) -> None:
    """The work lies on a branch of another name, and everybody stands on the protected one."""
    shop.git("branch", "-q", "-m", TOPIC, name)
    shop.git("push", "-q", "origin", name)
    shop.git("switch", "-q", "main")


def test_work_on_a_branch_of_any_name_is_signed_and_released_from_main(candidate):
    renamed(candidate, "wang/incidents-rework")
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes", "--push")
    assert candidate.git("branch", "--show-current") == "wang/incidents-rework"
    candidate.git("switch", "-q", "main")
    candidate.git("branch", "-q", "-D", "wang/incidents-rework")
    acted(candidate, "chen.jing", "release", NUMBER, "--yes", "--effective", "2026-03-16", hour=6)
    candidate.accepted()


def test_work_on_a_branch_of_any_name_is_released_while_standing_on_it(candidate):
    renamed(candidate, "incidents")
    candidate.git("switch", "-q", "incidents")
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes")
    acted(candidate, "chen.jing", "release", NUMBER, "--yes", "--effective", "2026-03-16", hour=6)
    assert candidate.git("branch", "--show-current") == "main"
    candidate.accepted()


def test_the_next_document_is_signed_without_going_back_to_main_first(candidate):
    candidate.git("switch", "-q", "main")
    prepared(candidate, ("wang.fang", "revise", "ITSM-P-02", "--class", "minor", "--reason", "改进"), hour=4)
    prepared(candidate, ("wang.fang", "submit", "ITSM-P-02", "--yes"), hour=5)
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes", hour=6)
    assert candidate.git("branch", "--show-current") == TOPIC
    acted(candidate, "li.ming", "review", "ITSM-P-02", "--yes", hour=6)
    assert candidate.git("branch", "--show-current") == "doc/ITSM-P-02/A-2"


def test_what_the_server_knows_further_ahead_is_signed_and_released(candidate):
    candidate.git("push", "-q", "origin", TOPIC)
    candidate.git("switch", "-q", "main")
    other = candidate.folder / "other"
    run("git", "clone", "-q", str(candidate.server), str(other), at=candidate.folder)
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes", "--push", place=str(other))
    candidate.git("fetch", "-q")
    before = candidate.head(TOPIC)
    acted(candidate, "chen.jing", "release", NUMBER, "--yes", "--effective", "2026-03-16", hour=6)
    assert candidate.head(TOPIC) == before
    candidate.accepted()


def test_a_branch_that_is_behind_the_server_is_brought_forward_before_it_is_signed(candidate):
    candidate.git("push", "-q", "origin", TOPIC)
    candidate.git("branch", "-q", "-f", "kept", TOPIC)
    candidate.git("switch", "-q", "main")
    candidate.git("branch", "-q", "-f", TOPIC, f"{TOPIC}~1")
    old = candidate.head(TOPIC)
    twice = acted(candidate, "zhou.ping", "cosign", NUMBER, "--yes", code=1)
    told(twice, 1, "signed already")
    assert candidate.head(TOPIC) == old, "an act that is refused leaves no trace"
    assert candidate.git("branch", "--show-current") == "main"
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes", "--push")
    assert candidate.head("kept") == candidate.head(f"{TOPIC}~1")


def test_a_squashed_topic_is_no_open_work_when_the_next_version_is_written(candidate):
    acted(candidate, "zhao.lei", "approve", NUMBER, "--yes")
    with candidate.desk("chen.jing", f"{DAY}T06:00:00Z"):
        candidate.statement("release", NUMBER)
    candidate.git("add", "-A")
    candidate.git("commit", "-q", "-m", "release")
    candidate.git("switch", "-q", "main")
    candidate.git("merge", "-q", "--squash", TOPIC)
    candidate.git("commit", "-q", "-m", "squashed")
    candidate.accepted()
    acted(candidate, "wang.fang", "revise", NUMBER, "--class", "minor", "--reason", "改进", hour=7)
    candidate.git("switch", "-q", "main")
    acted(candidate, "wang.fang", "submit", NUMBER, "--yes", hour=8)
    assert candidate.git("branch", "--show-current") == "doc/ITSM-P-03/A-1"


def test_a_branch_that_only_lags_behind_a_draft_on_main_is_no_work_on_it(candidate):
    candidate.git("switch", "-q", "main")
    candidate.git("branch", "-q", "-D", TOPIC)
    candidate.git("switch", "-q", "-c", "notes")
    candidate.put("notes.txt")
    candidate.git("add", "-A")
    candidate.git("commit", "-q", "-m", "notes")
    candidate.git("switch", "-q", "main")
    candidate.edit(NUMBER, r"\Z", "\n再写一句。\n")
    candidate.git("commit", "-q", "-a", "-m", "draft")
    shown = json.loads(docctl(candidate, "status", "--format", "json").said)
    assert [(each["number"], each["branch"]) for each in shown["open"]] == [(NUMBER, "main")]


def test_two_branches_with_work_on_one_number_are_named(candidate):
    renamed(candidate, "one")
    candidate.git("switch", "-q", "-c", "two", "one~1")
    candidate.put("notes.txt")
    candidate.git("add", "-A")
    candidate.git("commit", "-q", "-m", "notes")
    candidate.git("switch", "-q", "main")
    told(acted(candidate, "zhao.lei", "approve", NUMBER, "--yes", code=3), 3, "one, two", "switch")


def test_what_was_sent_back_is_not_submitted_again_as_it_is(candidate):
    """The author is told who sent it back and why, not that nothing more is needed."""
    acted(candidate, "zhao.lei", "reject", NUMBER, "--comment", "步骤不全", "--yes")
    again = acted(candidate, "wang.fang", "submit", NUMBER, "--yes", hour=6, code=1)
    told(again, 1, "sent back by zhao.lei: 步骤不全", "status: draft")
    candidate.edit(NUMBER, "^status: approved$", "status: draft")
    candidate.edit(NUMBER, r"\Z", "\n补充步骤。\n")
    candidate.git("commit", "-q", "-a", "-m", "corrected")
    acted(candidate, "wang.fang", "submit", NUMBER, "--yes", hour=7)
