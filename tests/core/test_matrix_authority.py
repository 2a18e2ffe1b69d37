"""docctl.core.matrix: who may sit in a seat on the day of a decision, who may release, and who ends a number."""

from __future__ import annotations

import pytest

from docctl.core.matrix import Seat, may_release, qualifies
from docctl.core.matrix import matrix_of as judge
from docctl.core.settings import Slot

from .builders import (
    NOON,
    approved,
    document,
    evidence,
    filed,
    held,
    key_of,
    mandate,
    people,
    person,
    release,
    settings,
    signed,
    withdrawn,
)

OWNER_REVIEW = {"step": 1, "decision": "review", "role": "department-head", "of": "owner"}
APPROVE = {"step": 2, "decision": "approve", "role": "management-representative"}
DOCUMENT = document()


def matrix(*items, on=DOCUMENT, registry=None):
    known = registry or people()
    return judge(on, evidence(*items, registry=known), mandate(settings(), known))


def sitting(found):
    return [seat.filled.statement.signer if seat.filled else None for seat in found.seats]


SEAT = Seat(Slot(1, "approve", "approver", "", 1), "")


def seated(item, seat=SEAT, level=2, **entry):
    registry = people({**person("dave", **{"roles": [held("approver")], **entry}), **person("erin", roles=[])})
    return qualifies(item, seat, level, mandate(settings(), registry))


def by_dave(at=NOON, **more):
    return signed("approve", "dave", at=at, **{"role": "approver", **more})


@pytest.mark.parametrize(
    ("roles", "level", "department", "fits"),
    [
        ([held("approver")], 1, "", True),
        ([held("approver", levels=[3])], 3, "", True),
        ([held("approver", levels=[3])], 1, "", False),  # D12
        ([held("approver", levels=[1, 2])], 2, "", True),
        ([held("approver", department="desk")], 2, "", True),
        ([held("approver", department="desk")], 2, "desk", True),
        ([held("approver", department="desk")], 2, "ops", False),
        ([held("approver")], 2, "ops", False),
        ([held("approver", department="ops", levels=[3]), held("approver", department="desk", levels=[2])], 2, "ops", False),
        ([held("reviewer")], 2, "", False),  # D11
        ([], 2, "", False),
    ],
)
def test_the_role_is_held_for_this_level_and_department(roles, level, department, fits):
    assert seated(by_dave(), SEAT._replace(department=department), level, roles=roles) == fits


@pytest.mark.parametrize(("more", "fits"), [({}, True), ({"role": "author"}, False), ({"role": "reviewer"}, False)])
def test_the_statement_names_the_role_of_the_seat(more, fits):
    assert seated(by_dave(**more), roles=[held("approver"), held("reviewer"), held("author")]) == fits
    assert not seated(signed("review", "dave", role="approver"))
    assert not seated(signed("approve", "erin", role="approver"))


# 15:59:59 UTC is the last second of a day in Shanghai.
@pytest.mark.parametrize(
    ("at", "since", "to", "fits"),
    [
        ("2026-02-28T15:59:59Z", "2026-03-01", "", False),
        ("2026-02-28T16:00:00Z", "2026-03-01", "", True),
        ("2026-03-31T15:59:59Z", "2026-03-01", "2026-03-31", True),
        ("2026-03-31T16:00:00Z", "2026-03-01", "2026-03-31", False),
    ],
)
def test_roles_and_keys_have_windows_of_local_days(at, since, to, fits):
    window = {"from": since, **({"to": to} if to else {})}
    assert seated(by_dave(at), roles=[{"role": "approver", **window}]) == fits
    assert seated(by_dave(at), keys=[{"key": key_of("dave"), **window}]) == fits


def test_the_key_that_signed_is_the_one_whose_window_counts():
    keys = [{"key": key_of("dave"), "from": "2026-01-01", "to": "2026-01-31"}, {"key": key_of("dave", 2), "from": "2026-02-01"}]
    said = by_dave().statement
    assert not seated(filed(said, key=key_of("dave", 1)), keys=keys)
    assert seated(filed(said, key=key_of("dave", 2)), keys=keys)
    assert not seated(filed(said, key=key_of("dave", 3)), keys=keys)


def test_somebody_the_mandate_does_not_know_fills_nothing():
    """Evidence is read with the people of today, a landing is judged by the people who stood before it."""
    registry = people(person("new.one", held("management-representative")))
    items = [*approved()[:2], signed("approve", "new.one")]
    found = judge(DOCUMENT, evidence(*items, registry=registry), mandate())
    assert sitting(found) == ["li.ming", None]
    assert (
        judge(DOCUMENT, evidence(signed("release", "new.one", role="document-controller"), registry=registry), mandate()).release
        is None
    )


def test_who_may_release():
    assert may_release(release(), DOCUMENT, mandate())
    assert not may_release(release(by="zhao.lei"), DOCUMENT, mandate())
    assert not may_release(release(at="2025-12-31T15:59:59Z"), DOCUMENT, mandate())
    assert not may_release(filed(release().statement._replace(role="management-representative")), DOCUMENT, mandate())
    low = people(person("xu.min", held("document-controller", levels=[4])))
    assert may_release(release(), DOCUMENT, mandate(None, low))  # a controller releases documents of every level
    late = release(at="2026-03-03T04:00:00Z")
    found = matrix(*approved(), late, release(), release(by="zhao.lei", at="2026-03-01T04:00:00Z"))
    assert found.release == release()


GONE = document(status="withdrawn", withdrawal={"reason": "merged"})
ISSUED = [*approved(), release()]


def test_a_withdrawal_is_signed_by_who_approves():
    ending = withdrawn(GONE, "2026-06-01", "2026-05-01T01:00:00Z")
    found = matrix(*ISSUED, *ending, on=GONE)
    assert [(seat.slot.decision, seat.slot.role) for seat in found.seats] == [("withdraw", "management-representative")]
    assert (found.ending, found.submit, found.complete) == (True, None, True)
    assert found.release == ending[1]
    assert not matrix(*ISSUED, ending[1], on=GONE).complete
    assert not matrix(*ISSUED, signed("approve", "zhao.lei", GONE), on=GONE).complete


def test_who_asked_for_a_withdrawal_does_not_decide_it():
    asked = [
        signed("submit", "zhao.lei", GONE, "2026-05-01T01:00:00Z"),
        signed("withdraw", "zhao.lei", GONE, "2026-05-01T01:00:00Z"),
    ]
    assert not matrix(*ISSUED, *asked, on=GONE).complete
    assert matrix(*ISSUED, *asked, signed("withdraw", "sun.hao", GONE, "2026-05-02T01:00:00Z"), on=GONE).complete
    # The author of the version may well decide that it ends.
    author = people(person("wang.fang", held("author"), held("management-representative")))
    assert matrix(*ISSUED, signed("withdraw", "wang.fang", GONE, "2026-05-02T01:00:00Z"), on=GONE, registry=author).complete


def test_what_was_never_released_cannot_be_withdrawn():
    found = matrix(*withdrawn(GONE, "2026-06-01", "2026-05-01T01:00:00Z")[:1], on=GONE)
    assert (found.level, found.seats, found.complete) == (2, (), False)


def test_a_withdrawal_matrix_of_its_own():
    rules = settings([OWNER_REVIEW, APPROVE])
    kind = rules.types["procedure"]
    slots = {
        **kind.slots,
        "withdraw": (Slot(1, "cosign", "department-head", "owner", 1), Slot(2, "withdraw", "management-representative", "", 1)),
    }
    rules = rules._replace(types={"procedure": kind._replace(slots=slots)})
    items = [*ISSUED, signed("withdraw", "zhao.lei", GONE, "2026-05-01T01:00:00Z")]
    assert not judge(GONE, evidence(*items), mandate(rules)).complete
    assert judge(GONE, evidence(*items, signed("cosign", "li.ming", GONE, "2026-05-01T01:00:00Z")), mandate(rules)).complete
