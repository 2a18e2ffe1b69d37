"""Pages of the last build kept aside, so that a site whose navigation did not change rebuilds only the pages that did.

Knows pages as the engine wrote them. Must not know what they say, nor where a site is published. It only saves time: a page is
taken from here when its staged bytes and everything else that shapes it are the same, else built anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docctl.site.output import published

INDEX = "search/search_index.json"


class Kept:
    """The pages kept in `folder` ("" keeps none) for one build, whose `shape` stands for all that is not the page's own text."""

    def __init__(self, folder: str, shape: str, staged: str) -> None:
        self._folder = folder
        self._names = {page: _name(shape, staged, page) for page in _pages(staged)} if folder else {}
        self._found = {page: record for page, name in self._names.items() if (record := self._read(name))}

    @property
    def pages(self) -> list[str]:
        """The staged pages that need not be built."""
        return sorted(self._found)

    def complete(self, output: str) -> None:
        """Puts the kept pages into a site built without them, then keeps what this build holds and nothing else."""
        index = json.loads(Path(output, INDEX).read_text(encoding="utf-8"))
        entries = _by_page(index["docs"])
        for page, record in self._found.items():
            _write(Path(output, published(page)), record["html"])
            entries[_address(page)] = record["entries"]
        index["docs"] = [entry for address in sorted(entries) for entry in entries[address]]
        _write(Path(output, INDEX), json.dumps(index, ensure_ascii=False, separators=(",", ":")))
        for page in self._names.keys() - self._found.keys():
            file = Path(output, published(page))
            if file.is_file():  # the engine has its own mind about names such as README.md; the output check tells
                record = {"html": file.read_text(encoding="utf-8"), "entries": entries.get(_address(page), [])}
                record["sum"] = _sum(record)
                self._keep(self._names[page], record)
        self._forget(self._names.values())

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            record = json.loads(Path(self._folder, name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        sound = isinstance(record, dict) and isinstance(record.get("html"), str) and isinstance(record.get("entries"), list)
        return record if sound and record.get("sum") == _sum(record) else None

    def _keep(self, name: str, record: Mapping[str, Any]) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        fresh = Path(self._folder, f".{name}.{os.getpid()}")
        fresh.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        fresh.replace(Path(self._folder, name))

    def _forget(self, used: Iterable[str]) -> None:
        needed = set(used)
        for file in Path(self._folder).glob("*.page") if self._folder else ():
            if file.name not in needed:
                file.unlink(missing_ok=True)


def _pages(staged: str) -> list[str]:
    return sorted(path.relative_to(staged).as_posix() for path in Path(staged).rglob("*.md"))


def _name(shape: str, staged: str, page: str) -> str:
    return sha256(f"{shape}\n{page}\n".encode() + Path(staged, page).read_bytes()).hexdigest() + ".page"


def _sum(record: Mapping[str, Any]) -> str:
    """What shows that a record is as it was kept: a page that a disk or somebody altered is built anew."""
    return sha256(
        json.dumps([record["html"], record["entries"]], ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def _address(page: str) -> str:
    """Where the search index says a staged page is."""
    return quote(published(page).removesuffix("index.html"))


def _by_page(entries: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        found.setdefault(entry["location"].partition("#")[0], []).append(entry)
    return found


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
