"""Runs git in one clean, silent and bounded way. Must not know what is asked of git, nor what its answers mean."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Collection, Iterator
from functools import cache

from docctl.core.errors import DocctlError
from docctl.core.lean import cast
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
    "i18n.logOutputEncoding=UTF-8",
    f"diff.orderFile={os.devnull}",
)
_KEPT = 1 << 14  # bytes of git's last complaints
_END, _BROKEN_PIPE, _TOO_LARGE = 9, 13, 25  # signals: Python ignores the last two, git must not
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
    _, said, _ = asked([binary(), "version"], environment(False))
    words = said.decode("utf-8", "replace").split()
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
        self._start = [binary(), *(("-C", folder) if folder else ()), *options, "--no-pager", *QUIET]
        self._environment = environment(in_hook)

    def run(self, *words: str, fine: Collection[int] = (0,)) -> bytes:
        """What git says to one question; any exit code not in `fine` is an error with git's reason."""
        code, said, complaint = self.ask(*words)
        if code not in fine:
            raise explained(words[0], complaint)
        return said

    def ask(self, *words: str) -> tuple[int, bytes, bytes]:
        """Exit code, answer and complaint of one question."""
        code, said, complaint = asked([*self._start, *words], self._environment)
        if code == 128 and self.folder and not os.path.isdir(self.folder):
            raise faults.not_a_repository(self.folder)
        return code, said, complaint

    def stream(self, *words: str, **variables: str) -> Stream:
        """A git process whose answers are read as they come, and that may be written to."""
        return Stream([*self._start, *words], self._environment | variables)


def asked(command: list[str], variables: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Exit code, answer and complaint of one process that is told nothing."""
    stream = Stream(command, variables)
    try:
        stream.entry.close()
        said = b"".join(iter(stream.chunk, b""))
        code, complaint = stream.ended()
    finally:
        stream.close()
    return code, said, complaint


def explained(command: str, complaint: bytes) -> DocctlError:
    """The error for a failed question; a git that is too old explains more than its own words."""
    try:
        require_version()
    except DocctlError as old:
        return old
    return faults.failed(command, complaint)


class Stream:
    """One running process: bytes in, bytes out, never silent for longer than the limit.

    Started by hand, for `subprocess` and its threads cost a hook more than git does.
    """

    def __init__(self, command: list[str], variables: dict[str, str]) -> None:
        self.command = command
        self._code: int | None = None
        self._complaint, self._listening = b"", True
        self._owner = os.getpid()
        theirs, ours = zip(os.pipe(), *(reversed(os.pipe()) for _ in range(2)), strict=True)
        self._out, self._heard = ours[1:]
        self.entry = open(ours[0], "wb")  # noqa: SIM115  closed with the process
        try:
            self._number = os.posix_spawn(
                command[0],
                command,
                variables,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs[place], place) for place in range(3)],
                setsigdef=(_BROKEN_PIPE, _TOO_LARGE),
            )
        except OSError:
            self._code = -1
            self._close_pipes()
            raise
        finally:
            for pipe in theirs:
                os.close(pipe)
        self._poll = select.poll()
        self._poll.register(self._out, select.POLLIN)
        self._poll.register(self._heard, select.POLLIN)

    def chunk(self) -> bytes:
        """The next bytes that it says; empty at the end."""
        # Unread complaints of a damaged repository would fill their pipe and stop git for good.
        while self._out not in (ready := self._ready()):
            self._listen(ready)
        return os.read(self._out, 1 << 17)

    def _ready(self) -> list[int]:
        ready = [pipe for pipe, _ in self._poll.poll(LIMIT * 1000)]
        if not ready:
            self.close()
            raise faults.too_slow(self.command[-1], LIMIT)
        return ready

    def _listen(self, ready: list[int]) -> None:
        if self._heard not in ready:
            return
        said = os.read(self._heard, 1 << 16)
        self._complaint = (self._complaint + said)[-_KEPT:]
        if not said:
            self._listening = False
            self._poll.unregister(self._heard)

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
        self._poll.unregister(self._out)
        while self._listening:
            self._listen(self._ready())
        pause = 0.0002
        while not self._over(os.WNOHANG):
            if pause > LIMIT / 2:
                self.close()
                raise faults.too_slow(self.command[-1], LIMIT)
            time.sleep(pause)
            pause *= 2
        return cast("int", self._code), self._complaint

    def _over(self, how: int = 0) -> bool:
        """Whether it has ended; asked without `WNOHANG`, waits for it. An end that nobody can tell is no good end."""
        if self._code is None:
            try:
                number, status = os.waitpid(self._number, how)
            except ChildProcessError:
                number, status = self._number, 1 << 8
            if number:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code is not None

    def close(self) -> None:
        """End the process, if it still runs; one that was started before this process was split off is another's business."""
        if self._code is None and self._owner == os.getpid():
            try:  # noqa: SIM105  as below
                os.kill(self._number, _END)
            except ProcessLookupError:  # it was waited for when Ctrl-C came
                pass
            self._over()
        self._close_pipes()

    def _close_pipes(self) -> None:
        try:  # noqa: SIM105  contextlib costs a hook more than this
            self.entry.close()
        except BrokenPipeError:
            pass
        pipes = self._out, self._heard
        self._out = self._heard = -1  # first, for a number that was closed twice might be another file's by then
        for pipe in pipes:
            if pipe >= 0:
                os.close(pipe)

    def __del__(self) -> None:
        if hasattr(self, "_number"):
            self.close()
