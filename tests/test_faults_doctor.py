"""`docctl doctor` tells what is wrong with a set-up and how to mend it; `docctl fix` writes mended copies and never guesses."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest

from docctl import mending
from docctl.core.errors import Refusal

from .faultroom import docctl, look
from .workshop import run


def _points(shop, **env: str) -> dict[str, dict]:
    """The points by name; the same in both languages, and nothing is changed by looking."""
    before = look(shop.office)
    env = {"DOCCTL_KEY": str(shop.keys / "zhao.lei"), **env}
    english, chinese = (docctl(shop, "doctor", "--format", "json", **env, DOCCTL_LANG=lang) for lang in ("en", "zh"))
    assert english.code == chinese.code
    told, said = json.loads(english.said), json.loads(chinese.said)
    assert english.code == (1 if told["outcome"] == "wrong" else 0)
    assert [each["state"] for each in told["points"]] == [each["state"] for each in said["points"]]
    assert all(each["remedy"] for each in told["points"] if each["state"] != "fine")
    text = docctl(shop, "doctor", **env).said
    assert all(each["message"] in text for each in told["points"])
    assert look(shop.office) == before
    return {each["name"]: each for each in told["points"]}


@pytest.fixture
def now(shop):
    """An instant a little after the newest landing."""
    return shop.git("log", "-1", "--date=format-local:%Y-%m-%dT%H:%M:%SZ", "--format=%cd", "origin/main", TZ="UTC")


def test_nothing_is_wrong_with_a_good_clone(shop, now):
    found = _points(shop, DOCCTL_NOW=now)
    assert {each["state"] for each in found.values()} == {"fine"}
    assert "zhao.lei" in found["key"]["message"]
    assert "git 2." in found["git"]["message"]
    assert "0 behind" in found["remote"]["message"]
    assert "没有问题" in docctl(shop, "doctor", DOCCTL_LANG="zh", DOCCTL_NOW=now).said


def test_each_fault_is_told_with_its_remedy(shop, now, tmp_path):
    shop.git("remote", "remove", "origin")
    shop.git("config", "core.autocrlf", "true")
    (shop.office / ".git/hooks/pre-commit").write_text("#!/bin/sh\n# docctl gate, format 1\n")
    (shop.office / ".git/hooks/pre-push").unlink()
    (shop.office / ".git/hooks/commit-msg").chmod(0o644)
    (shop.office / ".git/docctl-abcd1234").mkdir()
    (shop.office / "documents/.docctl-abcd1234").touch()
    (shop.office / ".git/MERGE_HEAD").write_text(shop.head() + "\n")
    key = shutil.copy(shop.keys / "qian.wei", tmp_path)
    shutil.copy(shop.keys / "qian.wei.pub", tmp_path)
    os.chmod(key, 0o640)
    found = _points(shop, DOCCTL_NOW=now, DOCCTL_KEY=str(key))
    assert "another docctl" in found["pre-commit"]["message"]
    assert "missing" in found["pre-push"]["message"]
    assert "not executable" in found["commit-msg"]["message"]
    assert found["core.autocrlf"]["state"] == "fine"
    assert "but not those of the library" in found["core.autocrlf"]["message"]
    assert "left on 2026-01-31" in found["key"]["message"]
    assert f"chmod 600 {key}" in found["key-rights"]["remedy"]
    assert "a merge is in progress" in found["unfinished"]["message"]
    assert "docctl-abcd1234" in found["leftover"]["message"]
    assert "git remote add" in found["remote"]["remedy"]
    (shop.office / ".git/MERGE_HEAD").unlink()


def test_keys(shop, now):
    for name, state, words in (
        ("wu.gang", "wrong", "registered from 2026-01-05 to 2026-01-31 only"),
        ("mallory", "wrong", "nobody's here"),
        ("root-sun.li", "fine", "the root key of sun.li"),
    ):
        found = _points(shop, DOCCTL_NOW=now, DOCCTL_KEY=str(shop.keys / name))["key"]
        assert (found["state"], words in found["message"]) == (state, True), found
    assert _points(shop, DOCCTL_NOW=now, DOCCTL_KEY="")["key"]["state"] == "careful"


def test_a_clone_that_is_behind_and_one_that_is_cut(shop, now):
    behind = shop.folder / "behind"
    run("git", "clone", "-q", str(shop.server), str(behind), at=shop.folder)
    run("git", "reset", "-q", "--hard", "HEAD~2", at=behind)
    shop.office = behind
    found = _points(shop, DOCCTL_NOW=now)
    assert (found["remote"]["state"], "2 behind" in found["remote"]["message"]) == ("careful", True)
    assert found["pre-commit"]["state"] == "wrong"
    cut = shop.folder / "cut"
    run("git", "clone", "-q", "--depth", "1", f"file://{shop.server}", str(cut), at=shop.folder)
    shop.office = cut
    assert "git fetch --unshallow" in _points(shop, DOCCTL_NOW=now)["history"]["remedy"]


def test_rules_that_cannot_be_read_and_a_bare_repository(shop, now):
    (shop.office / ".docctl/people.yaml").write_text("people: [\n")
    shop.commit("broken")
    assert _points(shop, DOCCTL_NOW=now)["rules"]["state"] == "wrong"
    ran = docctl(shop, "-C", str(shop.server), "doctor", DOCCTL_KEY=str(shop.keys / "zhao.lei"), DOCCTL_NOW=now)
    assert "Traceback" not in ran.said
    assert "rules record 2 stands" in ran.said


# -- fix ---------------------------------------------------------------------------------------------------------------------

TEXT = (
    "---\nid: ITSM-P-05\ntitle: 变更管理程序\n---\n\n## 目的 {#purpose}\n\n规范变更的申请、评估、审批、实施与回退，降低风险。\n"
)


def _file(tmp_path, data: bytes):
    place = tmp_path / "index.md"
    place.write_bytes(data)
    return place


@pytest.mark.parametrize("name", ["gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_r06_a_utf_8_copy_is_written_beside(shop, tmp_path, name):
    place = _file(tmp_path, TEXT.encode(name))
    ran = docctl(shop, "fix", "encoding", str(place))
    assert ran.code == 0, ran.said
    assert place.read_bytes() == TEXT.encode(name)
    assert (tmp_path / "index.md.utf-8").read_bytes() == TEXT.encode()
    again = docctl(shop, "fix", "encoding", str(place), DOCCTL_LANG="zh")
    assert (again.code, "已存在" in again.said) == (1, True)


def test_r07_a_copy_with_lf_is_written_beside(shop, tmp_path):
    place = _file(tmp_path, TEXT.rstrip("\n").replace("\n", "\r\n").encode())
    ran = docctl(shop, "fix", "eol", str(place), "--output", str(tmp_path / "x.md"))
    assert ran.code == 0, ran.said
    assert (tmp_path / "x.md").read_bytes() == TEXT.encode()
    assert place.read_bytes().count(b"\r\n") == TEXT.count("\n") - 1


UNSURE = {
    "utf-8 already": TEXT.encode(),
    "latin-1": "Café crème brûlée à volonté, naïveté déjà vue".encode("latin-1"),
    "big5": "變更管理程序：規範變更的申請、評估、審批、實施與回退，降低風險。".encode("big5"),
    "shift-jis": "変更管理手順書。変更の申請、評価、承認、実施を定める。".encode("shift-jis"),
    "koi8-r": "Порядок управления изменениями".encode("koi8-r"),
    "a few letters": "文".encode("gb18030"),
    "broken gb18030": TEXT.encode("gb18030")[:-20] + b"\xff",
    "broken utf-16": TEXT.encode("utf-16")[:-1],
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "zeros": bytes(100),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", UNSURE)
def test_what_is_not_certain_is_refused(tmp_path, kind):
    place = _file(tmp_path, UNSURE[kind])
    with pytest.raises(Refusal) as caught:
        mending.encoding(str(place))
    assert "nothing was written" in caught.value.words.en
    assert re.search("[\u4e00-\u9fff]", caught.value.words.zh + caught.value.remedy.zh)
    assert [path.name for path in tmp_path.iterdir()] == ["index.md"]


@pytest.mark.parametrize("data", [TEXT.encode(), b"a\rb\r\n", TEXT.encode("gb18030"), b"a\0b\r\n", b"\xef\xbb\xbfa\r\n", b""])
def test_line_ends_that_are_not_certain_are_refused(tmp_path, data):
    with pytest.raises(Refusal, match="nothing was written"):
        mending.eol(str(_file(tmp_path, data)))
    assert [path.name for path in tmp_path.iterdir()] == ["index.md"]


def test_only_ordinary_files_are_read_and_no_link_is_written_through(tmp_path):
    with pytest.raises(Refusal):
        mending.encoding(str(tmp_path))
    place = _file(tmp_path, TEXT.encode("gb18030"))
    (tmp_path / "index.md.utf-8").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="exists already"):
        mending.encoding(str(place))
    assert not (tmp_path / "elsewhere").exists()
