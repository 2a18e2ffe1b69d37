"""`docctl site build`, `serve` and `check`: the controlled-copy site. Words to calls only."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from docctl.cli import options
from docctl.cli.frame import Group, command, option, remembered
from docctl.cli.here import folder, opened
from docctl.cli.telling import tell_both
from docctl.core.errors import Words
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


@command("Builds the site and shows it at an address of this machine.", "构建站点并在本机地址上展示。")
@option("--port", type=int, default=8000, metavar="PORT", en="the port (default: 8000)", zh="端口（默认 8000）")
@options.as_of
@_rev
def serve(port: int, as_of: str, rev: str) -> None:
    """Serves a fresh build until it is interrupted."""
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    with ExitStack() as stack:
        place = stack.enter_context(workplace("site"))
        made = _built(f"{place}/site", as_of, rev)
        handler = partial(SimpleHTTPRequestHandler, directory=made.output)
        server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", port), handler))
        address = f"http://127.0.0.1:{server.server_port}/"
        tell_both(f"{address} (end with Ctrl-C)", f"{address}（按 Ctrl-C 结束）")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            tell_both("ended", "已结束")


@command("Builds the site and holds it against the plan, without keeping it.", "构建并对照计划检查站点，不保留结果。")
@options.as_of
@_rev
def check(as_of: str, rev: str) -> None:
    """Tells whether exactly what is planned would be published."""
    with workplace("site") as place:
        made = _built(f"{place}/site", as_of, rev)
    tell_both(
        f"exactly what is planned: {made.documents} documents, {made.pages} pages",
        f"与计划完全一致：{made.documents} 份文件，{made.pages} 个页面",
    )


def _built(output: str, as_of: str, rev: str) -> Built:
    from docctl.acts.clock import clock
    from docctl.site.publish import build as publish

    with opened() as (_, prefix):
        pass
    return publish(folder(), output, library=prefix, rev=rev, as_of=as_of, now=clock(), lang=remembered("lang"))


def _tell(made: Built) -> None:
    tell_both(
        f"{made.output}: {made.documents} documents, {made.pages} pages, as of {made.day}, commit {made.commit[:12]}",
        f"{made.output}：{made.documents} 份文件，{made.pages} 个页面，截至 {made.day}，提交 {made.commit[:12]}",
    )


site = Group(
    "site",
    says=Words("The site of controlled copies.", "受控文件站点。"),
    commands={"build": build, "serve": serve, "check": check},
)
