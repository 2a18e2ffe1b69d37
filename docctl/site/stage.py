"""Lays the planned site out as a complete tree of plain files, from git blobs alone. Must not know the engine's configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from docctl.core.errors import Words
from docctl.core.tree import Tree
from docctl.reader.landing import Past
from docctl.registers import REGISTERS, register
from docctl.registers.correspondence import correspondence
from docctl.registers.coverage import answers, coverage, tally
from docctl.registers.table import Table
from docctl.render import write_table
from docctl.site import plan as plans
from docctl.site.document_page import document_page, stub_page
from docctl.site.plan import Plan
from docctl.site.register_page import home_page, rules_page, table_page
from docctl.site.words import label

Progress = Callable[[int, int], None]
WAYS = {"clause": Words("by clause", "按条款"), "document": Words("by document", "按文件")}


class Staged(NamedTuple):
    """A staged site: its folder, the navigation, its paths, and what may not occur in what is built from it.

    `name` and `lang` are the site's, `commit` and `day` what it shows, `documents` how many texts.
    """

    folder: str
    nav: list[Any]
    paths: tuple[str, ...]
    forbidden: tuple[str, ...]
    name: str
    lang: str
    commit: str
    day: str
    documents: int


def stage(past: Past, planned: Plan, folder: str, lang: str, progress: Progress = lambda _done, _all: None) -> Staged:
    """Writes every planned page and file below `folder` (new or empty) and says what is there."""
    files = dict(_pages(planned, lang, progress))
    files |= dict(_attachments(past, planned))
    for path, data in files.items():
        place = os.path.join(folder, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data)
    collection = planned.collection
    return Staged(
        folder,
        _navigation(planned, lang),
        tuple(sorted(files)),
        planned.forbidden,
        collection.library.rules.mandate.settings.organisation.said(lang),
        lang,
        collection.commit,
        collection.day,
        len(planned.shown),
    )


def _pages(planned: Plan, lang: str, progress: Progress) -> Iterator[tuple[str, bytes]]:
    numbers = [*sorted(planned.shown), *sorted(planned.stubs)]
    for done, number in enumerate(numbers, start=1):
        make = document_page if number in planned.shown else stub_page
        yield planned.page_of(number), make(planned, number, lang).encode()
        progress(done, len(numbers))
    yield plans.HOME, home_page(planned, plans.HOME, lang, _coverage(planned)).encode()
    yield plans.RULES, rules_page(lang).encode()
    for path, table in _tables(planned):
        yield f"{path}/index.md", table_page(planned, table, f"{path}/index.md", f"{path}/{path.rpartition('/')[2]}.csv", lang).encode()
        yield f"{path}/{path.rpartition('/')[2]}.csv", write_table(table, "csv", lang)


def _tables(planned: Plan) -> Iterator[tuple[str, Table]]:
    for name in REGISTERS:
        yield f"registers/{name}", register(name, planned.collection)
    for standard in planned.collection.library.rules.mandate.settings.standards:
        for way in WAYS:
            yield f"correspondence/{_slug(standard)}-by-{way}", correspondence(planned.collection, standard, way)


def _coverage(planned: Plan) -> dict[str, dict[str, int]]:
    collection = planned.collection
    found = {}
    for name in collection.library.rules.mandate.settings.standards:
        counts = tally(coverage(collection.library.standards[name], answers(collection, name)))
        found[name] = {"covered": counts["covered"], "open": sum(counts.values()) - counts["covered"]}
    return found


def _attachments(past: Past, planned: Plan) -> Iterator[tuple[str, bytes]]:
    """The files of each shown document's folder, as they were when it was released."""
    present = past.tree()
    for number, issue in planned.shown.items():
        document = issue.edition.document
        names = [file.name for file in document.content.files if file.name != "index.md"] if document else []
        if document is None or not names:
            continue
        tree: Tree = present if document.path in present else past.tree_of(issue.edition.release) or present
        current = planned.collection.library.documents.get(number)
        if current is None or current.digest != document.digest:
            tree = past.tree_of(issue.edition.release) or present
        for name in names:
            yield f"documents/{number}/{name}", tree[f"{document.folder}/{name}"].data


def _navigation(planned: Plan, lang: str) -> list[Any]:
    settings = planned.collection.library.rules.mandate.settings
    titles = {number: f"{number} {issue.edition.document.title}" for number, issue in planned.shown.items() if issue.edition.document}
    levels = [
        {label(_LEVELS[level], lang): [{titles[issue.number]: planned.page_of(issue.number)} for issue in issues]}
        for level, issues in plans.documents_by_level(planned).items()
    ]
    ended = [{f"{number}": planned.page_of(number)} for number in sorted(planned.stubs)]
    if ended:
        levels.append({label(Words("Withdrawn", "作废"), lang): ended})
    registers = [{label(found.title, lang): f"registers/{name}/index.md"} for name, found in REGISTERS.items()]
    clauses = [
        {f"{standard} · {label(words, lang)}": f"correspondence/{_slug(standard)}-by-{way}/index.md"}
        for standard in settings.standards
        for way, words in WAYS.items()
    ]
    return [
        {label(Words("Home", "首页"), lang): plans.HOME},
        {label(Words("Documents", "文件"), lang): levels},
        {label(Words("Registers", "登记表"), lang): registers},
        {label(Words("Correspondence", "条款对照"), lang): clauses},
        {label(Words("Rules", "规则"), lang): plans.RULES},
    ]


_LEVELS = {
    0: Words("Other", "其他"),
    1: Words("Level 1", "一级文件"),
    2: Words("Level 2", "二级文件"),
    3: Words("Level 3", "三级文件"),
    4: Words("Level 4", "四级文件"),
}


def _slug(standard: str) -> str:
    return standard.replace(":", "-").replace(".", "-")
