"""Branches read from git's files: what git itself lists, whatever is loose, packed, a link in words, or being written."""

from __future__ import annotations

import pytest

from docctl.core.errors import DocctlError
from docctl.repository import Repository

from .test_repository_names import folder, git  # noqa: F401  the fixture


def both(folder):  # noqa: F811
    with Repository.open(str(folder)) as opened:
        return opened.heads(), opened.branches("refs/heads")


def test_loose_and_packed_branches_are_what_git_lists(folder):  # noqa: F811
    assert both(folder) == ({}, {})
    for step in range(3):
        git(folder, "commit", "-q", "--allow-empty", "-m", str(step))
        git(folder, "branch", f"doc/ITSM-P-0{step}/A-0")
        if step == 1:
            git(folder, "pack-refs", "--all", "--prune")
    git(folder, "branch", "-f", "doc/ITSM-P-00/A-0", "HEAD")
    git(folder, "symbolic-ref", "refs/heads/other", "refs/heads/main")
    git(folder, "tag", "-a", "rel", "-m", "x")
    git(folder, "pack-refs", "--no-prune")
    read, listed = both(folder)
    assert read == listed
    assert sorted(read) == ["doc/ITSM-P-00/A-0", "doc/ITSM-P-01/A-0", "doc/ITSM-P-02/A-0", "main"]


def test_a_branch_that_is_being_written_is_passed_over_and_a_damaged_one_is_told(folder):  # noqa: F811
    git(folder, "commit", "-q", "--allow-empty", "-m", "x")
    (folder / ".git/refs/heads/main.lock").write_text("")
    read, listed = both(folder)
    assert read == listed
    (folder / ".git/refs/heads/broken").write_text("0123\n")
    with pytest.raises(DocctlError) as caught, Repository.open(str(folder)) as opened:
        opened.heads()
    assert caught.value.code == "branch-damaged"
