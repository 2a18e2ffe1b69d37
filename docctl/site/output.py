"""The last look at a built site before anyone sees it, and the exchange of one published folder for another.

Knows what a site may hold: what was planned and what the engine brings. Must not know libraries, nor decide what is planned.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple
from urllib.parse import unquote

from docctl.core.errors import DocctlError, Words
from docctl.site import loads
from docctl.site.leaks import Needles
from docctl.site.swap import swap
from docctl.site.workplace import alive

MARKER = ".docctl-site"

FAULTS: Mapping[str, Words] = {
    "unplanned": Words("nobody planned to publish it", "不在发布计划内"),
    "missing": Words("it was planned but is not there", "计划发布但缺失"),
    "not-a-file": Words("it is not an ordinary file", "不是普通文件"),
    "remote-load": Words("it would load something from another server", "会从其他服务器加载内容"),
    "active": Words("it holds an active link or event handler", "含有可执行链接或事件处理"),
    "forbidden": Words("it holds text that must not be published", "含有不得发布的内容"),
    "altered": Words("it is not what a build of this commit and day gives", "与该提交和日期的构建结果不一致"),
    "dead-link": Words("it links to something the site does not hold", "链接的目标不在站点中"),
}


class OutputFault(NamedTuple):
    """Something wrong with a built site: a key of `FAULTS`, the file, and the thing itself in a few words."""

    kind: str
    path: str
    detail: str


# --- the check --------------------------------------------------------------------------------------------------------------

_ENGINE = re.compile(
    r"assets/(?:docctl\.(?:css|js)|images/favicon\.png|stylesheets/[\w.]+\.css|javascripts/(?:\w+/)*[\w.]+\.js|javascripts/lunr/min/[\w.]+\.js)"
    rf"|search/search_index\.json|{re.escape(MARKER)}"
)


_READABLE = (".html", ".css", ".json", ".csv", ".md", ".txt", ".xml")


def check_output(folder: str, planned: Iterable[str], forbidden: Iterable[str] = ()) -> list[OutputFault]:
    """What is wrong with the site built in `folder`.

    `planned` are staged paths: `a/index.md` stands for the page that is published from it, anything else for itself. `forbidden`
    are texts that may occur nowhere (digests and sentences of what is not published); white space in them does not count.
    """
    wanted = {published(path) for path in planned}
    faults = [OutputFault("missing", path, "") for path in wanted if not os.path.isfile(os.path.join(folder, path))]
    present: list[str] = []
    for path in _files(folder):
        if os.path.islink(os.path.join(folder, path)) or not os.path.isfile(os.path.join(folder, path)):
            faults.append(OutputFault("not-a-file", path, ""))
        elif path in wanted or _ENGINE.fullmatch(path):
            present.append(path)
        else:
            faults.append(OutputFault("unplanned", path, ""))
    faults += _look_into(folder, present, Needles(forbidden))
    return sorted(set(faults), key=lambda fault: (fault.path, fault.kind, fault.detail))


def published(staged: str) -> str:
    """The path under which a staged file is published: a page as `index.html` of its own folder."""
    if not staged.endswith(".md"):
        return staged
    stem = staged.removesuffix(".md")
    return f"{stem}.html" if stem.rpartition("/")[2] == "index" else f"{stem}/index.html"


def _files(folder: str) -> Iterator[str]:
    """Everything below a folder that is no folder; links to folders count as files."""
    for place, folders, names in os.walk(folder):
        linked = [name for name in folders if os.path.islink(os.path.join(place, name))]
        for name in sorted(names + linked):
            yield os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")


def _look_into(folder: str, present: list[str], forbidden: Needles) -> Iterator[OutputFault]:
    """What is wrong inside the files that may be there."""
    ids: dict[str, set[str]] = {}
    led: dict[str, list[str]] = {}
    seen: set[str] = set()
    for path in (path for path in present if path.endswith(_READABLE)):
        text = Path(folder, path).read_text("utf-8", "replace")
        if _ENGINE.fullmatch(path) and path.endswith(".css"):  # no page loads one that is attached to a document
            yield from (OutputFault("remote-load", path, found) for found in loads.remote_styles(text))
            continue
        if path.endswith(".html"):
            ids[path], led[path] = loads.ids(text), list(dict.fromkeys(loads.links(text)))
            text = loads.unseen(text, seen)
            yield from (OutputFault("remote-load", path, found) for found in loads.remote(text))
            yield from (OutputFault("active", path, found) for found in loads.active(text))
        if forbidden:
            said = loads.json_words(text) if path.endswith(".json") else loads.page_words(text)
            yield from (OutputFault("forbidden", path, words[:60]) for words in forbidden.within(said))
    yield from _dead_links(led, frozenset(present), ids)


def _dead_links(led: Mapping[str, list[str]], present: frozenset[str], ids: Mapping[str, set[str]]) -> Iterator[OutputFault]:
    """Links and pictures of pages' contents that lead to no file, or to no heading, of the site."""
    for path, addresses in led.items():
        for address in addresses:
            way, _, anchor = address.partition("#")
            target = _target(path, unquote(way))
            if target not in present or (anchor and target in ids and unquote(anchor) not in ids[target]):
                yield OutputFault("dead-link", path, address)


def _target(path: str, way: str) -> str:
    if not way:
        return path
    target = normpath(join(dirname(path), way))
    if way.endswith("/") or target == ".":
        return "index.html" if target == "." else f"{target}/index.html"
    return target


# --- the exchange -----------------------------------------------------------------------------------------------------------


def fresh_folder(target: str) -> str:
    """A new empty folder beside `target`, on the same disk, for a site that will take its place; clears what killed runs left."""
    _must_be_ours(target)
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    _clear(target)
    place = _beside(target, "new")
    os.mkdir(place)
    return place


def replace_folder(new: str, target: str) -> None:
    """Puts the built site `new` (a folder from `fresh_folder`) in the place of `target`, whole; the old one goes.

    Refuses to replace anything that is neither empty nor a site that docctl built.
    """
    _must_be_ours(target)
    Path(new, MARKER).write_text("This folder is replaced as a whole by docctl site build.\n", encoding="utf-8")
    if os.path.lexists(target) and swap(new, target):
        shutil.rmtree(new, ignore_errors=True)  # it holds the old site now
        return
    old = _beside(target, "old")
    if os.path.lexists(target):
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        if os.path.lexists(old):
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _must_be_ours(target: str) -> None:
    if not target.strip():
        raise _not_replaced(Words("no folder is named for the site", "没有为站点指定文件夹"))
    if not os.path.lexists(target):
        return
    plain = os.path.isdir(target) and not os.path.islink(target)
    if not plain or (os.listdir(target) and not os.path.isfile(os.path.join(target, MARKER))):
        en = f"{target}: not a site that docctl built, so it is not replaced"
        raise _not_replaced(Words(en, f"{target}：不是 docctl 生成的站点，不予替换"))
    if any({".git", ".docctl"} & {*folders, *names} for _, folders, names in os.walk(target)):
        en = f"{target}: it holds a repository or a library, so it is not replaced"  # whoever put a site's mark there
        raise _not_replaced(Words(en, f"{target}：其中有版本库或受控库，不予替换"))


def _not_replaced(why: Words) -> DocctlError:
    return DocctlError(why, Words("name another folder, or empty this one yourself", "请指定其他文件夹，或自行清空该文件夹"))


def _beside(target: str, kind: str) -> str:
    folder, name = os.path.split(os.path.abspath(target))
    return os.path.join(folder, f".{name}.docctl-{kind}-{os.getpid()}-{secrets.token_hex(4)}")


def _clear(target: str) -> None:
    """Removes what killed runs left beside `target`; puts the old site back where a run died between the two renames."""
    folder, name = os.path.split(os.path.abspath(target))
    left = re.compile(rf"\.{re.escape(name)}\.docctl-(new|old)-([0-9]+)-[0-9a-f]{{8}}")
    for entry in sorted(os.listdir(folder)):
        found = left.fullmatch(entry)
        if not found or alive(int(found[2])):
            continue
        place = os.path.join(folder, entry)
        if found[1] == "old" and not os.path.lexists(target):
            os.rename(place, target)
        else:
            shutil.rmtree(place, ignore_errors=True)
