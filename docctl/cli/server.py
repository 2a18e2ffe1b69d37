"""`docctl server install` and `check`: the gate of a bare repository. Words to calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from docctl.cli.frame import Group, command, option, remembered, reporting
from docctl.cli.telling import tell, tell_both, tell_json
from docctl.cli.words import lang
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.server import Point

_PINNED = "docctl.root"


@command("Installs the gate on a bare repository, with git's own safeguards.", "在裸库上安装门禁及 git 自身的防护设置。")
@click.argument("folder", metavar="DIR")
@option("--root", default="", metavar="sha256:…", en="the root fingerprint to pin", zh="要固定的根指纹")
@option("--key", default="", metavar="FILE", en="the server's own key, for receipts", zh="服务器自己的密钥（签署回执）")
@option(
    "--rehearsal",
    is_flag=True,
    en="for practice only: whoever pushes sets the clock of this gate (DOCCTL_NOW)",
    zh="仅供演练：此门禁的时钟由推送者设定（DOCCTL_NOW）",
)
def install(folder: str, root: str, key: str, rehearsal: bool) -> int:
    """Installs and tells what stands now; an unpinned root, or the rehearsal that was asked for, is no failure of the installation."""
    from docctl.hooks import SERVER
    from docctl.server import install as put

    points = put(folder, remembered("library"), root, key=key, rehearsal=rehearsal)
    _tell(points)
    if rehearsal:
        tell_both(
            "Careful: this server is for rehearsals only. Whoever pushes can say what time it is, so that nothing it takes in is"
            " evidence. Never use it for a real library; `docctl server install` without --rehearsal makes it a real gate.",
            "注意：此服务器仅供演练。推送者可自行设定时间，因此它所接收的内容均不能作为证据。切勿用于真实的受控库；"
            "不带 --rehearsal 再次执行 `docctl server install` 即成为正式门禁。",
            err=True,
        )
    expected = {_PINNED, *(SERVER if rehearsal else ())}
    return 0 if all(point.good or point.name in expected for point in points) else 1


@command(
    "Whether the gate of a bare repository stands; 1 when something is missing.", "检查裸库的门禁是否就位；有缺失时退出码为 1。"
)
@click.argument("folder", metavar="DIR")
@reporting("text", "json")
def check(folder: str, form: str) -> int:
    """Tells every point that a server needs."""
    from docctl.server import check as look

    points = look(folder, remembered("library"))
    fine = all(point.good for point in points)
    if form == "json":
        told = [
            {"name": point.name, "good": point.good, "message": point.words.said(lang()), "remedy": _remedy(point)}
            for point in points
        ]
        tell_json({"format": 1, "outcome": "fine" if fine else "wrong", "points": told})
    else:
        _tell(points)
    return 0 if fine else 1


def _remedy(point: Point) -> str:
    return "" if point.good else point.remedy.said(lang())


def _tell(points: list[Point]) -> None:
    for point in points:
        tell(f"  {'✓' if point.good else '✗'} {point.words.said(lang())}")
        if not point.good:
            tell(f"    → {point.remedy.said(lang())}")


server = Group(
    "server",
    says=Words("The gate of the server: it alone prevents.", "服务器门禁：只有它能真正阻止违规。"),
    commands={"install": install, "check": check},
)
