"""Claimed, received and in force: what registers show of the server's receipts, and what of stolen keys."""

import pytest

from docctl.core.errors import Words
from docctl.core.receipt import Arrival, Arrivals, Receipt
from docctl.registers import REGISTERS, register
from docctl.registers.in_force import master_list
from docctl.registers.obsolete import obsolete_list
from docctl.registers.reapproval import reapproval_list
from docctl.registers.record_list import record_index
from docctl.registers.releases import release_table
from docctl.render import write_table

from .conftest import COMMIT, REPOSITORY

LANDING = "1ea0" * 10


def receipt(n=2, at="2026-01-05T08:00:00Z", *, late=0, rehearsal=0):
    return Receipt(
        commit=LANDING, late=late, n=n, previous=None, received_at=at, ref="refs/heads/main", rehearsal=rehearsal,
        repository=REPOSITORY, schema="docctl/receipt/v1",
    )  # fmt: skip


@pytest.fixture
def seen(firm):
    """The firm on a day, everything in it landed at once and was received as a receipt says."""

    def collection(found=None, day="2026-05-01", fault=None):
        brought = Arrival(LANDING, found)
        by = {item.path: brought for signed in firm.signed.values() for item in signed} | dict.fromkeys(firm.records, brought)
        arrivals = Arrivals(by, believed=found is not None, fault=fault)
        return firm.collection(day)._replace(arrivals=arrivals)

    return collection


def test_a_release_shows_when_it_was_received_and_how_long_that_took(firm, said, seen):
    firm.issue()
    row = said(release_table(seen(receipt(at="2026-01-07T18:00:00Z"))).rows[0])
    assert row["released"] == "孙丽 2026-01-05 12:00:00"
    assert (row["witnessed"], row["delay"], row["receipt"], row["batch"]) == ("2026-01-08 02:00:00", "3", "2", LANDING[:12])
    assert row["effective_from"] == "2026-01-05"


def test_a_receipt_of_the_same_day_is_no_delay(firm, said, seen):
    firm.issue()
    assert said(release_table(seen(receipt())), column="delay") == ["0"]


@pytest.mark.parametrize(
    ("found", "english", "chinese"),
    [
        (receipt(), "2026-01-05 16:00:00", "2026-01-05 16:00:00"),
        (receipt(rehearsal=1), "2026-01-05 16:00:00 (rehearsal)", "2026-01-05 16:00:00（演练）"),
        (receipt(late=1), "by 2026-01-05 16:00:00 (late receipt)", "不晚于 2026-01-05 16:00:00（补发回执）"),
        (receipt(1), "by 2026-01-05 16:00:00 (first receipt)", "不晚于 2026-01-05 16:00:00（首份回执）"),
        (
            receipt(1, rehearsal=1),
            "by 2026-01-05 16:00:00 (first receipt, rehearsal)",
            "不晚于 2026-01-05 16:00:00（首份回执、演练）",
        ),
        (None, "not witnessed", "未见证"),
    ],
)
def test_what_a_receipt_says_less_is_marked(firm, said, seen, found, english, chinese):
    firm.issue()
    table = release_table(seen(found))
    assert said(table, column="witnessed") == [english]
    assert said(table, "zh", "witnessed") == [chinese]
    assert said(master_list(seen(found)), column="witnessed") == [english]


@pytest.mark.parametrize("found", [receipt(1), receipt(late=1), None])
def test_no_delay_is_told_where_no_receipt_dates_the_arrival(firm, said, seen, found):
    firm.issue()
    assert said(release_table(seen(found)), column="delay") == [""]


def test_what_landed_together_has_one_batch(firm, said, seen):
    firm.issue("ITSM-P-01")
    firm.issue("ITSM-P-02")
    assert said(release_table(seen()), column="batch") == [LANDING[:12]] * 2
    assert said(release_table(firm.collection()), column="batch") == ["", ""]


def test_rows_of_a_day_never_learn_of_receipts_that_came_later(firm, said, seen):
    firm.issue()
    found = receipt(at="2026-01-09T16:00:00Z")  # the tenth in Shanghai
    assert said(release_table(seen(found, "2026-01-09")), column="witnessed") == ["not witnessed"]
    assert said(release_table(seen(found, "2026-01-10")), column="witnessed") == ["2026-01-10 00:00:00"]


def test_receipts_that_do_not_hold_are_told_and_shown_as_nothing(firm, said, seen):
    firm.issue()
    table = release_table(seen(fault=Words("broken after 3", "第 3 份之后断裂")))
    assert said(table, column="witnessed") == ["not witnessed"]
    assert any("cannot be believed: broken after 3" in note.en and "第 3 份之后断裂" in note.zh for note in table.notes)


def test_an_ended_version_shows_when_what_ended_it_was_received(firm, said, seen):
    firm.issue()
    firm.issue(version="A/1", day="2026-01-10", change={"class": "minor", "reason": "审核"})
    assert said(obsolete_list(seen(receipt())), column="witnessed") == ["2026-01-05 16:00:00"]


def test_a_sealed_record_is_witnessed_by_its_seal_and_an_open_one_by_itself(firm, said, seen):
    firm.seal(firm.record())
    firm.record("REC-INC-2026-002")
    collection = seen(receipt())
    own = Arrival(LANDING, receipt(5, "2026-01-12T01:00:00Z"))
    by = {**collection.arrivals.by, "REC-INC-2026-001": own, "REC-INC-2026-002": own}
    table = record_index(collection._replace(arrivals=Arrivals(by, believed=True)))
    assert said(table, column="witnessed") == ["2026-01-05 16:00:00", "2026-01-12 09:00:00"]


@pytest.mark.parametrize("form", ["text", "md", "csv", "xlsx", "json"])
@pytest.mark.parametrize("name", REGISTERS)
def test_the_same_commit_and_receipts_give_the_same_bytes(firm, seen, name, form):
    firm.issue()
    firm.seal(firm.record())
    first, second = (write_table(register(name, seen(receipt())), form, "zh") for _ in range(2))
    assert first == second


def stolen(firm, name="zhao.lei", since="2026-01-20", **more):
    firm.people[name]["keys"][0].update({"compromised_since": since, **more})


def test_what_rests_on_a_stolen_key_is_listed_with_its_landing_and_what_is_older_is_not(firm, said, seen):
    firm.issue("ITSM-P-01", day="2026-01-19")
    firm.issue("ITSM-P-02", day="2026-01-20")
    stolen(firm)
    table = reapproval_list(seen(receipt(at="2026-01-19T08:00:00Z")))
    assert said(table, column="number") == ["ITSM-P-02"]
    row = said(table.rows[0])
    assert (row["version"], row["person"], row["key"], row["stolen"]) == ("A/0", "赵磊", "SHA256:zhao.lei", "2026-01-20")
    assert (row["decision"], row["landing"], row["state"]) == ("approved", LANDING[:12], "in force")


def test_a_thief_who_claims_an_earlier_day_is_found_by_the_receipt(firm, said, seen):
    firm.issue(day="2026-01-19")
    stolen(firm)
    assert reapproval_list(seen()).rows == ()
    assert said(reapproval_list(seen(receipt(at="2026-01-21T08:00:00Z"))), column="number") == ["ITSM-P-05"]
    assert reapproval_list(seen(receipt(late=1, at="2026-01-21T08:00:00Z"))).rows == ()


def test_a_key_that_is_closed_as_well_is_not_forgotten(firm, said, seen):
    firm.issue(day="2026-01-25")
    stolen(firm, to="2026-01-19")
    assert said(reapproval_list(seen()), column="number") == ["ITSM-P-05"]


def test_a_superseded_version_is_listed_as_what_it_is(firm, said, seen):
    firm.issue(day="2026-01-25")
    firm.people["zhao.lei"]["keys"].append({"key": "ssh-ed25519 bmV3", "from": "2026-01-05"})
    firm.issue(version="A/1", day="2026-02-01", change={"class": "minor", "reason": "重新批准"})
    stolen(firm, since="2026-01-24")
    table = reapproval_list(seen())
    assert said(table, column="version") == ["A/0", "A/1"]
    assert said(table, column="state") == ["superseded", "in force"]


def test_without_stolen_keys_the_list_is_empty(firm, seen):
    firm.issue()
    table = reapproval_list(seen(receipt()))
    assert (table.rows, table.commit) == ((), COMMIT)
