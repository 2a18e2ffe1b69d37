"""A branch that is brought forward on the way to a signature: killed at any moment, the clone is as before or as after."""

from __future__ import annotations

import pytest

from .faultroom import APPROVE, Killed, candidate_of, zygote

TOPIC = "doc/ITSM-P-03/A-0"


@pytest.fixture(scope="module")
def child():
    with zygote() as made:
        yield made


def test_a_killed_signature_on_a_branch_that_was_behind_leads_all_of_it_back(base, child, tmp_path):
    shop = candidate_of(base, tmp_path / "shop")
    shop.git("push", "-q", "origin", TOPIC)
    shop.git("switch", "-q", "main")
    shop.git("branch", "-q", "-f", TOPIC, f"{TOPIC}~1")
    Killed(child, shop.office, list(APPROVE), str(shop.keys / "zhao.lei"), tmp_path / "killed").prove()
