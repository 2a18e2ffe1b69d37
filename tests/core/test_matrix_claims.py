"""docctl.core.matrix and docctl.core.evidence: claims that sound like something else take nobody's seat and end nothing."""

from __future__ import annotations

import pytest

from docctl.core.matrix import confirming, matrix_of
from docctl.core.settings import settings_of

from .builders import (
    NOON,
    approved,
    document,
    evidence,
    filed,
    held,
    mandate,
    people,
    person,
    release,
    settings,
    settings_values,
    signed,
    statement,
    withdrawn,
)

A0 = document()
OTHER = document(body="other text\n")
APPROVE = {"step": 2, "decision": "approve", "role": "management-representative"}


def judged(*items, on=A0, registry=None, rules=None):
    known = registry or people()
    return matrix_of(on, evidence(*items, registry=known), mandate(rules or settings(), known))


def test_a_submission_under_another_label_submits_nothing():
    said = signed("submit", "wang.fang", version="A/1")
    assert judged(said).submit is None
    assert not judged(said, *approved()[1:]).complete


@pytest.mark.parametrize(("levels", "seated"), [([2], True), ([3], False)])
def test_a_role_held_for_another_level_fills_no_seat(levels, seated):
    registry = people(person("zhao.lei", held("management-representative", levels=levels)))
    assert judged(*approved(), registry=registry).complete == seated


def test_a_role_held_for_one_level_releases_at_every_level():
    registry = people(person("xu.min", held("document-controller", levels=[4])))
    assert judged(*approved(), release(), registry=registry).release is not None


def test_steps_listed_backwards_are_judged_in_their_order():
    rules = settings(({**APPROVE, "step": 2}, {"step": 1, "decision": "review", "role": "department-head", "of": "owner"}))
    assert [seat.slot.step for seat in judged(rules=rules).seats] == [1, 2]


def test_the_roles_of_the_confirm_slots_review_and_no_others():
    kind = settings_of(settings_values()).types["procedure"]
    assert confirming(A0, kind) == ("service-manager", "management-representative")
    named = kind._replace(slots={**kind.slots, "confirm": (kind.slots["default"][0],)})
    assert confirming(A0, named) == ("department-head",)


def test_an_approval_that_names_a_target_takes_nothing_back():
    mine = signed("review", "li.ming")
    again = signed("approve", "li.ming", target=f"sha256:{mine.sha256}")
    assert evidence(mine, again).revoked == frozenset()


def test_other_bytes_released_under_a_used_label_end_no_number():
    again = signed("release", "xu.min", OTHER, "2026-03-20T04:00:00Z")
    found = evidence(*approved(), release(), *approved(OTHER, "2026-03-19T04:00:00Z"), again)
    assert found.withdrawal is None
    assert [each.withdrawal for each in found.releases] == [False, False]


def test_a_withdrawal_signed_in_the_second_of_the_release_is_one():
    ended = document(status="withdrawn")
    out = release(at=NOON)
    found = evidence(*approved(), out, *withdrawn(ended, "2026-05-01", NOON))
    assert found.withdrawal is not None


def test_a_release_without_a_version_or_a_day_has_none():
    bare = filed(statement("release", "xu.min", version=None, effective_from=None))
    found = evidence(bare)
    assert (found.releases, found.last, found.number) == ((), None, A0.number)


def test_what_an_earlier_step_overtook_must_be_signed_again():
    submit = signed("submit", "wang.fang", at="2026-03-02T01:00:00Z")
    early = signed("approve", "zhao.lei", at="2026-03-02T02:00:00Z")
    review = signed("review", "li.ming", at="2026-03-02T03:00:00Z")
    late = signed("approve", "zhao.lei", at="2026-03-02T04:00:00Z")
    assert not judged(submit, early).overtaken(early)
    assert judged(submit, early, review).overtaken(early)
    assert not judged(submit, early, review).overtaken(review)
    assert not judged(submit, early, review, late).overtaken(late)
    assert not judged(submit, early, review, late).overtaken(early)
    before = signed("review", "li.ming", at="2026-03-02T00:30:00Z")
    assert judged(submit, before).overtaken(before)
    assert not judged(before).overtaken(before)
