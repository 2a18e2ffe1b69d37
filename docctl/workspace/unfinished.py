"""What an act is about to change in a clone, noted before it is changed, so that one that was cut off is led back.

Knows branches, the index, working files and one note in git's folder. Must not know which act it is, nor judge anything.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from typing import Any

from docctl import stopping
from docctl.repository import Repository
from docctl.workspace import hurdles, restoring
from docctl.workspace.files import DRAFT, flushed
from docctl.workspace.runner import Runner

ROOM = "docctl"
ACT = "act"
NOTE = "note.json"
_WAYS = ("ways", "made", "staged", "visited")


class Unfinished:
    """The note of one clone: at most one act at a time holds it, and an act that ends well takes it away.

    The lock is handed on to git's own processes: what they still write after docctl was killed is waited for.
    """

    def __init__(self, runner: Runner, reading: Repository) -> None:
        self._runner = runner
        self._reading = reading
        self._room = os.path.join(reading.git_dir, ROOM)
        self._folder = os.path.join(self._room, ACT)
        self._lock: int | None = None
        self._note: dict[str, Any] = {}
        self._holding = False

    @property
    def begun(self) -> bool:
        """Whether the act at hand has begun to change something."""
        return bool(self._note)

    def begin(self) -> None:
        """Note how the clone stands, before the first change of an act. Raises DocctlError while another act is under way.

        From here on Ctrl-C is held back; `let_go` ends that.
        """
        if self.begun:
            return
        if not self._holding:
            stopping.hold()
            self._holding = True
        with stopping.sheltered(), hurdles.writing(self._room):
            self._take()
            try:
                restoring.sweep(self._reading.git_dir)
                self._first_note()
            finally:
                if not self.begun:
                    shutil.rmtree(f"{self._folder}.new", ignore_errors=True)
                    self._release()

    def let_go(self) -> None:
        """Ctrl-C is taken at once again."""
        if self._holding:
            self._holding = False
            stopping.let_go()

    def _take(self) -> None:
        os.makedirs(self._room, exist_ok=True)
        place = os.path.join(self._room, "lock")
        self._lock = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._release()
            raise hurdles.busy(place) from None
        self._runner.handed = (self._lock,)

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
        self._lock, self._runner.handed = None, ()

    def _first_note(self) -> None:
        fresh = f"{self._folder}.new"
        for leftover in (fresh, self._folder):
            shutil.rmtree(leftover, ignore_errors=True)
        os.mkdir(fresh, 0o700)
        index = os.path.join(self._reading.git_dir, "index")
        if os.path.exists(index):
            self._reading.require_whole_index()  # else it would lead nobody back
            with open(index, "rb") as file:
                flushed(os.path.join(fresh, "index"), file.read())
        branch = self._reading.head_branch()
        note: dict[str, Any] = {"branch": branch, "tip": self._tip(f"refs/heads/{branch}"), "written": {}}
        note |= {name: [] for name in (*_WAYS, "moved")}
        flushed(os.path.join(fresh, NOTE), json.dumps(note).encode())
        os.rename(fresh, self._folder)
        self._note = note

    def _tip(self, name: str) -> str:
        return self._runner.ask("rev-parse", "-q", "--verify", name).answer.decode().strip()

    def _noted(self, **more: Any) -> None:
        self._note |= more
        draft = os.path.join(self._folder, f"{NOTE}.new")
        flushed(draft, json.dumps(self._note).encode())
        os.replace(draft, os.path.join(self._folder, NOTE))

    def goes(self, before: str, after: str) -> None:
        """The working folder is about to go from one state to another (commits or trees)."""
        if self.begun:
            top = str(self._reading.top)
            before, after = self._tip(f"{before}^{{tree}}"), self._tip(f"{after}^{{tree}}")
            changed = restoring.differing(self._runner, before, after)
            # What stands where the old state has nothing is the user's own and must not be taken for ours.
            own = [path for path, (old, _) in changed.items() if old is None and os.path.lexists(os.path.join(top, path))]
            self._noted(ways=[*self._note["ways"], [before, after, own]])

    def visits(self, branch: str) -> None:
        """The clone is about to stand on another branch."""
        if self.begun:
            self._noted(visited=[*self._note["visited"], branch])

    def makes(self, branch: str, at: str) -> None:
        """A branch is about to be made at a commit."""
        if self.begun:
            self._noted(made=[*self._note["made"], [branch, self._tip(at)]])

    def moves(self, branch: str, before: str, after: str) -> None:
        """A branch that the clone does not stand on is about to go from one commit to a later one."""
        if self.begun:
            self._noted(moved=[*self._note["moved"], [branch, before, after]])

    def stages(self, paths: Iterable[str]) -> None:
        """Files at or below paths of the repository are about to be staged."""
        if self.begun:
            self._noted(staged=[*self._note["staged"], *paths])

    def writes(self, contents: Mapping[str, bytes]) -> None:
        """Files of the repository are about to be written: what stands there is kept first."""
        if not self.begun:
            return
        written = dict(self._note["written"])
        for path, data in contents.items():
            kept = written[path][0] if path in written else self._kept(path, len(written))
            written[path] = [kept, restoring.summed(data)]
        self._noted(written=written, staged=[*self._note["staged"], *contents])

    def _kept(self, path: str, place: int) -> str | None:
        old = restoring.content(os.path.join(str(self._reading.top), path))
        if old is None:
            return None
        name = f"kept-{place}"
        flushed(os.path.join(self._folder, name), old)
        return name

    def commits(self, branch: str | None) -> None:
        """The one step that decides is next: a commit on a branch. Once the branch has moved, the act is done."""
        if self.begun:
            self._noted(decides=branch, decides_tip=self._tip(f"refs/heads/{branch}"))

    def lands(self) -> None:
        """Git's folder is about to look as in the middle of a merge."""
        if self.begun:
            self._noted(landing=True)

    def done(self) -> None:
        """The act has ended well: it stands, also when docctl is asked to stop right after."""
        if self.begun:
            with stopping.sheltered():
                stopping.record()
                self._forget()
        stopping.here()

    def _forget(self) -> None:
        gone = f"{self._folder}.done"
        shutil.rmtree(gone, ignore_errors=True)
        os.rename(self._folder, gone)
        shutil.rmtree(gone, ignore_errors=True)
        self._note = {}
        self._release()

    def lead_back(self) -> bool:
        """Bring the clone back to how it stood before the act that was begun; False when that act had decided already."""
        decided = self._decided()
        if not self._taken_over():
            # A lock of git's is never taken away: whoever left it may still be at work.
            hurdles.require_unlocked(self._reading.git_dir)
            if decided:
                restoring.tidy(self._runner, self._reading, self._note)
            else:
                restoring.restore(self._runner, self._reading, self._note, self._folder)
        self._forget()
        return not decided

    def _decided(self) -> bool:
        return "decides" in self._note and self._tip(f"refs/heads/{self._note['decides']}") != self._note["decides_tip"]

    def _taken_over(self) -> bool:
        """Whether somebody has gone on by hand since: what they did is theirs."""
        branch = self._reading.head_branch()
        ours = {self._note["branch"], self._note.get("decides"), *self._note["visited"]}
        moved = self._tip(f"refs/heads/{self._note['branch']}") != self._note["tip"] and not self._decided()
        return branch not in ours or moved

    def settle(self) -> bool | None:
        """Lead an act back that was cut off: True when it was undone, False when it had been recorded, None when there was none."""
        left = restoring.aside(self._reading.git_dir)
        if not left and not any(name.startswith(ACT) for name in _names(self._room)):
            return None
        with stopping.sheltered(), hurdles.writing(self._room):
            self._take()
            try:
                self._note = self._left()
                undone = self.lead_back() if self._note else None
                for leftover in (f"{self._folder}.new", f"{self._folder}.done", self._folder):
                    shutil.rmtree(leftover, ignore_errors=True)
                restoring.sweep(self._reading.git_dir)
                return undone
            finally:
                self._note = {}
                self._release()

    def _left(self) -> dict[str, Any]:
        try:
            with open(os.path.join(self._folder, NOTE), encoding="utf-8") as file:
                note = dict(json.load(file))
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError):
            raise hurdles.note_damaged(self._folder) from None
        if not note.keys() >= {"branch", "tip", "written", *_WAYS}:
            raise hurdles.note_damaged(self._folder)
        return note

    def close(self) -> bool | None:
        """End an act: one that has begun and is not done is led back; what `settle` tells, None when there was nothing to do."""
        if not self.begun:
            return None
        with stopping.sheltered(), hurdles.writing(self._room):
            if self._decided():
                stopping.record()
            try:
                return self.lead_back()
            except BaseException:
                stopping.leave_open()
                raise
            finally:
                self._note = {}
                self._release()


def left(git_dir: str) -> bool:
    """Whether an act was cut off in a clone and not led back yet, nor is still under way."""
    return os.path.isfile(os.path.join(git_dir, ROOM, ACT, NOTE)) and not under_way(git_dir)


def under_way(git_dir: str) -> bool:
    """Whether an act is under way in a clone."""
    try:
        lock = os.open(os.path.join(git_dir, ROOM, "lock"), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _names(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def leftovers(git_dir: str, top: str) -> list[str]:
    """What killed acts left in git's folder and among the working files."""
    if under_way(git_dir):
        return []
    inside = [os.path.join(git_dir, name) for name in _names(git_dir) if restoring.ASIDE.fullmatch(name)]
    drafts: list[str] = []
    for place, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name != ".git"]
        drafts += (os.path.join(place, name) for name in names if DRAFT.fullmatch(name))
    return inside + drafts
