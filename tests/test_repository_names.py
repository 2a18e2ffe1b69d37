"""Names in stored folders, large ones above all: each number is found wherever it lies, and what git would not write is damage."""

from __future__ import annotations

import os
import subprocess

import pytest

from docctl.core.errors import DocctlError
from docctl.core.people import People
from docctl.core.tree import FOLDER, MemoryTree
from docctl.reader import Memory, Shelf
from docctl.repository import Repository

SIBLINGS = [f"documents/procedures/ITSM-P-{place:03}-text/index.md" for place in range(200)]
HIDDEN = (
    "documents/procedures/ITSM-P-007-text/index.md",
    "documents/procedures/old/ITSM-P-007/index.md",
    "documents/procedures/ITSM-P-1-a\nb/ITSM-P-007/index.md",
    "documents/procedures/ITSM/ITSM-P-007/index.md",
    "documents/procedures/变更/ITSM-P-007-变更/index.md",
    "documents/procedures/itsm-p-007/ITSM-P-007/index.md",
    "documents/procedures/ITSM-P-/ITSM-P-007-x/index.md",
)


@pytest.fixture(params=["sha1", "sha256"])
def folder(request, tmp_path):
    git(tmp_path, "init", "-q", f"--object-format={request.param}", "-b", "main", "library")
    return tmp_path / "library"


def git(folder, *words, given=None):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    fixed = {f"GIT_{role}_{what}": "li@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(["git", *words], cwd=folder, input=given, capture_output=True, check=True, env=kept | fixed)
    return done.stdout.decode().strip()


def commit(folder, paths):
    blob = git(folder, "hash-object", "-w", "--stdin", given=b"text")
    git(folder, "update-index", "-z", "--index-info", given=b"".join(f"100644 {blob}\t{path}\0".encode() for path in paths))
    git(folder, "commit", "-qm", "state")
    return blob


def found(tree):
    return Shelf(tree, People({}), "edition", Memory()).folders("ITSM-P-007")


@pytest.mark.parametrize("where", HIDDEN)
def test_a_number_is_found_in_a_large_folder_wherever_it_is_hidden(folder, where):
    paths = sorted({*SIBLINGS, where})
    commit(folder, paths)
    expected = sorted({where.rpartition("/")[0], "documents/procedures/ITSM-P-007-text"})
    assert found(MemoryTree(dict.fromkeys(paths, b"text"))) == expected
    with Repository.open(str(folder)) as opened:
        assert found(opened.tree("HEAD")) == expected


def test_a_large_folder_that_a_step_changes_is_searched_as_it_will_be(folder):
    blob = commit(folder, SIBLINGS)
    added = "documents/procedures/drafts/ITSM-P-007-copy/index.md"
    git(folder, "update-index", "--add", "--cacheinfo", f"100644,{blob},{added}")
    with Repository.open(str(folder)) as opened:
        tree, _ = opened.staged()
        assert found(tree) == ["documents/procedures/ITSM-P-007-text", added.rpartition("/")[0]]


def test_every_entry_of_a_large_folder_is_what_git_lists(folder):
    commit(folder, [*SIBLINGS, "documents/procedures/readme.md"])
    with Repository.open(str(folder)) as opened:
        for path in ("documents/procedures", "documents/procedures/ITSM-P-007-text"):
            lines = git(folder, "ls-tree", f"HEAD:{path}").splitlines()
            listed = {line.split("\t")[1]: (line.split()[0], line.split()[2]) for line in lines}
            tree = opened.tree("HEAD")
            assert {name: tuple(entry) for name, entry in tree.listing(path).items()} == listed
            assert [tuple(opened.tree("HEAD").listing(path)[name]) for name in listed] == [*listed.values()]
            assert tree.listing(path).folders() == [name for name, (mode, _) in listed.items() if mode == FOLDER]


@pytest.mark.parametrize("names", [b"b a", b"a a", b"a/b", b"..", b".GIT", b"a git~1"])
def test_folders_of_folders_alone_may_not_hold_what_git_would_not_write(folder, names):
    commit(folder, SIBLINGS[:1])
    inner = bytes.fromhex(git(folder, "rev-parse", "HEAD:documents"))
    data = b"".join(b"40000 %b\0%b" % (name, inner) for name in names.split(b" "))
    tree = git(folder, "hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=data)
    with Repository.open(str(folder)) as opened, pytest.raises(DocctlError) as caught:
        opened.tree(tree)
    assert caught.value.code == "damaged"
