"""`docctl new` and `docctl revise`: drafts. Words to calls only."""

from __future__ import annotations

import click

from docctl.cli import options
from docctl.cli.frame import OneOf, command, option
from docctl.cli.here import desk_with
from docctl.cli.sharing import recorded, share
from docctl.cli.telling import tell_both
from docctl.core.errors import Words


@command("A new document as a draft, from its type's template.", "按类型模板新建文件草稿。")
@click.argument("type_", metavar="TYPE")
@click.argument("number", metavar="ID")
@click.argument("title", metavar="TITLE")
@option("--owner", default="", metavar="ROLE", en="the accountable role", zh="归口岗位")
@option("--department", default="", metavar="NAME", en="the owner's department", zh="归口部门")
@option("--distribution", multiple=True, metavar="NAME", en="a department it is for (may be repeated)", zh="分发部门（可重复）")
@option("--slug", default="", metavar="WORDS", en="words behind the number in the folder's name", zh="文件夹名中编号之后的词")
@option("--language", default="", metavar="TAG", en="language of the text, such as en or zh-CN", zh="正文语言，如 zh-CN 或 en")
@options.no_commit
@options.push
def new(type_: str, number: str, title: str, no_commit: bool, push: bool, **more: object) -> None:
    """Makes the draft and says where it lies."""
    from docctl.acts import draft

    with desk_with() as desk:
        made = draft.new(desk, type_, number, title, commit=not no_commit, **more)  # type: ignore[arg-type]  # click gives the options by name
        tell_both(f"{made.number} {made.version}: {made.path}", f"{made.number} {made.version}：{made.path}")
        recorded("" if no_commit else desk.commit(), made.branch, Words("drafted", "已起草"))
        tell_both(f"Write the text, then: docctl submit {number}", f"编写正文，然后：docctl submit {number}")
        if push:
            share(desk, made.branch, push=True)


@command("The next version of a released document as a draft.", "已发布文件的下一版本草稿。")
@click.argument("number", metavar="ID")
@option(
    "--class", "change_class", required=True, type=OneOf(("editorial", "minor", "major")), en="class of the change", zh="更改类别"
)
@option("--reason", required=True, metavar="TEXT", en="why it changes", zh="更改原因")
@option("--summary", default="", metavar="TEXT", en="what changes", zh="更改内容摘要")
@option("--source", default="", metavar="TEXT", en="what the change comes from", zh="更改来源")
@option("--request", default="", metavar="ID", en="number of the change request", zh="更改申请编号")
@options.no_commit
@options.push
def revise(number: str, change_class: str, reason: str, no_commit: bool, push: bool, **more: str) -> None:
    """Makes the draft of the next version and says where it lies."""
    from docctl.acts import draft

    with desk_with() as desk:
        made = draft.revise(desk, number, change_class, reason, commit=not no_commit, **more)
        tell_both(f"{made.number} {made.version}: {made.path}", f"{made.number} {made.version}：{made.path}")
        recorded("" if no_commit else desk.commit(), made.branch, Words("drafted", "已起草"))
        tell_both(f"Write the text, then: docctl submit {number}", f"编写正文，然后：docctl submit {number}")
        if push:
            share(desk, made.branch, push=True)
