"""The home page: what is in force by level, what is coming, how far the standards are answered. Must not compute any of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.errors import Words
from docctl.registers.filed import filed_records
from docctl.registers.issue import Issue, in_force
from docctl.registers.scribe import Scribe, title_of
from docctl.registers.table import Cell, Column
from docctl.site import page, parts
from docctl.site.parts import Figure
from docctl.site.plan import HOME, Plan, documents_by_level
from docctl.site.register_page import addresses, as_of_words
from docctl.site.words import label

LEVELS: Mapping[int, Words] = {
    0: Words("Other documents", "其他文件"),
    1: Words("Level 1: policy and manual", "一级文件：方针与手册"),
    2: Words("Level 2: procedures and plans", "二级文件：程序与计划"),
    3: Words("Level 3: work instructions", "三级文件：作业指导书"),
    4: Words("Level 4: forms", "四级文件：记录表单"),
}
_LISTED = (
    Column("number", "Doc no.", "文件编号"),
    Column("title", "Title", "文件名称"),
    Column("version", "Version", "版本"),
    Column("since", "In force since", "生效日期"),
    Column("owner", "Owner", "归口岗位"),
)
_COMING = (
    Column("number", "Doc no.", "文件编号"),
    Column("version", "Version", "版本"),
    Column("since", "From", "实施日期"),
    Column("what", "What happens", "事项"),
)
_CONTROLLED = Words(
    "This site is the controlled copy: it shows what is in force and nothing else.", "本站为受控副本，只展示现行有效的内容。"
)


Covered = tuple[int, int, str]  # how many clauses are covered, how many must be answered, and the page that shows them


def home_page(planned: Plan, lang: str, covered: Mapping[str, Covered]) -> str:
    """The staged home page; `covered` by standard."""
    scribe = Scribe(planned.collection)
    as_of = as_of_words(planned.collection)
    head = parts.print_header(scribe.settings.organisation.said(lang), as_of.said(lang))
    made = [
        page.raw(head + parts.note(_CONTROLLED, lang) + parts.note(as_of, lang), searched=False),
        page.raw(parts.figures(_figures(planned), lang) + parts.figures(_coverage(covered), lang), searched=False),
    ]
    for level, issues in documents_by_level(planned).items():
        made.append(page.heading(2, label(LEVELS[level], lang), f"level-{level}"))
        rows = (list(_listed(scribe, issue)) for issue in issues)
        made.append(page.raw(parts.table(_LISTED, rows, lang, addresses(planned, HOME), kind="listing"), searched=False))
    if planned.scheduled:
        made.append(page.heading(2, label(Words("Coming into force", "即将实施"), lang), "scheduled"))
        coming = (list(_coming(number, issue)) for number, issue in sorted(planned.scheduled.items()))
        made.append(page.raw(parts.table(_COMING, coming, lang, addresses(planned, HOME), kind="listing"), searched=False))
    return page.page(label(scribe.settings.organisation, lang), made, hide=("navigation",), weight=0.3)


def _figures(planned: Plan) -> Iterator[Figure]:
    collection = planned.collection
    yield Figure(len(in_force(collection)), Words("documents in force", "现行有效文件"), "registers/in-force/")
    yield Figure(len(planned.scheduled), Words("released for a later day", "已发布待实施"), "registers/releases/")
    yield Figure(len(planned.stubs), Words("numbers withdrawn", "已作废编号"), "registers/obsolete/")
    yield Figure(len(filed_records(collection)), Words("records", "记录"), "registers/records/")


def _coverage(covered: Mapping[str, Covered]) -> Iterator[Figure]:
    for standard, (done, needed, where) in covered.items():
        name = Words(f"clauses of {standard} covered", f"{standard} 条款已覆盖")
        yield Figure(done, name, page.page_address(HOME, where), needed)


def _listed(scribe: Scribe, issue: Issue) -> Iterator[Cell]:
    document = issue.edition.document
    yield issue.number
    yield title_of(document) if document else ""
    yield issue.version
    yield issue.since
    yield scribe.role(document.owner) if document else ""


def _coming(number: str, issue: Issue) -> Iterator[Cell]:
    yield number
    yield issue.version
    yield issue.since
    yield Words("is withdrawn", "作废") if issue.withdrawal else Words("takes effect", "实施")
