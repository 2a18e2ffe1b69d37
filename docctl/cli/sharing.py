"""What follows an act: who is waited for, and how the others get to see it. Must not know single commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from docctl.cli.telling import tell, tell_both
from docctl.cli.words import lang, said
from docctl.core.errors import Refusal, Words
from docctl.core.settings import Settings
from docctl.core.statement import DECISIONS

if TYPE_CHECKING:
    from docctl.acts.desk import Desk
    from docctl.waiting import Wanted


DONE = ("already-signed", "already-sealed", "already-released")  # refusals that say: this stands, as it was asked for


def recorded(made: str, branch: str, what: Words) -> None:
    """Tells that an act is recorded as a commit (or only staged, when `made` is empty)."""
    if made:
        tell_both(f"{what.en}: {made[:12]} on {branch}", f"{what.zh}：{made[:12]}（分支 {branch}）")
    else:
        tell_both(f"{what.en}: staged, not committed", f"{what.zh}：已暂存，未提交")


def share(desk: Desk, branch: str, *, push: bool) -> None:
    """Sends a branch to origin, or says how to; says nothing where there is no other place."""
    there = desk.workspace.remote_exists()
    if push and not there:
        raise Refusal(
            Words("there is no remote called origin; nothing was sent", "没有名为 origin 的远程仓库；未发送"),
            Words(
                "what was recorded stands; `git remote add origin …` names the server",
                "已记录的内容有效；用 `git remote add origin …` 指定服务器",
            ),
            "no-remote",
        )
    if push:
        _send(desk, branch)
        tell_both(f"sent to origin: {branch}", f"已推送到 origin：{branch}")
    elif there:
        tell_both(f"share it with: git push origin {branch}", f"与他人共享：git push origin {branch}")


def send_what_stands(desk: Desk, refusal: Refusal, *, push: bool, codes: Iterable[str] = DONE) -> None:
    """Sends what an earlier act recorded, where the same act is asked for again with --push; any other refusal stands."""
    if not push or refusal.code not in codes:
        raise refusal
    tell(refusal.words.said(lang()))
    share(desk, desk.branch or "HEAD", push=True)


def _send(desk: Desk, branch: str) -> None:
    try:
        desk.workspace.push("origin", [branch])
    except Refusal as error:
        if error.code != "push-late":
            raise
        raise Refusal(error.words, _late(desk, branch), error.code) from None


def _late(desk: Desk, branch: str) -> Words:
    """How work that somebody else was faster with gets to the server: a landing is made anew, anything else is joined."""
    from docctl.acts.release import way_back

    if not desk.protected:
        way = f"`git pull --no-rebase --no-edit origin {branch}`"
    elif desk.repository.resolve("HEAD^2") is None:
        way = f"`git pull --rebase origin {branch}`"
    else:
        return way_back(branch)
    way_out = f"`git push origin {branch}`"
    return Words(
        f"the server holds newer work; fetch it and send both: {way}, then {way_out}",
        f"服务器上有更新的内容；请取入后一并推送：{way}，再 {way_out}",
    )


def wanted_lines(wanted: Iterable[Wanted], settings: Settings) -> list[str]:
    """Who is waited for, one line for each open decision."""
    return [_wanted(item, settings) for item in wanted]


def decision_word(decision: str) -> str:
    """A decision as something still to be done."""
    return decision if lang() == "en" else DECISIONS[decision].zh


def role_word(role: str, department: str, settings: Settings) -> str:
    """A role with its department, as the settings name them."""
    words = settings.roles.get(role)
    name = words.said(lang()) if words else role
    place = settings.departments.get(department)
    where = place.said(lang()) if place else department
    return name + (said(f", {where}", f"（{where}）") if where else "")


def tell_wanted(wanted: Iterable[Wanted], settings: Settings) -> None:
    """Tells what a candidate waits for now."""
    tell_both("Next:", "下一步：")
    for line in wanted_lines(wanted, settings):
        tell(f"  {line}")


def _wanted(item: Wanted, settings: Settings) -> str:
    people = said(", ", "、").join(f"{person.said(lang())} ({person.id})" for person in item.people)
    nobody = said("nobody holds it today", "目前无人担任") if item.role else ""
    role = role_word(item.role, item.department, settings) if item.role else said("the author", "编制人")
    who = people or nobody
    return f"{decision_word(item.decision)}{said(' by ', '：')}{role}" + (f" — {who}" if who else "")
