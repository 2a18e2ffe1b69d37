"""`docctl checkpoint`: one official state in a small file that somebody outside keeps. Words to calls only."""

from __future__ import annotations

import click

from docctl.cli.frame import command, option
from docctl.cli.here import opened
from docctl.cli.telling import tell, tell_both


@command(
    "Makes a small file that an auditor keeps; `docctl verify --checkpoint` later shows whether anything was taken back.",
    "生成供审核员保存的小文件；日后用 `docctl verify --checkpoint` 可发现历史是否被撤改。",
)
@click.argument("revision", metavar="[REV]", required=False)
@option("--output", default="", metavar="FILE", en="where to write it (default: shown)", zh="写入的文件（默认直接显示）")
def checkpoint(revision: str | None, output: str) -> int:
    """Verifies the history first: a checkpoint of a broken library would only hide the breach."""
    from docctl.acts.clock import clock
    from docctl.assurance import verify
    from docctl.checkpoint import made
    from docctl.cli.telling import tell_findings
    from docctl.core.receipt import write
    from docctl.view import official, require_official, tip
    from docctl.workspace.files import put

    with opened() as (repository, prefix):
        commit = tip(repository, revision or official(repository, prefix, published=True))
        require_official(repository, prefix, revision or commit)
        report = verify(repository, commit, prefix=prefix)
        if not report.fine:
            tell_findings(report.findings)
            return 1
        data = write(made(repository, commit, report.root, clock(), prefix))
    if not output:
        tell(data.decode().rstrip("\n"))
        return 0
    put(output, data)
    tell_both(f"checkpoint of {commit[:12]} in {output}; keep it outside", f"{commit[:12]} 的检查点已写入 {output}；请在外部保存")
    return 0
