"""What a rules step needs: one root person where it only closes things in people.yaml, else the whole threshold (threats 1.3).

Must not know signatures or who asks. Fails closed: whatever is not known to close something counts as opening.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from docctl.core.layout import PEOPLE, owner
from docctl.core.mandate import Root
from docctl.core.people import Holding, Key, People, Person


def signatures_needed(root: Root, paths: Iterable[str], before: People, after: People) -> int:
    """How many persons of the `root` before a step must sign it; `paths` are all the files under control that the step changes.

    One is enough where people.yaml alone changes beside the log, and only closes: a leaver or a stolen key must not wait.
    """
    touched = set(paths)
    alone = PEOPLE in touched and all(path == PEOPLE or owner(path).kind == "log" for path in touched)
    return 1 if alone and only_closes(before, after) else root.threshold


def only_closes(before: People, after: People) -> bool:
    """Whether a registry differs from the one before it, and only by ends set or moved forward and by keys reported stolen."""
    old, new = dict(before.persons), dict(after.persons)
    return old != new and old.keys() == new.keys() and all(_person_closed(person, new[name]) for name, person in old.items())


def _person_closed(person: Person, now: Person) -> bool:
    plain = now._replace(left=person.left, roles=person.roles, keys=person.keys)
    roles = _each(person.roles, now.roles) and all(map(_role_closed, person.roles, now.roles))
    keys = _each(person.keys, now.keys) and all(map(_key_closed, person.keys, now.keys))
    return plain == person and _ended(person.left, now.left) and roles and keys


def _each(before: Sequence[object], after: Sequence[object]) -> bool:
    """Whether nothing was added or taken away; in another order it is another list."""
    return len(before) == len(after)


def _role_closed(held: Holding, now: Holding) -> bool:
    return now._replace(to=held.to) == held and _ended(held.to, now.to)


def _key_closed(key: Key, now: Key) -> bool:
    plain = now._replace(to=key.to, compromised_since=key.compromised_since)
    reported = now.compromised_since == key.compromised_since or not key.compromised_since
    return plain == key and _ended(key.to, now.to) and reported


def _ended(day: str, now: str) -> bool:
    """Whether an end stayed, was set where there was none, or came nearer; "" is open."""
    return now == day or (bool(now) and (not day or now < day))
