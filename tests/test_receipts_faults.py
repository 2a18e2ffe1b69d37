"""Receipts under bad luck: pushes that race, clocks that jump, keys that are exchanged. An honest server's chain always holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

from docctl import server
from docctl.core.errors import DocctlError
from docctl.receipts import REF, Server, chain, complete
from docctl.repository import Repository

from .test_receipts import EARLY, LATE, judged, more, witnessed  # noqa: F401  the fixture


def lands(shop, name):
    """A commit that lands without any receipt; where main stood before and after."""
    before = shop.head("main", at=shop.server)
    shop.put(f"{name}.txt", name)
    shop.commit(name)
    assert shop.land().code == 0
    return before, shop.head("main", at=shop.server)


def receipt(shop, before, after, now, key=""):
    with Repository.open(str(shop.server)) as repository:
        return complete(repository, Server(shop.root()["repository"], key or shop.key_file), "main", before, after, now)


def filed(shop):
    with Repository.open(str(shop.server)) as repository:
        return [found.receipt for found in chain(repository).receipts]


def test_two_pushes_whose_receipts_are_written_in_the_other_order(witnessed):  # noqa: F811
    first, second = lands(witnessed, "one"), lands(witnessed, "two")
    receipt(witnessed, *second, LATE)
    assert receipt(witnessed, *first, LATE) == []
    report = judged(witnessed)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]


def test_three_pushes_whose_receipts_come_last_first(witnessed):  # noqa: F811
    pushes = [lands(witnessed, name) for name in ("one", "two", "three")]
    for before, after in reversed(pushes):
        receipt(witnessed, before, after, LATE)
    report = judged(witnessed)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]


def test_a_server_clock_that_ran_ahead_and_was_put_right(witnessed):  # noqa: F811
    receipt(witnessed, *lands(witnessed, "one"), "2031-01-01T00:00:00Z")
    receipt(witnessed, *lands(witnessed, "two"), LATE)
    receipt(witnessed, *lands(witnessed, "three"), "2031-01-01T00:00:01Z")
    report = judged(witnessed)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]
    assert [(each.late, each.received_at[:4]) for each in filed(witnessed)] == [
        (0, "2026"),
        (0, "2031"),
        (1, "2031"),
        (0, "2031"),
    ]


def test_a_clock_that_is_a_minute_behind_still_dates_an_arrival(witnessed):  # noqa: F811
    receipt(witnessed, *lands(witnessed, "one"), LATE)
    receipt(witnessed, *lands(witnessed, "two"), LATE.replace("08:00:00", "07:59:00"))
    assert judged(witnessed).assurance == "V2"
    assert [(each.late, each.received_at) for each in filed(witnessed)[1:]] == [(0, LATE), (0, LATE)]


@pytest.mark.parametrize("clock", ["1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "2027-02-29T00:00:00Z", "soon", ""])
def test_a_clock_that_no_receipt_can_bear_leaves_the_chain_whole(witnessed, clock):  # noqa: F811
    pushed = lands(witnessed, "one")
    with pytest.raises(DocctlError, match="clock"):
        receipt(witnessed, *pushed, clock)
    receipt(witnessed, *lands(witnessed, "two"), LATE)
    assert judged(witnessed).assurance == "V2"
    assert [each.late for each in filed(witnessed)] == [0, 1, 0]


def test_many_pushes_at_once_all_get_a_receipt(witnessed):  # noqa: F811
    pushes = [lands(witnessed, f"push-{place}") for place in range(4)]
    program = (
        "import sys; from docctl.receipts import Server, complete; from docctl.repository import Repository\n"
        "place, library, key, old, new, now = sys.argv[1:]\n"
        "with Repository.open(place) as repository: complete(repository, Server(library, key), 'main', old, new, now)"
    )
    there = (str(witnessed.server), witnessed.root()["repository"], witnessed.key_file)
    running = [subprocess.Popen([sys.executable, "-c", program, *there, *push, LATE]) for push in pushes]
    assert [each.wait(60) for each in running] == [0] * 4
    report = judged(witnessed)
    assert (report.fine, report.assurance) == (True, "V2"), [item.message("en") for item in report.findings]


def test_the_server_check_tells_a_clock_behind_the_receipts_and_a_chain_that_is_none(witnessed):  # noqa: F811
    def point(name):
        return next((point for point in server.check(str(witnessed.server)) if point.name == name), None)

    assert point("clock").good
    receipt(witnessed, *lands(witnessed, "one"), "2098-01-01T00:00:00Z")
    assert not point("clock").good
    assert "2098" in point("clock").words.en
    assert "2098" in point("clock").words.zh
    witnessed.git("update-ref", REF, "refs/heads/main", at=witnessed.server)
    assert not point("receipts").good


@pytest.mark.parametrize(("receipt_at", "code"), [("2026-04-09T00:00:02Z", ""), ("2026-04-09T01:00:00Z", "DC215")])
def test_midnight_between_the_gate_and_the_receipt_makes_no_decision_too_old(witnessed, receipt_at, code):  # noqa: F811
    before = witnessed.head("main", at=witnessed.server)
    witnessed.git("fetch", "-q", "origin")
    witnessed.evidence(
        witnessed.next("ITSM-P-02", "A/2"), release={"decided_at": "2026-04-08T05:00:00Z", "effective_from": "2026-04-16"}
    )
    witnessed.commit("ITSM-P-02 A/2")
    assert witnessed.land(DOCCTL_NOW="2026-04-08T23:59:58Z").code == 0
    receipt(witnessed, before, witnessed.head("main", at=witnessed.server), receipt_at)
    assert {item.code for item in judged(witnessed).findings} == ({code} if code else set())
