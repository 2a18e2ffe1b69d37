"""Landing topic branches as one commit, and putting everything back when that cannot be."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from docctl.core.errors import DocctlError, Refusal
from docctl.workspace import Workspace


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


def topics(space):
    for number in (1, 2, 3):
        space.start_branch(f"doc/P-{number}", "main")
        record(space, f"documents/P-{number}/index.md", b"%d\r\n" % number)
    space.switch("main")


def test_a_batch_lands_as_one(space):
    topics(space)
    space.start_branch("doc/P-4", "doc/P-3")
    record(space, "documents/P-3/index.md", b"changed on top of P-3\n")
    space.switch("main")
    record(space, "README.md", b"moved on\n")
    base = git(space.top, "rev-parse", "HEAD")
    space.switch("doc/P-1")
    Path(space.top, "open.md").write_text("not yet")
    hook(space, "pre-commit", "git diff --cached --name-only > .git/saw")
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    commit = space.land(["doc/P-1", "doc/P-3", "doc/P-4"], {}, "land", now=moment, into="main")
    heads = git(space.top, "rev-parse", "doc/P-1", "doc/P-3", "doc/P-4").split()
    assert git(space.top, "show", "-s", "--format=%P", commit).split() == [base, *heads]
    assert git(space.top, "rev-parse", "main") == commit
    assert git(space.top, "show", "-s", "--format=%cI", commit).startswith("2026-03-01T00:00:00")
    assert git(space.top, "diff", "--name-only", base, commit).split() == ["documents/P-1/index.md", "documents/P-3/index.md"]
    assert Path(space.top, ".git/saw").read_text().split() == ["documents/P-1/index.md", "documents/P-3/index.md"]
    assert git(space.top, "rev-parse", "main:documents/P-1/index.md") == git(
        space.top, "rev-parse", "doc/P-1:documents/P-1/index.md"
    )
    assert space.current_branch() == "main"
    assert git(space.top, "status", "--porcelain") == "?? open.md"
    assert refused(space.land, ["doc/P-1"], {}, "again", into="main", kind=Refusal).code == "nothing-to-record"
    assert refused(space.land, ["nowhere"], {}, "x", into="main").code == "no-branch"
    last = space.land(["doc/P-2"], {}, "one more", into="main")
    assert git(space.top, "rev-list", "--first-parent", "--count", f"{base}..{last}") == "2"


def test_a_conflict_names_the_files_and_changes_nothing(space):
    topics(space)
    space.start_branch("doc/P-5", "main")
    record(space, "README.md", b"theirs\n")
    record(space, "documents/ITSM-P-01/index.md", b"theirs\n")
    space.switch("main")
    record(space, "README.md", b"ours\n")
    git(space.top, "rm", "-q", "documents/ITSM-P-01/index.md")
    space.commit("gone", ["documents/ITSM-P-01/index.md"])
    space.switch("doc/P-2")
    before = state(space.top)
    error = refused(space.land, ["doc/P-1", "doc/P-5"], {}, "land", into="main")
    assert error.code == "conflict"
    assert "README.md, documents/ITSM-P-01/index.md" in error.words.en
    assert "doc/P-5" in error.words.zh
    assert state(space.top) == before
    git(space.top, "checkout", "-q", "--orphan", "alien")
    git(space.top, "commit", "-qm", "alien")
    space.switch("main")
    assert refused(space.land, ["alien"], {}, "land", into="main").code == "unrelated"


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_landing_that_the_gate_refuses_leaves_no_trace(space, name):
    topics(space)
    hook(space, name, "echo no >&2; exit 1")
    space.switch("doc/P-3")
    Path(space.top, "README.md").write_text("unsaved")
    Path(space.top, "open.md").write_text("not yet")
    before = state(space.top)
    error = refused(space.land, ["doc/P-1", "doc/P-2"], {}, "land", into="main", kind=Refusal)
    assert "no" in error.words.en
    assert state(space.top) == before
    git(space.top, "add", "README.md")
    before = state(space.top)
    assert refused(space.land, ["doc/P-1"], {}, "land", into="main", kind=Refusal).code == "staged"
    git(space.top, "reset", "-q")
    space.switch("main")
    Path(space.top, "documents/P-1").mkdir()
    Path(space.top, "documents/P-1/index.md").write_text("in the way")
    before = state(space.top)
    assert "documents/P-1/index.md" in refused(space.land, ["doc/P-1"], {}, "land", into="main").words.en
    assert state(space.top) == before


def test_push_and_fetch(space, tmp_path):
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "server.git")
    assert not space.remote_exists()
    git(space.top, "remote", "add", "origin", str(tmp_path / "server.git"))
    assert space.remote_exists()
    space.push("origin", ["main"])
    assert git(tmp_path / "server.git", "rev-parse", "main") == git(space.top, "rev-parse", "main")
    gate = tmp_path / "server.git" / "hooks" / "pre-receive"
    gate.write_text("#!/bin/sh\necho 未批准 >&2; exit 1\n")
    gate.chmod(0o755)
    record(space, "a.md", b"1")
    error = refused(space.push, "origin", ["main"], kind=Refusal)
    assert "未批准" in error.words.zh
    git(tmp_path / "server.git", "branch", "other", "main")
    space.fetch()
    assert "origin/other" in git(space.top, "branch", "-r")
    assert refused(space.fetch, "nowhere").code == "git-failed"
