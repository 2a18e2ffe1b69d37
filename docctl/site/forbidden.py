"""Which lines of texts that are not shown nothing public says too: such a line on the built site is a leak. Must not know engines.

Anybody may write a draft. So a line of it that the site's own pages say anyway, or that a text in force or its attachment holds,
is no secret: it must not keep the site of everybody else from being built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docctl.registers.table import Cell
from docctl.rules.catalogue import CATALOGUE
from docctl.site import leaks, loads
from docctl.site.plan import Plan
from docctl.site.register_page import Shown

_READABLE = (".md", ".csv", ".json", ".txt", ".xml", ".css")
_OF_TEXTS = frozenset({"title", "section", "how"})  # what the correspondence says in the words of documents


def forbidden(planned: Plan, files: Mapping[str, bytes], correspondences: Sequence[Shown]) -> tuple[str, ...]:
    """The private lines that may occur nowhere in what is built of the staged `files`.

    The tables of correspondence repeat sentences of front matter, so they are no witness of what is public; their own words are.
    """
    private = leaks.Needles(planned.private)
    told = {path for each in correspondences for path in (each.path, each.csv)}
    public = {found for path, data in files.items() if path not in told for found in private.within(_words(path, data))}
    said = [*_public_texts(planned), *(text for each in correspondences for text in _own_words(each))]
    public.update(private.within("\0".join(map(leaks.solid, said))))
    return tuple(sorted(line for line in planned.private if leaks.solid(line) not in public))


def _words(path: str, data: bytes) -> str:
    """What a staged file says, read as the output check reads it."""
    if not path.endswith(_READABLE):
        return ""
    text = data.decode("utf-8", "replace")
    return loads.json_words(text) if path.endswith(".json") else loads.page_words(text)


def _own_words(shown: Shown) -> Iterator[str]:
    """What a table says that comes from no document."""
    table = shown.table
    yield from (*shown.name, *table.title, *(text for note in table.notes for text in note))
    yield from (text for column in table.columns for text in column.heading)
    yield from (text for row in table.rows for key, cell in row.items() if key not in _OF_TEXTS for text in _texts(cell))


def _texts(cell: Cell) -> tuple[str, ...]:
    return (cell,) if isinstance(cell, str) else (*cell,)


def _public_texts(planned: Plan) -> Iterator[str]:
    """What pages say besides bodies: of front matter, statements, standards, settings and rules."""
    library = planned.collection.library
    for document in (edition.document for edition in planned.collection.all()):
        if document is not None:
            yield from (document.title, *document.head.get("titles", {}).values(), *document.head.get("change", {}).values())
            yield from document.withdrawal.values()
    for issue in planned.shown.values():
        yield from (mapped.how for mapped in issue.edition.document.clauses) if issue.edition.document else ()
    yield from (signed.statement.comment for signed in library.statements)
    yield from (record.title for record in library.records.values())
    yield from (text for standard in library.standards.values() for clause in standard.by_id.values() for text in clause.title)
    settings = library.rules.mandate.settings
    yield from (text for names in (settings.roles, settings.departments) for words in names.values() for text in words)
    yield from (text for kinds in (settings.types, settings.record_classes) for kind in kinds.values() for text in kind.title)
    yield from (text for rule in CATALOGUE.values() for words in (rule.words, rule.why, rule.remedy) for text in words)
