"""One document as its folder holds it: front matter, body, digest. Must not know who signed it or where it stands in its life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from docctl.core.item import Item
from docctl.core.lean import NamedTuple

EDITORIAL = "editorial"  # the change class of a correction 勘误


class Mapped(NamedTuple):
    """One line of the correspondence: a clause, the section that answers it ("" the whole document) and how."""

    standard: str
    clause: str
    section: str
    how: str


class Reference(NamedTuple):
    """A cited document, pinned to one version or ("") current."""

    number: str
    version: str


class Document(Item):
    """A document of the library in one state of it. Values are those of the front matter (schema/document.schema.json)."""

    @property
    def type(self) -> str:
        """The document type 文件类型, a key of settings.yaml."""
        return str(self.head["type"])

    @property
    def version(self) -> str:
        """The version label 版本."""
        return str(self.head["version"])

    @property
    def status(self) -> str:
        """What the author claims: draft, approved or withdrawn."""
        return str(self.head["status"])

    @property
    def owner(self) -> str:
        """The accountable role 归口岗位."""
        return str(self.head["owner"])

    @property
    def claims(self) -> bool:
        """Whether the front matter claims a controlled state (approved or withdrawn)."""
        return self.status != "draft"

    @property
    def withdrawn(self) -> bool:
        """Whether the front matter claims withdrawal."""
        return self.status == "withdrawn"

    @property
    def change_class(self) -> str:
        """The row of the approval matrix this state asks for: withdraw, the class of its change, or default for a first issue."""
        if self.withdrawn:
            return "withdraw"
        change = self.head.get("change")
        return str(change["class"]) if change else "default"

    @property
    def department(self) -> str:
        """The owner's department, or ""."""
        return str(self.head.get("department", ""))

    @property
    def distribution(self) -> tuple[str, ...]:
        """The departments the document is distributed to."""
        return tuple(self.head.get("distribution", ()))

    @property
    def withdrawal(self) -> Mapping[str, str]:
        """Reason and replacing number of a withdrawal; empty without one."""
        block: Mapping[str, str] = self.head.get("withdrawal", {})
        return block

    def titled(self, lang: str) -> str:
        """The title in a language, where the front matter gives one; else the title."""
        return str(self.head.get("titles", {}).get(lang, self.title))

    @cached_property
    def clauses(self) -> tuple[Mapped, ...]:
        """The clauses the document says it answers, in its own order."""
        return tuple(_mapped(item) for item in self.head.get("clauses", ()))

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The documents the front matter cites, its parent first."""
        cited = tuple(_reference(item) for item in self.head.get("references", ()))
        parent = self.head.get("parent")
        return (Reference(parent, ""), *cited) if parent else cited

    def cited(self) -> Iterator[tuple[str, str, int]]:
        """Every document this one points at: number, section ("" none) and line, from front matter and body."""
        if "parent" in self.head:
            yield self.head["parent"], "", self.line("parent")
        for place, item in enumerate(self.head.get("references", ())):
            yield _reference(item).number, "", self.line("references", place)
        for link in self.outline.links:
            if link.target.startswith("doc:"):
                number, _, section = link.target[4:].partition("#")
                yield number, section, link.line


def _mapped(item: str | Mapping[str, str]) -> Mapped:
    named = {"clause": item} if isinstance(item, str) else item
    standard, _, clause = named["clause"].partition("/")
    return Mapped(standard, clause, named.get("section", ""), named.get("how", ""))


def _reference(item: str | Mapping[str, str]) -> Reference:
    return Reference(item, "") if isinstance(item, str) else Reference(item["id"], item.get("version", ""))
