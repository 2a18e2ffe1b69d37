"""States, what is staged, changes and history, each held against what git itself says."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from docctl.core.errors import DocctlError
from docctl.core.tree import FOLDER, Changed, Entry
from docctl.repository import Repository, RunningTree, history


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


def seen(tree):
    """What docctl says is in a tree."""
    return {path: (entry.mode, entry.key) for path in tree if (entry := tree.entry(path))}


@pytest.fixture
def repo(tmp_path):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for path in ("README.md", "documents/a/ITSM-P-01/index.md", "documents/b.md", "documents/b/ITSM-P-02 变更/index.md", "b/\nx"):
        put(folder, path, path)
    (folder / "run").write_text("x")
    (folder / "run").chmod(0o755)
    (folder / "module").mkdir()
    (folder / "link").symlink_to("README.md")
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY))
    git(folder, "add", "-A")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module")
    git(folder, "commit", "-qm", "one")
    return folder


def test_lazy_tree_is_what_git_lists(repo):
    with Repository.open(str(repo)) as opened:
        tree = opened.tree("HEAD")
        assert seen(tree) == listed(repo, "HEAD")
        assert list(tree) == sorted(listed(repo, "HEAD"))
        assert tree["link"].data == b"README.md"
        assert tree["module"].data == b""
        assert [path for path, _ in tree.read(["module", "run", "none", "documents", "module", "b.md"])] == [
            "module",
            "run",
            "module",
        ]
        assert "documents" not in tree
        assert "\udcff\udcfe" in tree
        assert tree.listing("documents")["b"].mode == FOLDER
        assert tree.listing("README.md") == tree.listing("none/x") == {}
        with pytest.raises(KeyError):
            tree["documents"]
        below = opened.tree("HEAD", "documents")
        assert list(below) == ["a/ITSM-P-01/index.md", "b.md", "b/ITSM-P-02 变更/index.md"]
        assert below.under("b") == ["b/ITSM-P-02 变更/index.md"]
        assert list(opened.tree("HEAD", "nowhere")) == []
        with pytest.raises(DocctlError):
            opened.tree("nothing")


@pytest.mark.parametrize("names", [b"..", b".GIT", b"a/b", b"same same", b"z a"])
def test_names_that_git_would_not_write_are_damage(repo, names):
    blob = bytes.fromhex(git(repo, "rev-parse", "HEAD:run"))
    data = b"".join(b"100644 %b\0%b" % (name, blob) for name in names.split(b" "))
    tree = git(repo, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", input=data)
    with Repository.open(str(repo)) as opened, pytest.raises(DocctlError) as caught:
        opened.tree(tree)
    assert caught.value.code == "damaged"


def random_step(folder, dice):
    paths = [f"{one}/{two}" if two else one for one in ("a", "b", "信") for two in ("", "x", "y\n", "x/z", "c/d/e")]
    for _ in range(dice.randint(1, 6)):
        path, what = dice.choice(paths), dice.random()
        if what < 0.65:
            blob = git(folder, "hash-object", "-w", "--stdin", input=str(dice.randint(0, 9)).encode())
            mode = dice.choice(["100644", "100644", "100755", "120000"])
            git(folder, "update-index", "--add", "--replace", "-z", "--index-info", input=f"{mode} {blob}\t{path}\0".encode())
        else:
            git(folder, "update-index", "-z", "--index-info", input=f"0 {'0' * 40}\t{path}\0".encode())


def test_staged_changes_and_history_agree_with_git(tmp_path, monkeypatch):
    git(tmp_path, "init", "-q", "-b", "main", ".")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    dice = random.Random(20000)
    for number in range(40):
        random_step(tmp_path, dice)
        with Repository.open(in_hook=True) as opened:
            tree, changes = opened.staged()
            written = git(tmp_path, "write-tree")
            assert seen(tree) == listed(tmp_path, written)
            inner, inner_changes = opened.staged("a")
            assert list(inner) == [path[2:] for path in tree if path.startswith("a/")]
            assert [f"a/{change.path}" for change in inner_changes] == [c.path for c in changes if c.path.startswith("a/")]
            for folder in ("", "a", "b", "信/c"):
                assert sorted(tree.listing(folder)) == sorted(
                    line for line in git(tmp_path, "ls-tree", "-z", "--name-only", f"{written}:{folder}").split("\0") if line
                ) if folder in folders(tree) else not tree.listing(folder)  # fmt: skip
        git(tmp_path, "commit", "-q", "--allow-empty", "-m", str(number))
        with Repository.open(str(tmp_path)) as opened:
            assert opened.changes("HEAD~1" if number else None, "HEAD") == changes
        if number % 7 == 3:
            merge_side(tmp_path, dice)
    monkeypatch.delenv("GIT_INDEX_FILE")
    check_history(tmp_path)


def folders(tree):
    return {""} | {path[:at] for path in tree for at, sign in enumerate(path) if sign == "/"}


def merge_side(folder, dice):
    """A merge commit whose tree is its own (an evil merge), with two or three parents."""
    sides = []
    for side in range(dice.randint(1, 2)):
        tree = git(folder, "rev-parse", "HEAD~1^{tree}")
        sides += ["-p", git(folder, "commit-tree", tree, "-p", "HEAD~1", "-m", f"side {side}")]
    random_step(folder, dice)
    merge = git(folder, "commit-tree", git(folder, "write-tree"), "-p", "HEAD", *sides, "-m", "merge")
    git(folder, "update-ref", "HEAD", merge)


def check_history(folder):
    with Repository.open(str(folder)) as opened:
        running = RunningTree(opened.objects)
        half = RunningTree(opened.objects, opened.tree("HEAD~20"))
        steps = list(opened.history("HEAD"))
        assert [step.commit for step in steps] == opened.first_parent_ids("main")
        assert max(len(step.parents) for step in steps) == 3
        previous = None
        for step in steps:
            running.apply(step.changes)
            assert seen(running) == listed(folder, step.commit)
            assert step.changes == opened.changes(previous, step.commit)
            assert list(step.parents) == git(folder, "show", "-s", "--format=%P", step.commit).split()
            assert step.committed_at == int(git(folder, "show", "-s", "--format=%ct", step.commit))
            previous = step.commit
        later = list(opened.history("HEAD", "HEAD~20"))
        assert later == steps[-20:]
        for step in later:
            half.apply(step.changes)
        assert seen(half) == seen(running)
        assert dict(running.read(running)) == dict(opened.tree("HEAD").read(running))
        inner = list(opened.history("HEAD", prefix="a"))
        assert [step.commit for step in inner] == [step.commit for step in steps]
        assert [[f"a/{c.path}" for c in step.changes] for step in inner] == [
            [c.path for c in step.changes if c.path.startswith("a/")] for step in steps
        ]
        only = list(opened.history("HEAD", paths=["a/x"]))
        assert [step.commit for step in only] == [
            step.commit for step in steps if any(c.path == "a/x" or c.path.startswith("a/x/") for c in step.changes)
        ]
        assert opened.root_commits("HEAD") == [steps[0].commit]
        assert opened.is_ancestor("HEAD~3", "HEAD")
        assert not opened.is_ancestor("HEAD", "HEAD~3")


def test_an_open_merge_and_an_unreadable_state_are_told(repo):
    blob = git(repo, "rev-parse", "HEAD:run")
    git(repo, "update-index", "--index-info", input=f"100644 {blob} 1\tc.md\n100644 {blob} 2\tc.md\n".encode())
    with Repository.open(str(repo)) as opened, pytest.raises(DocctlError, match=r"c\.md") as caught:
        opened.staged()
    assert caught.value.code == "unmerged"
    git(repo, "reset", "-q")
    head = git(repo, "rev-parse", "HEAD")
    (repo / ".git" / "objects" / head[:2] / head[2:]).unlink()
    with Repository.open(str(repo)) as opened, pytest.raises(DocctlError) as caught:
        opened.staged()
    assert caught.value.code == "damaged"


def test_a_running_tree_refuses_what_does_not_fit(repo):
    one, two = Entry("100644", "1" * 40), Entry("100644", "2" * 40)
    with Repository.open(str(repo)) as opened:
        for wrong in (Changed("a/b", one, two), Changed("x", None, one), Changed("x/y", None, one), Changed("x", two, None)):
            running = RunningTree(opened.objects)
            running.apply([Changed("x", None, one)])
            with pytest.raises(DocctlError):
                running.apply([wrong])
        running.apply([Changed("x", one, None), Changed("x/y/z", None, one), Changed("x/y/w", None, one)])
        running.apply([Changed("x/y/w", one, None), Changed("x/y/z", one, two)])
        assert running.under("") == ["x/y/z"]
        running.apply([Changed("x/y/z", two, None)])
        assert not running.listing("")


def test_sha256_states(tmp_path):
    git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", ".")
    put(tmp_path, "信/a.md", "1")
    git(tmp_path, "add", "-A")
    with Repository.open(str(tmp_path)) as opened:
        tree, changes = opened.staged()
        assert list(tree) == ["信/a.md"] == [change.path for change in changes]
        git(tmp_path, "commit", "-qm", "one")
        assert opened.changes(None, "HEAD") == changes == next(opened.history("HEAD")).changes
        running = RunningTree(opened.objects)
        running.apply(changes)
        assert seen(running) == seen(tree) == listed(tmp_path, "HEAD")


def test_a_few_states_are_told_alike_whatever_dates_they_claim(tmp_path, monkeypatch):
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for number, day in enumerate((20, 3, 28, 1, 15), 1):
        put(folder, f"lib/{number}.md", str(number))
        put(folder, "outside.md", str(number))
        git(folder, "add", "-A")
        dates = {f"GIT_{role}_DATE": f"2026-01-{day:02d}T00:00:00Z" for role in ("AUTHOR", "COMMITTER")}
        git(folder, "commit", "-qm", str(number), env={**os.environ, **dates})
        git(folder, "checkout", "-q", "-b", f"side{number}", "HEAD~1" if number > 1 else "HEAD")
        put(folder, f"lib/side{number}.md", "x")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "side")
        git(folder, "checkout", "-q", "main")
        if number % 2:
            git(folder, "merge", "-q", "--no-ff", "-m", "merge", f"side{number}")
    git(folder, "commit", "-q", "--allow-empty", "-m", "nothing")
    with Repository.open(str(folder)) as opened:
        line = opened.first_parent_ids("HEAD")
        others = [opened.resolve(f"side{number}") for number in (2, 3)]

        def told():
            pairs = [(new, since) for new in line for since in (*line, *others)]
            return {(*pair, prefix): list(opened.history(*pair, prefix=prefix)) for pair in pairs for prefix in ("", "lib")}

        few = told()
        monkeypatch.setattr(history, "FEW", 0)
        assert few == told()
        assert [step.commit for step in few[line[-1], line[0], ""]] == line[1:]


def test_one_new_state_costs_no_walk_through_old_ones(tmp_path, monkeypatch):
    """Git would follow the dates that commits claim, down to the beginning when the newest claims to be the oldest."""
    folder = tmp_path / "repo"
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    for text in ("one", "two"):
        git(folder, "commit", "-q", "--allow-empty", "-m", text)
    with Repository.open(str(folder)) as opened:
        asked = []
        stream = opened._git.stream
        monkeypatch.setattr(opened._git, "stream", lambda *words, **more: asked.append(words) or stream(*words, **more))
        (step,) = opened.history("HEAD", "HEAD~1")
        logs = [words for words in asked if words[0] == "log"]
        assert [[word for word in words if word == step.commit or word.startswith(("^", "--no-walk"))] for words in logs] == [
            ["--no-walk=unsorted", step.commit]
        ]
        assert list(opened.history("HEAD", "HEAD")) == []
