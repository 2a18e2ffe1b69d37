"""How an organisation controls its documents: types, slots, roles, record classes. Must not know people or documents."""

from __future__ import annotations

from collections.abc import Mapping

from docctl.core.errors import Words
from docctl.core.lean import Any, NamedTuple

EACH = 0  # the count of a slot that every named department fills
DEFAULT_STATEMENT_AGE = 30


class Slot(NamedTuple):
    """One decision that a version needs: who (role, narrowed by `of`) and how many (`EACH`: one per department)."""

    step: int
    decision: str
    role: str
    of: str
    count: int  # type: ignore[assignment]  # nobody counts the fields of a slot


class Section(NamedTuple):
    """One heading of a type's template."""

    anchor: str
    title: Words


class DocumentType(NamedTuple):
    """One kind of document: level 层级 1 to 4, template and the approval matrix by change class."""

    id: str
    title: Words
    level: int
    folder: str
    sections: tuple[Section, ...]
    mandatory_clauses: bool
    review_interval: int
    slots: Mapping[str, tuple[Slot, ...]]

    def slots_for(self, change_class: str) -> tuple[Slot, ...]:
        """The slots of a change class (editorial, minor, major, withdraw, confirm); the default matrix where none is named.

        For a withdrawal the approving decisions become `withdraw` by the same roles (domain 1.6.3).
        """
        if change_class in self.slots:
            return self.slots[change_class]
        slots = self.slots["default"]
        if change_class == "withdraw":
            return tuple(slot._replace(decision="withdraw") for slot in slots if slot.decision == "approve")
        if change_class == "confirm":
            return ()
        return slots


class RecordClass(NamedTuple):
    """One class of records: number prefix, form, retention in months, classification 密级."""

    id: str
    title: Words
    number: str
    form: str
    retention: int
    classification: str
    seal_role: str
    clauses: tuple[str, ...]


class Settings(NamedTuple):
    """settings.yaml as it stood at one point."""

    organisation: Words
    timezone: str
    languages: tuple[str, ...]
    version_scheme: str
    protected_branch: str
    numbering: str
    standards: tuple[str, ...]
    max_statement_age: int
    roles: Mapping[str, Words]
    departments: Mapping[str, Words]
    release_role: str
    types: Mapping[str, DocumentType]
    record_classes: Mapping[str, RecordClass]
    audiences: tuple[str, ...]
    server_keys: tuple[str, ...] = ()


def settings_of(values: Mapping[str, Any]) -> Settings:
    """The settings out of the checked values of settings.yaml."""
    return Settings(
        organisation=words(values["organisation"]),
        timezone=values["timezone"],
        languages=tuple(values["languages"]),
        version_scheme=values["version_scheme"],
        protected_branch=values.get("protected_branch", "main"),
        numbering=values.get("numbering", ""),
        standards=tuple(values.get("standards", ())),
        max_statement_age=values.get("max_statement_age", DEFAULT_STATEMENT_AGE),
        roles={name: words(value) for name, value in values["roles"].items()},
        departments={name: words(value) for name, value in values.get("departments", {}).items()},
        release_role=values["release_role"],
        types={name: _type(name, value) for name, value in values["types"].items()},
        record_classes={name: _record_class(name, value) for name, value in values.get("record_classes", {}).items()},
        audiences=tuple(values.get("audiences", ("public", "internal"))),
        server_keys=tuple(values.get("server_keys", ())),
    )


def words(value: Mapping[str, str]) -> Words:
    """A name in both languages; the one given serves for the other (`{zh: …}` alone is allowed)."""
    english = value.get("en") or value["zh"]
    return Words(english, value.get("zh") or english)


def _type(name: str, value: Mapping[str, Any]) -> DocumentType:
    return DocumentType(
        id=name,
        title=words(value["title"]),
        level=value["level"],
        folder=value["folder"],
        sections=tuple(Section(item["anchor"], words(item)) for item in value.get("sections", ())),
        mandatory_clauses=value.get("mandatory_clauses", False),
        review_interval=value.get("review_interval", 12),
        slots={change: tuple(_slot(item) for item in items) for change, items in value["slots"].items()},
    )


def _slot(value: Mapping[str, Any]) -> Slot:
    count = value.get("count", 1)
    return Slot(value["step"], value["decision"], value["role"], value.get("of", ""), EACH if count == "each" else count)


def _record_class(name: str, value: Mapping[str, Any]) -> RecordClass:
    return RecordClass(
        id=name,
        title=words(value["title"]),
        number=value["number"],
        form=value.get("form", ""),
        retention=value["retention"],
        classification=value["classification"],
        seal_role=value.get("seal_role", ""),
        clauses=tuple(value.get("clauses", ())),
    )
