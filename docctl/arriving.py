"""How every statement and record came onto the official history, and when the server says so. Must not judge, nor show it.

Nothing is shown as witnessed by receipts that are broken or signed by a key that the rules have never known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from docctl.core.errors import DocctlError, Words
from docctl.core.layout import LOG, log_parts, owner
from docctl.core.mandate import Mandate
from docctl.core.receipt import Arrival, Arrivals, Broken
from docctl.reader import Memory, rulebook
from docctl.reader.landing import Past
from docctl.repository import Repository
from docctl.witness import Witness, kept_at, witness

_BROKEN = Words("the receipts here do not hold after number {after}: {why}", "此处回执自第 {after} 份之后不成立：{why}")


class _Found(NamedTuple):
    """The commits that first held each statement (by path) and record (by number), and those that changed the rules."""

    brought: dict[str, str]
    rules: list[str]


def arrivals_of(repository: Repository, past: Past, prefix: str = "") -> Arrivals:
    """How everything came onto the official history that `past` has read."""
    landed = {path: Arrival(landing.commit) for path, landing in past.landings.items()}
    if not kept_at(repository):
        return Arrivals(landed)
    try:
        seen = witness(repository, repository.first_parent_ids(past.commit))
    except DocctlError as error:  # no chain at all is no reason to show no register; `docctl verify` tells it as what it is
        return Arrivals(landed, fault=error.words)
    found = _found(repository, past.commit, prefix)
    seen, broken = _believed(repository, seen, found.rules, prefix)
    if broken is not None:
        return Arrivals(landed, fault=_told(broken))
    return Arrivals({key: Arrival(commit, seen.seen.get(commit)) for key, commit in found.brought.items()}, believed=True)


def _found(repository: Repository, commit: str, prefix: str) -> _Found:
    """One walk along the history, whatever its length."""
    found = _Found({}, [])
    for step in repository.history(commit, paths=("statements", "records", LOG), prefix=prefix):
        added = [item.path for item in step.changes if item.before is None]
        for key in _keys(added):
            found.brought.setdefault(key, step.commit)
        if _changes_rules(added):
            found.rules.append(step.commit)
    return found


def _keys(paths: list[str]) -> Iterator[str]:
    for path in paths:
        owned = owner(path)
        if owned.kind == "statement" and path.endswith(".json"):
            yield path
        elif owned.kind == "record" and owned.name == "index.md":
            yield owned.number


def _changes_rules(added: Iterable[str]) -> bool:
    """Whether a rules record is among the paths that a step adds; the signatures beside it are none."""
    names = (path.removeprefix(f"{LOG}/") for path in added if path.startswith(f"{LOG}/"))
    return any((log_parts(name) or (0, "-"))[1] == "" for name in names)


def believed(repository: Repository, seen: Witness, prefix: str = "") -> tuple[Witness, Broken | None]:
    """What of the receipts can be believed, and where they are broken (None: they hold).

    They are held against the server keys of the rules on the official line, each as long as it stood there (T3).
    """
    if not seen.receipts:
        return seen, None
    steps = repository.history(seen.line[-1], paths=(LOG,), prefix=prefix)
    changes = [step.commit for step in steps if _changes_rules(item.path for item in step.changes if item.before is None)]
    return _believed(repository, seen, changes, prefix)


def _believed(repository: Repository, seen: Witness, changes: list[str], prefix: str) -> tuple[Witness, Broken | None]:
    stood = _stood(repository, changes, prefix)
    if not stood:
        return seen, Broken(0, Words("no rules can be read", "无法读取规则"))
    keys = _keys_known(stood)
    seen = seen.within(keys)
    return seen, seen.fault(keys, stood[-1][1].root.repository)


def _stood(repository: Repository, changes: list[str], prefix: str) -> list[tuple[str, Mandate]]:
    """The rules after each commit that changed them."""
    memory = Memory()
    books = [(commit, rulebook(repository.tree(commit, prefix), memory).rules) for commit in changes]
    return [(commit, rules.mandate) for commit, rules in books if rules is not None]


def _keys_known(stood: list[tuple[str, Mandate]]) -> dict[str, str]:
    """Every server key that the rules have known, and the commit that took it out of them ("" it stands)."""
    known: dict[str, str] = {}
    for commit, mandate in stood:
        known = {key: ended or commit for key, ended in known.items()} | dict.fromkeys(mandate.settings.server_keys, "")
    return known


def _told(found: Broken) -> Words:
    after = str(found.after)
    return Words(_BROKEN.en.format(after=after, why=found.words.en), _BROKEN.zh.format(after=after, why=found.words.zh))
