"""Joins topic branches into one tree without touching anything, and lands it as one commit. Must not know who asks or why."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from docctl import stopping
from docctl.repository import Repository
from docctl.workspace import hurdles
from docctl.workspace.restoring import MARKS
from docctl.workspace.runner import Runner


def joined(runner: Runner, git_dir: str, base: str, topics: Sequence[tuple[str, str]]) -> str:
    """The tree that holds `base` and all `topics` (branch, commit), made aside; a file changed on both sides is a conflict.

    Files are never joined line by line: the outcome would be bytes that nobody has signed.
    """
    with tempfile.TemporaryDirectory(prefix="docctl-", dir=git_dir) as aside:
        index = {"GIT_INDEX_FILE": os.path.join(aside, "index")}
        runner.run("read-tree", base, variables=index)
        tree, done = base, [base]
        for branch, commit in topics:
            common = runner.ask("merge-base", commit, *done)
            if common.code or not common.answer:
                raise hurdles.unrelated(branch)
            ancestor = common.answer.decode().strip()
            runner.run("read-tree", "-i", "-m", "--aggressive", ancestor, tree, commit, variables=index)
            both = runner.run("ls-files", "-u", "-z", variables=index).decode("utf-8", "surrogateescape")
            if both:
                raise hurdles.conflict(branch, sorted({entry.partition("\t")[2] for entry in both.split("\0") if entry}))
            tree = runner.run("write-tree", variables=index).decode().strip()
            done.append(commit)
        return tree


def added(runner: Runner, git_dir: str, tree: str, files: Mapping[str, bytes]) -> str:
    """The tree with `files` (path → bytes, exactly) put into it."""
    if not files:
        return tree
    with tempfile.TemporaryDirectory(prefix="docctl-", dir=git_dir) as aside:
        index = {"GIT_INDEX_FILE": os.path.join(aside, "index")}
        runner.run("read-tree", tree, variables=index)
        lines = []
        for path, data in files.items():
            key = runner.run("hash-object", "-w", "--no-filters", "--stdin", feed=data).decode().strip()
            lines.append(f"100644 {key}\t{path}\0".encode("utf-8", "surrogateescape"))
        runner.run("update-index", "-z", "--index-info", feed=b"".join(lines), variables=index)
        return runner.run("write-tree", variables=index).decode().strip()


@contextmanager
def laid_out(runner: Runner, git_dir: str, base: str, tree: str, commits: Sequence[str]) -> Iterator[None]:
    """Show git and the gates the landing about to be committed; when it fails, all is put back as it was.

    The state in between is a merge in git's own eyes, so that even after a crash `git merge --abort` leads back.
    """
    runner.ask("update-index", "-q", "--refresh")
    runner.run("read-tree", "-m", "-u", base, tree)
    try:
        for name, text in zip(
            MARKS if commits else (), ("".join(f"{commit}\n" for commit in commits), "no-ff", ""), strict=False
        ):
            with open(os.path.join(git_dir, name), "w", encoding="ascii") as mark:
                mark.write(text)
        yield
    except BaseException:
        with stopping.sheltered():
            if runner.text("rev-parse", "--verify", "HEAD") == base:  # else cut off behind the commit, which stands
                _put_back(runner, git_dir, base, tree)
        raise


def _put_back(runner: Runner, git_dir: str, base: str, tree: str) -> None:
    for name in MARKS:
        if os.path.exists(os.path.join(git_dir, name)):
            os.unlink(os.path.join(git_dir, name))
    runner.ask("update-index", "-q", "--refresh")
    runner.run("read-tree", "-m", "-u", tree, base)


def outrun(runner: Runner, reading: Repository, remote: str, branch: str) -> bool:
    """Whether a remote holds work on a branch that the one here does not build on."""
    said = runner.ask("ls-remote", "--", remote, f"refs/heads/{branch}", stoppable=True).answer.decode("ascii", "replace")
    there = said.partition("\t")[0]
    return bool(there) and (reading.resolve(there) is None or not reading.is_ancestor(there, branch))


def follow(runner: Runner, remote: str, branches: Sequence[str]) -> None:
    """Lets sent branches follow those of a remote where they follow none, so that a plain `git pull` works; no act fails by it."""
    for branch in branches:
        if runner.ask("config", "--get", f"branch.{branch}.merge").code:
            runner.ask("branch", "-q", f"--set-upstream-to={remote}/{branch}", "--", branch)
