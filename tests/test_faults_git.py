"""What git can be in the middle of (R23 to R32, R58, R59): each act says so first, loses nothing, and reading goes on."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from .faultroom import APPROVE, candidate_of, docctl, look, prepared, told
from .workshop import run

CHINESE = re.compile("[\u4e00-\u9fff]")


def refused(shop, code: int, *said: str, key: str = "zhao.lei", act: tuple[str, ...] = APPROVE) -> None:
    """An act that cannot be recorded now: said in both languages, nothing changed."""
    before = look(shop.office)
    told(docctl(shop, *act, DOCCTL_KEY=str(shop.keys / key)), code, *said)
    assert CHINESE.search(docctl(shop, *act, DOCCTL_KEY=str(shop.keys / key), DOCCTL_LANG="zh").said)
    assert look(shop.office) == before


@pytest.fixture
def candidate(base, tmp_path):
    """A candidate that waits for its approval, on its topic branch."""
    return candidate_of(base, tmp_path / "shop")


READING = (("verify",), ("status",), ("check",), ("register", "in-force"), ("doctor",))


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_r23_r24_no_repository_and_no_commits(words, shop, tmp_path):
    (tmp_path / "plain").mkdir()
    run("git", "init", "-q", "-b", "main", "empty", at=tmp_path)
    for name, en in (("plain", "not a git repository"), ("empty", "no commits")):
        ran = docctl(shop, "-C", str(tmp_path / name), *words)
        if words == ("doctor",):
            assert ran.code == 1
            assert "→" in ran.said
        elif name == "plain":
            told(ran, 3, en)
        else:
            told(ran, 3, "docctl init")
        as_json = docctl(shop, "-C", str(tmp_path / name), *words, "--format", "json")
        object_ = json.loads(re.sub(r"\ndocctl: .*", "", as_json.said, flags=re.DOTALL))
        assert object_["format"] == 1
        if words != ("doctor",):
            assert object_["outcome"] == "could-not-check"
            assert object_["error"]["code"]
    assert "no commits" in docctl(shop, "-C", str(tmp_path / "empty"), "verify").said


def test_r26_on_no_branch(candidate):
    candidate.git("checkout", "-q", "HEAD~2")
    refused(candidate, 3, "you are not on a branch", "git switch")
    refused(candidate, 3, "you are not on a branch", key="wang.fang", act=("submit", "ITSM-P-03", "--yes"))
    refused(candidate, 3, "you are not on a branch", key="chen.jing", act=("release", "ITSM-P-03", "--yes"))
    assert docctl(candidate, "status").code == 0
    assert docctl(candidate, "verify").code == 0


def test_r29_a_stale_lock_is_told_not_deleted(candidate):
    candidate.put("staged.txt", "the user's own\n")
    candidate.git("add", "staged.txt")
    lock = candidate.office / ".git/index.lock"
    lock.touch()
    refused(candidate, 3, "another git process", "crashed", f"remove the file {lock}")
    assert lock.exists()
    assert docctl(candidate, "status").code == 0
    assert "index.lock" in docctl(candidate, "doctor").said
    lock.unlink()
    assert docctl(candidate, *APPROVE, DOCCTL_KEY=str(candidate.keys / "zhao.lei")).code == 0
    assert candidate.git("diff", "--cached", "--name-only") == "staged.txt"


@pytest.mark.parametrize("what", ["merge", "cherry-pick", "revert", "rebase"])
def test_r30_something_of_git_is_unfinished(candidate, what):
    candidate.git("branch", "side")
    candidate.edit("ITSM-P-03", r"\Z", "\n一边\n")
    candidate.git("commit", "-q", "--no-verify", "-am", "one side")
    candidate.git("switch", "-q", "side")
    candidate.edit("ITSM-P-03", r"\Z", "\n另一边\n")
    candidate.git("commit", "-q", "--no-verify", "-am", "other side")
    candidate.git("switch", "-q", "doc/ITSM-P-03/A-0")
    candidate.edit("ITSM-P-03", r"\Z", "\n再改\n")
    candidate.git("commit", "-q", "--no-verify", "-am", "once more")
    words = {
        "merge": ["merge", "side"],
        "cherry-pick": ["cherry-pick", "side"],
        "revert": ["revert", "HEAD~1"],
        "rebase": ["rebase", "side"],
    }
    assert candidate.tried("git", *words[what], GIT_EDITOR="true").code != 0
    refused(candidate, 3, f"a {what} is in progress", f"git {what} --abort")
    refused(candidate, 3, f"a {what} is in progress", key="wang.fang", act=("record", "new", "incident", "x"))
    assert docctl(candidate, "status").code == 0
    assert what in docctl(candidate, "doctor").said


def test_r28_a_repository_of_another_user(shop):
    if os.geteuid():
        pytest.skip("only root can give a repository away")
    for place, folders, names in os.walk(shop.office):
        for name in (".", *folders, *names):
            os.chown(Path(place, name), 65534, 65534, follow_symlinks=False)
    for words in (("verify",), ("status",), APPROVE):
        told(docctl(shop, *words), 3, "dubious ownership", "git config --global --add safe.directory", str(shop.office))
    ran = docctl(shop, "doctor")
    assert ran.code == 1
    assert "safe.directory" in ran.said
    settings = shop.folder / "gitconfig"
    settings.write_text(f"[safe]\n\tdirectory = {shop.office}\n")
    assert docctl(shop, "verify", GIT_CONFIG_GLOBAL=str(settings)).code == 0


def _path_with(folder: Path, **programs: str) -> str:
    """A PATH with links to real programs, and scripts in the place of others."""
    folder.mkdir()
    for name in ("git", "ssh-keygen", "ssh", "sh", "cat", "env", "uname"):
        found = shutil.which(name)
        if programs.get(name):
            (folder / name).write_text(f"#!/bin/sh\n{programs[name]}\n")
            (folder / name).chmod(0o755)
        elif name not in programs and found:
            (folder / name).symlink_to(found)
    return str(folder)


def test_r32_a_git_that_is_too_old(shop, tmp_path):
    path = _path_with(tmp_path / "bin", git='echo "git version 2.17.1"')
    for words in (*READING[:-1], APPROVE):
        told(docctl(shop, *words, PATH=path), 3, "git 2.30 or newer needed, found 2.17")
    doctor = docctl(shop, "doctor", PATH=path)
    assert doctor.code == 1
    assert "found 2.17" in doctor.said


def test_r32_no_git_at_all(shop, tmp_path):
    path = _path_with(tmp_path / "bin", git="")
    told(docctl(shop, "status", PATH=path), 3, "git was not found")
    assert docctl(shop, "doctor", PATH=path).code == 1


def test_r33_no_ssh_keygen_and_reading_goes_on(candidate, tmp_path):
    path = _path_with(tmp_path / "bin", **{"ssh-keygen": ""})
    before = look(candidate.office)
    told(docctl(candidate, *APPROVE, PATH=path, DOCCTL_KEY=str(candidate.keys / "zhao.lei")), 3, "ssh-keygen 8.9 or newer needed")
    assert look(candidate.office) == before
    for words in (("verify",), ("status",), ("check",)):
        assert docctl(candidate, *words, PATH=path).code == 0
    assert "ssh-keygen 8.9" in docctl(candidate, "doctor", PATH=path).said


def test_r33_an_openssh_that_is_too_old(candidate, tmp_path):
    path = _path_with(tmp_path / "bin", **{"ssh-keygen": "exit 1", "ssh": "echo 'OpenSSH_8.2p1 Ubuntu' >&2"})
    told(docctl(candidate, *APPROVE, PATH=path), 3, "ssh-keygen 8.9 or newer needed, found 8.2p1")


def test_r58_two_people_act_in_two_clones_at_once(candidate):
    topic = "doc/ITSM-P-03/A-0"
    candidate.git("push", "-q", "origin", topic)
    other = candidate.folder / "other"
    run("git", "clone", "-q", str(candidate.server), str(other), at=candidate.folder)
    both = []
    for place, who in ((candidate.office, "zhao.lei"), (other, "he.jun")):
        key = str(candidate.keys / who)
        both.append(
            docctl(candidate, "-C", str(place), "reject", "ITSM-P-03", "--comment", f"von {who}", "--yes", DOCCTL_KEY=key)
        )
    assert [ran.code for ran in both] == [0, 0], both
    assert run("git", "push", "-q", "origin", topic, at=candidate.office).code == 0
    key = str(candidate.keys / "he.jun")
    again = docctl(
        candidate, "-C", str(other), "revoke", "ITSM-P-03", "--yes", "--push", DOCCTL_KEY=key, DOCCTL_NOW="2026-03-10T02:00:00Z"
    )
    told(again, 1, "push was refused", "fetch")
    run("git", "fetch", "-q", at=other)
    env = {"GIT_EDITOR": "true"}
    merged = run("git", "merge", "-q", "--no-edit", f"origin/{topic}", at=other, env=env)
    assert merged.code == 0, merged.said
    assert run("git", "push", "-q", "origin", topic, at=other).code == 0
    names = candidate.git("ls-tree", "-r", "--name-only", topic, at=candidate.server)
    assert {who for who in ("zhao.lei", "he.jun") if f"{who}.reject." in names} == {"zhao.lei", "he.jun"}


def test_r58_the_second_release_is_told_to_fetch(candidate):
    prepared(candidate, ("zhao.lei", "approve", "ITSM-P-03", "--yes"), hour=3)
    topic = "doc/ITSM-P-03/A-0"
    candidate.git("push", "-q", "origin", topic)
    other = candidate.folder / "other"
    run("git", "clone", "-q", str(candidate.server), str(other), at=candidate.folder)
    candidate.git("switch", "-q", "main")
    with candidate.desk("li.ming") as desk:
        from docctl.acts import record

        record.new(desk, "incident", "同时发生")
    assert candidate.land().code == 0
    release = ("release", "ITSM-P-03", "--yes", "--effective", "2026-03-16", "--push")
    key = str(candidate.keys / "chen.jing")
    second = docctl(candidate, "-C", str(other), *release, DOCCTL_KEY=key)
    told(second, 1, "push was refused", "fetch")


def test_r59_a_decision_on_a_branch_that_was_removed_is_kept_and_shown(candidate):
    topic = "doc/ITSM-P-03/A-0"
    candidate.git("push", "-q", "origin", topic)
    candidate.git("switch", "-q", "main")
    candidate.git("branch", "-q", "-D", topic)
    shown = json.loads(docctl(candidate, "status", "--format", "json").said)
    assert any(each["number"] == "ITSM-P-03" and each["state"] == "in_review" for each in shown["open"])
    removed = candidate.tried("git", "push", "-q", "--no-verify", "origin", f":{topic}")
    assert removed.code != 0, "the server keeps what was decided"
    assert topic in candidate.refs()
    approved = docctl(candidate, *APPROVE, DOCCTL_KEY=str(candidate.keys / "zhao.lei"))
    assert approved.code == 0, approved.said
