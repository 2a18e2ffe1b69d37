"""`docctl release` and `docctl withdraw`: the controller's act, and the end of a number. Words to calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docctl.cli import options
from docctl.cli.asking import sure
from docctl.cli.frame import Day, command, option
from docctl.cli.here import desk_with
from docctl.cli.sharing import recorded, send_what_stands, share
from docctl.cli.signing import sign_after_asking
from docctl.cli.telling import facts, tell
from docctl.core.errors import Refusal, Words

if TYPE_CHECKING:
    from docctl.acts.release import Batch


@command(
    "Releases approved documents and lands them on the protected branch, all or none.",
    "发布已批准的文件，并入受保护分支；要么全部，要么全不。",
)
@click.argument("numbers", metavar="ID…", nargs=-1, required=True)
@option(
    "--effective", type=Day(), default="", metavar="DATE", en="the first day in force (default: today)", zh="生效日期（默认今天）"
)
@options.comment
@options.key
@options.yes
@options.push
def release(numbers: tuple[str, ...], effective: str, comment: str, key: str | None, yes: bool, push: bool) -> None:
    """Shows what is released, asks, and lands it."""
    from docctl.acts import release as releasing

    with desk_with(key) as desk:
        try:
            planned = releasing.batch(desk, numbers, effective=effective, comment=comment)
        except Refusal as refusal:  # of several, the others are still to be released
            send_what_stands(desk, refusal, push=push and desk.protected and len(numbers) == 1)
            return
        _show(planned)
        sure(Words(f"Release {len(planned.documents)} document(s)?", f"发布 {len(planned.documents)} 份文件？"), yes=yes)
        made = releasing.release(desk, planned)
        branch = desk.branch or "-"
        recorded(made, branch, Words("released", "已发布"))
        share(desk, branch, push=push)


def _show(planned: Batch) -> None:
    for document in planned.documents:
        facts(
            (
                (Words("Document", "文件编号"), document.number),
                (Words("Title", "文件名称"), document.title),
                (Words("Version", "版本"), f"{document.version} ({document.status})"),
                (Words("Digest", "内容摘要"), document.digest),
                (Words("Effective from", "生效日期"), planned.effective_from),
            )
        )
        tell()


@command(
    "Ends a number: same text and version, claimed withdrawn; the approvers sign, then it is released.",
    "作废：正文与版本不变，状态改为作废；批准人签署后发布。",
)
@click.argument("number", metavar="ID")
@option("--reason", required=True, metavar="TEXT", en="why it ends", zh="作废原因")
@option("--replaced-by", default="", metavar="ID", en="the document that takes its place", zh="替代文件编号")
@options.comment
@options.key
@options.yes
@options.no_commit
@options.push
def withdraw(number: str, reason: str, key: str | None, yes: bool, no_commit: bool, push: bool, **more: str) -> None:
    """Makes the candidate that ends a number and signs it after asking."""
    from docctl.acts.release import withdrawal

    with desk_with(key) as desk:
        candidate = withdrawal(desk, number, reason, **more)
        sign_after_asking(desk, candidate, yes=yes, commit=not no_commit, push=push)
