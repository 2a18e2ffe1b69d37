"""Files that stand wrongly (R13 to R72): too large, missing, not what their names say, on disks that fold names."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from .faultroom import docctl
from .workshop import PNG

FOLDER = "documents/procedures/ITSM-P-03"


@pytest.fixture
def draft(shop):
    shop.git("switch", "-q", "-c", "doc/ITSM-P-03/A-0")
    return shop


def _refused(shop, path: str, *said: str) -> None:
    """The hook refuses what is staged and names the file; so does the JSON."""
    shop.git("add", "-A")
    told = shop.tried("git", "commit", "-m", "x", DOCCTL_LANG="en")
    assert told.code == 1, told.said
    for words in (path, "  → ", *said):
        assert words in told.said, told.said
    assert "Traceback" not in told.said
    found = json.loads(docctl(shop, "check", "--staged", "--format", "json").said)
    assert any(each["path"] == path and each["code"] and each["message"] for each in found["findings"]), found


def test_r13_an_image_of_a_hundred_megabytes(draft):
    place = draft.put(f"{FOLDER}/big.png", PNG)
    with place.open("r+b") as file:
        file.truncate(100_000_000)
    _refused(draft, f"{FOLDER}/big.png", "larger than 20 MB")


def test_r14_a_missing_image(draft):
    draft.edit("ITSM-P-03", r"\Z", "\n![图](none.png)\n")
    line = draft.text("ITSM-P-03").read_text(encoding="utf-8").split("none.png")[0].count("\n") + 1
    _refused(draft, f"{FOLDER}/index.md", f"none.png not found in the document's folder (linked in line {line})")


def test_r51_a_path_of_more_than_200_characters(draft):
    name = "很" * 60
    path = f"{FOLDER}/{name}/{name}/{name}/a.txt"
    draft.put(path)
    _refused(draft, path, "longer than 200 characters")


def test_r52_chinese_names_with_blanks(draft):
    draft.git("mv", FOLDER, "documents/procedures/ITSM-P-03-变更 管理")
    folder = "documents/procedures/ITSM-P-03-变更 管理"
    draft.put(f"{folder}/附件 一.txt", "附件\n")
    draft.put(f"{folder}/流程 图.png", PNG)
    draft.edit("ITSM-P-03", r"\Z", "\n![流程](<流程 图.png>)\n")
    draft.git("add", "-A")
    committed = draft.tried("git", "commit", "-m", "中文", DOCCTL_LANG="zh")
    assert committed.code == 0, committed.said
    done = docctl(draft, "submit", "ITSM-P-03", "--yes", DOCCTL_KEY=str(draft.keys / "wang.fang"))
    assert done.code == 0, done.said
    shown = json.loads(docctl(draft, "status", "ITSM-P-03", "--format", "json").said)
    assert "in_review" in {each["state"] for each in shown["open"]}
    draft.put(f"{folder}/坏 图.png", b"x")
    _refused(draft, f"{folder}/坏 图.png", "not an image of that kind")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.png", b"\xff\xd8\xff\xe0" + bytes(40)),
        ("a.png", b""),
        ("b.jpg", b"\xff\xd8"),
        ("c.gif", b"<svg onload=alert(1)>"),
        ("d.webp", b"RIFF0000WAVE"),
    ],
)
def test_r72_an_image_that_is_none(draft, name, data):
    draft.put(f"{FOLDER}/{name}", data)
    _refused(draft, f"{FOLDER}/{name}", "not an image of that kind")


def test_r72_attachments_are_not_opened(draft, tmp_path):
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(50_000_000))
    data = bytearray(bomb.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 0xFFFFFFF0)  # claims four gigabytes
    draft.put(f"{FOLDER}/bomb.xlsx", bytes(data))
    draft.git("add", "-A")
    assert draft.tried("git", "commit", "-m", "an attachment").code == 0


def test_r49_names_that_a_folding_disk_cannot_hold_apart(draft):
    draft.stage(f"{FOLDER}/Flow.png", PNG)
    draft.stage(f"{FOLDER}/flow.png", PNG)
    told = draft.tried("git", "commit", "-m", "x", DOCCTL_LANG="en")
    assert told.code == 1
    assert "two names differ only in letter case" in told.said
    assert "low.png" in told.said


def test_r49_two_forms_of_one_chinese_or_accented_name(draft):
    draft.stage(f"{FOLDER}/re\u0301sume\u0301.txt", "x")
    told = draft.tried("git", "commit", "-m", "x", DOCCTL_LANG="en")
    assert told.code == 1
    assert "not in Unicode form NFC" in told.said


def test_r56_a_rule_file_broken_in_a_commit_is_refused_and_the_old_rules_stand(shop):
    shop.git("switch", "-q", "-c", "rules/0003")
    settings = shop.office / ".docctl/settings.yaml"
    good = settings.read_text(encoding="utf-8")
    settings.write_text(good.replace("types:", "types: [", 1), encoding="utf-8")
    shop.rules_record()
    shop.git("add", "-A")
    told = shop.tried("git", "commit", "-m", "rules", DOCCTL_LANG="en")
    assert told.code == 1, told.said
    assert ".docctl/settings.yaml:" in told.said
    shop.git("commit", "-q", "--no-verify", "-m", "past the client's gate")
    pushed = shop.land("HEAD")
    assert pushed.code == 1, pushed.said
    assert ".docctl/settings.yaml:" in pushed.said
    shop.git("reset", "-q", "--hard", "main")
    shop.next("ITSM-P-01", "A/1")
    shop.git("switch", "-q", "-c", "doc/ITSM-P-01/A-1")
    shop.git("add", "-A")
    assert "DC" in shop.tried("git", "commit", "-m", "x", DOCCTL_LANG="en").said  # judged by rules that can be read


def test_r54_a_kept_page_that_was_altered_is_built_anew(shop, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    env = {"XDG_CACHE_HOME": str(cache), "HOME": str(tmp_path)}
    first, second = tmp_path / "one", tmp_path / "two"
    assert docctl(shop, "site", "build", "--output", str(first), **env).code == 0
    kept = list(tmp_path.rglob("*.page"))
    for path in kept:
        record = json.loads(path.read_text(encoding="utf-8"))
        record["html"] = record["html"].replace("规定", "不规定")
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    os.truncate(kept[0], 10)
    assert docctl(shop, "site", "build", "--output", str(second), **env).code == 0
    one, two = (
        {path.relative_to(top): path.read_bytes() for path in top.rglob("*") if path.is_file()} for top in (first, second)
    )
    assert one == two


def _damaged_readings(path: Path) -> Iterator[str]:
    """One file of kept readings, damaged in one way after the other."""
    whole = path.read_bytes()
    with closing(sqlite3.connect(path)) as store:
        store.execute("UPDATE readings SET sealed = CAST(replace(CAST(sealed AS TEXT), 'A/1', 'A/7') AS BLOB)")
        store.commit()
    yield "other values"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as store:
        rows = store.execute("SELECT name, sealed FROM readings ORDER BY name").fetchall()
        names = [name for name, _ in rows]
        store.execute("DELETE FROM readings")
        store.executemany(
            "INSERT INTO readings VALUES (?, ?)", zip(names[1:] + names[:1], (sealed for _, sealed in rows), strict=True)
        )
        store.commit()
    yield "one for another"
    for name, data in (
        ("a part", whole[: len(whole) // 2]),
        ("noise", bytes(reversed(whole))),
        ("nothing", b""),
        ("no such file at all", b"x" * 5000),
        ("altered bytes", bytes(each ^ 1 if place > 8192 and place % 97 == 0 else each for place, each in enumerate(whole))),
    ):
        path.write_bytes(data)
        yield name


def test_r54_kept_readings_that_were_altered_change_no_answer(shop, tmp_path):
    env = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    asked = (
        ("status", "--format", "json"),
        ("show", "ITSM-P-02", "--format", "json"),
        ("register", "in-force", "--format", "csv"),
    )
    plain = [docctl(shop, *words, XDG_CACHE_HOME=str(tmp_path / "none")) for words in asked]
    assert [ran.code for ran in plain] == [0, 0, 0]
    assert [docctl(shop, *words, **env) for words in asked] == plain
    kept = [path for top in (shop.office / ".git", tmp_path / "cache") for path in top.rglob("*readings*") if path.is_file()]
    assert kept
    for path in kept:
        for way in _damaged_readings(path):
            assert [docctl(shop, *words, **env) for words in asked] == plain, way
