"""Writes git for the acts: files, branches, commits, landings, remotes. Must not know what a document is, nor judge anything."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from docctl import stopping
from docctl.core.errors import Words
from docctl.repository import Repository
from docctl.workspace import files, hurdles, landing
from docctl.workspace.runner import Runner, aloud, library
from docctl.workspace.staging import Index
from docctl.workspace.unfinished import Unfinished

if TYPE_CHECKING:
    import git


class Workspace:
    """The working folder of one library; all paths are relative to the library, "/" separated."""

    def __init__(self, repo: git.Repo, reading: Repository, prefix: str, tell: Callable[[str], None]) -> None:
        self._repo = repo
        self._reading = reading
        self._runner = Runner(repo, tell)
        self._index = Index(self._runner, reading)
        self._act = Unfinished(self._runner, reading)
        self._careful = False
        self._git_dir = reading.git_dir
        self._start = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self.top = str(reading.top)

    @classmethod
    def open(cls, repository_top: str, library_prefix: str = "", tell: Callable[[str], None] = aloud) -> Workspace:
        """The library at `library_prefix` ("" for the whole) of a repository; `tell` gets what git and gates say on the way."""
        repo = library()
        reading = Repository.open(repository_top)
        if reading.top is None:
            raise hurdles.no_working_folder(repository_top)
        return cls(repo(reading.top), reading, library_prefix, tell)

    @classmethod
    def init(cls, path: str, branch: str) -> Workspace:
        """A new repository in the folder `path`, with `branch` as its first branch."""
        library().init(path, mkdir=True, initial_branch=branch).close()
        return cls.open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> bool | None:
        """End the processes that stay at hand; an act that has begun and is not `done` is led back, as `begin` tells it."""
        with stopping.sheltered():
            try:
                return self._act.close()
            finally:
                self._reading.close()
                self._repo.close()
                self._act.let_go()

    def begin(self) -> bool | None:
        """From now on note what is changed until `done`, so that an act that is cut off leaves the clone as it was.

        Leads back what was cut off before: True when that was undone, False when it had been recorded, None when there was none.
        """
        self._careful = True
        return self._act.settle()

    def done(self) -> None:
        """What was changed since `begin` stays."""
        self._act.done()

    def current_branch(self) -> str | None:
        """The current branch, also before its first commit; None when on none."""
        return self._reading.head_branch()

    def ready(self) -> str:
        """The current branch, when acts may be recorded on it; else an error: on no branch, something unfinished, git locked."""
        branch = self.at_rest()
        if self._careful:
            self._act.begin()
        return branch

    def at_rest(self) -> str:
        """The current branch; an error when on none, when something of git is unfinished, or when git is locked."""
        for error in hurdles.in_the_way(self._reading):
            raise error
        branch = self.current_branch()
        if branch is None:
            raise hurdles.detached()
        return branch

    def start_branch(self, name: str, from_branch: str | None = None) -> None:
        """Begin the branch `name` at the current state, or at that of `from_branch`, and go to it with all unfinished work."""
        self.ready()
        if self._runner.ask("check-ref-format", "--branch", name).code:
            raise hurdles.odd_branch(name)
        if f"refs/heads/{name}" in self._heads():
            raise hurdles.branch_exists(name)
        if from_branch is not None and self._reading.resolve(from_branch) is None:
            raise hurdles.odd_branch(from_branch)
        self._act.visits(name)
        self._act.makes(name, from_branch or "HEAD")
        if from_branch:
            self._act.goes("HEAD", from_branch)
        self._runner.run("switch", "-q", "--no-track", "-c", name, *([from_branch] if from_branch else []))

    def switch(self, name: str) -> None:
        """Go to an existing branch; work that would be overwritten keeps git from it."""
        self.ready()
        if f"refs/heads/{name}" not in self._heads():
            raise hurdles.odd_branch(name)
        self._act.visits(name)
        self._act.goes("HEAD", name)
        self._runner.run("switch", "-q", "--no-guess", name)

    def catch_up(self, name: str, there: str) -> None:
        """Bring a branch that is not the current one to `there`, which builds on it; whoever stands on it elsewhere keeps git from it."""
        self.ready()
        old, new = (self._runner.text("rev-parse", "--verify", each) for each in (f"refs/heads/{name}", there))
        self._act.moves(name, old, new)
        self._runner.run("branch", "-q", "-f", "--no-track", name, there)

    def _heads(self) -> set[str]:
        return set(self._runner.text("for-each-ref", "--format=%(refname)", "refs/heads").splitlines())

    def ensure_clean_of(self, paths: Iterable[str]) -> None:
        """Refuse when files at or below `paths` hold changes that are not committed, staged or not, new files included."""
        found = self.changed(paths)
        if found:
            raise hurdles.changed(found)

    def changed(self, paths: Iterable[str] = ("",)) -> list[str]:
        """The files at or below `paths` ("" all) with changes that are not committed, staged or not, new files included."""
        asked = [f":(top,literal){self._start}{path}".rstrip("/") for path in paths]
        if not asked:
            return []
        said = self._runner.run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *asked)
        found = [entry[3:] for entry in said.decode("utf-8", "surrogateescape").split("\0") if entry]
        return [path.removeprefix(self._start) for path in found]

    def unseen(self, folder: str) -> list[str]:
        """The files below `folder` that differ from what git would commit, where git was told not to look (A17)."""
        asked = f":(top,literal){self._start}{folder}"
        listed = self._runner.run("ls-files", "-v", "-z", "--", asked).decode("utf-8", "surrogateescape").split("\0")
        hidden = [name[2:] for name in listed if name and name[0] != "H" and os.path.isfile(os.path.join(self.top, name[2:]))]
        return [
            path.removeprefix(self._start) for path in hidden if self._here(path) != self._runner.text("rev-parse", f":0:{path}")
        ]

    def _here(self, path: str) -> str:
        """The id that git would give to a file as it lies in the working folder."""
        return self._runner.text("hash-object", "--", path)

    def add(self, paths: Iterable[str]) -> None:
        """Stage whatever lies at or below `paths` as git would, line ends converted as the user's settings say.

        What is gone from the folder is staged as gone; what the index does not know any more either needs no staging.
        """
        self.ready()
        paths = [path for path in paths if self._known(self._start + path)]
        asked = [f":(top,literal){self._start}{path}" for path in paths]
        if asked:
            self._act.stages(self._start + path for path in paths)
            self._runner.run("add", "-A", "--", *asked)

    def _known(self, path: str) -> bool:
        return os.path.lexists(os.path.join(self.top, path)) or bool(
            self._runner.run("ls-files", "-z", "--", f":(top,literal){path}")
        )

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Put files (path → bytes) into the library, all or none; symbolic links are never followed."""
        placed = {self._start + path: data for path, data in contents.items()}
        for path in placed:
            files.inside(self.top, path)
        if self._careful:
            self.ready()
            self._act.writes(placed)
        files.write(self.top, placed)

    def stage(self, paths: Iterable[str]) -> None:
        """Stage exactly these files, byte by byte, whatever git's line-end and filter settings say.

        A file that is gone is staged as gone.
        """
        self.ready()
        self._index.stage(self._start + path for path in paths)

    def commit(self, message: str, paths: Iterable[str], now: datetime | None = None) -> str:
        """Commit what is staged of `paths` through git's gates and return the commit; other staged work stays staged.

        `now` dates it (else the clock). When a gate refuses, its words are in the Refusal, and everything stays staged.
        """
        self.ready()
        wanted = {self._start + path for path in paths}
        changes = self._reading.staged()[1]
        others = [change for change in changes if change.path not in wanted]
        if len(others) == len(changes):
            raise hurdles.nothing(Words("nothing is staged of these files", "这些文件没有已暂存的更改"))
        with self._index.without(others) as index:
            return self._committed(message, now, index)

    def _committed(self, message: str, now: datetime | None, variables: Mapping[str, str]) -> str:
        self._act.commits(self.current_branch())
        with tempfile.TemporaryDirectory(prefix="docctl-", dir=self._git_dir) as aside:
            letter = os.path.join(aside, "message")
            with open(letter, "w", encoding="utf-8") as file:
                file.write(message)
            said = self._runner.heard(
                "commit", "-q", "--cleanup=whitespace", "-F", letter, variables={**self._runner.signature(now), **variables}
            )
        if said is not None:
            raise hurdles.gate(said)
        with stopping.sheltered():  # the commit stands, and so does what else belongs to the act
            return self._runner.text("rev-parse", "--verify", "HEAD")

    def land(
        self,
        branches: Sequence[str],
        files: Mapping[str, bytes],
        message: str,
        *,
        into: str,
        now: datetime | None = None,
        judge: Callable[[str], None] = lambda _: None,
    ) -> str:
        """Land `branches` together with `files` on the branch `into` as one commit, stay there, and return the commit.

        Its first parent is the state before, the branches are its other parents. `judge` gets the id of the tree before anything
        is touched and may raise; then the gates judge the commit as git's own. When anybody refuses, or a file was changed on both
        sides, branch, index and files are as before.
        """
        start = self.ready()
        waiting = [change.path for change in self._reading.staged()[1]]
        if waiting:
            raise hurdles.staged(waiting)
        base = self._runner.text("rev-parse", "--verify", f"refs/heads/{into}")
        topics = self._open_topics(branches, base)
        if not topics and not files:
            raise hurdles.nothing(Words("all of it has landed already", "全部内容已并入"))
        tree = landing.joined(self._runner, self._git_dir, base, topics)
        tree = landing.added(self._runner, self._git_dir, tree, {self._start + path: data for path, data in files.items()})
        judge(tree)
        if into != start:
            self.switch(into)
        self._act.goes(base, tree)
        self._act.lands()
        try:
            with landing.laid_out(self._runner, self._git_dir, base, tree, [commit for _, commit in topics]):
                return self._committed(message, now, {})
        except BaseException:
            with stopping.sheltered():
                if into != start and self._runner.text("rev-parse", "--verify", f"refs/heads/{into}") == base:
                    self.switch(start)
            raise

    def _open_topics(self, branches: Sequence[str], base: str) -> list[tuple[str, str]]:
        topics: list[tuple[str, str]] = []
        for branch in branches:
            commit = self._reading.resolve(branch)
            if commit is None:
                raise hurdles.odd_branch(branch)
            if not self._reading.is_ancestor(commit, base):
                topics.append((branch, commit))
        return topics

    def push(self, remote: str, refspecs: Sequence[str]) -> None:
        """Send branches to `remote`; a refusal of the gate before it or of the server is a Refusal with their words."""
        said = self._runner.heard("push", "-q", "--", remote, *refspecs)
        if said is not None:
            late = any(landing.outrun(self._runner, self._reading, remote, name) for name in refspecs)
            raise hurdles.late(said) if late else hurdles.server(said)
        landing.follow(self._runner, remote, refspecs)

    def fetch(self, remote: str = "origin") -> None:
        """Get what `remote` has new; nothing of the working folder changes."""
        said = self._runner.ask("fetch", "-q", "--", remote, stoppable=True)
        if said.code:
            raise hurdles.failed("fetch", said.told)

    def remote_exists(self, name: str = "origin") -> bool:
        """Whether a remote of this name is set up."""
        return name in self._runner.text("remote").splitlines()

    def hooks_dir(self) -> str:
        """Where git looks for hooks: `core.hooksPath`, else the folder that all worktrees share."""
        return os.path.normpath(os.path.join(self.top, self._runner.text("rev-parse", "--git-path", "hooks")))

    def identity_known(self) -> bool:
        """Whether git knows the user's name and address; commits are made without it too, in the name of docctl."""
        return self._runner.knows("AUTHOR") and self._runner.knows("COMMITTER")
