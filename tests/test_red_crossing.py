"""Where features cross: each test is named after the attacker's wish, or says what must pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from docctl.acts import release, sign
from docctl.acts.desk import RefusedByRules

from .faultroom import docctl
from .workshop import Workshop
from .workshop_base import read_people, write_people

SCHEMA = Path(__file__).parents[1] / "schema"
P01, P02, P03 = "ITSM-P-01", "ITSM-P-02", "ITSM-P-03"
CONTROLLER = {"signer": "chen.jing", "role": "document-controller"}
MANAGER = {"signer": "zhao.lei", "role": "management-representative"}
NEAR, FAR = "2026-03-20", "2026-06-01"


def landed(shop: Workshop) -> None:
    shop.commit()
    shop.accepted()
    shop.git("fetch", "-q", "origin")


def refused(shop: Workshop, *codes: str, **more) -> str:
    shop.commit()
    return shop.refused(*codes, **more)


def scheduled(shop: Workshop, number: str, version: str, day: str, body: str = "改进。") -> None:
    """The next version lies there with all its signatures, in force from a day."""
    shop.next(number, version, body)
    shop.evidence(number, release={"effective_from": day})


def withdrawn(shop: Workshop, number: str, day: str) -> None:
    """The end of a number lies there with all its signatures, on a day."""
    shop.edit(number, r"^status: approved\n", "status: withdrawn\nwithdrawal: {reason: 不再使用}\n")
    shop.statement("submit", number, signer="wang.fang", role="author")
    shop.statement("withdraw", number, **MANAGER, decided_at=f"{shop.day}T04:00:00Z")
    shop.statement("release", number, **CONTROLLER, effective_from=day)


def citing(shop: Workshop) -> None:
    """ITSM-P-02 A/2 is in force and refers to ITSM-P-01; A/3, which does not, is scheduled."""
    shop.day = "2026-03-02"
    scheduled(shop, P02, "A/2", shop.day, "见[变更管理](doc:ITSM-P-01)。")
    landed(shop)
    shop.day = "2026-03-09"
    shop.edit(P02, r"^见.*$", "不再引用。")
    scheduled(shop, P02, "A/3", FAR)


# -- what is in force until another text takes its place -----------------------------------------------------------------


def test_to_withdraw_what_is_referred_to_until_the_next_text_comes_into_force(shop):
    citing(shop)
    landed(shop)
    withdrawn(shop, P01, NEAR)
    refused(shop, "DC307", about=["ITSM-P-01", P02])


def test_to_withdraw_it_in_the_very_landing_that_mends_the_reference_later(shop):
    citing(shop)
    withdrawn(shop, P01, NEAR)
    refused(shop, "DC307", about=["ITSM-P-01", P02])


@pytest.mark.parametrize("together", [True, False])
def test_a_number_may_end_on_the_day_from_which_nobody_refers_to_it(shop, together):
    citing(shop)
    if not together:
        landed(shop)
    withdrawn(shop, P01, FAR)
    landed(shop)


def test_a_text_that_waits_for_its_day_holds_up_no_withdrawal_that_it_has_nothing_to_do_with(shop):
    scheduled(shop, P02, "A/2", FAR)
    landed(shop)
    withdrawn(shop, P01, NEAR)
    landed(shop)


def test_to_withdraw_what_a_document_refers_to_that_ends_later(shop):
    shop.day = "2026-03-02"
    scheduled(shop, P02, "A/2", shop.day, "见[变更管理](doc:ITSM-P-01)。")
    landed(shop)
    shop.day = "2026-03-09"
    withdrawn(shop, P02, FAR)
    landed(shop)
    withdrawn(shop, P01, NEAR)
    refused(shop, "DC307", about=["ITSM-P-01", P02])


# -- a clause that must be answered ----------------------------------------------------------------------------------------


def answering(shop: Workshop, clause: str) -> None:
    """ITSM-P-01 A/1 is in force and alone answers a clause."""
    shop.day = "2026-03-02"
    shop.edit(P01, r"8\.5\.1", clause)
    scheduled(shop, P01, "A/1", shop.day)
    landed(shop)
    shop.day = "2026-03-09"


def test_to_leave_a_clause_without_an_answer_until_another_text_comes_into_force(shop):
    answering(shop, "8.6.3")
    shop.edit(P02, r"8\.5\.1", "8.6.3")
    scheduled(shop, P02, "A/2", FAR)
    landed(shop)
    withdrawn(shop, P01, NEAR)
    refused(shop, "DC308", about=["ITSM-P-01"], says=["8.6.3"])


def test_an_answer_may_go_on_the_day_from_which_there_is_another(shop):
    answering(shop, "8.6.3")
    shop.edit(P02, r"8\.5\.1", "8.6.3")
    scheduled(shop, P02, "A/2", FAR)
    landed(shop)
    withdrawn(shop, P01, FAR)
    landed(shop)


def test_the_act_tells_it_before_it_signs_anything_into_main(shop):
    citing(shop)
    landed(shop)
    for hour, who in enumerate(("wang.fang", "zhao.lei"), start=2):
        with shop.desk(who, f"2026-03-09T0{hour}:00:00Z") as desk:
            sign.sign(desk, release.withdrawal(desk, P01, "不再使用"))
    before = shop.head("main")
    with shop.desk("chen.jing", "2026-03-09T08:00:00Z") as desk, pytest.raises(RefusedByRules, match="ITSM-P-02 A/2"):
        release.release(desk, release.batch(desk, [P01], effective=NEAR))
    assert shop.head("main") == before
    with shop.desk("chen.jing", "2026-03-09T09:00:00Z") as desk:
        release.release(desk, release.batch(desk, [P01], effective=FAR))
    shop.accepted("main")


# -- rules that change after the fact ------------------------------------------------------------------------------------


def published(shop: Workshop) -> None:
    """Check, verify, status and site agree that all is well and the same is in force."""
    target = shop.folder / "site"
    assert [docctl(shop, *words).code for words in (["check"], ["verify"])] == [0, 0]
    said = docctl(shop, "status").said
    ran = docctl(shop, "site", "build", "--output", str(target), XDG_CACHE_HOME=str(shop.folder / "cache"))
    assert ran.code == 0, ran.said
    for number in (P01, P02, "ITSM-F-01", "ITSM-M-01"):
        assert number in said
        assert (target / "documents" / number / "index.html").exists()


def test_to_stop_the_site_for_good_by_closing_keys_and_roles_for_days_gone_by(shop):
    people = read_people(shop)
    for name in ("zhao.lei", "li.ming", "chen.jing", "wang.fang"):
        person = people["people"][name]
        person["keys"][0]["to"] = "2026-02-01"
        for role in person["roles"]:
            role["to"] = "2026-01-31"
    write_people(shop, people)
    shop.rules_record(reason="全部离职")
    landed(shop)
    published(shop)


def test_a_review_and_a_seal_stay_good_when_others_are_asked_for_them_later(shop):
    shop.statement("confirm", P01, signer="li.ming", role="department-head", supersedes=None)
    landed(shop)
    settings = shop.office / ".docctl/settings.yaml"
    text = settings.read_text(encoding="utf-8")
    text = text.replace("    form: ITSM-F-01\n", "    form: ITSM-F-01\n    seal_role: top-management\n")
    slots = "    slots:\n      confirm:\n        - {step: 1, decision: confirm, role: top-management, count: 1}\n"
    settings.write_text(text.replace("    slots:\n", slots), encoding="utf-8")
    shop.rules_record(reason="评审改由最高管理者负责")
    landed(shop)
    published(shop)


def test_a_catalogue_may_lose_a_clause_that_a_text_in_force_was_mapped_to(shop):
    lines = (SCHEMA / "standards/iso20000-1-2018.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    path = ".docctl/standards/iso20000-1-2018.yaml"
    shop.edit(P03, "8[.]5[.]1", "8.5.2.1")
    landed(shop)
    shop.put(path, "".join(line for line in lines if '{id: "8.5.1"' not in line))
    shop.rules_record(reason="目录更正", paths=[path])
    landed(shop)
    published(shop)


# -- one label, two texts: the version and its end ---------------------------------------------------------------------------


def shown(shop: Workshop, *words: str) -> str:
    said = docctl(shop, "show", *words).said
    return next(line.split(maxsplit=1)[1] for line in said.splitlines() if line.strip().startswith("State"))


@pytest.mark.parametrize("label", [(), ("--version", "A/0")])
def test_a_day_of_the_past_has_one_answer_whether_the_version_is_named_or_not(shop, label):
    assert shown(shop, "ITSM-P-04", "--as-of", "2026-02-01", *label) == "in force"
    assert "ITSM-P-04" in docctl(shop, "register", "in-force", "--as-of", "2026-02-01").said
    assert shown(shop, "ITSM-P-04", "--as-of", "2026-02-16", *label) == "in force"
    assert shown(shop, "ITSM-P-04", "--as-of", "2026-02-17", *label) == "withdrawn"
    assert shown(shop, "ITSM-P-04", *label) == "withdrawn"


def test_a_day_before_the_first_day_of_force_tells_of_the_version_that_waited_then(shop):
    assert shown(shop, P02, "--as-of", "2026-01-10") == "scheduled 2026-01-13"
