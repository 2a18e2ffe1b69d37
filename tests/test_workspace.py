"""Writing a library through git: exact bytes, gates, landings, and nothing lost when something says no."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from docctl.core.errors import DocctlError, Refusal
from docctl.workspace import Workspace, files


@pytest.fixture(autouse=True)
def quiet_git(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_PYTHON_REFRESH", "quiet")
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\nname = Li Ming\nemail = li@example.com\n[core]\nautocrlf = true\nsafecrlf = false\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder, *words):
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def state(folder):
    """All that a failed act must leave as it was: branch, commits, index, files."""
    git(folder, "update-index", "-q", "--refresh") if (Path(folder, ".git/index")).exists() else None
    inside = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
    marks = [path.name for path in Path(folder, ".git").iterdir() if "MERGE" in path.name or path.name.startswith("docctl-")]
    return git(folder, "symbolic-ref", "HEAD"), git(folder, "show-ref"), git(folder, "ls-files", "-s"), inside, marks


@pytest.fixture
def told():
    return []


@pytest.fixture
def space(tmp_path, told):
    made = Workspace.init(str(tmp_path / "库"), "main")
    made.close()
    with Workspace.open(str(tmp_path / "库"), tell=told.append) as opened:
        opened.write({"README.md": b"one\n", "documents/ITSM-P-01/index.md": "一\n".encode()})
        opened.stage(["README.md", "documents/ITSM-P-01/index.md"])
        opened.commit("first", ["README.md", "documents/ITSM-P-01/index.md"])
        yield opened


def record(space, path, data):
    space.write({path: data})
    space.stage([path])
    return space.commit(f"write {path}", [path])


def hook(space, name, script):
    place = Path(space.hooks_dir(), name)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    place.chmod(0o755)


def refused(call, *words, kind=DocctlError, **more):
    with pytest.raises(kind) as caught:
        call(*words, **more)
    assert caught.value.words.zh
    assert caught.value.remedy.zh
    return caught.value


def test_bytes_are_stored_exactly(space):
    Path(space.top, ".gitattributes").write_text("* text=auto ident\n*.bin working-tree-encoding=UTF-16\n")
    odd = {"a.md": b"x\r\ny\r\n$Id$\n", "b.bin": b"ascii", "c.md": b"x\n", "c d/-e.md": b"\r\r\n", "empty": b""}
    space.write(odd)
    Path(space.top, "c.md").chmod(0o755)
    space.stage(odd)
    commit = space.commit("odd bytes", odd)
    for path, data in odd.items():
        assert (
            subprocess.run(["git", "cat-file", "blob", f"{commit}:{path}"], cwd=space.top, capture_output=True, check=True).stdout
            == data
        )
    assert git(space.top, "ls-files", "-s", "c.md").startswith("100755")
    Path(space.top, "a.md").unlink()
    space.stage(["a.md"])
    space.commit("gone", ["a.md"])
    assert not git(space.top, "ls-files", "a.md")


def test_files_are_ordinary_and_inside(space, tmp_path):
    os.umask(os.umask(0o077))
    space.write({"documents/新/index.md": b"1"})
    assert stat.S_IMODE(os.lstat(Path(space.top, "documents/新/index.md")).st_mode) == 0o644
    Path(space.top, "away").symlink_to(tmp_path)
    Path(space.top, "link.md").symlink_to(tmp_path / "target")
    for path in (
        "../x",
        "/etc/x",
        "a/../../x",
        "away/x",
        "link.md",
        ".git/hooks/x",
        ".GIT/x",
        "a//b",
        "README.md/x",
        "documents",
        "",
    ):
        assert refused(space.write, {"fine.md": b"1", path: b"1"}).code == "odd-path"
        assert not Path(space.top, "fine.md").exists()
    assert refused(space.stage, ["away/x"]).code == "odd-path"
    assert not (tmp_path / "target").exists()


def test_a_full_disk_leaves_old_files_whole(space, monkeypatch):
    calls = []

    def full(handle):
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    before = state(space.top)
    error = refused(space.write, {"README.md": b"two\n", "new.md": b"3"})
    assert error.code == "no-space"
    assert "new.md" in error.words.en
    assert state(space.top) == before


def test_only_the_asked_files_are_committed(space):
    record(space, "gone.md", b"1")
    record(space, "dir/file", b"1")
    for path, text in (("README.md", "user"), ("user.md", "user")):
        Path(space.top, path).write_text(text)
    git(space.top, "add", "-A")
    git(space.top, "rm", "-q", "--cached", "gone.md", "dir/file")
    Path(space.top, "dir/file").unlink()
    Path(space.top, "dir").rmdir()
    Path(space.top, "dir").write_text("a file now")
    git(space.top, "add", "dir")
    Path(space.top, "untracked").write_text("x")
    others = git(space.top, "diff", "--cached", "--raw")
    hook(space, "pre-commit", "git diff --cached --name-only > saw; git write-tree > tree")
    commit = record(space, "documents/ITSM-P-02/index.md", b"2\n")
    assert git(space.top, "show", "--format=", "--name-only", commit) == "documents/ITSM-P-02/index.md"
    assert Path(space.top, "saw").read_text() == "documents/ITSM-P-02/index.md\n"
    assert Path(space.top, "tree").read_text().strip() == git(space.top, "rev-parse", f"{commit}^{{tree}}")
    assert git(space.top, "diff", "--cached", "--raw") == others
    assert refused(space.commit, "again", ["documents/ITSM-P-02/index.md"], kind=Refusal).code == "nothing-to-record"


def test_gates_are_asked_and_heard(space, told):
    hook(space, "pre-commit", "echo careful >&2")
    record(space, "a.md", b"1")
    assert told == ["careful"]
    for name in ("pre-commit", "commit-msg"):
        hook(space, "pre-commit", "exit 0")
        hook(space, name, "echo '缺少批准 ITSM-P-01' >&2; exit 1")
        space.write({"b.md": b"2"})
        space.stage(["b.md"])
        before = state(space.top)
        error = refused(space.commit, "b", ["b.md"], kind=Refusal)
        assert error.code == "gate"
        assert "缺少批准 ITSM-P-01" in error.words.zh
        assert state(space.top) == before


def test_dates_and_names(space, tmp_path):
    commit = record(space, "a.md", b"1")
    assert space.identity_known()
    assert git(space.top, "show", "-s", "--format=%an %ae", commit) == "Li Ming li@example.com"
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    assert not space.identity_known()
    space.write({"b.md": b"2"})
    space.stage(["b.md"])
    moment = datetime(2026, 1, 5, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    commit = space.commit("标题\n\n# not a remark\n", ["b.md"], moment)
    assert (
        git(space.top, "show", "-s", "--format=%aI %cI %an", commit)
        == "2026-01-05T09:00:00+08:00 2026-01-05T09:00:00+08:00 docctl"
    )
    assert git(space.top, "show", "-s", "--format=%B", commit).strip() == "标题\n\n# not a remark"


def test_branches(space):
    assert space.current_branch() == "main"
    Path(space.top, "open.md").write_text("not yet")
    space.start_branch("doc/ITSM-P-01/A-1")
    assert space.current_branch() == "doc/ITSM-P-01/A-1"
    record(space, "README.md", b"two\n")
    space.start_branch("doc/ITSM-P-02/A-0", "main")
    assert Path(space.top, "README.md").read_bytes() == b"one\r\n"
    assert Path(space.top, "open.md").exists()
    assert refused(space.start_branch, "main").code == "branch-exists"
    for name in ("-x", "a b", "a..b", "x.lock", ""):
        assert refused(space.start_branch, name).code == "no-branch"
    assert refused(space.start_branch, "x", "nowhere").code == "no-branch"
    assert refused(space.switch, "HEAD").code == "no-branch"
    Path(space.top, "README.md").write_text("unsaved")
    before = state(space.top)
    assert "README.md" in refused(space.switch, "doc/ITSM-P-01/A-1").words.en
    assert state(space.top) == before


def test_unrecorded_changes_are_named(space):
    space.ensure_clean_of(["README.md", "documents", "*"])
    Path(space.top, "documents", "新 [1].md").write_text("x")
    assert "新 [1].md" in refused(space.ensure_clean_of, ["README.md", "documents"], kind=Refusal).words.en
    space.ensure_clean_of(["README.md"])
    space.ensure_clean_of([])


@pytest.mark.parametrize(
    "mark", ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge/x", "rebase-apply/applying", "index.lock", ""]
)
def test_acts_stop_when_git_is_in_the_middle_of_something(space, mark):
    place = Path(space.top, ".git", mark)
    if mark:
        place.parent.mkdir(exist_ok=True)
        place.write_text("")
    else:
        git(space.top, "checkout", "-q", "--detach")
    for act in (lambda: space.stage(["README.md"]), lambda: space.commit("m", ["README.md"]), lambda: space.start_branch("x"),
                lambda: space.switch("main"), lambda: space.land(["main"], {}, "m", into="main")):  # fmt: skip
        error = refused(act)
        assert error.code == {"": "detached", "index.lock": "index-locked"}.get(mark, "unfinished")
    assert not mark or place.exists()


def test_a_library_in_a_sub_folder(tmp_path):
    Workspace.init(str(tmp_path / "r"), "main").close()
    with Workspace.open(str(tmp_path / "r"), "the library/") as space:
        space.write({"a.md": b"1"})
        space.stage(["a.md"])
        commit = space.commit("one", ["a.md"])
        assert git(space.top, "show", "--format=", "--name-only", commit) == "the library/a.md"
        space.ensure_clean_of(["a.md"])
        Path(space.top, "a.md").write_text("outside")
        space.ensure_clean_of(["a.md"])
        Path(space.top, "the library/a.md").write_text("2")
        assert refused(space.ensure_clean_of, ["a.md"]).code == "changed"


def test_sha256_worktrees_and_bare(tmp_path, space):
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", "new")
    with Workspace.open(str(tmp_path / "new")) as fresh:
        assert len(record(fresh, "a.md", b"1")) == 64
        fresh.start_branch("side")
        record(fresh, "b.md", b"1")
        assert len(fresh.land(["side"], {}, "land", into="main")) == 64
    git(space.top, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    with Workspace.open(str(tmp_path / "linked")) as linked:
        assert linked.hooks_dir() == space.hooks_dir() == str(Path(space.top, ".git/hooks"))
        Path(linked.top, "user.md").write_text("user")
        git(linked.top, "add", "user.md")
        record(linked, "b.md", b"1")
        assert git(linked.top, "status", "--porcelain") == "A  user.md"
        git(space.top, "config", "core.hooksPath", "own hooks")
        assert linked.hooks_dir() == str(tmp_path / "linked" / "own hooks")
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    assert refused(Workspace.open, str(tmp_path / "bare.git")).code == "bare"


def test_pointers_of_the_caller_are_dropped(space, tmp_path, monkeypatch):
    git(tmp_path, "init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "other" / "index"))
    with Workspace.open(space.top) as again:
        record(again, "x.md", b"1")
        assert again.top == space.top
