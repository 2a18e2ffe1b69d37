"""What other branches of a server say against what is about to land: rejections and revocations. Must not judge.

No promise spans two names (threats 1.1): this is what was known here when the landing came, and nobody can verify it later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docctl.core.layout import owner, statement_parts
from docctl.core.statement import Signed
from docctl.core.tree import Changed
from docctl.reader import Memory
from docctl.reader.items import read_objections
from docctl.repository import Repository


def released(changes: Iterable[Changed]) -> list[str]:
    """The numbers that a step brings release statements for, sorted."""
    added = (owner(item.path) for item in changes if item.before is None and item.path.endswith(".json"))
    named = ((owned.number, statement_parts(owned.name)) for owned in added if owned.kind == "statement")
    return sorted({number for number, parts in named if parts and parts[1] == "release"})


def objections(
    repository: Repository, tips: Iterable[str], numbers: Iterable[str], prefix: str, memory: Memory
) -> Mapping[str, tuple[Signed, ...]]:
    """The rejections and revocations on some numbers at the tips of other branches, by number, each once."""
    trees = [repository.tree(tip, prefix) for tip in sorted({*tips})]
    found: dict[str, tuple[Signed, ...]] = {}
    for number in numbers:
        known = {item.sha256: item for tree in trees for item in read_objections(tree, number, memory)}
        found[number] = tuple(known.values())
    return found
