"""Finds the repository around a folder, or the one a hook was called for. Must not know what is read from it."""

from __future__ import annotations

import os

from docctl.core.errors import DocctlError, Words
from docctl.core.lean import NamedTuple
from docctl.repository import faults
from docctl.repository.process import QUIET, asked, binary, environment


class Place(NamedTuple):
    """Where a repository lies: its working folder (None when it has none), its own data and the data all its worktrees share."""

    top: str | None
    git_dir: str
    common_dir: str


def of_hook() -> Place | None:
    """The repository that git called this hook for, out of what git left in the environment; None when that says nothing.

    Looked up without a git process, as a hook's time is short.
    """
    named = os.environ.get("GIT_DIR", ".git")
    git_dir = os.path.abspath(_pointed(named) if os.path.isfile(named) else named)
    if not os.path.lexists(os.path.join(git_dir, "HEAD")):
        return None
    here = os.getcwd()
    top = None if os.path.samefile(here, git_dir) else os.path.abspath(os.environ.get("GIT_WORK_TREE", here))
    return Place(top, git_dir, _shared(git_dir))


def _pointed(file: str) -> str:
    """The folder that a `.git` file of a worktree points at."""
    with open(file, encoding="utf-8", errors="surrogateescape") as text:
        return os.path.join(os.path.dirname(file), text.read().removeprefix("gitdir:").strip())


def _shared(git_dir: str) -> str:
    pointer = os.environ.get("GIT_COMMON_DIR", "")
    if not pointer and os.path.isfile(os.path.join(git_dir, "commondir")):
        with open(os.path.join(git_dir, "commondir"), encoding="utf-8", errors="surrogateescape") as text:
            pointer = text.read().strip()
    return os.path.normpath(os.path.join(git_dir, pointer))


def around(path: str) -> Place:
    """The repository around the folder `path`, as git finds it; git's refusals become errors with a mend."""
    words = ("rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-bare-repository", "--show-toplevel")
    if not os.path.isdir(path):
        raise faults.not_a_repository(path)
    _, answer, complaint = asked([binary(), "-C", path, *QUIET, *words], environment(False))
    said = answer.decode("utf-8", "surrogateescape").split("\n")[:-1]
    # A bare repository has no top, so that git ends with a complaint after the other answers.
    if len(said) not in (3, 4) or said[2] not in ("true", "false"):
        raise _refused(path, said, complaint)
    top = os.path.normpath(said[3]) if len(said) == 4 else None
    return Place(top, os.path.normpath(said[0]), os.path.normpath(os.path.join(path, said[1])))


def _refused(path: str, said: list[str], complaint: bytes) -> DocctlError:
    if b"dubious ownership" in complaint or b"unsafe repository" in complaint:
        return faults.owned_by_another(path, complaint)
    if b"not a git repository" in complaint:
        return faults.not_a_repository(path)
    if len(said) > 4:
        return DocctlError(
            Words("the path of the repository holds a line end", "仓库路径中含有换行符"),
            Words("move the repository to a folder with an ordinary name", "请将仓库移到名称正常的文件夹"),
            "odd-path",
        )
    return faults.failed("rev-parse", complaint)
