"""Runs inside the site engine, loaded by its path: closes what the theme leaves open, skips kept pages. Must not import docctl.

The engine keeps Jinja's automatic escaping off and its theme turns escaped titles back into raw ones with `striptags`. It also reads
our own HTML tag by tag, once for Markdown and once for the search; both would leave it as it is, so it waits beside the page.
"""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup, escape

_STUB = "---\ntemplate: kept.html\nsearch:\n  exclude: true\n---\n"
_BLOCK = re.compile(r'<(?:div|section) class="docctl-block"')
_PLACE = re.compile(r'<div data-docctl-block="([0-9]+)"></div>')
_UNSEARCHED = '<section class="docctl-block" data-search-exclude="true"'


def on_page_read_source(page: Any, config: Any) -> str | None:
    """A page that the last build already made is not built: see docctl.site.kept."""
    return _STUB if page.file.src_uri in config.extra["kept"] else None


def on_env(env: Any, *, config: Any, **_: Any) -> Any:
    """Text stays text wherever a template puts it; the name of the site comes escaped and must not be escaped again."""
    env.filters["striptags"] = _without_tags
    config.site_name = Markup(config.site_name)  # noqa: S704 - escaped by the engine's configuration
    return env


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Our own blocks of HTML are put aside."""
    blocks: list[str] = []
    page.docctl_blocks = blocks
    parts = markdown.split("\n\n")
    for place, part in enumerate(parts):
        if _BLOCK.match(part):
            parts[place] = f'<div data-docctl-block="{len(blocks)}"></div>'
            blocks.append(part.rstrip("\n"))
    return "\n\n".join(parts)


def on_page_content(html: str, *, page: Any, **_: Any) -> str:
    """They come back where they may be searched…"""
    return _PLACE.sub(lambda found: _block(page, found, unsearched=False), html)


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """…and the others into the finished page."""
    return _PLACE.sub(lambda found: _block(page, found, unsearched=True), output)


def _block(page: Any, found: re.Match[str], *, unsearched: bool) -> str:
    block: str = page.docctl_blocks[int(found[1])]
    if not block.startswith(_UNSEARCHED):
        return block
    return block.replace(' data-search-exclude="true"', "", 1) if unsearched else found[0]


def _without_tags(text: Any) -> Markup:
    return escape(Markup(text).striptags())  # noqa: S704 - only to take tags off; the outcome is escaped again
