"""Damage in git's own folder: told by name with its mend before anything is changed, and mended by what is told."""

from __future__ import annotations

import json
import os
import shutil
import subprocess

import pytest

from .faultroom import docctl, look, prepared, told
from .workshop import run

REVISE = ("revise", "ITSM-P-02", "--class", "minor", "--reason", "改进")
MISSING = "1" * 40


def revised(shop):
    return docctl(shop, *REVISE, DOCCTL_KEY=str(shop.keys / "wang.fang"))


def object_of(ran) -> dict:
    return json.loads(ran.said[ran.said.index("{") : ran.said.rindex("}") + 1])


@pytest.mark.parametrize("damage", ["cut", "empty", "garbage"])
def test_a_damaged_index_is_told_before_an_act_begins_and_its_mend_mends(shop, damage):
    index = shop.office / ".git/index"
    whole = index.read_bytes()
    before = look(shop.office)
    index.write_bytes({"cut": whole[:100], "empty": b"", "garbage": bytes(len(whole))}[damage])
    stopped = revised(shop)
    told(stopped, 3, "index", "damaged", "git reset")
    assert shop.git("symbolic-ref", "HEAD") == "refs/heads/main"
    told(docctl(shop, "check", "--staged"), 3, "index", "damaged", "git reset")
    assert "damaged" in docctl(shop, "doctor").said
    mend = stopped.said[stopped.said.index("rm ") :].partition(", then ")
    subprocess.run(mend[0], shell=True, check=True, cwd=shop.office)
    shop.git("reset", "-q")
    assert look(shop.office) == before
    assert revised(shop).code == 0


@pytest.mark.parametrize("text", [MISSING, "zzz", ""])
def test_a_branch_that_points_at_nothing_is_no_beginning(shop, text):
    (shop.office / ".git/refs/heads/main").write_text(f"{text}\n")
    for words in (REVISE, ("check",), ("doctor",)):
        ran = docctl(shop, *words, DOCCTL_KEY=str(shop.keys / "wang.fang"))
        assert ran.code == (1 if words == ("doctor",) else 3)
        assert "branch main points at a commit that is damaged or missing" in ran.said
        assert "docctl init" not in ran.said
    shop.git("update-ref", "-d", "refs/heads/main", fine=text == MISSING)
    if text != MISSING:
        subprocess.run('rm "$(git rev-parse --git-path refs/heads/main)"', shell=True, check=True, cwd=shop.office)
    shop.git("update-ref", "refs/heads/main", "origin/main")
    assert docctl(shop, "check").code == 0


@pytest.mark.parametrize("place", ["heads/doc/X/A-0", "remotes/origin/doc/X/A-0"])
def test_a_branch_that_lacks_its_commit_is_named_before_anything_is_told(shop, place):
    path = shop.office / ".git/refs" / place
    path.parent.mkdir(parents=True)
    path.write_text(f"{MISSING}\n")
    name = place.removeprefix("heads/").removeprefix("remotes/")
    ran = docctl(shop, "status")
    told(ran, 3, f"branch {name} points at a commit that is damaged or missing", f"git update-ref -d refs/{place}")
    assert ran.said.startswith("docctl: "), "nothing is told of what is not known whole"
    assert object_of(docctl(shop, "status", "--format", "json"))["error"]["code"] == "branch-damaged"
    shop.git("update-ref", "-d", f"refs/{place}")
    assert docctl(shop, "status").code == 0


def test_a_pack_that_was_cut_is_damage_and_no_reason_to_mend_what_git_names(shop, tmp_path):
    run("git", "repack", "-adq", at=shop.office)
    for pack in (shop.office / ".git/objects/pack").glob("*.pack"):
        pack.chmod(0o644)
        os.truncate(pack, pack.stat().st_size // 2)
    for words in (("status",), ("verify",), ("register", "in-force"), REVISE):
        ran = docctl(shop, *words, DOCCTL_KEY=str(shop.keys / "wang.fang"), XDG_CACHE_HOME=str(tmp_path))
        told(ran, 3, "damaged", "fsck")


def test_a_push_that_came_late_is_known_in_any_language(shop):
    """Git's own words differ from language to language, and the way out must not hang on them."""
    prepared(shop, ("wang.fang", *REVISE))
    topic = "doc/ITSM-P-02/A-2"
    shop.git("push", "-q", "origin", topic)
    shop.git("commit", "-q", "--allow-empty", "-m", "x")
    shop.git("push", "-q", "origin", topic)
    shop.git("reset", "-q", "--hard", "HEAD~1")
    env = {"DOCCTL_KEY": str(shop.keys / "wang.fang"), "DOCCTL_LANG": "zh", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN"}
    ran = docctl(shop, "submit", "ITSM-P-02", "--yes", "--push", **env)
    told(ran, 1, f"git pull --no-rebase --no-edit origin {topic}", "服务器")
    for words in ("pull", "-q", "--no-rebase", "--no-edit", "origin", topic), ("push", "-q", "origin", topic):
        shop.git(*words)


@pytest.mark.parametrize("note", ["", "{", "[]", "7", "{}", '{"branch": "main"}', "\0\0\0\0"])
def test_a_damaged_note_of_an_act_that_was_cut_off_stops_the_next_one_with_a_mend(shop, note):
    folder = shop.office / ".git/docctl/act"
    folder.mkdir(parents=True)
    (folder / "note.json").write_text(note)
    before = look(shop.office)
    stopped = revised(shop)
    told(stopped, 3, "damaged", str(folder), "git status")
    assert look(shop.office) == before
    told(docctl(shop, "new", "procedure", "ITSM-P-09", "x"), 3, str(folder))
    shutil.rmtree(folder)
    assert revised(shop).code == 0
