"""What a published page, style or program would do in a browser: load, run, link, say. Must not know what was planned."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape

from docctl.site.leaks import solid

_TAG = re.compile(r"<[^<>]*>")
_WITHIN = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?>", re.IGNORECASE
)
_LOADING = re.compile(
    r"<(?!a[\s>])[a-z][^<>]*?\s(?:src|srcset|poster|data|background|action|formaction|href|xlink:href)\s*=\s*[\"']?([^\"'\s>]+)",
    re.IGNORECASE,
)
_SRCSET = re.compile(r"\ssrcset\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script>", re.IGNORECASE | re.DOTALL)
_FETCH = re.compile(
    r"(?:fetch|import|importScripts|open|WebSocket|EventSource|Worker)\s*\(\s*[\"'`](?:https?:|wss?:)?//[^\"'`]*", re.IGNORECASE
)
_REFRESH = re.compile(r"<meta\b[^>]*http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)
_STYLED = re.compile(r"<style\b[^>]*>(.*?)</style>|\sstyle\s*=\s*\"([^\"]*)\"", re.IGNORECASE | re.DOTALL)
_FOREIGN = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//|\s*(?!data:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CSS_URL = re.compile(r"url\(\s*[\"']?([^\"')]+)", re.IGNORECASE)
_CSS_IMPORT = re.compile(r"@import\b[^;]*", re.IGNORECASE)


def remote(text: str) -> Iterator[str]:
    """What a page would load from elsewhere, in its tags, styles and scripts. Links that a reader follows are no loads."""
    told = [found[1] for found in _LOADING.finditer(text)]
    told += [part for found in _SRCSET.finditer(text) for part in found[1].split(",")]
    yield from (found for found in told if _FOREIGN.match(found) and not found.startswith("about:"))
    for style in _STYLED.finditer(text):
        yield from remote_styles(unescape(style[1] or style[2] or ""))
    for script in _SCRIPT.finditer(text):
        yield from (found[0] for found in _FETCH.finditer(script[1]))
    yield from (found[0] for found in _REFRESH.finditer(text))


def remote_styles(styles: str) -> Iterator[str]:
    """What a style sheet would load from elsewhere; imports at all."""
    yield from (found[1] for found in _CSS_URL.finditer(styles) if _FOREIGN.match(found[1]))
    yield from (found[0] for found in _CSS_IMPORT.finditer(styles))


_HANDLER = re.compile(r"<[a-z][^<>]*?\s(on[a-z]+)\s*=", re.IGNORECASE)
_HREF = re.compile(r"<a\b[^<>]*?\shref\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_SOURCE = re.compile(r"<img\b[^<>]*?\ssrc\s*=\s*\"([^\"]*)\"", re.IGNORECASE)
_ID = re.compile(r"\sid\s*=\s*\"([^\"]*)\"")
_FOLLOWED = re.compile(r"(?:https?|mailto):", re.IGNORECASE)
_IDLE = "javascript:void(0)"  # the engine's own buttons
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)


def content(text: str) -> str:
    """The page's own content: the only part that comes out of a library's texts."""
    begin, end = text.find("<article"), text.rfind("</article>")
    return text[begin : end + len("</article>")] if -1 < begin < end else text


def unseen(text: str, seen: set[str]) -> str:
    """A page without the lines around its content that earlier pages had too; `seen` keeps them. Themes repeat much."""
    inside = content(text)
    before, _, after = text.partition(inside)
    fresh = [line for line in (before + "\n" + after).split("\n") if line not in seen]
    seen.update(fresh)
    return "\n".join([*fresh, inside])


def active(text: str) -> Iterator[str]:
    """Scripts and event handlers in a page's content, and links anywhere in it that a reader could not follow safely."""
    inside = content(text)
    yield from (found[1] for found in _HANDLER.finditer(inside))
    yield from (found[0][:40] for found in _SCRIPT.finditer(inside))
    for found in _HREF.finditer(text):
        address = "".join(unescape(found[1]).split())
        if _SCHEME.match(address) and not _FOLLOWED.match(address) and address != _IDLE:
            yield address[:60]


def links(text: str) -> Iterator[str]:
    """Where the links and pictures of a page's content lead within the site, as written."""
    inside = content(text)
    for found in [*_HREF.finditer(inside), *_SOURCE.finditer(inside)]:
        address = unescape(found[1])
        if not _SCHEME.match(address):
            yield address


def ids(text: str) -> set[str]:
    """Every place in a page's content that a link may name."""
    return {unescape(found[1]) for found in _ID.finditer(content(text))}


def page_words(text: str) -> str:
    """Everything a page says, as `solid` text: what stands between its tags, then what stands in them, parted by NUL.

    What two blocks part is never one line of a text: menus put words side by side that nobody wrote so.
    """
    return solid(unescape("\0".join([*_TAG.split(_WITHIN.sub("", text)), *_TAG.findall(text)])))


def json_words(text: str) -> str:
    """Everything that the texts of a JSON file say, as `solid` text; what is no JSON is read as a page."""
    said: list[str] = []
    try:
        waiting: list[object] = [json.loads(text)]
    except ValueError:
        return page_words(text)
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            said.append(unescape(_TAG.sub("\0", _WITHIN.sub("", value))))
        elif isinstance(value, (dict, list)):
            waiting += value.values() if isinstance(value, dict) else value
    return solid("\0".join(said))
