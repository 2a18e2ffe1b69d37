"""To choose one's own judges: each test is named after the attacker's wish, or says what must pass (I1, domain 1.5)."""

from __future__ import annotations

import hashlib
import re

import pytest

from .workshop import Workshop, told

P02 = "ITSM-P-02"
NEXT = "ITSM-P-02 A/2"


def editorial(shop: Workshop, **fields: str) -> None:
    """The next version of ITSM-P-02 as an editorial change with other fields of the front matter."""
    path = shop.text(shop.next(P02, "A/2"))
    text = path.read_text(encoding="utf-8").replace("class: minor", "class: editorial")
    for name, value in fields.items():
        text = re.sub(rf"^{name}:.*\n(?:[ -].*\n)*", f"{name}: {value}\n", text, count=1, flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")
    shop.evidence(P02, review=None, cosign=None)
    shop.commit()


FIELDS = {"classification": "public", "distribution": "[]", "department": "quality", "owner": "process-owner", "clauses": "[]"}


@pytest.mark.parametrize("field", FIELDS)
def test_to_change_who_owns_signs_or_reads_as_a_misprint(shop, field):
    editorial(shop, **{field: FIELDS[field]})
    shop.refused("DC317", about=[NEXT], says=[field])


def test_to_hide_the_old_text_from_the_judge_by_moving_the_folder(shop):
    shop.git("mv", "documents/procedures/ITSM-P-02", "documents/procedures/ITSM-P-02-neu")
    before = shop.digest_at("ITSM-P-01")  # any released digest: what is replaced is told apart by DC216
    assert before
    editorial(shop, classification="public")
    shop.refused("DC317", about=[NEXT], says=["classification"])


def test_a_misprint_in_the_title_takes_the_short_way(shop):
    editorial(shop, title="事件管理程序文件")
    shop.accepted()


# -- what the server knows on another branch --------------------------------------------------------------------------------


def pushed_topic(shop: Workshop, decision: str, **more: str) -> str:
    """A full candidate on a topic branch at the server and, in the commit after it, an objection; the commit before that."""
    shop.git("checkout", "-q", "-b", "doc/ITSM-P-02/A-2")
    stems = shop.evidence(shop.next(P02, "A/2"))
    before = shop.commit()
    if decision == "revoke":
        more["target"] = "sha256:" + hashlib.sha256((shop.office / f"{stems[3]}.json").read_bytes()).hexdigest()
    shop.statement(decision, P02, comment="第 3 条有误", decided_at="2026-03-09T06:00:00Z", **more)
    shop.commit()
    assert shop.land("HEAD", "refs/heads/doc/ITSM-P-02/A-2").code == 0
    return before


OBJECTIONS = [
    ("reject", {"signer": "zhou.ping", "role": "department-head"}),
    ("revoke", {"signer": "zhao.lei", "role": "management-representative"}),
]


@pytest.mark.parametrize("way", ["older", "squash", "evil-merge", "with-the-branch"])
@pytest.mark.parametrize(("decision", "more"), OBJECTIONS)
def test_to_land_past_an_objection_that_the_server_knows(shop, decision, more, way):
    before = pushed_topic(shop, decision, **more)
    shop.git("checkout", "-q", "main")
    if way == "older":
        shop.git("merge", "-q", "--no-ff", "-m", "x", before)
    elif way == "squash":
        shop.git("merge", "-q", "--squash", before)
        shop.commit()
    else:
        shop.git("merge", "-q", "--no-ff", "--no-commit", "doc/ITSM-P-02/A-2")
        shop.git("rm", "-qf", "-r", *shop.git("ls-files", f"statements/ITSM-P-02/A-2/*.{decision}.*").split("\n"))
        shop.commit()
    names = shop.refs()
    if way == "with-the-branch":
        ran = shop.tried("git", "push", "--no-verify", "origin", "HEAD:main", f"+{before}:refs/heads/doc/ITSM-P-02/A-2")
    else:
        ran = shop.land()
    assert ran.code == 1, ran.said
    assert shop.head("refs/heads/main", at=shop.server) == shop.head("origin/main")
    assert way == "with-the-branch" or shop.refs() == names
    told(ran.said, "DC227", NEXT, more["signer"], "第 3 条有误")


def test_an_objection_to_an_older_draft_holds_nothing_up(shop):
    shop.git("checkout", "-q", "-b", "doc/ITSM-P-02/A-2")
    shop.evidence(shop.next(P02, "A/2"), release=None)
    shop.statement("reject", P02, comment="第 3 条有误", **OBJECTIONS[0][1])
    shop.commit()
    assert shop.land("HEAD", "refs/heads/doc/ITSM-P-02/A-2").code == 0
    shop.edit(P02, r"\Z", "\n第 3 条已改。\n")
    shop.evidence(P02)
    shop.git("checkout", "-q", "-b", "mended")
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--squash", "mended")
    shop.git("rm", "-qf", *shop.git("ls-files", "statements/ITSM-P-02/A-2/*.reject.*").split("\n"))
    shop.commit()
    shop.accepted()
