"""`docctl check`: the rules over one state. Words to calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docctl.cli.frame import Misused, command, option, reporting
from docctl.cli.here import opened
from docctl.cli.telling import tell, tell_both
from docctl.cli.words import lang, said

if TYPE_CHECKING:
    from docctl.rules.catalogue import Finding

_WITH_PATHS = ("sarif", "github", "gitlab")  # read by programs that count paths from the top of the repository


@command(
    "Holds the rules against one state: the present commit, what is staged, or another commit.",
    "按规则检查一个状态：当前提交、暂存内容或指定提交。",
)
@option(
    "--staged", is_flag=True, en="what is staged, as the hook before a commit sees it", zh="检查暂存内容（与提交前的钩子相同）"
)
@option("--commit", "revision", default="", metavar="REV", en="this commit (default: HEAD)", zh="检查该提交（默认 HEAD）")
@reporting("text", "json", "sarif", "github", "gitlab")
def check(staged: bool, revision: str, form: str) -> int:
    """Tells every finding; 1 when any of them blocks."""
    from docctl.acts.clock import clock
    from docctl.check import refused
    from docctl.gates import staged as judge_staged
    from docctl.render import write_findings
    from docctl.view import findings_at

    if staged and revision:
        raise Misused(said("--staged or --commit, not both", "--staged 与 --commit 只能用一个"), click.get_current_context())
    with opened() as (repository, prefix):
        if staged:
            repository.require_whole_index()
        findings = judge_staged(repository, prefix) if staged else findings_at(repository, prefix, revision or "HEAD", clock())
    if form == "text" and not findings:
        tell_both("No findings.", "未发现问题。")
    else:
        tell(write_findings(_from_top(findings, prefix) if form in _WITH_PATHS else findings, form, lang()).rstrip("\n"))
    return 1 if refused(findings) else 0


def _from_top(findings: list[Finding], prefix: str) -> list[Finding]:
    start = f"{prefix}/" if prefix else ""
    return [item._replace(place=item.place._replace(path=start + item.place.path)) for item in findings]
