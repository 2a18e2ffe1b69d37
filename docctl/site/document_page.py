"""The page of one controlled document, and the stub of one that ended. Must not decide what may be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.state import STATES
from docctl.core.statement import DECISIONS, Signed
from docctl.markdown import escape, render
from docctl.registers.correspondence import section_of
from docctl.registers.issue import Issue
from docctl.registers.scribe import CLASSIFICATIONS, Scribe, title_of
from docctl.site import page
from docctl.site.plan import Plan
from docctl.site.words import both, cell, label

UNWITNESSED = Words("not witnessed", "未见证")


def document_page(planned: Plan, number: str, lang: str) -> str:
    """The staged page of a document in force: control block, approvals, clauses, then the text itself."""
    issue = planned.shown[number]
    document = issue.edition.document
    assert document is not None  # noqa: S101  the plan shows no edition without its text
    scribe = Scribe(planned.collection)
    here = planned.page_of(number)
    state = label(STATES["in_force"], lang)
    parts = [
        page.raw(page.print_header(f"{number} {document.title}", f"{document.version} {state}")),
        page.raw(page.control_block(list(_control(scribe, issue, document, lang)))),
    ]
    if number in planned.scheduled:
        parts.append(page.raw(_upcoming(planned.scheduled[number], lang)))
    parts += page.body(render(document.body, _resolver(planned, here), _file(document, here)))
    parts += _annex(planned, scribe, issue, document, lang)
    return page.page(f"{number} {document.title}", parts)


def stub_page(planned: Plan, number: str, lang: str) -> str:
    """The staged page of a withdrawn number: that it ended, when, and what replaces it; nothing of its text."""
    issue = planned.stubs[number]
    document = issue.edition.document
    replaced_by = document.withdrawal.get("replaced_by", "") if document else ""
    title = both(Words(f"{number} (withdrawn)", f"{number}（作废）"), lang) if lang == "en" else f"{number}（已作废）"
    since = issue.edition.release.effective_from
    words = Words(f"This document was withdrawn on {since}.", f"此文件已于 {since} 作废。")
    where = planned.page_of(replaced_by) if replaced_by else ""
    shown = page.link(page.page_address(planned.page_of(number), where), replaced_by) if where else escape(replaced_by)
    rows = [
        (label(Words("Document no.", "文件编号"), lang), escape(number)),
        (label(Words("State", "状态"), lang), page.badge("withdrawn", label(STATES["withdrawn"], lang))),
        (label(Words("Withdrawn on", "作废日期"), lang), escape(since)),
        (label(Words("Replaced by", "替代文件"), lang), shown),
    ]
    parts = [page.raw(page.notice("withdrawn", both(words, lang))), page.raw(page.control_block(rows))]
    return page.page(title, parts)


def _control(scribe: Scribe, issue: Issue, document: Document, lang: str) -> Iterator[tuple[str, str]]:
    """The rows of the control block (domain 7.5.2: number, title, version, force, owner, classification, digest)."""
    said = lambda value: escape(both(value, lang))  # noqa: E731  a name for one expression, used in each row
    kind = scribe.settings.types.get(document.type)
    level = f" · {kind.level}" if kind else ""
    rows = [
        (Words("Document no.", "文件编号"), escape(issue.number)),
        (Words("Title", "文件名称"), said(title_of(document))),
        (Words("Version", "版本"), escape(document.version)),
        (Words("State", "状态"), page.badge("in-force", label(STATES["in_force"], lang))),
        (Words("In force since", "生效日期"), escape(issue.since)),
        (Words("Type · level", "文件类型 · 层级"), said(kind.title if kind else document.type) + level),
        (Words("Owner", "归口岗位"), said(scribe.role(document.owner))),
        (Words("Department", "归口部门"), said(scribe.department(document.department)) if document.department else "—"),
        (Words("Classification", "密级"), said(CLASSIFICATIONS[document.head["classification"]])),
        (Words("Distribution", "分发范围"), said(scribe.departments(document.distribution))),
        (Words("Content digest", "内容摘要"), f"<code>{escape(document.digest)}</code>"),
    ]
    yield from ((label(words, lang), value) for words, value in rows)


def _upcoming(issue: Issue, lang: str) -> str:
    """The note that another version is released for a later day; none of its text."""
    words = Words(f"{issue.version} takes effect on {issue.since}", f"{issue.version} 自 {issue.since} 起实施")
    return page.notice("scheduled", both(words, lang))


def _resolver(planned: Plan, here: str) -> Callable[[str], str | None]:
    """Where `doc:NUMBER#section` leads from a page: nowhere for what is not shown."""

    def resolve(target: str) -> str | None:
        number, _, section = target.removeprefix("doc:").partition("#")
        there = planned.page_of(number)
        return page.page_address(here, there, section if number in planned.shown else "") if there else None

    return resolve


def _file(document: Document, here: str) -> Callable[[str], str | None]:
    """Where a file of the document's folder lies beside its page."""
    names = {file.name for file in document.content.files}
    folder = here.removesuffix("index.md")
    return lambda target: page.file_address(here, folder + target) if target in names else None


def _annex(planned: Plan, scribe: Scribe, issue: Issue, document: Document, lang: str) -> Iterator[str]:
    """What the evidence says below the text: signatures and clauses, generated and never typed (LC-P3)."""
    yield page.heading(2, label(Words("Signatures", "签署记录"), lang), "docctl-signatures")
    yield page.raw(page.approval_table(_signatures(scribe, issue, lang), lang))
    zone = scribe.settings.timezone
    note = Words(
        f"Times are those the signers claimed, in {zone}; the server's receipts are not part of this build.",
        f"时间为签署人声明的时间（{zone}）；本次发布未包含服务器回执。",
    )
    yield page.raw(f'<p class="docctl-note">{escape(both(note, lang))}</p>')
    if document.clauses:
        yield page.heading(2, label(Words("Clauses answered", "对应条款"), lang), "docctl-clauses")
        yield page.raw(_clauses(planned, document, lang))


def _signatures(scribe: Scribe, issue: Issue, lang: str) -> Iterator[page.Signed]:
    matrix = issue.edition.matrix
    if matrix is None:
        return
    signed: list[Signed] = [item for item in (matrix.submit, *(seat.filled for seat in matrix.seats), matrix.release) if item]
    for item in signed:
        statement = item.statement
        yield page.Signed(
            cell(DECISIONS[statement.decision], lang),
            cell(scribe.person(statement.signer), lang),
            cell(scribe.role(statement.role), lang) if statement.role != "author" else cell(Words("author", "编制人"), lang),
            scribe.time(statement.decided_at),
            both(UNWITNESSED, lang),
            item.verdict.fingerprint,
        )


def _clauses(planned: Plan, document: Document, lang: str) -> str:
    columns = [
        ("clause", *_pair("Clause", "条款", lang)),
        ("title", *_pair("Short title", "条款名称", lang)),
        ("section", *_pair("Section", "章节", lang)),
        ("how", *_pair("How met", "符合方式", lang)),
    ]
    standards = planned.collection.library.standards
    rows = []
    for mapped in document.clauses:
        clause = standards[mapped.standard].by_id[mapped.clause]
        section = cell(section_of(document, mapped.section), lang) if mapped.section else ""
        rows.append([f"{mapped.standard}/{mapped.clause}", cell(clause.title, lang), section, mapped.how])
    return page.table(columns, rows, lang)


def _pair(en: str, zh: str, lang: str) -> tuple[str, str]:
    text = label(Words(en, zh), lang)
    return text, text
