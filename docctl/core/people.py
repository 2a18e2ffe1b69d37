"""Who may sign: persons, the roles they hold and the keys that are theirs. Must not know documents or signatures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.lean import Any, NamedTuple


class Key(NamedTuple):
    """One signing key of one person; days in the organisation's zone, both ends included; "" means open."""

    text: str
    since: str
    to: str = ""
    compromised_since: str = ""

    def covers(self, day: str) -> bool:
        """Whether the key was the person's on that day."""
        return self.since <= day and (not self.to or day <= self.to)


class Holding(NamedTuple):
    """One role that a person holds for document levels (() all) over a span of days.

    `department` binds it to one department; "" is a role of the whole organisation, which speaks for no single department.
    """

    role: str
    since: str
    to: str = ""
    department: str = ""
    levels: tuple[int, ...] = ()

    def covers(self, day: str) -> bool:
        """Whether the role was held on that day."""
        return self.since <= day and (not self.to or day <= self.to)


class Person(NamedTuple):
    """One registered person or robot account. `left` is the day of leaving, "" while the person is here."""

    id: str
    name: str
    name_en: str
    kind: str
    department: str
    since: str
    left: str
    roles: tuple[Holding, ...]
    keys: tuple[Key, ...]

    def said(self, lang: str) -> str:
        """The name as the reader's language writes it."""
        return self.name_en if lang == "en" and self.name_en else self.name

    def holdings(self, role: str, level: int = 0, department: str = "") -> Iterator[Holding]:
        """The spans in which the person holds `role` for a document level (0 any) and a department ("" any)."""
        for held in self.roles:
            if held.role != role or (level and held.levels and level not in held.levels):
                continue
            if not department or department == held.department:
                yield held

    def key(self, text: str) -> Key | None:
        """The person's registration of a key ("type base64"), or None when the key is not theirs."""
        return next((key for key in self.keys if key.text == text), None)


class People(NamedTuple):
    """The people registry as it stood at one point."""

    persons: Mapping[str, Person]

    def owner_of(self, key: str) -> Person | None:
        """The person a key ("type base64") is registered for."""
        return next((person for person in self.persons.values() if person.key(key)), None)

    def holders(self, role: str, day: str) -> list[Person]:
        """Everybody here who holds a role on a day, by id."""
        here = (person for _, person in sorted(self.persons.items()) if not person.left)
        return [person for person in here if any(held.covers(day) for held in person.holdings(role))]


def people_of(values: Mapping[str, Any]) -> People:
    """The registry out of the checked values of people.yaml."""
    return People({name: _person(name, value) for name, value in values["people"].items()})


def _person(name: str, value: Mapping[str, Any]) -> Person:
    return Person(
        id=name,
        name=value["name"],
        name_en=value.get("name_en", ""),
        kind=value.get("kind", "person"),
        department=value.get("department", ""),
        since=value["from"],
        left=value.get("left", ""),
        roles=tuple(_holding(item) for item in value.get("roles", ())),
        keys=tuple(
            Key(item["key"], item["from"], item.get("to", ""), item.get("compromised_since", ""))
            for item in value.get("keys", ())
        ),
    )


def _holding(value: Mapping[str, Any]) -> Holding:
    return Holding(value["role"], value["from"], value.get("to", ""), value.get("department", ""), tuple(value.get("levels", ())))
