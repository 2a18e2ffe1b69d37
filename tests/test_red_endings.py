"""What the third look at lifecycle and evidence found: each test is named after the attacker's wish, or says what must pass."""

from __future__ import annotations

import json

import pytest

from docctl.acts import sign
from docctl.core.errors import Refusal

from .workshop import Workshop, told

P01, P02 = "ITSM-P-01", "ITSM-P-02"
NEXT = "ITSM-P-02 A/2"
AUTHOR = {"signer": "wang.fang", "role": "author"}
HEAD = {"signer": "li.ming", "role": "department-head"}
MANAGER = {"signer": "zhao.lei", "role": "management-representative"}
CONTROLLER = {"signer": "chen.jing", "role": "document-controller"}
LATE = "2026-03-09T04:00:00Z"


def refused(shop: Workshop, *codes: str, **more) -> str:
    shop.commit()
    return shop.refused(*codes, **more)


def landed(shop: Workshop) -> None:
    shop.commit()
    shop.accepted()
    shop.git("fetch", "-q", "origin")


# -- the end of a number -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["\nEVIL\n", ""])
def test_to_end_a_number_by_a_draft_that_one_head_signed(shop, text):
    shop.edit(P01, r"^status: approved$", "status: draft")
    shop.edit(P01, r"\Z", text)
    shop.statement("withdraw", P01, **HEAD, decided_at=LATE)
    shop.statement("release", P01, **CONTROLLER)
    refused(shop, "DC306", about=["ITSM-P-01 A/0"])


def test_to_pass_a_second_text_under_a_released_label_off_as_its_end(shop):
    shop.edit(P02, r"\Z", "\n另一份 A/1。\n")
    shop.statement("withdraw", P02, **HEAD, decided_at=LATE)
    shop.evidence(P02)
    refused(shop, "DC301", about=["ITSM-P-02 A/1"])


# -- who prepared what ---------------------------------------------------------------------------------------------------


def test_to_hide_that_one_prepared_a_version_by_dating_all_the_rest_before(shop):
    shop.next(P02, "A/2", "甲稿。")
    digest = shop.digest(P02)
    shop.git("checkout", "-q", "--", ".")
    shop.statement("submit", P02, **MANAGER, digest=digest, version="A/2", decided_at="2026-03-09T00:50:00Z")
    landed(shop)
    shop.next(P02, "A/2", "乙稿。")
    shop.day = "2026-03-08"
    shop.evidence(P02)
    refused(shop, "DC202", "DC208", about=[NEXT, "zhao.lei"])


def test_to_make_an_author_of_the_approver_after_the_release(shop):
    old = {"digest": "sha256:" + "a" * 64, "version": "A/1", "supersedes": None}
    shop.statement("submit", P02, **MANAGER, **old, decided_at="2026-02-12T00:50:00Z")
    refused(shop, "DC224", about=["ITSM-P-02 A/1", "zhao.lei"])


def test_a_submission_that_was_left_behind_by_somebody_else_may_land(shop):
    old = {"digest": "sha256:" + "a" * 64, "version": "A/1", "supersedes": None}
    shop.statement("submit", P02, **AUTHOR, **old, decided_at="2026-02-12T00:50:00Z")
    landed(shop)


def test_who_approved_a_text_may_ask_for_its_end(shop):
    shop.edit(P01, r"^status: approved\n", "status: withdrawn\nwithdrawal: {reason: 不再使用}\n")
    shop.statement("submit", P01, **{**MANAGER, "signer": "li.ming", "role": "department-head"})
    shop.statement("withdraw", P01, **MANAGER, decided_at=LATE)
    shop.statement("release", P01, **CONTROLLER)
    landed(shop)


# -- the periodic review ---------------------------------------------------------------------------------------------------


def old_digest(shop: Workshop) -> str:
    path = next((shop.office / "statements/ITSM-P-02/A-0").glob("*.approve.*.json"))
    return str(json.loads(path.read_bytes())["digest"])


@pytest.mark.parametrize("number", ["ITSM-P-04", "ITSM-P-03"])
def test_to_keep_what_is_withdrawn_or_a_draft_in_force(shop, number):
    shop.statement("confirm", number, **HEAD, supersedes=None)
    refused(shop, "DC226", about=[f"{number} A/0", "li.ming"])


def test_to_keep_what_was_replaced_in_force(shop):
    shop.statement("confirm", P02, **HEAD, digest=old_digest(shop), version="A/0", supersedes=None)
    refused(shop, "DC226", about=["ITSM-P-02 A/0"])


def test_to_keep_bytes_that_are_nowhere_in_force(shop):
    shop.statement("confirm", P01, **HEAD, digest="sha256:" + "b" * 64, supersedes=None)
    refused(shop, "DC226", about=["ITSM-P-01 A/0"])


def test_to_review_in_advance_together_with_the_release(shop):
    shop.evidence(shop.next(P02, "A/2"))
    shop.statement("confirm", P02, **HEAD)
    refused(shop, "DC226", about=[NEXT], says=["2026-03-09"])


@pytest.mark.parametrize("decision", ["confirm", "acknowledge"])
def test_to_have_reviewed_or_read_in_time_by_dating_it_back(shop, decision):
    shop.statement(decision, P01, **HEAD, decided_at="2026-02-07T01:00:00Z", supersedes=None)
    shop.commit()
    before = shop.refs()
    ran = shop.land()
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    told(ran.said, "DC215", "ITSM-P-01 A/0", "li.ming", "31 days old")


def test_a_review_thirty_days_ago_may_still_land(shop):
    shop.statement("confirm", P01, **HEAD, decided_at="2026-02-08T02:00:00Z", supersedes=None)
    landed(shop)


def test_one_person_reviews_the_same_version_every_year(shop):
    for day in ("2026-03-10", "2027-03-01", "2028-03-01"):
        with shop.desk("li.ming", f"{day}T01:00:00Z") as desk:
            sign.sign(desk, sign.decision(desk, P01, "confirm"))
        with shop.desk("li.ming", f"{day}T02:00:00Z") as desk, pytest.raises(Refusal, match="signed already"):
            sign.decision(desk, P01, "confirm")
        ran = shop.land(DOCCTL_NOW=f"{day}T03:00:00Z")
        assert ran.code == 0, ran.said


# -- releases ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "version"), [(P01, "1.0"), ("ITSM-X-99", "A/0")])
def test_to_file_a_release_of_bytes_that_are_nowhere(shop, number, version):
    more = {"document": number, "version": version, "digest": "sha256:" + "a" * 64, "supersedes": None}
    shop.statement("release", P01, **CONTROLLER, **more)
    refused(shop, "DC314", about=[f"{number} {version}"])


def test_to_have_replaced_a_version_before_it_was_released(shop):
    shop.day = "2026-02-11"
    shop.evidence(shop.next(P02, "A/2"), release={"effective_from": "2026-02-19"})
    refused(shop, "DC212", about=[NEXT], says=["A/1 released"])
