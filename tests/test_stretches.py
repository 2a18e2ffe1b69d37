"""A history judged in stretches by several processes: the outcome of one walk, whatever lies where and whatever happens to them."""

from __future__ import annotations

import os
import signal

import pytest

from docctl import stretches
from docctl.assurance import verify
from docctl.core.errors import DocctlError
from docctl.repository import Repository

from .test_resume import force, kept


def look(shop, monkeypatch, cores, **asked):
    """The report of a history that is cut into stretches of one or two states."""
    monkeypatch.setattr(stretches, "SHORTEST", 1)
    monkeypatch.setattr(stretches, "_cores", lambda: cores)
    with Repository.open(str(shop.server)) as repository:
        return verify(repository, "main", **asked)


def notes(shop, count):
    for place in range(count):
        shop.put("notes.txt", f"{shop.head()} {place}\n")
        shop.commit("notes")


def bad(shop):
    """A text changed under its label, and put back."""
    shop.edit("ITSM-P-01")
    shop.git("commit", "-q", "-a", "--no-verify", "-m", "bad")
    found = shop.head()
    shop.git("revert", "--no-edit", "HEAD")
    return found


def good(shop):
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit("ITSM-P-02 A/2")
    notes(shop, 3)


def once(shop):
    notes(shop, 2)
    bad(shop)
    notes(shop, 2)


def twice(shop):
    for _ in range(2):
        once(shop)


def at_the_end(shop):
    notes(shop, 4)
    bad(shop)


def another_root(shop):
    notes(shop, 2)
    shop.git("checkout", "-q", "--orphan", "strange")
    shop.git("rm", "-rfq", ".")
    shop.put("strange.txt", "x")
    shop.commit("strange")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-verify", "--allow-unrelated-histories", "-m", "join", "strange")
    notes(shop, 2)


@pytest.mark.parametrize("what", [good, once, twice, at_the_end, another_root])
@pytest.mark.parametrize("resume", [False, True])
def test_the_outcome_is_that_of_one_walk(shop, monkeypatch, what, resume):
    point = kept(shop)
    what(shop)
    force(shop)
    asked = {"root": point.root, **({"kept": point, "resume": True} if resume else {})}
    one, *others = (look(shop, monkeypatch, cores, **asked) for cores in (1, 2, 5))
    assert others == [one, one]
    assert one.fine == (what is good)


def test_progress_adds_up(shop, monkeypatch):
    good(shop)
    force(shop)
    seen: list[int] = []
    report = look(shop, monkeypatch, 2, progress=seen.append)
    assert sum(seen) == report.commits > 5


def test_damage_in_a_later_stretch_is_no_verdict_and_a_breach_before_it_is_one(shop, monkeypatch):
    notes(shop, 6)
    force(shop)
    text = shop.git("rev-parse", "main:documents/procedures")
    damaged = next(shop.server.rglob(f"{text[:2]}/{text[2:]}"), None)
    if damaged is None:
        for pack in shop.server.rglob("*.pack"):
            moved = shop.folder / pack.name
            pack.rename(moved)
            pack.with_suffix(".idx").unlink()
            shop.git("unpack-objects", "-q", at=shop.server, feed=moved.read_bytes())
        damaged = shop.server / "objects" / text[:2] / text[2:]
    damaged.unlink()
    with pytest.raises(DocctlError) as caught:
        look(shop, monkeypatch, 2)
    assert caught.value.code == "damaged"
    assert caught.value.remedy.zh


def test_a_process_that_is_killed_is_no_verdict(shop, monkeypatch):
    good(shop)
    force(shop)
    whose = os.getpid()

    def die(*_):
        if os.getpid() != whose:
            os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("the work is done elsewhere")

    monkeypatch.setattr(stretches, "_judge", die)
    with pytest.raises(DocctlError) as caught:
        look(shop, monkeypatch, 2)
    assert caught.value.code == "judging-ended"


def test_a_bug_in_a_process_is_a_bug_and_says_where(shop, monkeypatch):
    force(shop)

    def broken(*_):
        raise ZeroDivisionError("here")

    monkeypatch.setattr(stretches, "_judge", broken)
    with pytest.raises(RuntimeError, match=r"in broken[\s\S]*ZeroDivisionError: here"):
        look(shop, monkeypatch, 2)
