"""docctl.core.matrix: which signatures a candidate needs and who fills them; separation of duties between signers."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as run
from hypothesis import strategies as st

from docctl.core.matrix import matrix_of as judge
from docctl.core.settings import Slot

from .builders import (
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
    revoked,
    settings,
    signed,
    statement,
)

OWNER_REVIEW = {"step": 1, "decision": "review", "role": "department-head", "of": "owner"}
COSIGN_EACH = {"step": 1, "decision": "cosign", "role": "department-head", "of": "distribution", "count": "each"}
APPROVE = {"step": 2, "decision": "approve", "role": "management-representative"}
DOCUMENT = document()
ISSUED = [*approved(), release()]


def matrix(*items, slots=(OWNER_REVIEW, APPROVE), level=2, on=DOCUMENT, registry=None, **more):
    known = registry or people()
    return judge(on, evidence(*items, registry=known), mandate(settings(slots, level, **more), known))


def sitting(found):
    return [seat.filled.statement.signer if seat.filled else None for seat in found.seats]


def test_a_full_matrix_is_complete():
    found = matrix(*approved(), release())
    assert sitting(found) == ["li.ming", "zhao.lei"]
    assert found.complete
    assert (found.level, found.ending, found.missing, len(found.filled)) == (2, False, (), 2)
    assert found.submit is not None
    assert found.submit.statement.signer == "wang.fang"
    assert found.release is not None
    assert found.release.statement.signer == "xu.min"


def test_what_is_missing_is_named():
    found = matrix(*approved()[::2])  # D13: submitted and approved only
    assert [(seat.slot.decision, seat.department) for seat in found.missing] == [("review", "ops")]
    assert not found.complete
    assert not matrix(*approved()[1:]).complete  # nobody submitted it
    assert matrix(*approved()[1:]).missing == ()


def test_nothing_is_complete_without_a_seat():
    assert not matrix(*approved(), slots=[COSIGN_EACH]).complete
    unknown = document(type="contract")
    found = matrix(*approved(unknown), release(unknown), on=unknown)
    assert (found.level, found.seats, found.submit, found.release, found.complete) == (0, (), None, None, False)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_the_submitter_never_fills_a_seat(level):
    own = [signed("submit", "ma.rui"), signed("review", "ma.rui"), signed("approve", "zhao.lei")]
    assert sitting(matrix(*own, level=level)) == [None, "zhao.lei"]
    earlier = signed("submit", "ma.rui", document(body="an earlier draft of the same version\n"))
    assert sitting(matrix(signed("submit", "wang.fang"), earlier, *own[1:], level=level)) == [None, "zhao.lei"]
    before = signed("submit", "ma.rui", document(version="A/1"))
    assert sitting(matrix(signed("submit", "wang.fang"), before, *own[1:], level=level)) == ["ma.rui", "zhao.lei"]


def test_a_submitter_who_took_the_submission_back_is_still_an_author():
    mine = signed("submit", "ma.rui")
    found = matrix(mine, revoked(mine), signed("submit", "wang.fang"), signed("review", "ma.rui"), signed("approve", "zhao.lei"))
    assert sitting(found) == [None, "zhao.lei"]
    assert found.submit is not None
    assert found.submit.statement.signer == "wang.fang"
    assert matrix(mine, revoked(mine)).submit is None


SUN_TWICE = [
    signed("submit", "wang.fang"),
    signed("review", "sun.hao"),
    signed("approve", "sun.hao"),
]


@pytest.mark.parametrize(("level", "filled"), [(1, 1), (2, 1), (3, 2), (4, 2)])
def test_one_person_in_two_seats(level, filled):
    found = matrix(*SUN_TWICE, level=level)
    assert len(found.filled) == filled
    assert found.complete == (filled == 2)


def test_strict_levels_find_other_people_for_other_seats():
    # sun.hao could review and approve, li.ming only review, and both reviewed: the one seating that fills all is found.
    found = matrix(*SUN_TWICE, signed("review", "li.ming", at="2026-03-05T01:00:00Z"), level=1)
    assert sitting(found) == ["li.ming", "sun.hao"]
    # A chain: ann may sit in 1 and 2, ben in 2 and 3, cyd in 1; the last comer moves everybody by one.
    slots = [{"step": n, "decision": decision, "role": f"r{n}"} for n, decision in ((1, "review"), (2, "cosign"), (3, "approve"))]
    registry = people(
        {
            **person("ann", held("r1"), held("r2")),
            **person("ben", held("r2"), held("r3")),
            **person("cyd", held("r3"), held("r1")),
        }
    )
    both = [
        *(signed("review", who, role="r1", at=f"2026-03-0{at}T01:00:00Z") for who, at in (("ann", 1), ("cyd", 2))),
        *(signed("cosign", who, role="r2", at=f"2026-03-0{at}T01:00:00Z") for who, at in (("ben", 1), ("ann", 2))),
        signed("approve", "ben", role="r3"),
        signed("submit", "wang.fang"),
    ]
    assert sitting(matrix(*both, slots=slots, level=1, registry=registry)) == ["cyd", "ann", "ben"]
    without_cyd = [item for item in both if item.statement.signer != "cyd"]
    assert len(matrix(*without_cyd, slots=slots, level=1, registry=registry).filled) == 2


@pytest.mark.parametrize("level", [1, 3])
def test_two_of_one_slot_are_two_persons(level):
    two = {**APPROVE, "count": 2}
    second_key = people(
        person(
            "zhao.lei",
            held("management-representative"),
            keys=[{"key": key_of("zhao.lei", n), "from": "2026-01-01"} for n in (1, 2)],
        )
    )
    twice = [filed(statement("approve", "zhao.lei", comment=str(n)), key=key_of("zhao.lei", n)) for n in (1, 2)]
    found = matrix(signed("submit", "wang.fang"), *twice, slots=[two], level=level, registry=second_key)  # D09
    assert len(found.filled) == 1
    both = matrix(
        signed("submit", "wang.fang"), *twice, signed("approve", "sun.hao"), slots=[two], level=level, registry=second_key
    )
    assert both.complete


@pytest.mark.parametrize("level", [1, 3])
def test_equal_slots_named_apart_are_one_slot_and_no_seat_is_made_twice(level):
    approve, cosign = {**APPROVE, "step": 1}, {"step": 1, "decision": "cosign", "role": "department-head"}
    items = [signed("submit", "wang.fang"), signed("approve", "zhao.lei"), signed("cosign", "li.ming")]
    found = matrix(*items, slots=[approve, cosign, approve], level=level)
    assert (len(found.seats), len(found.filled)) == (3, 2)
    assert matrix(*items, signed("approve", "sun.hao"), slots=[approve, cosign, approve], level=level).complete


def test_every_department_of_the_distribution_cosigns():
    on = document(distribution=["dev", "desk", "ops"])
    items = [*approved(on), signed("cosign", "chen.jie", on)]
    found = matrix(*items, slots=(OWNER_REVIEW, COSIGN_EACH, APPROVE), on=on)
    assert [(seat.slot.decision, seat.department) for seat in found.missing] == [("cosign", "desk")]
    assert matrix(*items, signed("cosign", "zhou.yu", on), slots=(OWNER_REVIEW, COSIGN_EACH, APPROVE), on=on).complete
    own = matrix(*items, signed("cosign", "sun.hao", on), slots=(OWNER_REVIEW, COSIGN_EACH, APPROVE), on=on)
    assert not own.complete  # the owner's own head does not sign for another department


@pytest.mark.parametrize(("level", "complete"), [(2, False), (3, True)])
def test_a_head_of_two_departments(level, complete):
    heads = people(person("two.hats", held("department-head", department="dev"), held("department-head", department="desk")))
    on = document(distribution=["dev", "desk"])
    items = [signed("submit", "wang.fang", on), signed("cosign", "two.hats", on), signed("approve", "zhao.lei", on)]
    assert matrix(*items, slots=[COSIGN_EACH, APPROVE], on=on, level=level, registry=heads).complete == complete


def test_the_owners_department_reviews():
    other = [signed("submit", "wang.fang"), signed("review", "chen.jie"), signed("approve", "zhao.lei")]
    assert sitting(matrix(*other)) == [None, "zhao.lei"]
    anybody = ({**OWNER_REVIEW, "of": ""}, APPROVE)
    assert sitting(matrix(*other, slots=anybody)) == ["chen.jie", "zhao.lei"]
    named = ({**OWNER_REVIEW, "of": "dev"}, APPROVE)
    assert sitting(matrix(*other, slots=named)) == ["chen.jie", "zhao.lei"]
    nobody = document(department="")
    assert sitting(matrix(*approved(nobody), on=nobody)) == [None, "zhao.lei"]


def test_a_first_issue_takes_the_default_row_whatever_it_claims():
    rules = settings()
    kind = rules.types["procedure"]
    short = {**kind.slots, "editorial": (Slot(1, "approve", "document-controller", "", 1),)}
    stands = mandate(rules._replace(types={"procedure": kind._replace(slots=short)}))
    claimed = {"change": {"class": "editorial", "reason": "x"}}
    first, later = document(**claimed), document(version="A/1", **claimed)
    assert [seat.slot.decision for seat in judge(first, evidence(), stands).seats] == ["review", "approve"]
    assert [seat.slot.role for seat in judge(later, evidence(*ISSUED), stands).seats] == ["document-controller"]
    assert [seat.slot.decision for seat in judge(DOCUMENT, evidence(*ISSUED), stands).seats] == ["review", "approve"]


def test_who_signed_too_early_mends_it_by_signing_again():
    def at(hour):
        return f"2026-03-02T0{hour}:00:00Z"

    submit, review = signed("submit", "wang.fang", at=at(2)), signed("review", "li.ming", at=at(4))
    early, again = (signed("approve", "zhao.lei", at=at(hour)) for hour in (3, 5))
    assert matrix(submit, review, early).complete  # filled; that the order is wrong is told by DC212
    assert matrix(submit, review, early, again).seats[1].filled == again
    assert matrix(submit, review, again, signed("approve", "sun.hao", at=at(6))).seats[1].filled == again
    before = signed("review", "li.ming", at=at(1))
    assert matrix(submit, before, review).seats[0].filled == review
    # Two persons share the first step: the second step comes after both of them.
    two = ({**OWNER_REVIEW, "count": 2}, APPROVE)
    second = signed("review", "sun.hao", at=at(4), comment="2")
    first = signed("review", "li.ming", at=at(2), comment="1")
    for level in (2, 3):
        assert matrix(submit, first, second, early, again, slots=two, level=level).seats[2].filled == again


def test_statements_on_other_bytes_or_another_version_fill_nothing():
    edited = document(body="changed after approval\n")
    assert sitting(matrix(*approved(edited))) == [None, None]  # D04
    replayed = [filed(item.statement._replace(version="A/1")) for item in approved()]
    assert sitting(matrix(*replayed)) == [None, None]  # D02
    assert matrix(filed(release().statement._replace(version="A/1"))).release is None


def test_bad_signatures_and_revoked_statements_fill_nothing():
    submit, review, approve = approved()
    assert sitting(matrix(submit, review, approve, revoked(approve))) == ["li.ming", None]
    assert sitting(matrix(submit, review, approve, revoked(approve, by="sun.hao"))) == ["li.ming", "zhao.lei"]
    assert sitting(matrix(submit, review, filed(approve.statement, fault="signature"))) == ["li.ming", None]
    assert sitting(matrix(submit, review, filed(approve.statement, key=key_of("sun.hao")))) == ["li.ming", None]
    out = release()
    assert matrix(*approved(), out, revoked(out)).release is None


ALL = [
    *approved(), release(), signed("review", "sun.hao", at="2026-03-02T03:00:00Z"), signed("approve", "sun.hao"),
    signed("reject", "chen.jie"), revoked(signed("approve", "sun.hao")), signed("submit", "ma.rui", document(body="draft\n")),
    signed("review", "ma.rui"), filed(statement("approve", "zhao.lei", comment="bad"), fault="signature"),
]  # fmt: skip


@pytest.mark.parametrize("level", [2, 3])
def test_every_order_of_statements_gives_the_same_verdict(level):
    from random import Random

    expected = matrix(*ALL, level=level)
    for seed in range(20):
        shuffled = Random(seed).sample(ALL, len(ALL))
        assert matrix(*shuffled, level=level) == expected


PERSONS, ROLES = ("ann", "ben", "cyd"), ("r1", "r2", "r3")


@run(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(ROLES), min_size=1, max_size=3),
    st.sets(st.tuples(st.sampled_from(PERSONS), st.sampled_from(ROLES)), max_size=9),
)
def test_as_many_seats_are_filled_as_can_be(wanted, signatures):
    slots = [{"step": 1, "decision": "approve", "role": role} for role in wanted]
    registry = people({name: entry for who in PERSONS for name, entry in person(who, *(held(role) for role in ROLES)).items()})
    items = [signed("approve", who, role=role) for who, role in sorted(signatures)]
    strict = matrix(*items, slots=slots, level=1, registry=registry)
    choices = [[who for who in PERSONS if (who, role) in signatures] + [None] for role in wanted]
    best = max(
        sum(who is not None for who in seating)
        for seating in product(*choices)
        if len({who for who in seating if who}) == sum(who is not None for who in seating)
    )
    sitters = [name for name in sitting(strict) if name]
    assert len(sitters) == best
    assert len(set(sitters)) == len(sitters)
    free = matrix(*items, slots=slots, level=4, registry=registry)
    for role in set(wanted):
        same = [seat.filled.statement.signer for seat in free.filled if seat.slot.role == role and seat.filled]
        assert len(set(same)) == len(same) == min(wanted.count(role), sum(found == role for _, found in signatures))
