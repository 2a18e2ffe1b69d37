"""docctl.core.receipt: the chain of the server's receipts, and which receipt first witnessed a state."""

from __future__ import annotations

import pytest

from docctl import shipped
from docctl.core.errors import Unreadable
from docctl.core.receipt import (
    CHECKPOINT,
    SCHEMA,
    Checkpoint,
    Filed,
    Receipt,
    arrivals,
    broken,
    read_checkpoint,
    read_receipt,
    write,
)
from docctl.core.signature import Verdict

LIBRARY = "0f0e0d0c-0b0a-4908-8706-050403020100"
COMMITS = [f"{place:040x}" for place in range(1, 7)]
ORDER = {commit: place for place, commit in enumerate(COMMITS)}
KEY = "ssh-ed25519 AAAA"
STANDS = {KEY: ""}


def receipt(n, commit, at="2026-03-01T08:00:00Z", **more):
    values = {"late": 0, "previous": f"sha256:{n - 1:064x}" if n > 1 else None, "rehearsal": 0, "repository": LIBRARY}
    return Receipt(**{"commit": commit, "n": n, "received_at": at, "ref": "refs/heads/main", "schema": SCHEMA, **values, **more})


def filed(n, commit, *, key=KEY, fault="", **more):
    return Filed(receipt(n, commit, **more), f"sha256:{n:064x}", Verdict(key, "SHA256:x", "receipt-v1@docctl", fault))


def chain():
    return [
        filed(1, COMMITS[1]),
        filed(2, COMMITS[2], at="2026-03-02T08:00:00Z"),
        filed(3, COMMITS[5], at="2026-03-03T08:00:00Z"),
    ]


def test_a_sound_chain_holds_and_an_empty_one_too():
    assert broken(chain(), STANDS, LIBRARY, ORDER) is None
    assert broken([], {}, LIBRARY, ORDER) is None


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (0, filed(1, COMMITS[1], fault="signature"), "signature"),
        (1, filed(2, COMMITS[2], key="ssh-ed25519 BBBB"), "signature"),
        (1, filed(2, COMMITS[2], repository="11111111-0b0a-4908-8706-050403020100"), "another library"),
        (1, filed(3, COMMITS[2]), "missing or was changed"),
        (1, filed(2, COMMITS[2], previous="sha256:" + "a" * 64), "missing or was changed"),
        (1, filed(2, "f" * 40), "not on the official history"),
        (1, filed(2, COMMITS[2], at="2026-02-01T08:00:00Z"), "backwards"),
        (1, filed(2, COMMITS[0], at="2026-03-02T08:00:00Z"), "went back"),
    ],
)
def test_a_broken_chain_says_after_which_receipt_and_why(place, wrong, said):
    receipts = chain()
    receipts[place] = wrong
    found = broken(receipts, STANDS, LIBRARY, ORDER)
    assert found is not None
    assert found.after == place
    assert said in found.words.en
    assert found.words.zh


def test_a_key_signs_up_to_the_push_that_takes_it_out_of_the_rules():
    assert broken(chain(), {KEY: COMMITS[3]}, LIBRARY, ORDER) is None
    found = broken(chain(), {KEY: COMMITS[2]}, LIBRARY, ORDER)
    assert (found.after, "signature" in found.words.en) == (2, True)
    assert broken(chain()[:1], {KEY: COMMITS[0]}, LIBRARY, ORDER) is None


def test_a_state_is_witnessed_by_the_receipt_of_the_push_that_brought_it():
    found = arrivals(chain(), COMMITS)
    assert [found[commit].n for commit in COMMITS] == [1, 1, 2, 3, 3, 3]
    assert arrivals(chain()[:2], COMMITS).keys() == set(COMMITS[:3])
    assert arrivals([], COMMITS) == {}


def test_a_state_received_twice_keeps_its_first_receipt():
    twice = [filed(1, COMMITS[0]), filed(2, COMMITS[0], at="2026-03-02T08:00:00Z")]
    assert arrivals(twice, COMMITS[:1])[COMMITS[0]].n == 1


def test_receipts_and_checkpoints_are_read_as_they_were_written():
    one = receipt(1, COMMITS[0])
    assert read_receipt(write(one), shipped.schema("receipt")) == one
    digest = "sha256:" + "a" * 64
    point = Checkpoint(COMMITS[0], digest, "2026-03-01T08:00:00Z", None, LIBRARY, digest, 1, CHECKPOINT)
    assert read_checkpoint(write(point), shipped.schema("checkpoint")) == point
    with pytest.raises(Unreadable):
        read_receipt(write(one)[:-1], shipped.schema("receipt"))
    with pytest.raises(Unreadable):
        read_checkpoint(write(one), shipped.schema("checkpoint"))


def test_only_a_receipt_written_in_time_after_another_dates_an_arrival():
    assert [receipt(n, COMMITS[0], late=late).dated for n, late in ((1, 0), (2, 0), (2, 1))] == [False, True, False]
