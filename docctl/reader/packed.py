"""Readings as plain values that JSON can hold, and back. Must not know where they are kept, nor whether anybody may be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from docctl.core.bodyfault import BodyFault
from docctl.core.content import Content, File
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.item import Item
from docctl.core.lean import Any
from docctl.core.library import Unread
from docctl.core.outline import Heading, Link, Outline
from docctl.core.record import Record
from docctl.core.signature import Verdict
from docctl.core.statement import Signed, Statement
from docctl.reader.items import Filed, Folder

KINDS: dict[str, type[Item]] = {"document": Document, "record": Record}


def folder_out(reading: Folder) -> list[Any]:
    """The plain values of what one folder holds; a body is left out, its outline is not."""
    item = reading.item
    return [
        reading.content.files,
        reading.content.digest,
        item and [item.folder, item.head, [[*place, line] for place, line in item.lines.items()], item.body_line, item.outline],
        reading.unread,
    ]


def folder_in(kept: Sequence[Any], kind: str, body: Callable[[], str]) -> Folder:
    """What one folder holds, of the kind "document" or "record"; `body` is asked when somebody wants to read the text."""
    files, digest, item, unread = kept
    content = Content(tuple(File(*file) for file in files), digest)
    return Folder(content, item and _item(item, KINDS[kind], body, content), _unread(unread))


def _item(kept: Sequence[Any], kind: type[Item], body: Callable[[], str], content: Content) -> Any:
    folder, head, lines, body_line, outline = kept
    item = kind(folder, head, {tuple(place[:-1]): place[-1] for place in lines}, body, body_line, content)
    headings, links, images, faults, empty = outline
    item.outline = Outline(
        tuple(Heading(*each) for each in headings),
        tuple(Link(*each) for each in links),
        tuple(Link(*each) for each in images),
        tuple(BodyFault(*each) for each in faults),
        empty,
    )
    return item


def filed_out(reading: Filed) -> list[Any]:
    """The plain values of the statements on one number."""
    return [reading.signed, reading.unread]


def filed_in(kept: Sequence[Any]) -> Filed:
    """The statements on one number."""
    signed, unread = kept
    found = (Signed(Statement(*values), path, digest, Verdict(*verdict)) for values, path, digest, verdict in signed)
    return Filed(tuple(found), _unread(unread))


def _unread(kept: Sequence[Any]) -> tuple[Unread, ...]:
    return tuple(Unread(kind, path, line, Words(*words), number) for kind, path, line, words, number in kept)
