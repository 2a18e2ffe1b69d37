"""`docctl record new`, `seal` and `list`: records. Words to calls only."""

from __future__ import annotations

import click

from docctl.cli import options
from docctl.cli.asking import sure
from docctl.cli.frame import Day, Group, command, option, reporting
from docctl.cli.here import desk_with, viewed
from docctl.cli.register import tell_table
from docctl.cli.sharing import recorded, send_what_stands, share
from docctl.cli.telling import facts, tell_both
from docctl.core.errors import Refusal, Words


@command("A new record on its form in force, with the next number.", "按现行表单新建记录，编号自动递增。")
@click.argument("class_", metavar="CLASS")
@click.argument("title", metavar="TITLE")
@option("--day", type=Day(), default="", metavar="DATE", en="the day of the event (default: today)", zh="事件日期（默认今天）")
@option("--department", default="", metavar="NAME", en="the department it belongs to", zh="所属部门")
@option("--slug", default="", metavar="WORDS", en="words behind the number in the folder's name", zh="文件夹名中编号之后的词")
@options.key
@options.no_commit
@options.push
def new(class_: str, title: str, no_commit: bool, push: bool, key: str | None, **more: str) -> None:
    """Makes an open record and says where it lies."""
    from docctl.acts import record as acts

    with desk_with(key) as desk:
        path = acts.new(desk, class_, title, commit=not no_commit, **more)
        tell_both(f"record: {path}", f"记录：{path}")
        recorded("" if no_commit else desk.commit(), desk.branch or "-", Words("recorded", "已记录"))
        if push:
            share(desk, desk.branch or "HEAD", push=True)


@command("Seals a record: it never changes again.", "封存记录：此后不再更改。")
@click.argument("number", metavar="NUMBER")
@options.comment
@options.key
@options.yes
@options.no_commit
@options.push
def seal(number: str, comment: str, key: str | None, yes: bool, no_commit: bool, push: bool) -> None:
    """Shows the record, asks, and signs its seal."""
    from docctl.acts import record as acts

    with desk_with(key) as desk:
        try:
            found, statement, also = acts.sealing(desk, number, comment=comment)
        except Refusal as refusal:
            send_what_stands(desk, refusal, push=push)
            return
        facts(
            (
                (Words("Record", "记录编号"), found.number),
                (Words("Name", "名称"), found.title),
                (Words("Event", "发生日期"), found.day),
                (Words("Files", "文件"), str(len(found.content.files))),
                (Words("Digest", "内容摘要"), found.digest),
                (Words("Signer", "签署人"), f"{desk.signer.person.name} ({statement.signer}), {statement.role}"),
            )
        )
        sure(Words("Seal this record for ever?", "永久封存该记录？"), yes=yes)
        made = acts.seal(desk, statement, also, commit=not no_commit)
        recorded(made, desk.branch or "-", Words("sealed", "已封存"))
        share(desk, desk.branch or "HEAD", push=push)


@command("The index of records.", "记录台账。", name="list")
@options.as_of
@reporting("text", "md", "csv", "xlsx", "json")
@options.output
def listed(as_of: str, form: str, output: str) -> None:
    """Tells every record with its seal."""
    from docctl.registers import register

    with viewed(as_of) as view:
        tell_table(register("records", view.witnessed), form, output)


record = Group(
    "record",
    says=Words("Records: made, sealed, listed.", "记录：新建、封存、列出。"),
    commands={"new": new, "seal": seal, "list": listed},
)
