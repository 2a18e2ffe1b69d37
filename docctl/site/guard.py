"""Runs inside the site engine, loaded by its path: closes what the theme leaves open, skips kept pages. Must not import docctl.

The engine keeps Jinja's automatic escaping off and its theme turns escaped titles back into raw ones with `striptags`.
"""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

_STUB = "---\ntemplate: kept.html\nsearch:\n  exclude: true\n---\n"


def on_page_read_source(page: Any, config: Any) -> str | None:
    """A page that the last build already made is not built: see docctl.site.kept."""
    return _STUB if page.file.src_uri in config.extra["kept"] else None


def on_env(env: Any, **_: Any) -> Any:
    """Text stays text wherever a template puts it."""
    env.filters["striptags"] = _without_tags
    return env


def _without_tags(text: Any) -> Markup:
    return escape(Markup(text).striptags())  # noqa: S704 - only to take tags off; the outcome is escaped again
