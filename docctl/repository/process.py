"""Runs git in one clean, silent and bounded way. Must not know what is asked of git, nor what its answers mean."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import weakref
from collections.abc import Collection, Iterator
from functools import cache
from typing import IO, cast

from docctl.core.errors import DocctlError
from docctl.repository import faults

LIMIT = 120
"""Seconds that git may stay silent before docctl gives up."""

# What `git rev-parse --local-env-vars` names: inherited from a caller, it would point git at another repository or setting.
LOCAL = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "GIT_OBJECT_DIRECTORY",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_GRAFT_FILE",
        "GIT_INDEX_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_REPLACE_REF_BASE",
        "GIT_PREFIX",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    )
)
# These say whose settings file is read; without them git's own remedy for a foreign owner (`git config --global`) is not seen.
_WHOSE = frozenset(("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"))
# Each of these turns the literal paths below into an error.
_PATHSPECS = frozenset(("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"))

_OURS = {
    "LC_ALL": "C",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone would fetch what it lacks, and its settings may name any program to fetch with.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_PAGER": "cat",
}
# commitGraph: a forged graph file would change the history; diffMerges: "off" would hide what merges bring (seen with git 2.39).
_SETTINGS = (
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.commitGraph=false",
    "log.diffMerges=first-parent",
    "log.showSignature=false",
    f"diff.orderFile={os.devnull}",
)
QUIET = tuple(part for setting in _SETTINGS for part in ("-c", setting))


def environment(in_hook: bool) -> dict[str, str]:
    """The environment git runs in: a hook's own, as it names the state to judge; elsewhere freed of inherited pointers."""
    kept = {name: value for name, value in os.environ.items() if name not in _PATHSPECS and (in_hook or not _foreign(name))}
    return kept | _OURS


def _foreign(name: str) -> bool:
    return name in LOCAL or (name.startswith("GIT_CONFIG_") and name not in _WHOSE)


@cache
def binary() -> str:
    """The absolute path of git, looked up once; relative folders of the PATH are passed over: the library may lie there."""
    name = "git.exe" if os.name == "nt" else "git"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        found = os.path.join(folder, name)
        if os.path.isabs(folder) and os.path.isfile(found) and os.access(found, os.X_OK):
            return found
    raise faults.git_missing()


def version() -> str:
    """The version of git ("2.39.5"); DocctlError when it is older than 2.30."""
    said = subprocess.run([binary(), "version"], capture_output=True, env=environment(False), timeout=LIMIT, check=False)
    words = said.stdout.decode("utf-8", "replace").split()
    found = words[2] if len(words) > 2 else "nothing known"
    numbers = [int(part) if part.isascii() and part.isdigit() else 0 for part in found.split(".")[:2]]
    if numbers < [2, 30]:
        raise faults.git_too_old(found)
    return found


def require_version() -> None:
    """Refuse a git older than 2.30."""
    version()


class Git:
    """How to run git for one repository: options, folder and environment are settled once."""

    def __init__(self, options: tuple[str, ...], folder: str | None, in_hook: bool) -> None:
        self.folder = folder
        self._start = [binary(), *options, "--no-pager", *QUIET]
        self._environment = environment(in_hook)

    def run(self, *words: str, fine: Collection[int] = (0,)) -> bytes:
        """What git says to one question; any exit code not in `fine` is an error with git's reason."""
        code, said, complaint = self.ask(*words)
        if code not in fine:
            raise explained(words[0], complaint)
        return said

    def ask(self, *words: str) -> tuple[int, bytes, bytes]:
        """Exit code, answer and complaint of one question."""
        try:
            done = subprocess.run(
                [*self._start, *words],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=self.folder,
                env=self._environment,
                timeout=LIMIT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise faults.too_slow(words[0], LIMIT) from None
        except (FileNotFoundError, NotADirectoryError):
            raise faults.not_a_repository(self.folder or ".") from None
        return done.returncode, done.stdout, done.stderr

    def stream(self, *words: str, **variables: str) -> Stream:
        """A git process whose answers are read as they come, and that may be written to."""
        return Stream([*self._start, *words], self.folder, self._environment | variables)


def explained(command: str, complaint: bytes) -> DocctlError:
    """The error for a failed question; a git that is too old explains more than its own words."""
    try:
        require_version()
    except DocctlError as old:
        return old
    return faults.failed(command, complaint)


class Stream:
    """One running git process: bytes in, bytes out, never silent for longer than the limit."""

    def __init__(self, command: list[str], folder: str | None, variables: dict[str, str]) -> None:
        self.command = command
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder, env=variables
        )
        self.entry = cast("IO[bytes]", self._process.stdin)
        self._out = cast("IO[bytes]", self._process.stdout).fileno()
        self._poll = select.poll() if hasattr(select, "poll") else None
        if self._poll:
            self._poll.register(self._out, select.POLLIN)
        self._complaint: list[bytes] = []
        # Unread complaints of a damaged repository would fill their pipe and stop git for good.
        complaints = cast("IO[bytes]", self._process.stderr)
        self._listener = threading.Thread(target=_listen, args=(complaints, self._complaint), daemon=True)
        self._listener.start()
        self.close = weakref.finalize(self, _end, self._process, self._listener)

    def chunk(self) -> bytes:
        """The next bytes that git says; empty at the end."""
        if self._poll and not self._poll.poll(LIMIT * 1000):
            self.close()
            raise faults.too_slow(self.command[-1], LIMIT)
        return os.read(self._out, 1 << 17)

    def chunks(self) -> Iterator[bytes]:
        """All that git says; an error when git did not end well."""
        try:
            while chunk := self.chunk():
                yield chunk
            code, complaint = self.ended()
            if code:
                raise explained("log", complaint)
        finally:
            self.close()

    def ended(self) -> tuple[int, bytes]:
        """Exit code and complaint of a process that has said its last."""
        try:
            code = self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.close()
            raise faults.too_slow(self.command[-1], LIMIT) from None
        self._listener.join(LIMIT)
        return code, b"".join(self._complaint)


def _listen(complaints: IO[bytes], kept: list[bytes]) -> None:
    with complaints:
        for line in complaints:
            kept.append(line)
            del kept[:-50]


def _end(process: subprocess.Popen[bytes], listener: threading.Thread) -> None:
    process.kill()
    process.wait()
    listener.join(1)
    for pipe in (process.stdin, process.stdout):
        try:
            if pipe:
                pipe.close()
        except BrokenPipeError:
            pass
