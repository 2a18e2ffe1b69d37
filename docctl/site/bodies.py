"""Rendered bodies, kept aside from one build to the next. Must not know what a body says, nor where a site is published.

It only saves time: a body is taken from here when its text and everything its links lead to are the same, else rendered.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from docctl import markdown
from docctl.core import markup, plaintext, target
from docctl.core.document import Document
from docctl.markdown import Block, Resolve, render

_RENDERER = (markdown, markup, plaintext, target)


class Bodies:
    """The bodies kept in `folder`, a private one of this user ("" keeps none)."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._used: set[str] = set()

    def rendered(self, document: Document, resolve: Resolve, image: Resolve) -> list[Block]:
        """A document's body as `docctl.markdown.render` gives it."""
        if not self._folder:
            return render(document.body, resolve, image)
        outline = document.outline
        targets = sorted({link.target for link in (*outline.links, *outline.images)})
        led = [[each, resolve(each) if each.startswith("doc:") else image(each)] for each in targets]
        name = sha256(json.dumps([_renderer(), document.body, led]).encode()).hexdigest() + ".body"
        self._used.add(name)
        found = self._read(name)
        if found is None:
            found = render(document.body, resolve, image)
            self._keep(name, found)
        return found

    def forget(self) -> None:
        """Lets go of every kept body that this build did not need."""
        for file in Path(self._folder).glob("*.body") if self._folder else ():
            if file.name not in self._used:
                file.unlink(missing_ok=True)

    def _read(self, name: str) -> list[Block] | None:
        try:
            told, _, text = Path(self._folder, name).read_text(encoding="utf-8").partition("\n")
            return [Block(*block) for block in json.loads(text)] if told == _sum(text) else None
        except (OSError, ValueError, TypeError):
            return None

    def _keep(self, name: str, blocks: Sequence[Block]) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        text = json.dumps(blocks, ensure_ascii=False)
        fresh = Path(self._folder, f".{name}.{os.getpid()}")
        fresh.write_text(f"{_sum(text)}\n{text}", encoding="utf-8")
        fresh.replace(Path(self._folder, name))


def _sum(text: str) -> str:
    """What shows that a kept body is as it was kept."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _renderer() -> str:
    """What stands for the program that renders: its own text and the versions of what it uses."""
    told = sha256("\n".join(metadata.version(name) for name in ("markdown-it-py", "mdit-py-plugins")).encode())
    for module in _RENDERER:
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()
