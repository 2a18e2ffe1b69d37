"""`docctl site build`, `serve` and `check`: the controlled-copy site. Words to calls only."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from docctl.cli import options
from docctl.cli.frame import Group, command, option, remembered, reporting
from docctl.cli.here import folder, opened
from docctl.cli.telling import tell_both, tell_json
from docctl.cli.words import lang
from docctl.core.errors import Words, counted
from docctl.site.workplace import workplace

if TYPE_CHECKING:
    from docctl.site.publish import Built

_rev = option(
    "--rev",
    default="",
    metavar="REV",
    en="the commit to publish (default: the protected branch)",
    zh="要发布的提交（默认受保护分支）",
)


@command("Builds the site of what is in force; nothing else is published.", "构建现行有效文件的站点；不发布其他内容。")
@option(
    "--output", default="site", metavar="DIR", en="where to (replaced; default: site)", zh="输出文件夹（会被替换；默认 site）"
)
@options.as_of
@_rev
def build(output: str, as_of: str, rev: str) -> None:
    """Builds the site and says where it lies."""
    _tell(_built(output, as_of, rev))


@command(
    "Shows a built site at an address of this machine; without DIR a fresh build.",
    "在本机地址上展示已构建的站点；未指定 DIR 时先构建。",
)
@click.argument("built", metavar="[DIR]", required=False)
@option("--port", type=int, default=8000, metavar="PORT", en="the port (default: 8000)", zh="端口（默认 8000）")
@options.as_of
@_rev
def serve(built: str | None, port: int, as_of: str, rev: str) -> None:
    """Serves a site until it is interrupted."""
    from docctl.site.publish import serve as show

    with ExitStack() as stack:
        place = built or _built(f"{stack.enter_context(workplace('site'))}/site", as_of, rev).output
        show(place, port, lambda words: tell_both(words.en, words.zh))


@command(
    "Holds a built site against the plan: nothing but what is in force, every byte as docctl builds it.",
    "对照计划检查已构建的站点：只含现行有效内容，且每个字节与构建结果一致。",
)
@click.argument("built", metavar="[DIR]", default="site")
@options.as_of
@_rev
@reporting("text", "json")
def check(built: str, as_of: str, rev: str, form: str) -> int:
    """Tells every file that is not as planned; 1 when there is any."""
    from docctl.acts.clock import clock
    from docctl.site.output import FAULTS
    from docctl.site.publish import check as look

    with opened() as (_, prefix):
        pass
    faults = look(folder(), built, library=prefix, rev=rev, as_of=as_of, now=clock(), lang=remembered("lang"), exact=True)
    if form == "json":
        told = [
            {"path": item.path, "kind": item.kind, "detail": item.detail, "message": FAULTS[item.kind].said(lang())}
            for item in faults
        ]
        tell_json({"format": 1, "outcome": "breach" if faults else "fine", "faults": told})
        return 1 if faults else 0
    for fault in faults:
        said = FAULTS[fault.kind]
        tell_both(f"{fault.path}: {said.en} {fault.detail}", f"{fault.path}：{said.zh} {fault.detail}")
    if faults:
        tell_both(
            "  → publish nothing of it; build it again: `docctl site build`", "  → 请勿发布；请用 `docctl site build` 重新生成"
        )
    else:
        tell_both("exactly what is planned", "与计划完全一致")
    return 1 if faults else 0


def _built(output: str, as_of: str, rev: str) -> Built:
    from docctl.acts.clock import clock
    from docctl.site.publish import build as publish

    with opened() as (_, prefix):
        pass
    return publish(folder(), output, library=prefix, rev=rev, as_of=as_of, now=clock(), lang=remembered("lang"))


def _tell(made: Built) -> None:
    tell_both(
        f"{made.output}: {counted(made.documents, 'document')}, {counted(made.pages, 'page')}, as of {made.day}, commit {made.commit[:12]}",
        f"{made.output}：{made.documents} 份文件，{made.pages} 个页面，截至 {made.day}，提交 {made.commit[:12]}",
    )


site = Group(
    "site",
    says=Words("The site of controlled copies.", "受控文件站点。"),
    commands={"build": build, "serve": serve, "check": check},
)
