"""The rehearsal shown to a visitor: the story, the two refusals, the verdict, the gaps, the site, and what to try next."""

from __future__ import annotations

import os
from collections.abc import Callable

from docctl.assurance import Report
from docctl.core.errors import Words
from docctl.demo.play import LAST_DAY, Outcome, Progress, run
from docctl.reader.landing import Past
from docctl.registers.correspondence import correspondence
from docctl.registers.table import Table, said
from docctl.repository import Repository

Say = Callable[[str], None]


def tour(folder: str, lang: str, say: Say, progress: Progress = lambda _done, _all: None) -> bool:
    """Acts the story out in `folder`, shows what came of it and builds the site there; whether verify found everything fine.

    Leaves `library`, `server.git`, `site` and `keys` in the folder. Raises DocctlError when the folder holds anything else.
    """
    from docctl.site.publish import build

    outcome = run(folder, lambda words: say(words.said(lang)), progress, lang=lang)
    _refusals(outcome, lang, say)
    _verdict(outcome.report, lang, say)
    library = os.path.join(folder, "library")
    _gaps(library, lang, say)
    built = build(library, os.path.join(folder, "site"), as_of=LAST_DAY, lang=lang)
    say("")
    say(
        Words(
            f"Site: {built.pages} pages, {built.documents} documents in force",
            f"站点：{built.pages} 页，{built.documents} 份现行有效文件",
        ).said(lang)
    )
    _next(folder, lang, say)
    return outcome.report.fine


def _refusals(outcome: Outcome, lang: str, say: Say) -> None:
    heads = (
        (Words("The hook refused the commit:", "钩子拒绝了提交："), outcome.hook),
        (
            Words(
                "With --no-verify the commit was made, and the server refused the push:",
                "用 --no-verify 绕过后提交成功，但服务器拒绝了推送：",
            ),
            outcome.server,
        ),
    )
    for head, text in heads:
        say("")
        say(head.said(lang))
        for line in text.splitlines():
            say(f"    {line.rstrip()}")


def _verdict(report: Report, lang: str, say: Say) -> None:
    say("")
    outcome = Words("fine", "正常") if report.fine else Words(f"breach at {report.bad}", f"违规：{report.bad}")
    for words in (
        Words(f"docctl verify --root {report.root}", f"docctl verify --root {report.root}"),
        Words(
            f"    {outcome.en}: {report.commits} states, {report.statements} signatures, assurance {report.assurance} (root pinned)",
            f"    {outcome.zh}：{report.commits} 个状态，{report.statements} 个签名，保证级别 {report.assurance}（根已固定）",
        ),
    ):
        say(words.said(lang))


def _gaps(library: str, lang: str, say: Say) -> None:
    """The clauses that nothing in force answers: the honest part of the correspondence table."""
    with Repository.open(library) as repository:
        collection = Past(repository, repository.resolve("main") or "").collection(LAST_DAY)
        for standard in collection.library.rules.mandate.settings.standards:
            table = correspondence(collection, standard, gaps_only=True)
            say("")
            say(Words(f"Gaps in {standard}: {len(table.rows)}", f"{standard} 的缺口：{len(table.rows)}").said(lang))
            for line in _listed(table, lang):
                say(f"    {line}")


def _listed(table: Table, lang: str, most: int = 6) -> list[str]:
    rows = [f"{said(row['clause'], lang)}  {said(row['clause_title'], lang)}" for row in table.rows]
    more = Words(f"… and {len(rows) - most} more", f"……另有 {len(rows) - most} 条").said(lang)
    return rows if len(rows) <= most else [*rows[:most], more]


def _next(folder: str, lang: str, say: Say) -> None:
    here = os.path.relpath(folder)
    say("")
    for words in (
        Words("Try next:", "接下来可以试试："),
        Words(f"    cd {here}/library", f"    cd {here}/library"),
        Words("    docctl status", "    docctl status"),
        Words("    docctl register releases", "    docctl register releases"),
        Words("    docctl log ITSM-P-05", "    docctl log ITSM-P-05"),
        Words("    docctl diff ITSM-P-05", "    docctl diff ITSM-P-05"),
        Words("    docctl site serve ../site", "    docctl site serve ../site"),
    ):
        say(words.said(lang))
