"""What a document and a record have in common: a folder with a text and files. Must not know what the fields mean, nor who signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from docctl.core.content import Content
from docctl.core.lean import Any
from docctl.core.outline import Outline, outline


class Item:
    """One thing that the library keeps, in one state of it. `head` holds the values of its front matter, `lines` where they stand.

    `body` may be given as a question that is asked when somebody first wants to read it.
    """

    def __init__(
        self,
        folder: str,
        head: Mapping[str, Any],
        lines: Mapping[tuple[str | int, ...], int],
        body: str | Callable[[], str],
        body_line: int,
        content: Content,
    ) -> None:
        self.folder = folder
        self.head = head
        self.lines = lines
        self.body_line = body_line
        self.content = content
        self.number: str = head["id"]
        self.title: str = head["title"]
        self._body = body

    @cached_property
    def body(self) -> str:
        """The text below the front matter."""
        return self._body if isinstance(self._body, str) else self._body()

    @property
    def path(self) -> str:
        """Where the text lies, relative to the library."""
        return f"{self.folder}/index.md"

    @property
    def digest(self) -> str:
        """What signatures on this content cover."""
        return self.content.digest

    def line(self, *place: str | int) -> int:
        """The file line of a front-matter value, or of the nearest value above it (1 when there is none)."""
        for length in range(len(place), 0, -1):
            if place[:length] in self.lines:
                return self.lines[place[:length]]
        return 1

    @cached_property
    def outline(self) -> Outline:
        """Headings, links, images and faults of the body, with file lines."""
        return outline(self.body, self.body_line)
