"""Runs git's writing commands through GitPython. Must not know which act asks, nor what is written."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from docctl import stopping
from docctl.repository.process import LOCAL, binary
from docctl.workspace import hurdles

if TYPE_CHECKING:
    import git

_ROOM = 64 * 1024  # bytes: with less than this free, a command that could not write had no room
_ALONE = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.fsmonitor=false")


class Said(NamedTuple):
    """The end of one git command: exit code, answer, and what it told the user."""

    code: int
    answer: bytes
    told: str


def library() -> type[git.Repo]:
    """GitPython's repository, bound to the one git that docctl uses; inherited pointers to other repositories are dropped.

    Imported here, because the import alone costs more than a gate may.
    """
    for name in LOCAL:
        os.environ.pop(name, None)
    # Without this GitPython raises on import where git is missing; binary() says so in plain words.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    path = binary()
    import git

    git.refresh(path)
    return git.Repo


def aloud(text: str) -> None:
    """Tell the user what git or a gate said, when the caller has no better place for it."""
    sys.stderr.write(text + "\n")


class Runner:
    """How to run git's commands in one working folder."""

    def __init__(self, repo: git.Repo, tell: Callable[[str], None]) -> None:
        self._git = repo.git
        self._tell = tell
        # What git's own processes keep open for as long as they live; those that stay behind must not get it.
        self.handed: tuple[int, ...] = ()

    def run(self, *words: str, feed: bytes = b"", variables: Mapping[str, str] | None = None) -> bytes:
        """The answer of one command; a failure is an error with git's reason."""
        said = self.ask(*words, feed=feed, variables=variables)
        if said.code:
            raise hurdles.failed(words[0], said.told, full=self._full())
        return said.answer

    def _full(self) -> bool:
        if not hasattr(os, "statvfs"):
            return False
        disk = os.statvfs(str(self._git.working_dir))
        return disk.f_bavail * disk.f_frsize < _ROOM

    def text(self, *words: str) -> str:
        """The answer of one command, as one line of text."""
        return self.run(*words).decode("utf-8", "surrogateescape").removesuffix("\n")

    def ask(self, *words: str, feed: bytes = b"", variables: Mapping[str, str] | None = None, stoppable: bool = False) -> Said:
        """How one command ended; `feed` is given to it, `variables` stand in its environment.

        An act that is asked to stop does so before a command, or after one that failed: what one has done is never lost on the way.
        Ctrl-C cuts only a `stoppable` command off, one that may wait for somebody: git may leave its locks behind then.
        """
        stopping.here()
        with nullcontext() if stoppable else stopping.unheard(), tempfile.TemporaryFile() as given:
            given.write(feed)
            given.seek(0)
            code, answer, told = self._git.execute(
                [binary(), "--no-pager", *(_ALONE if self.handed else ()), *words],
                istream=given,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                env=dict(variables or {}),
                pass_fds=self.handed,
            )
        if code == -signal.SIGINT:
            stopping.ask()
        if code:
            stopping.here()
        return Said(int(code), answer, str(told).strip())

    def heard(self, *words: str, variables: Mapping[str, str] | None = None, refused: Collection[int] = (1,)) -> str | None:
        """Run a command that asks gates, in the user's own language; None when all went well, else the refusal.

        What gates say on the way is told to the user.
        """
        tongue = {name: os.environ.get(name, "") for name in ("LC_ALL", "LANGUAGE")}
        said = self.ask(*words, variables=tongue | dict(variables or {}), stoppable=True)
        if said.code in refused:
            return "\n".join(part for part in (said.told, said.answer.decode("utf-8", "replace").strip()) if part)
        if said.code:
            raise hurdles.failed(words[0], said.told, full=self._full())
        if said.told:
            self._tell(said.told)
        return None

    def signature(self, now: datetime | None) -> dict[str, str]:
        """The environment that dates a commit (`now`, else the clock's) and names somebody where git knows nobody.

        Git's names are claims without authority here, so an act need not fail for want of one.
        """
        found: dict[str, str] = {}
        for role in ("AUTHOR", "COMMITTER"):
            if now is not None:
                moment = now if now.tzinfo else now.astimezone()
                found[f"GIT_{role}_DATE"] = f"@{int(moment.timestamp())} {moment:%z}"
            if not self.knows(role):
                found |= {f"GIT_{role}_NAME": "docctl", f"GIT_{role}_EMAIL": "docctl@localhost"}
        return found

    def knows(self, role: str) -> bool:
        """Whether git knows the user's name and address, as "AUTHOR" or "COMMITTER"."""
        return self.ask("var", f"GIT_{role}_IDENT").code == 0
