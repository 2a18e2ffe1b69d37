"""What other branches of a server say against what is about to land: rejections and revocations. Must not judge.

No promise spans two names (threats 1.1): this is what was known here when the landing came, and nobody can verify it later.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from docctl.core.layout import owner, statement_parts
from docctl.core.statement import Signed
from docctl.core.tree import FOLDER, Changed
from docctl.reader import Memory
from docctl.reader.items import read_objections
from docctl.repository import Objects, Repository
from docctl.repository.trees import PlacedTree

_TOP = "statements"
_AT_ONCE = 64  # branches that are asked about together


def released(changes: Iterable[Changed]) -> list[str]:
    """The numbers that a step brings release statements for, sorted."""
    added = (owner(item.path) for item in changes if item.before is None and item.path.endswith(".json"))
    named = ((owned.number, statement_parts(owned.name)) for owned in added if owned.kind == "statement")
    return sorted({number for number, parts in named if parts and parts[1] == "release"})


def objections(
    repository: Repository, tips: Iterable[str], numbers: Collection[str], prefix: str, memory: Memory
) -> Mapping[str, tuple[Signed, ...]]:
    """The rejections and revocations on some numbers at the tips of other branches, by number, each once."""
    found: dict[str, dict[str, Signed]] = {number: {} for number in numbers}
    seen: set[tuple[str, str]] = set()
    for number, key in _filed(repository.objects, _statements(repository, sorted({*tips}), prefix), numbers):
        if (number, key) not in seen:  # hundreds of branches hold the same few folders of a number
            seen.add((number, key))
            folder = next(repository.objects.many([key]))
            if folder.kind != "tree":
                continue
            tree = PlacedTree(repository.objects, folder, f"{_TOP}/{number}")
            found[number].update((item.sha256, item) for item in read_objections(tree, number, memory))
    return {number: tuple(known.values()) for number, known in found.items()}


def _statements(repository: Repository, tips: list[str], prefix: str) -> list[str]:
    """The ids of the folders of statements that branches hold, each once."""
    keys: dict[str, None] = {}
    for start in range(0, len(tips), _AT_ONCE):
        repository.objects.foresee([f"{tip}^{{tree}}" for tip in tips[start : start + _AT_ONCE]])
        for tip in tips[start : start + _AT_ONCE]:
            entry = repository.tree(tip, prefix).entry(_TOP)
            if entry is not None and entry.mode == FOLDER:
                keys[entry.key] = None
    return [*keys]


def _filed(objects: Objects, keys: list[str], numbers: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each number with the id of the folder that is filed under it in one of the folders of statements."""
    for start in range(0, len(keys), _AT_ONCE):
        asked = keys[start : start + _AT_ONCE]
        for number in numbers:
            for key in objects.within(asked, number):
                yield number, key
