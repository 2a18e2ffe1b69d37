"""Receipts as people see them: in registers of the server and of a copy, in a document's history, and in what verify says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from docctl.core.errors import Words
from docctl.receipts import REF, Server, complete
from docctl.registers import register
from docctl.registers.table import said
from docctl.render import write_table
from docctl.repository import Repository
from docctl.site import publish
from docctl.view import View
from docctl.witness import REMOTE_REF, witness

from .workshop import NOW, new_key, public_key
from .workshop_base import read_people, write_people

FIRST, SECOND, THIRD = "2026-03-09T12:00:00Z", "2026-03-10T01:00:00Z", "2026-03-11T02:00:00Z"
DAY = "2026-03-20"


def server_keys(shop, *names):
    path = shop.office / ".docctl/settings.yaml"
    text = path.read_text(encoding="utf-8").partition("server_keys:")[0]
    path.write_text(f"{text}server_keys: {json.dumps([public_key(shop.keys, name) for name in names])}\n", encoding="utf-8")
    shop.rules_record()
    shop.commit("server keys")
    assert shop.land().code == 0


def receive(shop, at, *, key="server-key", rehearsal=False, old=""):
    """The server's receipt for where main stands now."""
    with Repository.open(str(shop.server)) as repository:
        there = Server(shop.root()["repository"], str(shop.keys / key), rehearsal)
        return complete(repository, there, "main", old, repository.resolve("main") or "", at)


def next_version(shop, number="ITSM-P-01", version="A/1"):
    shop.git("fetch", "-q", "origin")
    shop.next(number, version)
    shop.evidence(number)
    shop.commit(f"Release {number} {version}")
    ran = shop.land()
    assert ran.code == 0, ran.said
    shop.git("fetch", "-q", "origin")


@pytest.fixture
def received(shop, tmp_path):
    """Everything so far under the first receipt, then ITSM-P-01 A/1 under the second."""
    shop.keys = tmp_path / "keys"
    shop.keys.mkdir()
    for path in shop_keys(shop):
        (shop.keys / path.name).symlink_to(path)
    new_key(shop.keys, "server-key")
    server_keys(shop, "server-key")
    receive(shop, FIRST)
    next_version(shop)
    receive(shop, SECOND)
    return shop


@pytest.fixture
def shop(shop, keys):
    shop.common = keys
    return shop


def shop_keys(shop):
    return list(shop.common.iterdir())


def table(shop, name="releases", at=None, day=DAY):
    with Repository.open(str(at or shop.server)) as repository:
        return register(name, View(repository, "", NOW, day).witnessed)


def witnessed_by_number(shop, at=None, lang="en"):
    rows = table(shop, at=at).rows
    return {(row["number"], row["version"]): said(row["witnessed"], lang) for row in rows}


FIRST_ONE, SECOND_ONE = "by 2026-03-09 20:00:00 (first receipt)", "2026-03-10 09:00:00"
NEW, OLD = ("ITSM-P-01", "A/1"), ("ITSM-P-01", "A/0")


def test_the_server_s_own_register_shows_when_it_received_what(received):
    shown = witnessed_by_number(received)
    assert (shown[OLD], shown[NEW]) == (FIRST_ONE, SECOND_ONE)
    assert "not witnessed" not in shown.values()
    assert witnessed_by_number(received, lang="zh")[OLD] == "不晚于 2026-03-09 20:00:00（首份回执）"


def test_batch_receipt_and_delay_stand_beside_it(received):
    row = next(row for row in table(received).rows if (row["number"], row["version"]) == NEW)
    assert (row["receipt"], row["delay"]) == ("2", "1")
    assert row["batch"] == received.head("main", at=received.server)[:12]


def test_without_receipts_the_batch_is_known_all_the_same(shop):
    rows = table(shop).rows
    assert {said(row["witnessed"], "en") for row in rows} == {"not witnessed"}
    assert all(len(row["batch"]) == 12 for row in rows)


@pytest.mark.parametrize("name", [REF, REMOTE_REF])
def test_a_copy_shows_the_same_bytes_once_it_has_the_receipts(received, name):
    assert witnessed_by_number(received, at=received.office)[NEW] == "not witnessed"
    received.git("fetch", "-q", "origin", f"+{REF}:{name}")
    for register_name in ("releases", "in-force", "obsolete", "records", "re-approval"):
        there, here = (table(received, register_name, at) for at in (received.server, received.office))
        assert [write_table(each, "csv", "zh") for each in (there, here)] == [write_table(there, "csv", "zh")] * 2
    assert witnessed_by_number(received, at=received.office)[NEW] == SECOND_ONE


def test_a_sealed_record_and_the_master_list_show_it_too(received):
    assert {said(row["witnessed"], "en") for row in table(received, "records").rows} == {FIRST_ONE}
    shown = {row["number"]: said(row["witnessed"], "en") for row in table(received, "in-force").rows}
    assert shown["ITSM-P-01"] == SECOND_ONE


def test_the_site_shows_on_a_page_and_in_its_registers_what_was_received(received, tmp_path):
    def staged(name):
        with Repository.open(str(received.server)) as repository:
            (tmp_path / name).mkdir()
            laid = publish.staged_site(publish.published(repository), str(tmp_path / name), as_of=DAY)
            return {path: (Path(laid.folder) / path).read_bytes() for path in laid.paths if (Path(laid.folder) / path).is_file()}

    first, second = staged("one"), staged("two")
    assert first == second
    pages = [data.decode() for path, data in first.items() if path.endswith("ITSM-P-01/index.md")]
    assert pages
    assert all(SECOND_ONE in page for page in pages)
    table_file = next(data.decode() for path, data in first.items() if path.endswith("releases.csv"))
    assert SECOND_ONE in table_file


def test_receipts_of_a_rehearsal_are_marked(received):
    next_version(received, "ITSM-P-02", "A/2")
    receive(received, THIRD, rehearsal=True)
    shown = witnessed_by_number(received)
    assert shown["ITSM-P-02", "A/2"] == "2026-03-11 10:00:00 (rehearsal)"
    assert shown[NEW] == SECOND_ONE


def test_a_receipt_completed_later_is_marked_late(received):
    next_version(received, "ITSM-P-02", "A/2")
    old = received.head("main", at=received.server)
    received.put("notes.txt")
    received.commit("notes")
    assert received.land().code == 0
    receive(received, THIRD, old=old)
    assert witnessed_by_number(received)["ITSM-P-02", "A/2"] == "by 2026-03-11 10:00:00 (late receipt)"


def test_a_key_of_the_server_that_was_exchanged_still_counts_for_its_time(received):
    new_key(received.keys, "server-key-2")
    received.day = "2026-03-10"
    server_keys(received, "server-key-2")
    receive(received, THIRD, key="server-key-2")
    assert witnessed_by_number(received)[NEW] == SECOND_ONE


# -- what is shown as nothing --------------------------------------------------------------------------------------------


def refused(shop, at=None, why="cannot be believed"):
    found = table(shop, at=at)
    assert {said(row["witnessed"], "en") for row in found.rows} == {"not witnessed"}
    assert {row["receipt"] for row in found.rows} | {row["delay"] for row in found.rows} == {""}
    assert any(why in note.en for note in found.notes), found.notes


def test_receipts_signed_with_a_key_that_the_rules_never_knew(shop, tmp_path):
    shop.keys = tmp_path
    new_key(tmp_path, "other-key")
    receive(shop, FIRST, key="other-key")
    refused(shop, why="not by a server key of the rules")


def test_a_chain_with_a_receipt_missing(received):
    next_version(received, "ITSM-P-02", "A/2")
    receive(received, THIRD)
    third, first = (received.head(name, at=received.server) for name in (REF, f"{REF}~2"))
    tree = received.git("rev-parse", f"{third}^{{tree}}", at=received.server)
    forged = received.git("commit-tree", "-p", first, "-m", "x", tree, at=received.server)
    received.git("update-ref", REF, forged, at=received.server)
    refused(received, why="after number 1")


def test_something_else_under_the_name_of_receipts(received):
    received.git("update-ref", REF, "refs/heads/main", at=received.server)
    refused(received)


def test_a_branch_that_the_server_took_back(received):
    received.git("update-ref", "refs/heads/main", "refs/heads/main~1", at=received.server)
    refused(received, why="not on the official history")


# -- an older state than the published one -------------------------------------------------------------------------------


def test_a_copy_that_is_behind_its_server_still_shows_what_it_holds(received):
    received.git("fetch", "-q", "origin", f"+{REF}:{REF}")
    received.git("reset", "-q", "--hard", "main~1")
    shown = witnessed_by_number(received, at=received.office)
    assert NEW not in shown
    assert set(shown.values()) == {FIRST_ONE}


def test_a_copy_that_is_ahead_shows_the_rest_as_not_witnessed(received):
    received.git("fetch", "-q", "origin", f"+{REF}:{REF}")
    received.next("ITSM-P-02", "A/2")
    received.evidence("ITSM-P-02")
    received.commit("not pushed")
    shown = witnessed_by_number(received, at=received.office)
    assert (shown[NEW], shown["ITSM-P-02", "A/2"]) == (SECOND_ONE, "not witnessed")


def test_an_older_official_state_is_no_rollback(received):
    with Repository.open(str(received.server)) as repository:
        line = repository.first_parent_ids("main")
        keys = {public_key(received.keys, "server-key"): ""}
        library = received.root()["repository"]
        assert witness(repository, line[:-1]).fault(keys, library) is None
        assert witness(repository, line).fault(keys, library) is None
        received.git("update-ref", "refs/heads/main", line[-2], at=received.server)
        assert witness(repository, line[:-1]).fault(keys, library) is not None


# -- the words of verify, log and status ---------------------------------------------------------------------------------


def spoken(shop, *words, at=None):
    return shop.tried(str(Path(sys.executable).parent / "docctl"), "--lang", "en", *words, at=at or shop.server)


def shortfall(shop):
    with Repository.open(str(shop.server)) as repository:
        seen = witness(repository, repository.first_parent_ids("main"))
        return [words.en for words in (*seen.shortfall, *seen.reservations)]


def test_nothing_is_missing_where_every_state_is_witnessed(received):
    assert shortfall(received) == []
    assert "not V2" not in spoken(received, "verify", "--root", received.fingerprint).said


def test_verify_says_that_there_are_no_receipts(shop):
    told = spoken(shop, "verify", "--root", shop.fingerprint)
    assert "assurance: V1" in told.said
    assert "not V2: there are no receipts here" in told.said


def test_verify_says_how_many_states_are_without(received):
    received.put("notes.txt")
    received.commit("notes")
    assert received.land().code == 0
    told = spoken(received, "verify", "--root", received.fingerprint, "--format", "json")
    said_by_it = json.loads(told.said)
    assert said_by_it["assurance"] == "V1"
    assert said_by_it["receipts"] == [f"not V2: 1 state has no receipt, of {said_by_it['commits']}"]


def test_verify_says_that_receipts_are_a_rehearsal_s_or_late(received):
    received.put("notes.txt")
    received.commit("notes")
    old = received.head()
    assert received.land().code == 0
    received.put("more.txt")
    received.commit("more")
    assert received.land().code == 0
    receive(received, THIRD, rehearsal=True, old=old)
    told = spoken(received, "verify", "--root", received.fingerprint).said
    assert "not V2: 2 receipts are of a server installed for rehearsals" in told
    assert "1 receipt was written late: they only say" in told
    assert all(Words(*words).zh for words in witness_words(received))


def witness_words(shop):
    with Repository.open(str(shop.server)) as repository:
        seen = witness(repository, repository.first_parent_ids("main"))
        return (*seen.shortfall, *seen.reservations)


def test_verify_names_objects_that_git_would_replace_and_does_not_follow_them(received):
    good, other = received.head("main", at=received.server), received.head("main~1", at=received.server)
    received.git("replace", good, other, at=received.server)
    told = spoken(received, "verify", "--root", received.fingerprint)
    assert told.code == 0
    assert f"refs/replace/{good} is here" in told.said
    asked = spoken(received, "verify", "--root", received.fingerprint, "--format", "json")
    assert json.loads(asked.said)["replaced"] == [f"refs/replace/{good}"]


def test_the_history_of_a_document_shows_what_was_received(received):
    told = spoken(received, "log", "ITSM-P-01")
    assert "2026-03-10 09:00:00" in told.said
    asked = json.loads(spoken(received, "log", "ITSM-P-01", "--format", "json").said)
    receipts = {each["receipt"]["n"] for version in asked["versions"] for each in version["statements"]}
    assert receipts == {1, 2}


def test_status_and_verify_list_what_rests_on_a_stolen_key(received):
    people = read_people(received)
    people["people"]["zhao.lei"]["keys"][0].update({"compromised_since": "2026-03-08", "to": "2026-03-07"})
    write_people(received, people)
    received.rules_record("sun.li", reason="stolen")
    received.commit("stolen")
    landing = received.head("main", at=received.server)
    assert received.land().code == 0
    told = spoken(received, "verify", "--root", received.fingerprint)
    assert told.code == 1
    for words in ("DC220", "Needs re-approval", "ITSM-P-01", "A/1", "zhao.lei", "SHA256:", "2026-03-08", landing[:12]):
        assert words in told.said
    wanted = [("ITSM-P-01", "A/1", "zhao.lei", "2026-03-08", landing)]
    for words in (("verify", "--root", received.fingerprint), ("status",)):
        found = json.loads(spoken(received, *words, "--format", "json").said)["reapproval"]
        assert [tuple(each[name] for name in ("number", "version", "person", "since", "landed")) for each in found] == wanted
    assert [(row["number"], row["version"]) for row in table(received, "re-approval").rows] == [NEW]
