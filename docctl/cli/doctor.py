"""`docctl doctor`: what is wrong with this set-up. Words to calls only."""

from __future__ import annotations

from docctl.cli import options
from docctl.cli.frame import command, remembered, reporting
from docctl.cli.here import folder, opened
from docctl.cli.telling import tell, tell_both, tell_json
from docctl.cli.words import lang
from docctl.core.errors import DocctlError

_MARKS = {"fine": "✓", "careful": "!", "wrong": "✗"}


@command(
    "Looks at this set-up: git, ssh-keygen, gates, key, clock, leftovers; 1 when something is wrong.",
    "检查本机设置：git、ssh-keygen、门禁、密钥、时钟、残留文件；有问题时退出码为 1。",
)
@options.key
@reporting("text", "json")
def doctor(key: str | None, form: str) -> int:
    """Tells every point with its state and remedy."""
    from docctl.acts.clock import clock
    from docctl.doctor import FINE, WRONG, look

    points = look(folder(), _library(), key, clock())
    wrong = [point for point in points if point.state == WRONG]
    if form == "json":
        told = [
            {"name": name, "state": state, "message": words.said(lang()), "remedy": "" if state == FINE else remedy.said(lang())}
            for name, state, words, remedy in points
        ]
        tell_json({"format": 1, "outcome": "wrong" if wrong else "fine", "points": told})
        return 1 if wrong else 0
    for point in points:
        tell(f"  {_MARKS[point.state]} {point.words.said(lang())}")
        if point.state != FINE:
            tell(f"    → {point.remedy.said(lang())}")
    if wrong:
        tell_both(f"{len(wrong)} wrong", f"{len(wrong)} 处问题")
    else:
        tell_both("Nothing is wrong.", "没有问题。")
    return 1 if wrong else 0


def _library() -> str:
    """The library in the repository, where there is one; what keeps it from being found is a point of its own."""
    try:
        with opened() as (_, prefix):
            return prefix
    except DocctlError:
        return remembered("library")
