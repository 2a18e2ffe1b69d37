"""Decides what the site may show: the texts in force on one day, stubs for what ended, registers. Must not know HTML or engines.

What is not in the plan is not published, and the output check holds the built site to it (I01 to I03).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from docctl.core.document import Document
from docctl.core.edition import Collection, Edition
from docctl.registers.issue import Issue, issues

HOME = "index.md"
RULES = "rules/index.md"
_LONG_ENOUGH = 16  # a shorter line may well stand in two texts by chance


class Plan(NamedTuple):
    """The texts that are shown (by number), the numbers that only have a stub, what is scheduled, and what must not occur anywhere."""

    collection: Collection
    shown: Mapping[str, Issue]
    stubs: Mapping[str, Issue]
    scheduled: Mapping[str, Issue]
    forbidden: tuple[str, ...]

    def page_of(self, number: str) -> str:
        """The staged path of a number's page, "" when it has none."""
        return f"documents/{number}/index.md" if number in self.shown or number in self.stubs else ""


def plan(collection: Collection) -> Plan:
    """What a collection's site shows on its day, for the audiences of the settings."""
    audiences = collection.library.rules.mandate.settings.audiences
    shown, stubs, scheduled = {}, {}, {}
    for issue in issues(collection):
        document = issue.edition.document
        if issue.state == "in_force" and document is not None and document.head["classification"] in audiences:
            if issue.edition.matrix is not None and issue.edition.matrix.complete:
                shown[issue.number] = issue
        elif issue.state == "withdrawn" and issue.withdrawal:
            stubs[issue.number] = issue
        elif issue.state == "scheduled":
            scheduled.setdefault(issue.number, issue)
    return Plan(collection, shown, stubs, scheduled, tuple(_forbidden(collection, shown)))


def documents_by_level(planned: Plan) -> dict[int, list[Issue]]:
    """The shown texts by document level 文件层级 (0 where the settings no longer know the type)."""
    types = planned.collection.library.rules.mandate.settings.types
    found: dict[int, list[Issue]] = {}
    for _, issue in sorted(planned.shown.items()):
        kind = types.get(issue.edition.document.type) if issue.edition.document else None
        found.setdefault(kind.level if kind else 0, []).append(issue)
    return dict(sorted(found.items()))


def _forbidden(collection: Collection, shown: Mapping[str, Issue]) -> Iterator[str]:
    """Lines of drafts, candidates, superseded and withdrawn texts that stand in no published text."""
    public = {line for issue in shown.values() if issue.edition.document for line in _lines(issue.edition.document)}
    kept = {issue.edition.release.digest for issue in shown.values()}
    for document in _unpublished(collection, kept):
        yield from (line for line in _lines(document) if line not in public)


def _unpublished(collection: Collection, kept: set[str]) -> Iterator[Document]:
    editions: list[Edition] = list(collection.all())
    texts = [edition.document for edition in editions] + collection.drafts()
    yield from (text for text in texts if text is not None and text.digest not in kept)


def _lines(document: Document) -> Iterator[str]:
    """The lines of a body without the marks of Markdown that a page does not show."""
    for line in document.body.splitlines():
        plain = line.strip().lstrip("#->*0123456789. ")
        if len(plain) >= _LONG_ENOUGH and not any(mark in plain for mark in "[]()`|*_<&\\{"):
            yield plain
