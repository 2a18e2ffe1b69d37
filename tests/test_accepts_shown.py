"""What must be let through must also be told rightly: registers, pages and verify after honest work (must-accept cases N07 to N21)."""

from __future__ import annotations

import csv
import json
from html import unescape
from io import StringIO

from docctl.acts import release, sign

from .faultroom import docctl
from .reading_room import texts
from .workshop import PNG
from .workshop_base import issue, read_people, write_people


def told(shop, *words: str) -> str:
    ran = docctl(shop, *words)
    assert ran.code == 0, ran.said
    return ran.said


def rows(shop, name: str) -> dict[str, dict[str, str]]:
    """A register by number."""
    text = told(shop, "register", name, "--format", "csv").removeprefix("\ufeff")
    return {row["Doc no."]: row for row in csv.DictReader(StringIO(text))}


def test_n07_later_rules_change_no_word_about_what_landed_before(shop):
    """A leaver, a closed key and a stricter matrix: history, text, signatures and verdicts of old versions stay, byte for byte."""
    asked = [("log", number, "--format", "json") for number in ("ITSM-P-01", "ITSM-P-02", "ITSM-M-01", "ITSM-P-04")]
    before = [told(shop, *words) for words in asked]
    register = {number: {**row, "Remarks": ""} for number, row in rows(shop, "in-force").items()}
    first = json.loads(told(shop, "verify", "--root", shop.fingerprint, "--format", "json"))
    people = read_people(shop)
    people["people"]["zhao.lei"]["left"] = "2026-03-09"
    people["people"]["li.ming"]["keys"][0]["to"] = "2026-03-09"
    people["people"]["new.person"] = {**people["people"]["he.jun"], "roles": [], "keys": []}
    write_people(shop, people)
    path = shop.office / ".docctl/settings.yaml"
    old = "        - {step: 2, decision: approve, role: management-representative, count: 1}\n      editorial"
    path.write_text(path.read_text(encoding="utf-8").replace(old, old.replace("count: 1", "count: 2")), encoding="utf-8")
    shop.rules_record(reason="stricter")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "rules record 3")
    shop.accepted()
    assert [told(shop, *words) for words in asked] == before
    assert {number: {**row, "Remarks": ""} for number, row in rows(shop, "in-force").items()} == register
    shop.git("fetch", "-q")
    last = json.loads(told(shop, "verify", "--root", shop.fingerprint, "--format", "json"))
    assert (last["outcome"], last["findings"], last["statements"]) == ("fine", [], first["statements"])
    assert last["commits"] == first["commits"] + 1


def test_n08_chinese_and_emoji_are_shown_as_they_were_typed(shop):
    folder, title = "documents/信息 安全/ITSM-S-01-访问 控制", "访问控制程序（试行）｜“内部”"
    sentence, comment = "全角标点：，。；！？《》「」……—— 表情 🙂 与 👩\U0001f3fd。", "同意发布 🙂，请“尽快”。"
    text = shop.text("ITSM-P-03").read_text(encoding="utf-8").replace("ITSM-P-03", "ITSM-S-01")
    shop.put(f"{folder}/index.md", text.replace("变更管理程序", title) + f"\n{sentence}\n\n![流程](<图 1.png>)\n")
    shop.put(f"{folder}/图 1.png", PNG)
    shop.evidence(shop.next("ITSM-S-01", "A/0"), approve={"comment": comment}, release={"effective_from": "2026-03-10"})
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "访问控制程序")
    shop.accepted()
    shown = json.loads(told(shop, "show", "ITSM-S-01", "--format", "json"))
    assert (shown["title"], sentence in shown["text"]) == (title, True)
    assert comment in [each["comment"] for each in shown["statements"]]
    assert title in told(shop, "status")
    assert rows(shop, "in-force")["ITSM-S-01"]["Title"] == title
    told(shop, "site", "build", "--output", str(shop.folder / "public"), "--lang", "zh")
    page = unescape(texts(shop.folder / "public")["documents/ITSM-S-01/index.html"])
    assert f"ITSM-S-01 {title}" in page
    assert sentence in page
    assert (shop.folder / "public/documents/ITSM-S-01/图 1.png").read_bytes() == PNG


def test_n15_a_replaced_number_and_its_successor_stand_in_the_registers(shop):
    issue(shop, "procedure", "ITSM-P-05", "事件管理程序（新）", "2026-03-01", ["operations", "service-desk"])
    for hour, who in enumerate(("wang.fang", "zhao.lei"), start=1):
        with shop.desk(who, f"2026-03-09T{hour:02d}:00:00Z") as desk:
            sign.sign(desk, release.withdrawal(desk, "ITSM-P-02", "合并", replaced_by="ITSM-P-05"))
    with shop.desk("chen.jing", "2026-03-09T03:00:00Z") as desk:
        release.release(desk, release.batch(desk, ["ITSM-P-02"], effective="2026-03-10"))
    shop.git("push", "-q", "origin", "main")
    shop.accepted()
    assert rows(shop, "in-force")["ITSM-P-05"]["Version"] == "A/0"
    assert "ITSM-P-02" not in rows(shop, "in-force")
    ended = " ".join(rows(shop, "obsolete")["ITSM-P-02"].values())
    assert "合并" in ended
    assert "ITSM-P-05" in ended
    assert {"ITSM-P-02", "ITSM-P-05"} <= set(rows(shop, "releases"))


def test_n18_an_outsider_verifies_a_bare_clone_with_openssh_and_the_fingerprint_on_paper(shop, tmp_path):
    shop.git("clone", "-q", str(shop.server), str(tmp_path / "copy"), at=tmp_path)
    before = sorted(path for path in (tmp_path / "copy/.git").rglob("*") if "objects" not in path.parts)
    said = told(shop, "-C", str(tmp_path / "copy"), "verify", "--with-openssh", "--root", shop.fingerprint)
    assert "assurance: V1" in said
    assert "outcome: fine" in said
    statements = len(list((tmp_path / "copy/statements").rglob("*.json")))
    assert f"ssh-keygen agrees on {statements} of {statements} statements" in said
    assert sorted(path for path in (tmp_path / "copy/.git").rglob("*") if "objects" not in path.parts) == before
