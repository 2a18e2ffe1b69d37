"""What the second look at evidence, records and rules found: each test is named after the attacker's wish, or says what must pass."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from .workshop import Workshop, canonical, public_key
from .workshop_base import read_people, write_people

NEXT = "ITSM-P-02 A/2"
RECORD = """\
---
id: {number}
title: 记录
class: {kind}
form: {{id: ITSM-F-01, version: A/0}}
{event}
created_at: {made}
created_by: li.ming
classification: internal
---

内容。
"""
HEAD = {"signer": "li.ming", "role": "department-head"}


@pytest.fixture
def candidate(shop):
    return shop.next("ITSM-P-02", "A/2")


def refused(shop: Workshop, *codes: str, **more) -> str:
    shop.commit()
    return shop.refused(*codes, **more)


def landed(shop: Workshop) -> None:
    shop.commit()
    shop.accepted()
    shop.git("fetch", "-q", "origin")


def filed(shop: Workshop, number: str, *, event="event_date: 2026-03-01", made="2026-03-01T10:00:00+08:00", seal=True) -> str:
    year = number.split("-")[-2]
    shop.put(f"records/incident/{year}/{number}/index.md", RECORD.format(number=number, kind="incident", event=event, made=made))
    if seal:
        shop.statement("seal", number, **HEAD)
    return number


def of(shop: Workshop, stem: str | Path) -> str:
    path = shop.office / f"{stem}.json" if isinstance(stem, str) else stem
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def first(shop: Workshop, where: str) -> Path:
    return next((shop.office / "statements").glob(where))


def withdraw(shop: Workshop, number: str, block: str = "{reason: 不再使用}") -> None:
    shop.edit(number, r"^status: approved\n", f"status: withdrawn\nwithdrawal: {block}\n")
    shop.statement("withdraw", number, signer="zhao.lei", role="management-representative", decided_at="2026-03-09T04:00:00Z")
    shop.statement("release", number, signer="chen.jing", role="document-controller")


def settings(shop: Workshop, old: str, new: str) -> None:
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    shop.rules_record()


# -- versions --------------------------------------------------------------------------------------------------------------


def test_to_put_an_unapproved_draft_where_the_text_in_force_was(shop, candidate):
    shop.edit(candidate, r"^status: .*$", "status: draft")
    refused(shop, "DC306", about=[NEXT])


def test_to_choose_one_s_own_judges_by_way_of_a_draft_of_another_type(shop, candidate):
    shop.edit(candidate, r"^status: .*$", "status: draft")
    shop.edit(candidate, r"^type: .*$", "type: form")
    bad = shop.commit()
    shop.edit(candidate, r"^status: .*$", "status: approved")
    shop.statement("submit", candidate, signer="wang.fang", role="author")
    shop.statement("approve", candidate, signer="li.ming", role="department-head")
    shop.statement("release", candidate, signer="chen.jing", role="document-controller")
    refused(shop, "DC306", about=[NEXT], bad=bad)


def test_to_withdraw_under_a_reference_by_touching_the_one_that_refers(shop, candidate):
    shop.edit(candidate, r"^owner: ", "references: [ITSM-P-01]\nowner: ")
    shop.evidence(candidate)
    landed(shop)
    withdraw(shop, "ITSM-P-01")
    shop.statement("acknowledge", candidate, signer="li.ming", role="author")
    refused(shop, "DC307", about=["ITSM-P-01", "ITSM-P-02"])


@pytest.mark.parametrize("other", ["ITSM-P-01", "ITSM-P-04"])
def test_to_send_readers_to_a_document_that_ended_too(shop, other):
    withdraw(shop, "ITSM-P-01", f"{{reason: 合并, replaced_by: {other}}}")
    refused(shop, "DC409", about=["ITSM-P-01"])


def test_to_crash_the_gate_with_a_number_changed_in_a_withdrawal(shop):
    shop.edit("ITSM-P-01", r"^id: .*$", "id: ITSM-P-99")
    shop.edit("ITSM-P-01", r"^status: .*$", "status: withdrawn\nwithdrawal: {reason: x}")
    refused(shop, "DC103", "DC304", about=["ITSM-P-99"])


def test_to_be_in_force_after_the_last_day(shop, candidate):
    shop.edit(candidate, r"^owner: ", "valid_until: 2026-03-15\nowner: ")
    shop.evidence(candidate)
    refused(shop, "DC112", about=["ITSM-P-02"])


def test_a_day_of_force_in_another_century_is_told(shop, candidate):
    shop.evidence(candidate, release={"effective_from": "2099-12-31"})
    shop.git("checkout", "-q", "-b", "topic")
    shop.git("add", "-A")
    assert "DC225" in shop.git("commit", "-m", "x")


# -- statements -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("decision", "who"), [("submit", "zhao.lei"), ("approve", "zhao.lei"), ("review", "wu.gang")])
def test_to_rewrite_who_decided_on_a_released_version(shop, decision, who):
    key = {"wu.gang": "wu.gang-new"}.get(who, who)
    more = {"role": "author"} if decision == "submit" else {}
    shop.statement(decision, "ITSM-P-01", signer=who, key=key, supersedes=None, **more)
    refused(shop, "DC224", about=["ITSM-P-01 A/0", who])


def test_to_reject_what_was_replaced_long_ago(shop):
    old = json.loads(first(shop, "ITSM-P-02/A-0/*.approve.*.json").read_bytes())
    shop.statement("reject", "ITSM-P-02", **HEAD, digest=old["digest"], version="A/0", supersedes=None)
    refused(shop, "DC224", about=["ITSM-P-02 A/0"])


def test_to_have_a_rejection_forgotten_that_was_meant_to_stand_again(shop, candidate):
    no = shop.statement("reject", candidate, **HEAD, decided_at="2026-03-09T01:10:00Z")
    back = shop.statement("revoke", candidate, **HEAD, target=of(shop, no), decided_at="2026-03-09T01:20:00Z")
    shop.statement("revoke", candidate, **HEAD, target=of(shop, back), decided_at="2026-03-09T01:30:00Z")
    shop.evidence(candidate, review={"signer": "wu.gang", "key": "wu.gang-new"})
    refused(shop, "DC221", about=["li.ming"], says=["it is a revocation"])


def test_to_submit_in_advance_under_another_label_and_approve(shop, candidate):
    digest = shop.digest(candidate)
    shop.git("checkout", "-q", "--", ".")
    shop.statement("submit", candidate, signer="zhao.lei", digest=digest, version="A/9")
    landed(shop)
    shop.next(candidate, "A/2")
    shop.evidence(candidate)
    refused(shop, "DC202", "DC208", about=[NEXT, "zhao.lei"])


def test_to_have_one_s_text_reviewed_by_the_head_next_door(shop):
    shop.statement("confirm", "ITSM-F-01", signer="zhou.ping", role="department-head", supersedes=None)
    refused(shop, "DC207", about=["ITSM-F-01"], says=["another department"])


# -- records ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("event", "made"), [("2026-08-01", "2026-08-01T10:00:00+08:00"), ("2026-03-01", "2026-03-09T20:00:00+08:00")]
)
def test_to_seal_what_has_not_happened_or_is_not_written_yet(shop, event, made):
    filed(shop, "REC-INC-2026-002", event=f"event_date: {event}", made=made)
    refused(shop, "DC511", about=["REC-INC-2026-002"])


def test_to_correct_a_record_with_bytes_that_are_nowhere(shop):
    digest = "sha256:" + "a" * 64
    shop.statement("correct", "REC-INC-2026-001", **HEAD, digest=digest, decided_at="2026-02-24T01:30:00Z")
    refused(shop, "DC511", about=["REC-INC-2026-001"], says=[digest])


def test_to_open_a_sealed_record_by_taking_the_seal_back(shop):
    target = of(shop, first(shop, "REC-INC-2026-001/record/*.seal.*.json"))
    shop.statement("revoke", "REC-INC-2026-001", **HEAD, version="A/0", target=target)
    refused(shop, "DC219", about=["REC-INC-2026-001"])


@pytest.mark.parametrize(("number", "code"), [("REC-INC-2026-0001", "DC104"), ("REC-INC-2031-001", "DC502")])
def test_to_number_a_record_twice_or_into_another_year(shop, number, code):
    filed(shop, number)
    refused(shop, code, about=[number])


def test_to_give_a_document_the_number_of_an_open_record(shop):
    filed(shop, "REC-INC-2026-002", seal=False)
    landed(shop)
    text = shop.text("ITSM-P-03").read_text(encoding="utf-8")
    shop.put("documents/procedures/REC-INC-2026-002/index.md", text.replace("ITSM-P-03", "REC-INC-2026-002"))
    refused(shop, "DC104", about=["REC-INC-2026-002"])


def test_to_crash_the_gate_with_a_seal_by_somebody_brought_along(shop):
    settings(shop, "    classification: internal\n", "    classification: internal\n    seal_role: record-keeper\n")
    landed(shop)
    people = read_people(shop)
    key = {"key": public_key(shop.keys, "mallory"), "from": "2026-01-05"}
    people["people"]["new.guy"] = {**people["people"]["chen.jing"], "roles": [], "keys": [key]}
    write_people(shop, people)
    shop.rules_record()
    filed(shop, "REC-INC-2026-002", seal=False)
    shop.statement("seal", "REC-INC-2026-002", signer="new.guy", key="mallory", role="record-keeper")
    refused(shop, "DC204", "DC705", about=["new.guy"])


def test_a_record_written_in_the_small_hours_and_spelt_in_utc(shop):
    filed(shop, "REC-INC-2026-002", event="event_date: 2026-03-02", made="2026-03-01T17:00:00Z")
    landed(shop)


# -- rules ------------------------------------------------------------------------------------------------------------------


def test_to_open_a_role_again_that_was_over(shop):
    people = read_people(shop)
    people["people"]["zhou.ping"]["roles"][0]["to"] = "2026-02-15"
    write_people(shop, people)
    shop.rules_record()
    landed(shop)
    del people["people"]["zhou.ping"]["roles"][0]["to"]
    write_people(shop, people)
    shop.rules_record()
    refused(shop, "DC708", about=["zhou.ping"])


def test_to_sit_a_robot_in_the_root(shop):
    root = shop.root()
    root["keys"].append({"key": public_key(shop.keys, "mallory"), "person": "ci.bot"})
    shop.put(".docctl/root.json", canonical(root))
    shop.rules_record()
    refused(shop, "DC706", about=["ci.bot"])


def test_to_witness_with_the_key_of_a_person(shop):
    key = public_key(shop.keys, "wang.fang")
    settings(shop, "version_scheme: edition\n", f"version_scheme: edition\nserver_keys: ['{key}']\n")
    refused(shop, "DC709", says=["server_keys"])


def test_to_have_two_catalogues_of_one_standard(shop):
    paths = [f".docctl/standards/{name}.yaml" for name in ("one", "two")]
    clause = "clauses:\n  - {id: '8.5.1', title: {en: x}, level: heading}\n"
    for path in paths:
        shop.put(path, f"id: 'iso20000-1:2018'\ntitle: {{en: {path[18:21]}}}\n{clause}")
    shop.rules_record(paths=paths)
    refused(shop, "DC101", says=["a second catalogue of iso20000-1:2018"])


def test_a_document_ends_after_its_department_and_its_numbering_did(shop):
    settings(shop, "  service-desk: {en: Service desk, zh: 服务台}\n", "")
    landed(shop)
    settings(shop, "version_scheme: edition\n", "version_scheme: edition\nnumbering: 'XX-[0-9]+'\n")
    landed(shop)
    withdraw(shop, "ITSM-P-01")
    landed(shop)
