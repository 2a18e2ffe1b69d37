"""Lays the planned site out as a complete tree of plain files, from git blobs alone. Must not know the engine's configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from docctl.core.errors import Words
from docctl.markdown import Block
from docctl.reader.landing import Past
from docctl.registers import REGISTERS, register
from docctl.registers.correspondence import correspondence
from docctl.registers.coverage import answers, coverage, tally
from docctl.registers.scribe import title_of
from docctl.render import write_table
from docctl.site import plan as plans
from docctl.site.bodies import Bodies
from docctl.site.document_page import document_page, rendered, stub_page
from docctl.site.forbidden import forbidden
from docctl.site.home_page import LEVELS, Covered, home_page
from docctl.site.plan import Plan
from docctl.site.register_page import Shown, rules_page, table_page
from docctl.site.withheld import public_table
from docctl.site.words import label, pair

Progress = Callable[[int, int], None]
_LONGEST = 40  # entries of one list in the navigation
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


def stage(
    past: Past, planned: Plan, folder: str, lang: str, progress: Progress = lambda _done, _all: None, kept: str = ""
) -> Staged:
    """Writes every planned page and file below `folder` (new or empty) and says what is there.

    `kept` is a private folder for rendered bodies, which the next build may take up.
    """
    shelf = Bodies(kept)
    bodies = {number: rendered(planned, number, shelf) for number in planned.shown}
    shelf.forget()
    registers, correspondences = _registers(planned), _correspondences(planned)
    files = dict(_documents(planned, bodies, lang, progress))
    files |= {plans.HOME: home_page(planned, lang, _covered(planned)).encode(), plans.RULES: rules_page(lang).encode()}
    for tables in (registers, correspondences):
        files |= dict(_tables(planned, tables, lang))
    files |= dict(_attachments(past, planned))
    for path, data in files.items():
        place = os.path.join(folder, path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data)
    collection = planned.collection
    return Staged(
        folder,
        _navigation(planned, registers, correspondences, lang),
        tuple(sorted(files)),
        forbidden(planned, files, correspondences),
        collection.library.rules.mandate.settings.organisation.said(lang),
        lang,
        collection.commit,
        collection.day,
        len(planned.shown),
    )


def _documents(
    planned: Plan, bodies: Mapping[str, Sequence[Block]], lang: str, progress: Progress
) -> Iterator[tuple[str, bytes]]:
    numbers = [*sorted(planned.shown), *sorted(planned.stubs)]
    for done, number in enumerate(numbers, start=1):
        shown = number in planned.shown
        text = document_page(planned, number, bodies[number], lang) if shown else stub_page(planned, number, lang)
        yield planned.page_of(number), text.encode()
        progress(done, len(numbers))


# --- registers ----------------------------------------------------------------------------------------------------------------


def _registers(planned: Plan) -> list[Shown]:
    found = []
    for name, kind in REGISTERS.items():
        table = public_table(register(name, planned.collection), planned.hidden)
        found.append(Shown(f"registers/{name}/index.md", f"registers/{name}/{name}.csv", kind.title, table))
    return found


def _correspondences(planned: Plan) -> list[Shown]:
    found = []
    for standard in planned.collection.library.rules.mandate.settings.standards:
        for way, words in WAYS.items():
            slug = f"{_slug(standard)}-by-{way}"
            name = Words(f"{standard} {words.en}", f"{standard} {words.zh}")
            table = public_table(correspondence(planned.collection, standard, way), planned.hidden)
            found.append(Shown(f"correspondence/{slug}/index.md", f"correspondence/{slug}/{slug}.csv", name, table))
    return found


def _tables(planned: Plan, shown: Sequence[Shown], lang: str) -> Iterator[tuple[str, bytes]]:
    beside = [(each.path, each.name) for each in shown]
    for each in shown:
        yield each.path, table_page(planned, each.table, each.path, each.csv, lang, beside).encode()
        yield each.csv, write_table(each.table, "csv", lang)


def _covered(planned: Plan) -> dict[str, Covered]:
    collection = planned.collection
    found = {}
    for name in collection.library.rules.mandate.settings.standards:
        counts = tally(coverage(collection.library.standards[name], answers(collection, name)))
        found[name] = counts["covered"], sum(counts.values()), f"correspondence/{_slug(name)}-by-clause/index.md"
    return found


def _slug(standard: str) -> str:
    return standard.replace(":", "-").replace(".", "-")


# --- files and navigation --------------------------------------------------------------------------------


def _attachments(past: Past, planned: Plan) -> Iterator[tuple[str, bytes]]:
    """The files of each shown document's folder, as they were when it was released."""
    present = past.tree()
    for number, issue in planned.shown.items():
        document = issue.edition.document
        names = [file.name for file in document.content.files if file.name != "index.md"] if document else []
        if document is None or not names:
            continue
        current = planned.collection.library.documents.get(number)
        here = current is not None and current.digest == document.digest
        tree = present if here else past.tree_of(issue.edition.release) or present
        for name in names:
            yield f"documents/{number}/{name}", tree[f"{document.folder}/{name}"].data


def _navigation(planned: Plan, registers: Sequence[Shown], correspondences: Sequence[Shown], lang: str) -> list[Any]:
    levels = [
        {
            label(_short(LEVELS[level]), lang): _parted(
                [(issue.number, _titled(planned, issue.number, lang)) for issue in issues], planned
            )
        }
        for level, issues in plans.documents_by_level(planned).items()
    ]
    ended = [{number: planned.page_of(number)} for number in sorted(planned.stubs)]
    if ended:
        levels.append({label(Words("Withdrawn", "作废"), lang): ended})
    return [
        {label(Words("Home", "首页"), lang): plans.HOME},
        *([{label(Words("Documents", "文件"), lang): levels}] if levels else []),
        {label(Words("Registers", "登记表"), lang): [{label(each.name, lang): each.path} for each in registers]},
        *([{label(Words("Correspondence", "条款对照"), lang): [{label(each.name, lang): each.path} for each in correspondences]}]
          if correspondences else []),
        {label(Words("Rules", "规则"), lang): plans.RULES},
    ]  # fmt: skip


def _parted(documents: Sequence[tuple[str, str]], planned: Plan) -> list[Any]:
    """The documents (number, title) of a level as a list that can be overlooked: a long one is parted, each part under its ends."""
    items = [{title: planned.page_of(number)} for number, title in documents]
    if len(items) <= _LONGEST:
        return items
    parts = range(0, len(items), _LONGEST)
    ends = [(documents[start][0], documents[min(start + _LONGEST, len(items)) - 1][0]) for start in parts]
    return [{f"{first} … {last}": items[start : start + _LONGEST]} for start, (first, last) in zip(parts, ends, strict=True)]


def _short(words: Words) -> Words:
    """A level without what it holds."""
    return Words(words.en.partition(":")[0], words.zh.partition("：")[0])


def _titled(planned: Plan, number: str, lang: str) -> str:
    document = planned.shown[number].edition.document
    return f"{number} {pair(title_of(document), lang)[0]}" if document else number
