"""Inside real hooks: what docctl sees must be what git is about to write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def quiet_git(monkeypatch):
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        fixed |= {f"GIT_{role}_NAME": "Li Ming", f"GIT_{role}_EMAIL": "li@example.com"}
    for name, value in fixed.items():
        monkeypatch.setenv(name, value)


def git(folder, *words, **more):
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, **more)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def put(folder, path, text):
    target = Path(folder, path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def listed(folder, tree):
    """What git says is in a tree: path → (mode, id)."""
    lines = git(folder, "ls-tree", "-r", "-z", tree).split("\0")
    split = (line.split("\t", 1) for line in lines if line)
    return {path: (head.split(" ")[0], head.split(" ")[2]) for head, path in split}


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for path in (
        "README.md",
        "run",
        "documents/a/ITSM-P-01/index.md",
        "documents/b/ITSM-P-02 变更/index.md",
        "documents/x\ny.md",
    ):
        put(folder, path, path)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    return folder


HOOK = f"""#!{sys.executable} -I
import json, sys
sys.path.insert(0, {str(HERE)!r})
from docctl.repository import Repository
import os
calls = []
start = os.posix_spawn
def counted(path, command, *rest, **more):
    calls.append(command)
    return start(path, command, *rest, **more)
os.posix_spawn = counted
opened = Repository.open(in_hook=True)
tree, changes = opened.staged()
seen = {{path: (tree.entry(path).mode, tree.entry(path).key) for path in tree}}
list(tree.read(tree))
opened.head_branch()
opened.close()
print(json.dumps([seen, [c.path for c in changes], opened.top, len(calls)]), file=open(opened.common_dir + "/judged", "w"))
"""


@pytest.fixture
def judged(repo):
    """What the hook saw of the last commit; it must be what git wrote, with at most three git processes."""
    for name in ("pre-commit", "pre-merge-commit"):
        hook = repo / ".git" / "hooks" / name
        hook.write_text(HOOK)
        hook.chmod(0o755)

    def judge(folder=repo):
        saw, changes, top, calls = json.loads((repo / ".git" / "judged").read_text())
        (repo / ".git" / "judged").unlink()
        assert {path: tuple(entry) for path, entry in saw.items()} == listed(folder, "HEAD")
        assert top == str(folder)
        assert calls in {2, 3}
        return changes

    return judge


def test_hooks_judge_exactly_what_git_writes(repo, judged, tmp_path):
    put(repo, "README.md", "staged")
    git(repo, "add", "README.md")
    put(repo, "README.md", "not staged")
    git(repo, "commit", "-qm", "staged only")
    assert judged() == ["README.md"]
    git(repo, "commit", "-qam", "all")
    assert judged() == ["README.md"]
    put(repo, "README.md", "left out")
    put(repo, "run", "partial")
    git(repo, "add", "README.md")
    git(repo / "documents", "commit", "-qm", "partial", "../run")
    assert judged() == ["run"]
    put(repo, "ita", "")
    git(repo, "add", "-N", "ita")
    git(repo, "mv", "documents/a", "documents/z")
    git(repo, "commit", "-qm", "rename")
    assert len(judged()) == 3
    git(repo, "commit", "-q", "--amend", "--allow-empty", "-m", "amended")
    judged()
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    put(tmp_path / "linked", "documents/z/side.md", "1")
    git(tmp_path / "linked", "add", "-A")
    git(tmp_path / "linked", "commit", "-qm", "in a worktree")
    assert judged(tmp_path / "linked") == ["documents/z/side.md"]
    git(repo, "reset", "-q", "--hard")
    git(repo, "merge", "-q", "--no-ff", "-m", "merge", "side")
    assert judged() == ["documents/z/side.md"]


def test_the_first_commit_is_judged(repo, judged):
    git(repo, "checkout", "-q", "--orphan", "new")
    git(repo, "commit", "-qm", "first")
    assert len(judged()) == len(listed(repo, "HEAD"))


RECEIVE = f"""#!{sys.executable} -I
import sys
sys.path.insert(0, {str(HERE)!r})
from docctl.repository import Repository
old, new, name = sys.stdin.read().split()
with Repository.open(in_hook=True) as opened:
    assert opened.bare, opened
    steps = list(opened.history(new, old))
    print([step.commit for step in steps], steps[0].parents[0] == old, len(opened.tree(new)), opened.is_ancestor(old, new))
    print([blob.data for _, blob in opened.tree(new).read(change.path for change in steps[-1].changes)])
"""


def test_a_server_judges_what_is_not_accepted_yet(repo, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(repo), "server.git")
    hook = tmp_path / "server.git" / "hooks" / "pre-receive"
    hook.write_text(RECEIVE)
    hook.chmod(0o755)
    commits = []
    for text in ("two", "three"):
        put(repo, "README.md", text)
        git(repo, "commit", "-qam", text)
        commits.append(git(repo, "rev-parse", "HEAD"))
    pushed = subprocess.run(["git", "push", "../server.git", "main"], cwd=repo, capture_output=True, text=True, check=True)
    assert f"{commits} True 5 True" in pushed.stderr
    assert "[b'three']" in pushed.stderr
    assert git(tmp_path / "server.git", "rev-parse", "main") == commits[-1]
