"""To choose one's own judges: each test is named after the attacker's wish, or says what must pass (I1, domain 1.5)."""

from __future__ import annotations

import re

import pytest

from .workshop import Workshop

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
