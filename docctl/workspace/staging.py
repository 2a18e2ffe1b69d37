"""Puts exact bytes into git's index, and shows git the index without what does not belong. Must not know who commits, nor why."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from docctl.core.tree import Changed
from docctl.repository import Repository
from docctl.workspace import files
from docctl.workspace.runner import Runner

_AT_ONCE = 200


class Index:
    """The index of one clone; all paths are those of the repository."""

    def __init__(self, runner: Runner, reading: Repository) -> None:
        self._runner = runner
        self._reading = reading
        self._top = str(reading.top)

    def stage(self, paths: Iterable[str]) -> None:
        """Stage exactly these files, byte by byte, whatever git's line-end and filter settings say; what is gone as gone."""
        there: list[str] = []
        lines: list[bytes] = []
        for path in paths:
            if os.path.isfile(files.inside(self._top, path)):
                there.append(path)
            else:
                lines.append(_line("0", self._nobody, path))
        lines += [_line(self._mode(path), key, path) for path, key in zip(there, self._stored(there), strict=True)]
        self._runner.run("update-index", "-z", "--index-info", feed=b"".join(lines))

    def _stored(self, paths: Sequence[str]) -> Iterator[str]:
        for start in range(0, len(paths), _AT_ONCE):
            some = paths[start : start + _AT_ONCE]
            yield from self._runner.text("hash-object", "-w", "--no-filters", "--", *some).split()

    def _mode(self, path: str) -> str:
        trusted = (self._reading.config("core.fileMode") or "true") == "true"
        marked = os.lstat(os.path.join(self._top, path)).st_mode & stat.S_IXUSR
        return "100755" if trusted and marked else "100644"

    @property
    def _nobody(self) -> str:
        return "0" * (64 if self._reading.config("extensions.objectFormat") == "sha256" else 40)

    @contextmanager
    def without(self, others: list[Changed]) -> Iterator[dict[str, str]]:
        """The environment in which git sees nothing of `others` staged; the user's own index is left alone for it.

        `git commit --only` would read the files anew through git's filters, so that other bytes could be committed.
        """
        if not others:
            yield {}
            return
        git_dir = self._reading.git_dir
        with tempfile.TemporaryDirectory(prefix="docctl-", dir=git_dir) as aside:
            variables = {"GIT_INDEX_FILE": os.path.join(aside, "index")}
            shutil.copy2(os.path.join(git_dir, "index"), variables["GIT_INDEX_FILE"])
            # First what must go, then what comes back: a file may have taken the place of a folder.
            lines = [_line("0", self._nobody, path) for path, before, _ in others if before is None]
            lines += [_line(before.mode, before.key, path) for path, before, _ in others if before is not None]
            self._runner.run("update-index", "-z", "--index-info", feed=b"".join(lines), variables=variables)
            yield variables


def _line(mode: str, key: str, path: str) -> bytes:
    return f"{mode} {key}\t{path}\0".encode("utf-8", "surrogateescape")
