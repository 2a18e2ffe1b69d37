"""`docctl hooks install`, `remove` and `status`: the gates of this clone. Words to calls only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from docctl.cli.frame import Group, command, reporting
from docctl.cli.here import opened
from docctl.cli.telling import columns, tell_both, tell_json
from docctl.cli.words import lang
from docctl.core.errors import Words

if TYPE_CHECKING:
    from docctl.hooks import Hook


@command(
    "Puts the gates into this clone; a foreign hook is kept and runs first.", "在本克隆中安装门禁；其他钩子予以保留并先运行。"
)
def install() -> int:
    """Installs the client hooks."""
    from docctl.hooks import CLIENT
    from docctl.hooks import install as put

    return _told(lambda folder, library: put(folder, CLIENT, library), writes=True)


@command("Takes the gates out of this clone.", "从本克隆移除门禁。")
def remove() -> int:
    """Removes the client hooks; what was there before comes back."""
    from docctl.hooks import CLIENT
    from docctl.hooks import remove as take

    return _told(lambda folder, _library: take(folder, CLIENT), wanted="missing", writes=True)


@command("Whether the gates of this clone stand; 1 when one does not.", "本克隆的门禁是否就位；有缺失时退出码为 1。")
@reporting("text", "json")
def status(form: str) -> int:
    """Tells how each hook stands."""
    from docctl.hooks import CLIENT
    from docctl.hooks import status as look

    return _told(lambda folder, library: look(folder, CLIENT, library), form=form)


def _told(act: Callable[[str, str], list[Hook]], wanted: str = "installed", *, writes: bool = False, form: str = "text") -> int:
    from docctl.hooks import folder_of, require_own

    with opened() as (repository, prefix):
        found = act((require_own if writes else folder_of)(repository), prefix)
    fine = all(hook.state == wanted or (wanted == "missing" and hook.state == "foreign") for hook in found)
    if form == "json":
        told = [{"name": hook.name, "state": hook.state, "chained": bool(hook.chained)} for hook in found]
        tell_json({"format": 1, "outcome": "fine" if fine else "wrong", "hooks": told})
    else:
        _tell(found)
    return 0 if fine else 1


def _tell(found: list[Hook]) -> None:
    from docctl.hooks import STATES

    chained = Words("with the one before", "保留原有钩子")
    rows = [(hook.name, STATES[hook.state].said(lang()), chained.said(lang()) if hook.chained else "") for hook in found]
    columns((Words("Hook", "钩子"), Words("State", "状态"), Words("", "")), rows)
    tell_both("Hooks help early; only the server's gate prevents.", "钩子用于尽早提醒；只有服务器的门禁能够阻止。")


hooks = Group(
    "hooks",
    says=Words("The gates of this clone (git hooks).", "本克隆的门禁（git 钩子）。"),
    commands={"install": install, "remove": remove, "status": status},
)
