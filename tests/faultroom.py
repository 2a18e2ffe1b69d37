"""A room for faults: what a clone looks like, and docctl killed at any moment in it."""

from __future__ import annotations

import atexit
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from docctl.acts.desk import Desk
from docctl.core.errors import DocctlError

from .workshop import NOW, Ran, Workshop, run

APPROVE = ("approve", "ITSM-P-03", "--yes")
KILLS = int(os.environ.get("DOCCTL_TEST_KILLS", "20"))  # for each act; 0 kills at every boundary there is
MARKS = ("MERGE_HEAD", "MERGE_MODE", "MERGE_MSG", "CHERRY_PICK_HEAD", "index.lock", "HEAD.lock")


class Look(NamedTuple):
    """What must be as before or as after: branch, every ref, the index, the working files, what git has under way."""

    branch: str
    refs: str
    index: str
    files: dict[str, bytes]
    marks: tuple[str, ...]


def look(folder: Path) -> Look:
    """How a clone stands."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }
    inside = os.listdir(folder / ".git")
    marks = [name for name in inside if name in MARKS or name.startswith("docctl-")]
    marks += os.listdir(folder / ".git/docctl") if "docctl" in inside else []
    marks = [name for name in marks if name != "lock"]  # the empty file that acts lock stays
    return Look(
        run("git", "symbolic-ref", "HEAD", at=folder).said,
        run("git", "for-each-ref", "--format=%(refname) %(objectname)", at=folder).said,
        run("git", "ls-files", "-s", at=folder).said,
        files,
        tuple(sorted(marks)),
    )


class Zygote:
    """Commands in children that are ready at once and may be killed."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("zygote.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        )

    def close(self) -> None:
        """Ends it."""
        self._process.stdin.close()
        self._process.wait(20)
        self._process.stdout.close()

    def start(self, words: list[str], folder: Path, output: Path, environment: dict[str, str], **more: object) -> int:
        """Starts one command; its process id, which is that of its group too."""
        order = {"words": words, "folder": str(folder), "output": str(output), "environment": environment, **more}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def ended(self) -> int:
        """Waits for the command that was started; its exit code, negative when it was killed."""
        return int(self._process.stdout.readline())


class Killed:
    """One act in one clone, killed again and again; each time the clone must be led back to before, or be as after."""

    def __init__(self, zygote: Zygote, place: Path, words: list[str], key: str, folder: Path, now: str = NOW) -> None:
        self.zygote, self.place, self.words, self.folder = zygote, place, words, folder
        self.key = key
        self.environment = {**os.environ, "DOCCTL_NOW": now, "DOCCTL_KEY": key, "DOCCTL_LANG": "en", "TMPDIR": str(folder)}
        self.output = folder / "said"
        self.origin = folder / "origin"
        self.undone = 0
        folder.mkdir(exist_ok=True)
        shutil.copytree(place, self.origin, symlinks=True)

    def run(self, **more: object) -> int:
        """Runs the act to its end; the exit code."""
        self.zygote.start(self.words, self.place, self.output, self.environment, **more)
        return self.zygote.ended()

    def again(self) -> None:
        """The clone as it was at first."""
        shutil.rmtree(self.place)
        shutil.copytree(self.origin, self.place, symlinks=True)

    def measure(self) -> tuple[float, int, Look, Look]:
        """How long the act takes, how many boundaries it has, and how the clone stands before and after."""
        before = look(self.place)
        begun = time.monotonic()
        code = self.run(count=str(self.folder / "count"))
        seconds = time.monotonic() - begun
        assert code == 0, self.output.read_text()
        after = look(self.place)
        self.again()
        assert look(self.place) == before
        return seconds, int((self.folder / "count").read_text()), before, after

    def kills(self, seconds: float, boundaries: int) -> Iterator[Callable[[], int]]:
        """Ways to run the act and kill it: at a boundary, at a moment with all its processes, at a moment without git's."""
        chance = random.Random(2026)
        if not KILLS:
            yield from (lambda place=place: self.run(boundary=place) for place in range(1, boundaries + 1))
            return
        for count in range(KILLS):
            if count % 2:
                place = chance.randint(
                    boundaries * (count // 2) // (KILLS // 2) + 1, boundaries * (count // 2 + 1) // (KILLS // 2)
                )
                yield lambda place=place: self.run(boundary=place)
            else:
                moment = seconds * (count + chance.random() * 2) / KILLS
                yield lambda moment=moment, alone=count % 4 == 0: self._timed(moment, alone=alone)

    def _timed(self, moment: float, *, alone: bool) -> int:
        child = self.zygote.start(self.words, self.place, self.output, self.environment)
        time.sleep(moment)
        with suppress(ProcessLookupError):
            (os.kill if alone else os.killpg)(child, signal.SIGKILL)
        code = self.zygote.ended()
        wait_for_group(child)
        return code

    def interrupt(self, moment: float) -> int:
        """Runs the act and presses Ctrl-C after some seconds; the exit code."""
        child = self.zygote.start(self.words, self.place, self.output, self.environment)
        time.sleep(moment)
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGINT)
        code = self.zygote.ended()
        wait_for_group(child)
        return code

    def lines(self) -> list[tuple[str, int]]:
        """Lines of code that the act goes through where it writes and cleans up, each with the how-manieth time: the first and the last.

        A part of them, spread over the whole act; with `KILLS` 0 all of them.
        """
        told = self.folder / "lines"
        assert self.run(lines=str(told)) == 0, self.output.read_text()
        self.again()
        places = told.read_text(encoding="utf-8").split("\n")
        met: dict[str, list[int]] = {}
        for moment, place in enumerate(places):
            met.setdefault(place, []).append(moment)
        listens = next(moment for moment, place in enumerate(places) if "/docctl/cli/words.py" in place)
        ends = {(moments[0], (place, 1)) for place, moments in met.items()}
        ends |= {(moments[-1], (place, len(moments))) for place, moments in met.items()}
        found = [line for moment, line in sorted(ends) if moment >= listens]
        return found if not KILLS else [found[len(found) * count // KILLS] for count in range(KILLS)]

    def prove(self) -> None:
        """Kills the act at every one of the chosen moments."""
        seconds, boundaries, before, after = self.measure()
        for count, kill in enumerate(self.kills(seconds, boundaries)):
            code = kill()
            assert code in {0, -signal.SIGKILL}, self.output.read_text()
            self.led_back()
            now = look(self.place)
            assert now in (before, after), (
                count,
                min(difference(now, before), difference(now, after), key=lambda it: len(str(it))),
            )
            sound(self.place)
            if now == after:
                self.again()
            else:
                self.undone += 1
                if count % 5 == 0:
                    assert self.run() == 0, self.output.read_text()
                    assert look(self.place) == after
                    self.again()
        assert self.undone, "no kill came in time"

    def led_back(self) -> None:
        """The next act in the clone: it says which lock is in its way, or leads back."""
        for _ in range(4):
            lock = self._lock_in_the_way()
            if lock is None:
                return
            lock.unlink()  # as the sentence says: no git is running any more
        raise AssertionError("the clone stays locked")

    def _lock_in_the_way(self) -> Path | None:
        """Leads the act back; the lock that must go first, as the sentence names it."""
        try:
            Desk(str(self.place), key=self.key).close()
        except DocctlError as error:
            found = re.search(r"remove the file (.+\.lock) yourself", error.remedy.en)
            if error.code != "index-locked" or found is None:
                raise
            return Path(found[1])
        return None


def wait_for_group(group: int, seconds: float = 20) -> None:
    """Until no process of a group is at work any more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        said = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
        if not any(line.split()[0] == str(group) and not line.split()[1].startswith("Z") for line in said.splitlines()):
            return
        time.sleep(0.02)
    raise AssertionError(f"processes of {group} do not end")


def sound(folder: Path) -> None:
    """Git itself finds nothing wrong."""
    checked = run("git", "fsck", "--full", "--no-dangling", "--no-progress", at=folder)
    assert checked.code == 0, checked.said
    assert run("git", "status", "--porcelain", at=folder).code == 0


def difference(one: Look, other: Look) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, mine, theirs in zip(one._fields, one, other, strict=True):
        if isinstance(mine, str):
            found[name] = sorted({*mine.splitlines()} ^ {*theirs.splitlines()})
        elif isinstance(mine, dict):
            found[name] = sorted(path for path in {*mine, *theirs} if mine.get(path) != theirs.get(path))
        else:
            found[name] = (mine, theirs)
    return {name: what for name, what in found.items() if what and what != ((), ())}


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A zygote for some tests."""
    made = Zygote()
    try:
        yield made
    finally:
        made.close()


def prepared(shop: Workshop, *steps: tuple[str, ...], hour: int = 0) -> None:
    """Acts done well through the command line: (who, words…); each one hour after the other."""
    for after, (who, *words) in enumerate(steps):
        env = {"DOCCTL_NOW": f"2026-03-09T{hour + after:02d}:10:00Z", "DOCCTL_KEY": str(shop.keys / who), "DOCCTL_LANG": "en"}
        done = docctl(shop, *words, **env)
        assert done.code == 0, done.said


def candidate_of(base: Workshop, folder: Path) -> Workshop:
    """A copy of the workshop in which ITSM-P-03 waits for its approval on its topic branch; made once, copied for each test."""
    kept = base.folder.parent / "candidate"
    if not kept.exists():
        shop = Workshop.copied(base.folder, kept, base.keys)
        prepared(shop, ("wang.fang", "submit", "ITSM-P-03", "--yes"), ("li.ming", "review", "ITSM-P-03", "--yes"))
        prepared(shop, ("zhou.ping", "cosign", "ITSM-P-03", "--yes"), hour=2)
    return Workshop.copied(kept, folder, base.keys)


def docctl(shop: Workshop, *words: str, **env: str) -> Ran:
    """Runs a command in the office: in a child that is ready at once, or from its start where it must look for programs anew."""
    surroundings = {"DOCCTL_NOW": NOW, "DOCCTL_LANG": "en", **env}
    if "PATH" in env:
        call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())", *words]
        return run(*call, at=shop.office, env=surroundings)
    shared, output = _shared(), shop.folder / "said-by-docctl"
    shared.start(list(words), shop.office, output, {**os.environ, **surroundings})
    return Ran(shared.ended(), output.read_text(encoding="utf-8", errors="backslashreplace"))


@cache
def _shared() -> Zygote:
    made = Zygote()
    atexit.register(made.close)
    return made


def told(ran: Ran, code: int, *words: str) -> None:
    """A sentence and a remedy, no traceback."""
    assert ran.code == code, ran.said
    assert "Traceback" not in ran.said, ran.said
    assert re.search(r"docctl: .+\n  → .+", ran.said, re.DOTALL), ran.said
    for each in words:
        assert each in ran.said, ran.said
