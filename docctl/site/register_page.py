"""The pages of tables: registers, correspondence, rules and the home page. Must not compute a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from docctl.core.errors import Words
from docctl.markdown import escape
from docctl.registers.issue import Issue
from docctl.registers.scribe import Scribe, title_of
from docctl.registers.table import Table
from docctl.rules.catalogue import CATALOGUE, FAMILIES
from docctl.site import page
from docctl.site.plan import Plan, documents_by_level
from docctl.site.words import both, cell, label

_NUMBERED = {"number", "replaced_by", "doc", "document", "source", "form"}
_LEVELS: Mapping[int, Words] = {
    0: Words("Other", "其他"),
    1: Words("Level 1: policy and manual", "一级：方针与手册"),
    2: Words("Level 2: procedures and plans", "二级：程序与计划"),
    3: Words("Level 3: work instructions", "三级：作业指导书"),
    4: Words("Level 4: forms", "四级：记录表单"),
}


def table_page(planned: Plan, table: Table, here: str, csv: str, lang: str) -> str:
    """The staged page of one register with links to the documents and to its CSV file."""
    parts = [page.raw(f'<p class="docctl-note">{_as_of(planned, lang)} · {page.link(page.file_address(here, csv), "CSV")}</p>')]
    parts.append(page.raw(_table(table, _addresses(planned, here), lang)))
    parts += [page.raw(f'<p class="docctl-note">{escape(both(note, lang))}</p>') for note in table.notes]
    return page.page(label(table.title, lang), parts)


def rules_page(lang: str) -> str:
    """The staged page of the rules that every gate asks, from their catalogue."""
    parts: list[str] = []
    for digit, family in FAMILIES.items():
        parts.append(page.heading(2, label(Words(f"DC{digit}xx {family.en}", f"DC{digit}xx {family.zh}"), lang), f"docctl-family-{digit}"))
        for rule in (rule for code, rule in sorted(CATALOGUE.items()) if code[2] == digit):
            parts.append(page.heading(3, f"{rule.code} {rule.name}", f"docctl-{rule.code.lower()}"))
            lines = [rule.words, rule.why, rule.remedy] if lang == "en" else [_swapped(words) for words in (rule.words, rule.why, rule.remedy)]
            said = "".join(f"<p>{escape(first)}<br>{escape(second)}</p>" for first, second in lines)
            parts.append(page.raw(f'<div class="docctl-rule">{said}</div>'))
    return page.page(label(Words("Rules", "规则"), lang), parts)


def _swapped(words: Words) -> tuple[str, str]:
    return words.zh, words.en


def home_page(planned: Plan, here: str, lang: str, coverage: Mapping[str, Mapping[str, int]]) -> str:
    """The staged home page: what is in force by level, what is coming, and how far the standards are answered."""
    scribe = Scribe(planned.collection)
    organisation = scribe.settings.organisation
    parts = [page.raw(f'<p class="docctl-note">{_as_of(planned, lang)}</p>')]
    parts.append(page.raw(_figures(planned, coverage, lang)))
    for level, issues in documents_by_level(planned).items():
        parts.append(page.heading(2, label(_LEVELS[level], lang), f"level-{level}"))
        parts.append(page.raw(_listing(planned, scribe, issues, here, lang)))
    if planned.scheduled:
        parts.append(page.heading(2, label(Words("Coming into force", "即将实施"), lang), "scheduled"))
        parts.append(page.raw(_coming(planned, lang)))
    return page.page(label(organisation, lang), parts)


def _table(table: Table, address: Callable[[str, str], str | None], lang: str) -> str:
    columns = [(column.key, label(column.heading, lang), label(column.heading, lang)) for column in table.columns]
    rows = ([cell(row[column.key], lang) for column in table.columns] for row in table.rows)
    return page.table(columns, rows, lang, address)


def _addresses(planned: Plan, here: str) -> Callable[[str, str], str | None]:
    """Links the cells that hold a document number with a page."""

    def address(key: str, text: str) -> str | None:
        there = planned.page_of(text) if key in _NUMBERED else ""
        return page.page_address(here, there) if there else None

    return address


def _as_of(planned: Plan, lang: str) -> str:
    """The line that every generated page carries: day, zone and commit."""
    collection = planned.collection
    zone = collection.library.rules.mandate.settings.timezone
    words = Words(
        f"As of {collection.day} ({zone}), commit {collection.commit[:12]}", f"截至 {collection.day}（{zone}），提交 {collection.commit[:12]}"
    )
    return escape(both(words, lang))


def _figures(planned: Plan, coverage: Mapping[str, Mapping[str, int]], lang: str) -> str:
    """The few numbers a visitor looks for first."""
    cards = [
        (str(len(planned.shown)), Words("documents in force", "现行有效文件")),
        (str(len(planned.scheduled)), Words("scheduled versions", "已发布待实施版本")),
        (str(len(planned.stubs)), Words("withdrawn numbers", "已作废编号")),
        (str(len(planned.collection.library.records)), Words("records", "记录")),
    ]
    for standard, counts in coverage.items():
        cards.append((f"{counts['covered']}/{sum(counts.values())}", Words(f"{standard} clauses covered", f"{standard} 条款已覆盖")))
    boxes = "".join(f"<div><dt>{escape(number)}</dt><dd>{escape(label(words, lang))}</dd></div>" for number, words in cards)
    return f'<dl class="docctl-figures">{boxes}</dl>'


def _listing(planned: Plan, scribe: Scribe, issues: list[Issue], here: str, lang: str) -> str:
    columns = [(key, *(label(Words(en, zh), lang),) * 2) for key, en, zh in _LISTED]
    rows = (list(_listed(scribe, issue, lang)) for issue in issues)
    return page.table(columns, rows, lang, _addresses(planned, here))


_LISTED = (
    ("number", "Doc no.", "文件编号"),
    ("title", "Title", "文件名称"),
    ("version", "Version", "版本"),
    ("since", "In force since", "生效日期"),
    ("owner", "Owner", "归口岗位"),
)


def _listed(scribe: Scribe, issue: Issue, lang: str) -> Iterator[str]:
    document = issue.edition.document
    yield issue.number
    yield cell(title_of(document), lang) if document else ""
    yield issue.version
    yield issue.since
    yield cell(scribe.role(document.owner), lang) if document else ""


def _coming(planned: Plan, lang: str) -> str:
    columns = [(key, *(label(Words(en, zh), lang),) * 2) for key, en, zh in (*_LISTED[:1], _LISTED[2], ("from", "From", "实施日期"))]
    rows = [[number, issue.version, issue.since] for number, issue in sorted(planned.scheduled.items())]
    return page.table(columns, rows, lang, _addresses(planned, "index.md"))


