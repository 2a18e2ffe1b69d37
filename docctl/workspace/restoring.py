"""Puts files, index and branch back as a note says they were. Must not know who wrote the note, nor decide whether to.

A file is only touched while it holds what the act put there (or a piece of it): what somebody wrote since is theirs.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, TypeAlias

from docctl.repository import Repository
from docctl.workspace.files import DRAFT, write
from docctl.workspace.runner import Runner

Keys: TypeAlias = "tuple[str | None, str | None]"

MARKS = ("MERGE_HEAD", "MERGE_MODE", "MERGE_MSG")
ASIDE = re.compile(r"docctl-[a-z0-9_]{8}")
_AT_ONCE = 200


def summed(data: bytes) -> str:
    """What bytes are known again by."""
    return sha256(data).hexdigest()


def content(place: str) -> bytes | None:
    """The bytes of a working file; None when there is no ordinary file."""
    if os.path.islink(place) or not os.path.isfile(place):
        return None
    with open(place, "rb") as file:
        return file.read()


def differing(runner: Runner, before: str, after: str) -> dict[str, Keys]:
    """The paths in which two states differ, with the ids of their content before and after (None: absent)."""
    said = runner.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", before, after)
    words = said.decode("utf-8", "surrogateescape").split("\0")
    found: dict[str, Keys] = {}
    for facts, path in zip(words[0::2], words[1::2], strict=False):
        old_mode, new_mode, old, new, _ = facts[1:].split(" ")
        found[path] = (None if int(old_mode) == 0 else old, None if int(new_mode) == 0 else new)
    return found


def aside(git_dir: str) -> list[str]:
    """The names of the folders that acts put aside in git's: those of an act under way, or left by a killed one."""
    return [name for name in os.listdir(git_dir) if ASIDE.fullmatch(name)]


def sweep(git_dir: str) -> None:
    """Removes the folders that killed acts left in git's; to be called while no other act is under way."""
    for name in aside(git_dir):
        shutil.rmtree(os.path.join(git_dir, name), ignore_errors=True)


def tidy(runner: Runner, reading: Repository, note: Mapping[str, Any]) -> None:
    """Removes what an act that had decided already left lying about."""
    if note.get("landing"):
        _unmark(reading.git_dir)
    _sweep_drafts(str(reading.top), note["written"])
    runner.ask("update-index", "-q", "--refresh")


def restore(runner: Runner, reading: Repository, note: Mapping[str, Any], folder: str) -> None:
    """Files first, then the index, then the branch: killed in between, it can be done again from the start."""
    top = str(reading.top)
    ways: dict[str, list[Keys]] = {}
    own: set[str] = set()
    for before, after, kept in note["ways"]:
        own |= set(kept)
        for path, keys in differing(runner, before, after).items():
            ways.setdefault(path, []).append(keys)
    index = os.path.join(folder, "index")
    _files_of_ways(runner, top, {path: keys for path, keys in ways.items() if path not in own}, note["written"], index)
    _written(top, folder, {path: kept for path, kept in note["written"].items() if path not in ways})
    _sweep_drafts(top, note["written"])
    _index(runner, index, {*ways, *note["written"]}, note["staged"])
    _branch(runner, reading, note)
    if note.get("landing"):
        _unmark(reading.git_dir)
    runner.ask("update-index", "-q", "--refresh")


def _files_of_ways(runner: Runner, top: str, ways: Mapping[str, list[Keys]], written: Mapping[str, Any], index: str) -> None:
    """Files of states that the working folder went to: those that are as that state has them become as they were."""
    keys = _keys_of(runner, top, ways)
    back: list[str] = []
    for path, steps in ways.items():
        was, now = steps[0][0], keys.get(path)
        if now == was or not (now is None or _ours(runner, top, path, now, steps, written)):
            continue
        if was is None:
            _remove(top, path)
        else:
            back.append(path)
    if back:
        feed = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in back)
        runner.run("checkout-index", "-f", "-q", "-z", "--stdin", feed=feed, variables={"GIT_INDEX_FILE": index})


def _keys_of(runner: Runner, top: str, paths: Iterable[str]) -> dict[str, str]:
    """The ids that git would give the working files, line ends turned as its settings say; absent ones are left out."""
    there = [path for path in paths if content(os.path.join(top, path)) is not None]
    found: dict[str, str] = {}
    for start in range(0, len(there), _AT_ONCE):
        some = there[start : start + _AT_ONCE]
        found |= dict(zip(some, runner.text("hash-object", "--", *some).split(), strict=True))
    return found


def _ours(runner: Runner, top: str, path: str, now: str, steps: list[Keys], written: Mapping[str, Any]) -> bool:
    """Whether a working file is as the act left it: whole, or the piece of it that was written when git was stopped."""
    data = content(os.path.join(top, path)) or b""
    if now in {after for _, after in steps} or (path in written and summed(data) == written[path][1]):
        return True
    shown = (runner.ask("cat-file", "--filters", f"--path={path}", key).answer for step in steps for key in step if key)
    return any(whole.startswith(data) for whole in shown)


def _written(top: str, folder: str, written: Mapping[str, tuple[str | None, str]]) -> None:
    """Files that the act wrote get their old bytes back, or go."""
    for path, (kept, sum_) in written.items():
        data = content(os.path.join(top, path))
        if data is None or summed(data) != sum_:
            continue
        old = content(os.path.join(folder, kept)) if kept else None
        if old is None:
            _remove(top, path)
        else:
            write(top, {path: old})


def _remove(top: str, path: str) -> None:
    place = os.path.join(top, path)
    if os.path.lexists(place):
        os.unlink(place)
    _prune(top, os.path.dirname(place))


def _prune(top: str, folder: str) -> None:
    """Folders that hold nothing any more go, up to the top."""
    while len(folder) > len(top):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = os.path.dirname(folder)


def _sweep_drafts(top: str, written: Iterable[str]) -> None:
    for folder in {os.path.dirname(os.path.join(top, path)) for path in written}:
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if DRAFT.fullmatch(name):
                    os.unlink(os.path.join(folder, name))
        _prune(top, folder)


def _index(runner: Runner, index: str, paths: set[str], folders: list[str]) -> None:
    """The entries of what the act staged become as the kept index has them; whatever else is staged stays."""
    then = dict(_entries(runner, {"GIT_INDEX_FILE": index})) if os.path.exists(index) else {}
    now = dict(_entries(runner, {}))
    below = tuple(f"{folder}/" for folder in folders)
    mine = {path for path in {*then, *now} if path in paths or path in folders or path.startswith(below)}
    changed = [path for path in sorted(mine) if then.get(path) != now.get(path)]
    width = len(next((entry.split(" ")[1] for entry in {**then, **now}.values()), "0" * 40))
    lines = [f"0 {'0' * width}\t{path}\0" for path in changed if path in now]
    lines += [f"{then[path]}\t{path}\0" for path in changed if path in then]
    if lines:
        runner.run("update-index", "-z", "--index-info", feed="".join(lines).encode("utf-8", "surrogateescape"))


def _entries(runner: Runner, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The paths of an index with mode and id, as `update-index --index-info` reads them."""
    for line in runner.run("ls-files", "-s", "-z", variables=variables).decode("utf-8", "surrogateescape").split("\0"):
        if line:
            facts, _, path = line.partition("\t")
            mode, key, _ = facts.split(" ")
            yield path, f"{mode} {key}"


def _branch(runner: Runner, reading: Repository, note: Mapping[str, Any]) -> None:
    """Back to the branch where the act began; the branches that it made go, unless somebody has gone on with them."""
    if reading.head_branch() != note["branch"]:
        runner.run("symbolic-ref", "HEAD", f"refs/heads/{note['branch']}")
    for name, at in note["made"]:
        if runner.ask("rev-parse", "-q", "--verify", f"refs/heads/{name}").answer.decode().strip() == at:
            runner.run("update-ref", "-d", f"refs/heads/{name}", at)
    for name, before, after in note.get("moved", ()):
        if runner.ask("rev-parse", "-q", "--verify", f"refs/heads/{name}").answer.decode().strip() == after:
            runner.run("update-ref", f"refs/heads/{name}", before, after)


def _unmark(git_dir: str) -> None:
    for name in MARKS:
        if os.path.exists(os.path.join(git_dir, name)):
            os.unlink(os.path.join(git_dir, name))
