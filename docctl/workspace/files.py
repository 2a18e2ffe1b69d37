"""Puts files on the disk whole or not at all, inside one folder. Must not know git, nor what the files say."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping

from docctl.core.errors import Words
from docctl.workspace import hurdles

DRAFT = re.compile(r"\.docctl-[a-z0-9_]{8}")
"""The name of a file that is not whole yet, beside its place."""


def write(root: str, files: Mapping[str, bytes]) -> None:
    """Write all `files` (path below `root` → bytes) with mode 0644, in the order given; when one cannot be written, none is.

    Each file is complete under another name before the first takes its own: a full disk or a crash leaves old files whole.
    """
    made: list[tuple[str, str]] = []
    target = root
    try:
        for path, data in files.items():
            target = inside(root, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            made.append((_beside(target, data), target))
        for draft, target in made:
            os.replace(draft, target)
            _settle(os.path.dirname(target), root)
    except OSError as error:
        raise hurdles.not_written(os.path.relpath(target, root), error) from None
    finally:
        for draft, _ in made:
            if os.path.lexists(draft):
                os.unlink(draft)


def put(place: str, data: bytes) -> None:
    """Write one file of the user's choice: what stood there stays whole until the new one is; pipes and devices are written to."""
    try:
        if os.path.exists(place) and not os.path.isfile(place):
            with open(place, "wb") as file:
                file.write(data)
            return
        target = os.path.realpath(place)
        draft = _beside(target, data)
        try:
            os.replace(draft, target)
        except OSError:
            os.unlink(draft)
            raise
    except OSError as error:
        raise hurdles.not_written(place, error) from None


def inside(root: str, path: str) -> str:
    """The place of `path` on the disk; refused when it leaves `root` by its spelling or through a symbolic link."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or part.lower() == ".git" or "\0" in part for part in parts):
        raise hurdles.odd_path(path, Words("it leaves the library", "路径超出受控库"))
    place = root
    for depth, part in enumerate(parts, 1):
        place = os.path.join(place, part)
        if not os.path.lexists(place):
            break
        mode = os.lstat(place).st_mode
        if stat.S_ISLNK(mode):
            raise hurdles.odd_path(path, Words("it passes a symbolic link", "路径经过符号链接"))
        if stat.S_ISDIR(mode) == (depth == len(parts)):
            raise hurdles.odd_path(path, Words("a file and a folder share a name", "文件与文件夹同名"))
    return os.path.join(root, *parts)


def _beside(target: str, data: bytes) -> str:
    handle, draft = tempfile.mkstemp(prefix=".docctl-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
    except OSError:
        os.unlink(draft)
        raise
    return draft


def flushed(place: str, data: bytes) -> None:
    """Write one file of docctl's own and have the disk keep it."""
    with open(place, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _settle(folder: str, root: str) -> None:
    """Have the disk keep the new names of `folder` and, as it may be new itself, those of the folders above."""
    while True:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if len(folder) <= len(root):
            return
        folder = os.path.dirname(folder)
