"""Which names of a repository somebody may move, or set beside a library, by their spelling alone. Must not know git, nor what the names point at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docctl.check import check_moves
from docctl.core.change import Move
from docctl.core.layout import branch_name, twins
from docctl.core.lean import regex
from docctl.rules.catalogue import Finding

RELEASE_TAG = regex(r"refs/tags/rel/([A-Z0-9-]+)/([A-Z0-9.-]+)")


def moved(name: str, fault: str, detail: str = "") -> list[Finding]:
    """The findings on a name that may not move like this."""
    return check_moves([Move(name, fault, detail)])


def above(around: Iterable[tuple[str, str, Iterable[str]]]) -> list[Finding]:
    """What stands beside the folders that lead to a library and is one with them to some disk or to a reader (I4, R49)."""
    return [
        finding
        for folder, name, names in around
        for twin in twins(name, names)
        for finding in moved(f"{folder}/{twin}".lstrip("/"), "twin-above", name)
    ]


def name_fault(name: str, protected: str, *, begins: bool) -> str:
    """What is wrong with moving a name that is not the protected branch; "" when nothing is. `begins`: it was not there before."""
    if name.startswith("refs/docctl/"):
        return "reserved-name"
    if name.startswith("refs/tags/rel/"):
        return "" if RELEASE_TAG.fullmatch(name) and begins else "release-tag"
    plain = name.startswith("refs/heads/") and branch_name(name.removeprefix("refs/heads/"))
    return "" if plain and not _in_the_way(name, protected) else "unknown-name"


def _in_the_way(name: str, protected: str) -> bool:
    """Whether two names cannot both be kept: one file on disks that do not tell letter cases apart, or a folder and a file."""
    one, other = f"{name.casefold()}/", f"{protected.casefold()}/"
    return bool(protected) and (one.startswith(other) or other.startswith(one))


def surroundings_refused(variables: Mapping[str, str]) -> list[Finding]:
    """What came along with a push that no gate understands, refused by name: push options (B15), a namespace of git."""
    count = variables.get("GIT_PUSH_OPTION_COUNT", "0")
    options = [variables.get(f"GIT_PUSH_OPTION_{place}", "?") for place in range(int(count) if count.isdigit() else 1)]
    # In a namespace git calls another branch by the name of the official one.
    spaces = [variables["GIT_NAMESPACE"]] if variables.get("GIT_NAMESPACE") else []
    return check_moves([*(Move(name, "push-option") for name in options), *(Move(name, "namespace") for name in spaces)])
