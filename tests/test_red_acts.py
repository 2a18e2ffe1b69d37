"""Acts must not record what cannot count, nor leave anybody without a way on: found by attackers, and by people in a hurry."""

from __future__ import annotations

import pytest

from docctl.acts import draft, release, sign
from docctl.core.errors import Refusal

from .workshop import Workshop
from .workshop_base import read_people, write_people

P02 = "ITSM-P-02"


def candidate(shop: Workshop) -> None:
    """The next version of ITSM-P-02, submitted by its author."""
    with shop.desk("wang.fang", "2026-03-09T01:00:00Z") as desk:
        draft.revise(desk, P02, "minor", "改进")
    shop.edit(P02, r"\Z", "\n新内容。\n")
    with shop.desk("wang.fang", "2026-03-09T01:10:00Z") as desk:
        sign.sign(desk, sign.submission(desk, P02))


def decides(shop: Workshop, who: str, what: str, hour: int, number: str = P02, **more: str) -> str:
    with shop.desk(who, f"2026-03-09T{hour:02d}:00:00Z") as desk:
        return sign.sign(desk, sign.decision(desk, number, what, **more))


def test_who_approved_too_early_approves_again_and_it_lands(shop):
    candidate(shop)
    decides(shop, "zhao.lei", "approve", 2)
    with pytest.raises(Refusal, match="signed already"):
        decides(shop, "zhao.lei", "approve", 3)
    decides(shop, "li.ming", "review", 4)
    decides(shop, "zhou.ping", "cosign", 5)
    decides(shop, "zhao.lei", "approve", 6)
    with pytest.raises(Refusal, match="signed already"):
        decides(shop, "zhao.lei", "approve", 7)
    with shop.desk("chen.jing", "2026-03-09T08:00:00Z") as desk:
        release.release(desk, release.batch(desk, [P02], effective="2026-03-16"))
    shop.accepted("main")


def test_to_approve_what_one_reviewed(shop):
    people = read_people(shop)
    people["people"]["zhao.lei"]["roles"].append({"role": "department-head", "department": "operations", "from": "2026-01-05"})
    write_people(shop, people)
    shop.rules_record()
    shop.commit()
    shop.accepted()
    shop.git("fetch", "-q", "origin")
    candidate(shop)
    decides(shop, "zhao.lei", "review", 2)
    before = shop.head()
    with pytest.raises(Refusal, match=r"zhao\.lei fills another slot of ITSM-P-02 A/2 already"):
        decides(shop, "zhao.lei", "approve", 3)
    assert shop.head() == before


@pytest.mark.parametrize("branch", ["main", "topic"])
@pytest.mark.parametrize(("number", "version"), [(P02, "A/1"), ("ITSM-P-04", "A/0")])
def test_to_reject_what_is_released_without_any_gate(shop, branch, number, version):
    if branch == "topic":
        shop.git("checkout", "-q", "-b", branch)
    for hook in (shop.office / ".git/hooks").iterdir():
        hook.unlink()
    before = shop.head()
    with pytest.raises(Refusal, match=f"{number} {version} is released"):
        decides(shop, "wu.gang-new", "reject", 2, number, comment="不行")
    assert shop.head() == before
