"""docctl.core.state: where a version stands on a day, from its evidence alone."""

from __future__ import annotations

import pytest

from docctl.core.calendar import local_day
from docctl.core.state import STATES, State, release_state, state_of

from .builders import approved, document, evidence, filed, mandate, release, revoked, signed, withdrawn

A0, A1 = document(), document(version="A/1", change={"class": "minor", "reason": "x"})
GONE = document(version="A/1", status="withdrawn", withdrawal={"reason": "merged"})
SUBMIT, REVIEW, APPROVE = approved()
FIRST = [*approved(), release(effective="2026-04-01")]
SECOND = [*approved(A1, "2026-05-01T01:00:00Z"), release(A1, "2026-06-01", "2026-05-02T01:00:00Z")]
END = withdrawn(GONE, "2026-08-01", "2026-07-01T01:00:00Z")
LIFE = [*FIRST, *SECOND, *END]


def state(*items, on=A0, day="2026-03-10"):
    return state_of(on, evidence(*items), mandate(), day)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], State("draft")),
        ([REVIEW, APPROVE], State("draft")),  # a claim that nobody submitted is a draft
        ([SUBMIT], State("in_review", 0, 2)),
        ([SUBMIT, APPROVE], State("in_review", 1, 2)),
        ([SUBMIT, REVIEW, APPROVE], State("approved", 2, 2)),
        ([SUBMIT, REVIEW, APPROVE, revoked(APPROVE)], State("in_review", 1, 2)),
        ([SUBMIT, revoked(SUBMIT)], State("draft")),
        ([SUBMIT, REVIEW, signed("reject", "chen.jie")], State("rejected")),
        ([SUBMIT, REVIEW, APPROVE, signed("reject", "chen.jie")], State("rejected")),  # D15: a no is never outvoted
        ([SUBMIT, signed("reject", "chen.jie", document(body="before\n"))], State("in_review", 0, 2)),
        ([SUBMIT, signed("reject", "chen.jie"), revoked(signed("reject", "chen.jie"))], State("in_review", 0, 2)),
        ([SUBMIT, signed("reject", "chen.jie"), revoked(signed("reject", "chen.jie"), by="zhao.lei")], State("rejected")),
        ([SUBMIT, filed(signed("reject", "chen.jie").statement, fault="signature")], State("in_review", 0, 2)),
    ],
)
def test_a_candidate_on_its_way(items, expected):
    assert state(*items) == expected


def test_a_draft_says_so_whatever_was_signed_on_it():
    draft = document(status="draft")
    assert state(*approved(draft), on=draft) == State("draft")


@pytest.mark.parametrize(
    ("day", "first", "second", "end"),
    [
        ("2026-03-31", "scheduled", "scheduled", "scheduled"),
        ("2026-04-01", "in_force", "scheduled", "scheduled"),
        ("2026-05-31", "in_force", "scheduled", "scheduled"),
        ("2026-06-01", "superseded", "in_force", "scheduled"),
        ("2026-07-31", "superseded", "in_force", "scheduled"),
        ("2026-08-01", "superseded", "withdrawn", "withdrawn"),
        ("2099-12-31", "superseded", "withdrawn", "withdrawn"),
    ],
)
def test_a_life_day_by_day(day, first, second, end):
    assert [state(*LIFE, on=on, day=day).name for on in (A0, A1, GONE)] == [first, second, end]


def test_the_day_a_state_began():
    on = evidence(*LIFE)
    assert [release_state(item, on, "2026-07-01").since for item in on.releases] == ["2026-06-01", "2026-06-01", "2026-08-01"]
    assert [release_state(item, on, "2026-04-15").since for item in on.releases] == ["2026-04-01", "2026-06-01", "2026-08-01"]
    assert [release_state(item, on, "2026-09-01").since for item in on.releases] == ["2026-06-01", "2026-08-01", "2026-08-01"]


@pytest.mark.parametrize(
    ("instant", "name"),
    [("2026-03-31T15:59:59Z", "scheduled"), ("2026-03-31T16:00:00Z", "in_force"), ("2026-05-31T16:00:00Z", "superseded")],
)
def test_force_begins_at_midnight_of_the_organisation(instant, name):
    assert state(*FIRST, *SECOND, day=local_day(instant, "Asia/Shanghai")).name == name


def test_a_version_that_was_overtaken_before_its_day_is_superseded_on_it():
    second = [*approved(A1), release(A1, "2026-04-01", "2026-03-05T01:00:00Z")]
    assert state(*FIRST, *second, day="2026-03-31").name == "scheduled"
    assert state(*FIRST, *second, day="2026-04-01").name == "superseded"
    assert state(*FIRST, *second, on=A1, day="2026-04-01").name == "in_force"


def test_a_withdrawal_on_its_way():
    withdraw = END[0]
    assert state(*FIRST, *SECOND, on=GONE) == State("in_review", 0, 1)
    assert state(*FIRST, *SECOND, withdraw, on=GONE) == State("approved", 1, 1)
    assert state(withdraw, on=GONE) == State("in_review", 0, 0)  # nothing was ever released that it could end


def test_a_stray_withdrawal_signature_does_not_take_a_version_out_of_force():
    assert state(*FIRST, signed("withdraw", "wang.fang", A0, "2026-04-10T01:00:00Z"), day="2026-05-01").name == "in_force"


def test_edited_bytes_of_a_released_version_are_not_in_force():
    edited = document(body="edited\n")
    assert state(*FIRST, on=edited, day="2026-05-01") == State("draft")


@pytest.mark.parametrize(
    ("found", "en", "zh"),
    [
        (State("in_review", 1, 3), "in review 1/3", "审核中 1/3"),
        (State("scheduled", since="2026-04-01"), "scheduled 2026-04-01", "已发布待实施 2026-04-01"),
        (State("in_force", since="2026-04-01"), "in force", "现行有效"),
        (State("approved", 2, 2), "approved", "已批准"),
    ],
)
def test_a_state_is_said_in_two_languages(found, en, zh):
    assert (found.said("en"), found.said("zh")) == (en, zh)
    assert all(words.en and words.zh for words in STATES.values())
