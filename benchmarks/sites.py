"""The site beside plain mkdocs-material, and a rebuild after one landing beside a full build. Must not know what pages say.

`python benchmarks/sites.py [--full]` prints ratios only: 200 documents, or 1000.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import library
import measure
import papers
from cases import Row
from library import Recipe
from measure import PYTHON, Cost

from docctl.registers import REGISTERS, register
from docctl.render import write_table
from docctl.repository import Repository
from docctl.site import publish

NOW = "2026-01-05T01:00:00Z"
ROUNDS = 3
BUDGET_FULL, BUDGET_REBUILD = 1.15, 0.3
BUILD = "import sys; from docctl.site.publish import build; build(sys.argv[1], sys.argv[2], rev=sys.argv[3], now=sys.argv[4])"
PLAIN = """\
site_name: Example Services
theme: {name: material, font: false, features: [navigation.tabs, navigation.prune]}
plugins: [{search: {lang: [en, zh]}}]
markdown_extensions: [attr_list, tables, fenced_code, {toc: {permalink: true}}]
"""


def sites(documents: int, keep: str = library.CACHE, rounds: int = ROUNDS) -> Iterator[Row]:
    """The two ratios on a library of some documents in force."""
    source = library.made(Recipe(documents), keep)
    with tempfile.TemporaryDirectory() as place:
        bench = _Bench(Path(place), source)
        costs = measure.side_by_side({"plain": bench.plain, "full": bench.full, "rebuild": bench.rebuild}, rounds)
    full = costs["full"].over(costs["plain"])
    rebuild = costs["rebuild"].over(costs["full"])
    yield Row(f"site of {documents} documents ÷ plain mkdocs-material", "×", full.wall, full.cpu, BUDGET_FULL)
    wanted = BUDGET_REBUILD if documents >= 1000 else None  # starting the programs weighs more in small libraries
    yield Row(f"site after one landing among {documents} ÷ full build", "×", rebuild.wall, rebuild.cpu, wanted)


class _Bench:
    """One library in two states, its documents and registers as plain Markdown beside it, and caches for one user."""

    def __init__(self, place: Path, source: str) -> None:
        self._place = place
        self._library = str(place / "library.git")
        shutil.copytree(source, self._library)
        begun = subprocess.run(["git", "-C", self._library, "rev-parse", "main"], check=True, capture_output=True, text=True)
        library.extend(self._library, iter([papers.landing(0, 1, papers.Moment(1))]), begun.stdout.strip(), "refs/heads/next")
        self._write_plain()
        self.full()
        shutil.copytree(place / "cache", place / "warm")

    def plain(self) -> Cost:
        """mkdocs-material on the same texts."""
        command = [PYTHON, "-I", "-W", "ignore", "-m", "mkdocs", "build", "-q", "-d", str(self._place / "plain-site")]
        return measure.run(
            command, str(self._place / "plain"), NO_MKDOCS_2_WARNING="1", TMPDIR=str(self._place / "cache" / "docctl")
        )

    def full(self) -> Cost:
        """docctl, nothing kept from a build before."""
        shutil.rmtree(self._place / "cache" / "docctl" / "sites", ignore_errors=True)
        return self._build("main")

    def rebuild(self) -> Cost:
        """docctl, when one landing came after the build before."""
        shutil.rmtree(self._place / "cache")
        shutil.copytree(self._place / "warm", self._place / "cache")
        return self._build("next")

    def _build(self, rev: str) -> Cost:
        command = [PYTHON, "-I", "-c", BUILD, self._library, str(self._place / "site"), rev, NOW]
        return measure.run(command, str(self._place), XDG_CACHE_HOME=str(self._place / "cache"))

    def _write_plain(self) -> None:
        docs = self._place / "plain" / "docs"
        docs.mkdir(parents=True)
        (self._place / "plain" / "mkdocs.yml").write_text(PLAIN, encoding="utf-8")
        with Repository.open(self._library) as repository:
            collection = publish.published(repository, rev="main").past.collection(NOW[:10])
        for number, document in collection.library.documents.items():
            (docs / f"{number}.md").write_text(f"# {number} {document.title}\n\n{document.body}", encoding="utf-8")
        for name in REGISTERS:
            (docs / f"{name}.md").write_bytes(write_table(register(name, collection), "md", "en"))


def main() -> int:
    """Prints the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1000 documents in place of 200")
    parser.add_argument("--keep", default=library.CACHE, metavar="DIR", help="where synthetic libraries are kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    for row in sites(1000 if asked.full else 200, os.path.abspath(asked.keep), asked.rounds):
        print(f"{row.name:60} wall {row.wall:5.2f}  cpu {row.cpu:5.2f}  budget {row.budget or '-'}  {row.verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
