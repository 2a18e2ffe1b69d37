"""Approvals that are not what they seem, each named after the attacker's wish (threats D); see test_history_evidence too."""

from __future__ import annotations

import pytest

from .test_accepts import numbered
from .test_history import release_of
from .workshop import public_key, told
from .workshop_base import read_people, write_people

P02 = "ITSM-P-02 A/2"


def borrowed(shop, source):
    """Copies somebody's approval of something else among the statements of ITSM-P-02 A/2, which lacks one."""
    shop.evidence(shop.next("ITSM-P-02", "A/2"), approve=None)
    found = next((shop.office / source).glob("*.approve.*.json"))
    for path in (found, found.with_suffix(".sig")):
        shop.put(f"statements/ITSM-P-02/A-2/{path.name}", path.read_bytes())
    return found.name


@pytest.mark.parametrize("source", ["statements/ITSM-P-01/A-0", "statements/ITSM-P-02/A-1"])
@pytest.mark.parametrize("branch", ["main", "topic"])
def test_to_commit_a_borrowed_approval(shop, source, branch):
    if branch == "topic":
        shop.git("checkout", "-q", "-b", "topic")
    name = borrowed(shop, source)
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC206", "ITSM-P-02", name, source])


def test_to_change_a_text_that_everybody_approved(shop):
    """The approvals stay what they are, so they cover the bytes of before."""
    shop.next("ITSM-P-02", "A/2")
    shop.evidence("ITSM-P-02")
    approved = shop.digest("ITSM-P-02")
    shop.edit("ITSM-P-02", r"\Z", "\n偷偷加一句。\n")
    shop.commit()
    shop.refused("DC301", about=[P02], says=[approved, shop.digest("ITSM-P-02")])


def test_to_be_two_persons_with_two_good_keys(shop):
    people = read_people(shop)
    people["people"]["li.ming"]["keys"].append({"key": public_key(shop.keys, "mallory"), "from": "2026-03-01"})
    write_people(shop, people)
    shop.rules_record(reason="a second key for Li Ming")
    shop.commit("rules")
    shop.accepted()
    shop.git("fetch", "-q")
    text = shop.text("ITSM-P-01").read_text(encoding="utf-8").replace("ITSM-P-01", "ITSM-G-01").replace("procedure", "guideline")
    shop.put("documents/guidelines/ITSM-G-01/index.md", text.replace("![流程图](flow.png)", ""))
    shop.evidence("ITSM-G-01", approve={"signer": "li.ming"})
    again = shop.statement("approve", "ITSM-G-01", key="mallory", signer="li.ming", role="department-head", comment="again")
    shop.commit()
    said = shop.refused("DC202", about=["ITSM-G-01 A/0"], says=["missing: approve by Department head"])
    assert "DC203" not in said
    assert "DC205" not in said  # both signatures are good; it is the person who counts once
    for ending in ("json", "sig"):
        (shop.office / f"{again}.{ending}").unlink()
    shop.statement("approve", "ITSM-G-01", signer="zhou.ping", role="department-head", decided_at="2026-03-09T04:30:00Z")
    shop.commit("another person")
    shop.git("reset", "-q", "--soft", "origin/main")
    shop.commit("two persons")
    shop.accepted()


def test_to_review_and_approve_in_two_roles_that_one_holds(shop):
    """Both roles are really his; at the upper levels a person fills one slot all the same."""
    people = read_people(shop)
    people["people"]["zhao.lei"]["roles"].append({"role": "top-management", "from": "2026-03-01"})
    write_people(shop, people)
    shop.rules_record(reason="Zhao Lei joins the top management")
    shop.commit("rules")
    shop.accepted()
    shop.git("fetch", "-q")
    manual = shop.next("ITSM-M-01", "A/1")
    shop.evidence(manual, approve={"signer": "zhao.lei"})
    shop.commit()
    said = shop.refused("DC202", about=["ITSM-M-01 A/1", "zhao.lei"])
    assert "DC207" not in said
    shop.git("reset", "-q", "--hard", "origin/main")
    shop.evidence(shop.next("ITSM-M-01", "A/1"))
    shop.commit("two persons")
    shop.accepted()


def test_to_land_the_second_of_two_parallel_drafts(shop):
    """Both were signed over A/1; when one has landed as A/2, the other stands on what is gone, whatever its label."""
    shop.git("checkout", "-q", "-b", "second")
    shop.evidence(shop.next("ITSM-P-02", "A/3", "第二份草稿。"))
    shop.commit("second")
    before = shop.digest_at("ITSM-P-02")
    shop.git("checkout", "-q", "-b", "first", "main")
    shop.evidence(shop.next("ITSM-P-02", "A/2", "第一份草稿。"))
    shop.commit("first")
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", "land first", "first")
    shop.accepted()
    shop.git("fetch", "-q")
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-X", "theirs", "-m", "land second", "second")
    assert shop.field("ITSM-P-02", "version") == "A/3"
    shop.refused("DC216", about=["ITSM-P-02 A/3"], says=[before, shop.digest_at("ITSM-P-02"), "sign"])


def test_to_pass_1_9_off_as_newer_than_1_10(tmp_path, keys):
    shop = numbered(tmp_path, keys)
    for day, version in enumerate([f"1.{minor}" for minor in range(11)], start=6):
        shop.day = f"2026-01-{day:02d}"
        shop.evidence(shop.next("ITSM-G-01", version), release={"effective_from": "2026-01-31"})
        shop.commit(version)
        shop.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert shop.field("ITSM-G-01", "version") == "1.10"
    shop.accepted()
    shop.day = "2026-01-20"
    shop.git("checkout", "-q", "-b", "fresh")
    shop.evidence(shop.next("ITSM-G-01", "1.9", "另一份 1.9。"), release={"effective_from": "2026-02-01"})
    shop.commit("another 1.9, freshly signed")
    told(shop.land().said, "DC303", "ITSM-G-01", "1.9", "1.10")
    shop.git("checkout", "-q", "-B", "main", "origin/main")
    shop.git("checkout", "-q", "HEAD~1", "--", "documents")
    assert shop.field("ITSM-G-01", "version") == "1.9"
    shop.commit("1.9 as it was")
    shop.refused("DC303", about=["ITSM-G-01"], says=["1.9", "1.10"])


def test_to_hide_characters_in_a_comment(shop):
    for comment, name in (("ok\u202e", "U+202E"), ("\x1b[31mok", "U+001B"), ("o\u200bk", "U+200B")):
        shop.next("ITSM-P-02", "A/2")
        shop.evidence("ITSM-P-02", approve={"comment": comment})
        shop.commit()
        said = shop.refused("DC101", about=["ITSM-P-02"], says=[name, "comment"])
        assert comment not in said
        shop.git("reset", "-q", "--hard", "origin/main")


def test_to_bring_the_version_of_before_back_with_its_own_approvals(shop):
    """Every statement on it is good, in force once, and on main for ever; the version is over all the same."""
    shop.git("checkout", "-q", release_of(shop, "ITSM-P-02 A/0"), "--", "documents/procedures/ITSM-P-02")
    shop.git("add", "-A")
    shop.stopped("commit", "-m", "x", says=["DC303", "ITSM-P-02", "A/0", "A/1"])
