"""Reads git, and is the only part that does: states, changes, the chain of states. Must not know what a library is, nor write."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

from docctl.core.lean import Self
from docctl.core.tree import Changed
from docctl.repository import faults, heads, history, place
from docctl.repository.folders import EMPTY, join, odd_folder
from docctl.repository.history import Step
from docctl.repository.objects import Found, Objects, is_id
from docctl.repository.process import Git, require_version
from docctl.repository.running import RunningTree
from docctl.repository.trees import KeptTree, OverlaidTree, StoredTree, continuing

__all__ = ["Found", "KeptTree", "Objects", "Repository", "RunningTree", "Step"]


class Repository:
    """One repository, opened for reading. Closing it ends the one git process it may keep running."""

    def __init__(self, found: place.Place, in_hook: bool) -> None:
        self.top = found.top
        self.git_dir = found.git_dir
        self.common_dir = found.common_dir
        self._found = found
        self._in_hook = in_hook
        self._git = Git((), None, True) if in_hook else Git((f"--git-dir={found.git_dir}",), found.top or found.git_dir, False)
        self.objects = Objects(self._git)

    @classmethod
    def open(cls, path: str | None = None, in_hook: bool = False) -> Repository:
        """The repository around `path` (the current folder when None), or the one that git called this hook for.

        In a hook git's environment is used unchanged, so that the state judged is the one git is about to write.
        """
        if in_hook and (found := place.of_hook()):
            return cls(found, True)
        require_version()
        return cls(place.around(os.path.abspath(path or os.getcwd())), in_hook)

    def again(self) -> Repository:
        """The same repository, opened once more: for a process that was split off and may not use this one's git."""
        return Repository(self._found, self._in_hook)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the git process that reads objects, if one runs."""
        self.objects.close()

    @property
    def bare(self) -> bool:
        """Whether the repository has no working folder, as on a server."""
        return self.top is None

    @property
    def shallow(self) -> bool:
        """Whether the history was cut off when this copy was made."""
        # While a push is judged, git keeps the marks of the pusher's cut in a file aside.
        named = os.environ.get("GIT_SHALLOW_FILE") if self._in_hook else None
        cut = named or os.path.join(self.common_dir, "shallow")
        return os.path.isfile(cut) and os.path.getsize(cut) > 0

    def require_full_history(self) -> None:
        """Refuse a copy that lacks history (shallow) or files (partial clone), as nothing can be proved on it."""
        if self.shallow:
            raise faults.shallow()
        if self.set_like(r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$"):
            raise faults.partial()

    def set_like(self, pattern: str) -> list[str]:
        """The names of git's settings that a pattern finds, from every file that counts here; sorted."""
        said = self._git.run("config", "-z", "--name-only", "--get-regexp", pattern, fine=(0, 1))
        return sorted({name for name in said.decode("utf-8", "surrogateescape").split("\0") if name})

    def config(self, name: str) -> str | None:
        """One setting of git as the user's, the machine's and the repository's files give it; None when it is not set."""
        said = self._git.run("config", "-z", "--show-scope", "--get-all", name, fine=(0, 1)).decode("utf-8", "surrogateescape")
        scopes, values = said.split("\0")[0:-1:2], said.split("\0")[1::2]
        # The scope "command" holds what docctl itself sets for its own processes.
        return next((value for scope, value in zip(reversed(scopes), reversed(values), strict=True) if scope != "command"), None)

    def resolve(self, name: str) -> str | None:
        """The full commit id that a branch, tag or revision names; None when it names no commit here."""
        if not name or "\n" in name:
            return None
        found = self.objects.get(f"{name}^{{commit}}")
        return found.key if found else None

    def committed_at(self, name: str) -> int:
        """The time that a commit claims for itself, in seconds since 1970."""
        commit = self._sure(name)
        said = self._git.run("log", "-1", "--format=%ct", "--end-of-options", commit, "--")
        return history.moment(commit, said.decode("ascii", "replace").strip())

    def has_commits(self) -> bool:
        """Whether the current branch has any state yet; one that points at what is not here is damage, no beginning."""
        if self.resolve("HEAD") is not None:
            return True
        branch = self.head_branch() or "HEAD"
        named, _, _ = self._git.ask("rev-parse", "-q", "--verify", "HEAD")
        if named == 0 or os.path.isfile(os.path.join(self.common_dir, "refs/heads", branch)):
            raise faults.branch_damaged(branch)
        return False

    def head_branch(self) -> str | None:
        """The current branch, also before its first commit; None when the working folder is on no branch."""
        try:
            with open(os.path.join(self.git_dir, "HEAD"), encoding="utf-8", errors="surrogateescape") as file:
                said = file.read().strip()
        except OSError:
            said = ""
        if is_id(said):
            return None
        if not said.startswith("ref: refs/heads/") or said.endswith("/.invalid"):
            # Other ways of keeping references leave a stub in the file.
            said = "ref: " + self._git.run("symbolic-ref", "-q", "HEAD", fine=(0, 1)).decode("utf-8", "surrogateescape").strip()
        return said.removeprefix("ref: refs/heads/") if said.startswith("ref: refs/heads/") else None

    def stands_for(self, name: str) -> str:
        """The full name that another full name only stands for; "" for one of its own, or none. Git moves the one for the other."""
        if heads.kept_otherwise(self.common_dir):
            return self._git.run("symbolic-ref", "-q", name, fine=(0, 1)).decode("utf-8", "surrogateescape").strip()
        return heads.stands_for(self.common_dir, name)

    def heads(self) -> dict[str, str]:
        """Commit by name of the local branches alone; read without a git process where that can be, for a gate's time is short."""
        return self.branches("refs/heads") if heads.kept_otherwise(self.common_dir) else heads.read(self.common_dir)

    def branches(self, *where: str) -> dict[str, str]:
        """Commit by branch name: local branches as "main", those seen at a remote as "origin/main"; a local one comes first."""
        form = "--format=%(objectname) %(refname) %(symref)"
        said = self._git.run("for-each-ref", form, *(where or ("refs/heads", "refs/remotes")))
        found: dict[str, str] = {}
        for line in said.decode("utf-8", "surrogateescape").splitlines():
            commit, name, points = line.split(" ", 2)
            if not points:
                found.setdefault(name.split("/", 2)[2], commit)
        return found

    def replacements(self) -> list[str]:
        """The names under refs/replace, by which git would show other objects than the true ones; docctl reads past them."""
        said = self._git.run("for-each-ref", "--format=%(refname)", "refs/replace")
        return said.decode("utf-8", "surrogateescape").splitlines()

    def tree(self, commit: str, prefix: str = "", after: str = "") -> KeptTree:
        """The files of one state, below `prefix`, read when looked at; `after` is the commit it continues when it is none itself."""
        top = self.objects.get(f"{commit}^{{tree}}")
        if top is None:
            raise faults.unknown_commit(commit)
        return self._with_past(StoredTree(self.objects, top, prefix), after or commit, prefix)

    def _with_past(self, tree: KeptTree, name: str, prefix: str) -> KeptTree:
        return continuing(tree, self._git, name, prefix, lambda commit: self.tree(commit, prefix))

    def around(self, commit: str, prefix: str) -> Iterator[tuple[str, str, Iterable[str]]]:
        """The folders of one state on the way to `prefix`: each one's path, the name in it that leads on, all names in it."""
        tree, above = self.tree(commit), ""
        for name in filter(None, prefix.split("/")):
            yield above, name, tree.listing(above)
            above = join(above, name)

    def odd_folder(self, commit: str, before: str | None) -> str | None:
        """Where a state brings a folder that git would not have written, seen from the state `before` it; None when nowhere."""
        after = self.objects.get(f"{commit}^{{tree}}")
        if after is None:
            raise faults.unknown_commit(commit)
        return odd_folder(self.objects, self.objects.get(f"{before}^{{tree}}") if before else None, after)

    def joining(self) -> list[str]:
        """The commits that are about to be merged into the current one; git names them in a file, or to its hook alone."""
        try:
            with open(os.path.join(self.git_dir, "MERGE_HEAD"), encoding="ascii") as file:
                return file.read().split()
        except OSError:
            named = [name.removeprefix("GITHEAD_") for name in os.environ if name.startswith("GITHEAD_")]
            return sorted(name for name in named if is_id(name)) if self._in_hook else []

    def require_whole_index(self) -> None:
        """Refuse an index that was cut or altered: git reads on in it and takes what it finds for paths."""
        from docctl.repository.index import require_whole

        path = os.path.join(self.git_dir, "index")
        if os.path.exists(path):
            with open(path, "rb") as file:
                require_whole(file.read(), 32 if self.config("extensions.objectFormat") == "sha256" else 20)

    def staged(self, prefix: str = "", base: str = "HEAD", handed: bytes = b"") -> tuple[KeptTree, list[Changed]]:
        """The state git is about to write, below `prefix`, and how it differs from `base`. An open merge is an error.

        `handed` is git's own listing of what differs, one quoted path in a line, where somebody asked before.
        """
        top = self.objects.get(f"{base}^{{tree}}")
        key = top.key if top else self._nothing()
        asked = ("diff-index", "--cached", *history.RAW, "--ita-invisible-in-index", "--end-of-options", key, "--")
        said = history.unquoted(handed) if handed.strip() else self._git.run(*asked)
        below = StoredTree(self.objects, top or Found(key, "tree", b""), prefix)
        changes = history.changes(said, prefix)
        return OverlaidTree(self.objects, self._with_past(below, base, prefix), changes), changes

    def _nothing(self) -> str:
        """The id of the state without files; an error when there is a state after all, only unreadable."""
        said = self._git.run("rev-parse", "--show-object-format", "--revs-only", "HEAD").decode().split()
        if len(said) != 1:
            raise faults.damaged(f"object {said[1]}", "the current commit cannot be read")
        return EMPTY[64 if said[0] == "sha256" else 40]

    def changes(self, old: str | None, new: str, prefix: str = "") -> list[Changed]:
        """How state `new` differs from state `old` (None: from nothing), below `prefix`; either may be the id of a bare tree."""
        after = self._sure_tree(new)
        before = EMPTY[len(after)] if old is None else self._sure_tree(old)
        return history.changes(self._git.run("diff-tree", "-r", *history.RAW, "--end-of-options", before, after, "--"), prefix)

    def history(
        self, new: str, since: str | None = None, paths: Sequence[str] = (), prefix: str = "", reading: tuple[str, ...] = ()
    ) -> Iterator[Step]:
        """The official states up to `new` that `since` does not know, oldest first, streamed.

        Every first-parent state is told with its differences from its first parent below `prefix`; with `paths` only the
        states that differ there. Files with an ending of `reading` are asked for in time by whoever will read them.
        """
        inside = prefix.strip("/")
        line = self._short_line(new, since) if since and not paths else None
        if line == []:
            return iter(())
        limits = [f"{inside}/{path}".strip("/") for path in paths] or ([inside] if inside else [])
        every = ("--sparse",) if inside and not paths else ()
        words = (*history.LOG, *every, "--end-of-options", *self._range(new, since), "--", *limits)
        if line:
            words = (*history.LOG, "--no-walk=unsorted", "--end-of-options", *line, "--")
        # Git would write out each state on its own; nobody waits for the single one.
        found = history.steps(self._git.stream(*words, GIT_FLUSH="0").chunks(), inside)
        return history.ahead(found, self.objects, reading) if reading else found

    def _short_line(self, new: str, since: str) -> list[str] | None:
        """The states after `since` up to `new`, newest first, where a few steps back lead there; else None.

        Told one by one, git need not walk: it goes by the dates that commits claim, and where they lie it reads everything.
        """
        line: list[str] = []
        at, end = self._sure(new), self._sure(since)
        while at != end:
            found = self.objects.get(at)
            parent = history.PARENT.match(found.data) if found and len(line) < history.FEW else None
            if parent is None:
                return None
            line.append(at)
            at = parent[1].decode()
        return line

    def first_parent_ids(self, new: str, since: str | None = None) -> list[str]:
        """The commits of the official states up to `new` that `since` does not know, oldest first."""
        words = ("rev-list", "--first-parent", "--reverse", "--end-of-options", *self._range(new, since), "--")
        return self._git.run(*words).decode().split()

    def root_commits(self, new: str, since: str | None = None) -> list[str]:
        """All commits without a parent that `new` builds on, on any way, and `since` does not; a sound library has one."""
        return self._git.run("rev-list", "--max-parents=0", "--end-of-options", *self._range(new, since), "--").decode().split()

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether state `new` builds on state `old`."""
        words = ("merge-base", "--is-ancestor", self._sure(old), self._sure(new))
        code, _, complaint = self._git.ask(*words)
        if code not in (0, 1):
            raise faults.failed("merge-base", complaint)
        return code == 0

    def common(self, one: str, other: str) -> str | None:
        """The state at which two lines parted, None when they never met."""
        code, found, complaint = self._git.ask("merge-base", self._sure(one), self._sure(other))
        if code not in (0, 1):
            raise faults.failed("merge-base", complaint)
        return found.decode().strip() or None

    def _range(self, new: str, since: str | None) -> tuple[str, ...]:
        return (self._sure(new), *([f"^{self._sure(since)}"] if since else []))

    def _sure_tree(self, name: str) -> str:
        """The full tree id of a commit or tree, or an error."""
        found = self.objects.get(f"{name}^{{tree}}")
        if found is None:
            raise faults.unknown_commit(name)
        return found.key

    def _sure(self, name: str) -> str:
        """The full commit id of `name`, or an error."""
        commit = self.resolve(name)
        if commit is None:
            raise faults.unknown_commit(name)
        return commit
