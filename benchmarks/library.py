"""Makes synthetic libraries fast and keeps them: one git fast-import per history. Must not judge, nor measure anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from typing import IO, NamedTuple

import papers

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(HERE, ".cache")
BATCH = 250  # documents or records in one commit of the opening stock
VERSIONS = 4  # issues of each document in a history without opening stock
# Of ten later commits: two landings, three sealed records, three edited drafts, two files that nobody controls.
CYCLE = ("landing", "record", "draft", "other", "record", "landing", "draft", "record", "draft", "other")
AUTHOR = "Li Ming <li.ming@example.org>"


class Recipe(NamedTuple):
    """What a library holds: documents in force from the start, sealed records beside them, and all first-parent commits (at least)."""

    documents: int = 0
    records: int = 0
    commits: int = 0

    @property
    def name(self) -> str:
        """The folder that keeps it: a new one whenever the texts change."""
        made_by = b"".join(open(os.path.join(HERE, name), "rb").read() for name in ("library.py", "papers.py"))  # noqa: SIM115
        return f"d{self.documents}-r{self.records}-c{self.commits}-{sha256(made_by).hexdigest()[:10]}"

    @property
    def pool(self) -> int:
        """How many documents take turns in landing."""
        return self.documents or max(10, self.commits * CYCLE.count("landing") // len(CYCLE) // VERSIONS)


def made(recipe: Recipe, cache: str = CACHE) -> str:
    """The bare repository of a recipe, made when it is not kept yet."""
    place = os.path.join(cache, recipe.name)
    if not os.path.isdir(place):
        shutil.rmtree(f"{place}.new", ignore_errors=True)
        os.makedirs(f"{place}.new")
        lay(f"{place}.new", history(recipe))
        os.rename(f"{place}.new", place)
    return place


def lay(place: str, commits: Iterator[papers.Files]) -> None:
    """A bare repository whose main branch has one commit for each set of files."""
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", place], check=True)
    extend(place, commits, "")


def extend(place: str, commits: Iterator[papers.Files], after: str, ref: str = "refs/heads/main") -> None:
    """One more commit on `ref` for each set of files, beginning behind the commit `after`."""
    with subprocess.Popen(["git", "-C", place, "fast-import", "--quiet", "--force", "--done"], stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for count, files in enumerate(commits):
            _write(importer.stdin, count, files, ref, after if not count else "")
        importer.stdin.write(b"done\n")
        importer.stdin.close()
        if importer.wait():
            raise SystemExit("git fast-import failed")


def _write(entry: IO[bytes], count: int, files: papers.Files, ref: str, after: str) -> None:
    message = f"commit {count}\n".encode()
    entry.write(f"commit {ref}\ncommitter {AUTHOR} {1578272400 + count * 600} +0000\ndata {len(message)}\n".encode() + message)
    if after:
        entry.write(f"from {after}\n".encode())
    for path, data in files.items():
        entry.write(f"M 100644 inline {path}\ndata {len(data)}\n".encode() + data + b"\n")
    entry.write(b"\n")


def history(recipe: Recipe) -> Iterator[papers.Files]:
    """The files that each commit of a library adds or changes, oldest first."""
    yield papers.rule_files()
    count = 1
    for files in _stock(recipe):
        yield files
        count += 1
    counters = dict.fromkeys(CYCLE, 0)
    later = max(recipe.commits - count, 0)
    for place in range(later):
        kind = CYCLE[place % len(CYCLE)]
        yield _step(kind, counters[kind], recipe, papers.Moment((place + 1) / later))
        counters[kind] += 1


def _stock(recipe: Recipe) -> Iterator[papers.Files]:
    opening = papers.Moment(0)
    for start in range(0, recipe.documents, BATCH):
        batch = (papers.landing(place, 0, opening) for place in range(start, min(start + BATCH, recipe.documents)))
        yield {path: data for files in batch for path, data in files.items()}
    for start in range(0, recipe.records, BATCH):
        sealed = (papers.sealed_record(place, opening) for place in range(start, min(start + BATCH, recipe.records)))
        yield {path: data for files in sealed for path, data in files.items()}


def _step(kind: str, nth: int, recipe: Recipe, moment: papers.Moment) -> papers.Files:
    if kind == "landing":
        turn, place = divmod(nth, recipe.pool)
        # Few documents in a long history: their last versions stay, as no number sees thousands of issues.
        return (
            papers.landing(place, turn + bool(recipe.documents), moment) if turn < VERSIONS else papers.draft(nth, f"edit {nth}")
        )
    if kind == "record":
        return papers.sealed_record(500_000 + nth, moment)
    if kind == "draft":
        return papers.draft(nth, f"draft {nth}")
    return {f"notes/{nth % 50}.txt": f"note {nth}\n".encode()}
