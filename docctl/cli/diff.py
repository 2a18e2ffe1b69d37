"""`docctl diff`: a redline between two versions. Words to calls only."""

from __future__ import annotations

import click

from docctl.cli.frame import command, option, reporting
from docctl.cli.here import viewed
from docctl.cli.telling import FILE_CHANGES, tell, tell_hunks, tell_json
from docctl.cli.words import lang


@command(
    "A redline between two versions, word by word: [-removed-] {+added+}.",
    "两个版本的逐词对照：[-删除-] {+新增+}。",
)
@click.argument("number", metavar="ID")
@option(
    "--from", "older", default="", metavar="V", en="the earlier version (default: the one before)", zh="较早版本（默认前一版本）"
)
@option(
    "--to",
    "newer",
    default="",
    metavar="V",
    en="the later version (default: the newest, drafts included)",
    zh="较晚版本（默认最新，含草稿）",
)
@reporting("text", "json")
def diff(number: str, older: str, newer: str, form: str) -> None:
    """Compares two versions of a number."""
    from docctl.acts.desk import unknown_number
    from docctl.redline import files_changed, hunks, redline

    with viewed() as view:
        found = view.pair(number, older, newer)
        if found is None:
            raise unknown_number(number, view.numbers)
        before, after = found
        segments = redline(view.source(before), view.source(after))
        files = files_changed(before.document.content, after.document.content) if before.document and after.document else []
        if form == "json":
            shown = [segment._asdict() for segment in segments]
            named = [{"name": name, "change": what} for name, what in files]
            tell_json(
                {"format": 1, "document": number, "from": before.label, "to": after.label, "files": named, "segments": shown}
            )
            return
        tell(f"{number}  {before.label} ({before.state.said(lang())}) → {after.label} ({after.state.said(lang())})")
        for name, what in files:
            tell(f"  {name}: {FILE_CHANGES[what].said(lang())}")
        tell_hunks(hunks(segments))
