"""One root person may close and nobody alone may open: forged and honest rules records before a real server, and what verify says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from docctl.acts import rules as acts
from docctl.assurance import verify
from docctl.repository import Repository

from .workshop import canonical, public_key
from .workshop_base import read_people, write_people

RECORD = ".docctl/log/0003.json"


def close(shop, person="li.ming", **more):
    """Notes that somebody has left."""
    people = read_people(shop)
    people["people"][person].update({"left": "2026-03-08", **more})
    write_people(shop, people)


def end_key(shop, person="li.ming", **ends):
    people = read_people(shop)
    people["people"][person]["keys"][0].update(ends)
    write_people(shop, people)


def end_role(shop, person="zhou.ping", **ends):
    people = read_people(shop)
    people["people"][person]["roles"][0].update(ends)
    write_people(shop, people)


def alone(shop, *signers, **more):
    shop.rules_record(*(signers or ("sun.li",)), **more)
    shop.commit()


def refused(shop, says="1 of 2"):
    shop.refused("DC704", about=[RECORD], says=[says])


# -- what one root person may do -----------------------------------------------------------------------------------------


def test_one_root_person_closes_a_leaver(shop):
    close(shop)
    alone(shop)
    shop.accepted()


def test_one_root_person_reports_a_stolen_key(shop):
    end_key(shop, "he.jun", to="2026-03-08", compromised_since="2026-03-01")
    alone(shop)
    shop.accepted()


def test_one_root_person_closes_a_role_and_then_brings_its_end_nearer(shop):
    for number, day in ((3, "2026-06-30"), (4, "2026-03-31")):
        end_role(shop, to=day)
        alone(shop, "chen.jing")
        shop.accepted()
        assert (shop.office / f".docctl/log/{number:04d}.json").exists()


def test_a_root_person_closes_herself(shop):
    close(shop, "sun.li")
    alone(shop, "sun.li")
    shop.accepted()


def test_more_than_one_may_close_too(shop):
    close(shop)
    alone(shop, "zhao.lei", "chen.jing")
    shop.accepted()


def test_what_follows_a_closing_by_one_is_judged_as_ever(shop):
    close(shop)
    alone(shop)
    shop.accepted()
    shop.put("mkdocs.yml", "site_name: Other\n")
    alone(shop)
    shop.refused("DC704", about=[".docctl/log/0004.json"], says=["1 of 2"])


def test_whoever_was_closed_by_one_signs_no_more(shop):
    close(shop)
    alone(shop)
    shop.accepted()
    shop.git("fetch", "-q", "origin")
    shop.next("ITSM-P-01", "A/1")
    shop.evidence("ITSM-P-01")
    shop.commit()
    shop.refused("DC217", about=["ITSM-P-01"])


def test_a_signature_that_comes_later_is_kept(shop):
    close(shop)
    alone(shop)
    shop.accepted()
    shop.put(
        ".docctl/log/0003.chen.jing.sig", shop.sign((shop.office / RECORD).read_bytes(), "root-chen.jing", "rules-v1@docctl")
    )
    shop.commit()
    shop.accepted()


# -- what one root person would like to do -------------------------------------------------------------------------------


def open_key(shop, people):
    people["wang.fang"]["keys"].append({"key": public_key(shop.keys, "mallory"), "from": "2026-03-09"})


def open_role(shop, people):
    people["wang.fang"].setdefault("roles", []).append({"role": "management-representative", "from": "2026-03-01"})


def open_person(shop, people):
    key = {"key": public_key(shop.keys, "mallory"), "from": "2026-03-09"}
    people["mal"] = {"name": "马", "kind": "person", "department": "quality", "from": "2026-03-09", "keys": [key]}


def rename(shop, people):
    people["li.ming"]["name"] = "王芳"


def swap_key(shop, people):
    people["li.ming"]["keys"][0]["key"] = public_key(shop.keys, "mallory")


def widen_role(shop, people):
    people["he.jun"]["roles"][0].pop("levels")


def reopen_key(shop, people):
    people["wu.gang"]["keys"][0].pop("to")


def prolong_key(shop, people):
    people["wu.gang"]["keys"][0]["to"] = "2026-12-31"


def bring_back(shop, people):
    people["qian.wei"].pop("left")


def begin_earlier(shop, people):
    people["wu.gang"]["keys"][1]["from"] = "2026-01-05"


def drop_a_key(shop, people):
    people["wu.gang"]["keys"].pop()


def turn_robot_to_person(shop, people):
    people["ci.bot"]["kind"] = "person"


SMUGGLED = (
    open_key, open_role, open_person, rename, swap_key, widen_role, reopen_key, prolong_key, bring_back, begin_earlier, drop_a_key,
    turn_robot_to_person,
)  # fmt: skip


@pytest.mark.parametrize("smuggle", SMUGGLED, ids=lambda each: each.__name__)
def test_to_smuggle_an_opening_into_a_closing(shop, smuggle):
    close(shop)
    people = read_people(shop)
    smuggle(shop, people["people"])
    write_people(shop, people)
    alone(shop)
    refused(shop)


def settings(shop):
    path = shop.office / ".docctl/settings.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("max_statement_age: 30", "max_statement_age: 90"), encoding="utf-8")


def root_threshold(shop):
    shop.put(".docctl/root.json", canonical({**shop.root(), "threshold": 1}))


def attributes(shop):
    shop.put(".gitattributes", "* text\n")


def ci(shop):
    shop.put(".gitlab-ci.yml", "x: 1\n")


@pytest.mark.parametrize("beside", [settings, root_threshold, attributes, ci], ids=lambda each: each.__name__)
def test_to_change_another_rule_file_beside_a_leaver(shop, beside):
    close(shop)
    beside(shop)
    alone(shop, paths=[".gitlab-ci.yml"] if beside is ci else [])
    refused(shop)


def test_to_prolong_what_ends(shop):
    end_role(shop, to="2026-06-30")
    alone(shop)
    shop.accepted()
    end_role(shop, to="2026-07-01")
    alone(shop)
    shop.refused("DC704", about=[".docctl/log/0004.json"], says=["1 of 2"])


def test_to_take_a_last_day_away(shop):
    end_role(shop, to="2026-06-30")
    alone(shop)
    shop.accepted()
    people = read_people(shop)
    people["people"]["zhou.ping"]["roles"][0].pop("to")
    write_people(shop, people)
    alone(shop)
    shop.refused("DC704", about=[".docctl/log/0004.json"], says=["1 of 2"])


def test_to_close_and_open_in_two_states_of_one_push(shop):
    close(shop)
    alone(shop)
    people = read_people(shop)
    open_key(shop, people["people"])
    write_people(shop, people)
    alone(shop)
    shop.refused("DC704", about=[".docctl/log/0004.json"], says=["1 of 2"])


def test_to_use_up_numbers_with_records_that_close_nothing(shop):
    alone(shop)
    refused(shop)


def test_to_reformat_the_registry_alone(shop):
    path = shop.office / ".docctl/people.yaml"
    path.write_text("# nothing else\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    alone(shop)
    refused(shop)


def test_to_close_with_an_everyday_key(shop):
    close(shop)
    stem = shop.rules_record("sun.li")
    shop.put(f"{stem}.sun.li.sig", shop.sign((shop.office / RECORD).read_bytes(), "sun.li", "rules-v1@docctl"))
    shop.commit()
    refused(shop, "0 of 1")


def test_to_close_as_somebody_who_is_no_root_person(shop):
    close(shop)
    alone(shop, "wang.fang/mallory")
    refused(shop, "0 of 1")


def test_to_close_without_any_signature(shop):
    close(shop)
    stem = shop.rules_record("sun.li")
    (shop.office / f"{stem}.sun.li.sig").unlink()
    shop.commit()
    refused(shop, "0 of 1")


def test_to_close_a_colleague_and_land_a_document_at_once(shop):
    close(shop)
    shop.put("documents/procedures/ITSM-P-03/index.md", shop.text("ITSM-P-03").read_text(encoding="utf-8") + "\nx\n")
    alone(shop)
    shop.refused("DC704", "DC705", about=["ITSM-P-03"], says=["1 of 2"])


def test_to_date_a_closing_so_far_ahead_that_nothing_can_follow(shop):
    close(shop)
    alone(shop, changed_at="2099-12-31T00:00:00Z")
    ran = shop.land()
    assert ran.code == 1
    assert "DC702" in ran.said
    assert "in the future" in ran.said


# -- as docctl's own act tells it ----------------------------------------------------------------------------------------


def test_the_act_says_that_one_is_enough_and_lands(shop):
    close(shop)
    with shop.desk("root-sun.li") as desk:
        proposed = acts.propose(desk, "Li Ming has left")
        assert (proposed.closing, proposed.threshold, proposed.landed) == (True, 1, False)
        signed = acts.sign(desk)
        assert (signed.closing, signed.threshold, signed.signers, signed.landed) == (True, 1, ("sun.li",), True)
    shop.accepted("main")


def test_the_act_still_waits_for_the_others_where_something_opens(shop):
    close(shop)
    people = read_people(shop)
    open_role(shop, people["people"])
    write_people(shop, people)
    with shop.desk("root-sun.li") as desk:
        proposed = acts.propose(desk, "Li Ming has left, Wang Fang follows")
        assert (proposed.closing, proposed.threshold, proposed.landed) == (False, 2, False)
    with shop.desk("root-chen.jing") as desk:
        assert acts.sign(desk).landed
    shop.accepted("main")


@pytest.mark.parametrize(("lang", "words"), [("en", "one root signature is enough"), ("zh", "一名根人员签署即可")])
def test_the_command_says_so_in_the_reader_s_language(shop, lang, words):
    close(shop)
    docctl = (str(Path(sys.executable).parent / "docctl"), "--lang", lang)
    key = ("--key", str(shop.keys / "root-sun.li"), "--yes")
    proposed = shop.tried(*docctl, "rules", "propose", "--reason", "left", *key)
    assert proposed.code == 0, proposed.said
    assert words in proposed.said
    waiting = json.loads(shop.tried(*docctl, "status", "--format", "json").said)["rules"]
    assert [(item["signers"], item["threshold"]) for item in waiting] == [(["sun.li"], 1)]
    signed = shop.tried(*docctl, "rules", "sign", *key)
    assert signed.code == 0, signed.said
    assert "1/1 (sun.li)" in signed.said
    told = json.loads(shop.tried(*docctl, "rules", "status", "--format", "json").said)
    assert (told["landed"], told["closing"], told["threshold"]) == (True, True, 1)


def test_a_whole_history_with_closings_by_one_is_fine(shop):
    close(shop)
    alone(shop)
    shop.accepted()
    with Repository.open(str(shop.server)) as repository:
        report = verify(repository, "main", root=shop.fingerprint)
    assert (report.fine, report.threshold) == (True, 2)


def test_a_stolen_key_that_is_closed_as_well_still_names_what_rests_on_it(shop):
    end_key(shop, "zhao.lei", to="2026-01-31", compromised_since="2026-02-01")
    alone(shop)
    assert shop.land().code == 0
    report = shop.verdict()
    assert (report.fine, report.bad) == (False, "")
    named = {(item.code, item.place.document, item.place.version) for item in report.findings}
    assert named == {("DC220", "ITSM-P-02", "A/1"), ("DC220", "ITSM-P-04", "A/0")}


def test_a_root_person_who_has_left_still_counts_until_the_root_changes(shop):
    """One root person alone may mark others as leavers; were they no longer counted, one could freeze the rules for ever."""
    people = read_people(shop)
    people["people"]["sun.li"]["left"] = "2026-03-01"
    write_people(shop, people)
    shop.rules_record("zhao.lei")
    shop.commit()
    assert shop.land().code == 0
    people["people"]["wang.fang"]["name"] = "王芳芳"
    write_people(shop, people)
    shop.rules_record("sun.li", "chen.jing")
    commit = shop.commit()
    assert shop.land().code == 0
    assert shop.verdict(commit).fine
