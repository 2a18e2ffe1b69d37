"""`docctl explain`: one rule, or the catalogue. Words to calls only."""

from __future__ import annotations

import click

from docctl.cli.frame import command, option
from docctl.cli.telling import columns, tell
from docctl.cli.words import lang
from docctl.core.errors import Words


@command("One rule with its reason and its mend, or all rules.", "一条规则及其原因和改正方法，或全部规则。", placed=False)
@click.argument("code", metavar="[CODE]", required=False)
@option(
    "--markdown", is_flag=True, en="all rules as a page in both languages (RULES.md)", zh="以双语页面列出全部规则（RULES.md）"
)
def explain(code: str | None, markdown: bool) -> None:
    """Tells a rule by its code or name; without one the list."""
    from docctl.render import rules_page
    from docctl.render.lines import SEVERITIES
    from docctl.rules.catalogue import CATALOGUE

    if code:
        tell(rules_page.explain(code, lang()).rstrip("\n"))
    elif markdown:
        tell(rules_page.catalogue_page().rstrip("\n"))
    else:
        rows = [
            (
                rule.code,
                rule.name.replace("_", "-"),
                SEVERITIES[rule.severity].said(lang()),
                rule.words.said(lang()).replace("{", "‹").replace("}", "›"),
            )
            for _, rule in sorted(CATALOGUE.items())
        ]
        columns((Words("Code", "代码"), Words("Name", "名称"), Words("Severity", "级别"), Words("Says", "内容")), rows)
