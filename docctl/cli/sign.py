"""`docctl submit`, `review`, `cosign`, `approve`, `reject`, `confirm`, `revoke`: signed decisions. Words to calls only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from docctl.cli import options
from docctl.cli.frame import Command, command, option
from docctl.cli.here import desk_with
from docctl.cli.sharing import send_what_stands
from docctl.cli.signing import sign_after_asking
from docctl.core.errors import Refusal

if TYPE_CHECKING:
    from docctl.acts.desk import Desk
    from docctl.acts.sign import Candidate

_role = option(
    "--role",
    default="",
    metavar="ROLE",
    en="the role to act in (default: the open slot's)",
    zh="以何岗位签署（默认空缺栏位的岗位）",
)


def _signed(make: Callable[..., Candidate], number: str, asked: dict[str, Any]) -> None:
    """Makes the candidate at the desk and signs it after asking."""
    with desk_with(asked.pop("key")) as desk:
        flags = {name: asked.pop(name) for name in ("yes", "push")}
        commit = not asked.pop("no_commit")
        try:
            candidate = make(desk, number, **asked)
        except Refusal as refusal:
            send_what_stands(desk, refusal, push=flags["push"])
            return
        sign_after_asking(desk, candidate, commit=commit, **flags)


def _act(words: tuple[str, str], make: Callable[..., Candidate], *more: Callable[[Any], Any]) -> Command:
    """One signing command: its help, how its candidate is made, and options of its own."""

    def run(number: str, **asked: Any) -> None:
        _signed(make, number, asked)

    wrapped: Any = run
    for add in (
        options.push,
        options.no_commit,
        options.yes,
        options.key,
        options.comment,
        *more,
        click.argument("number", metavar="ID"),
    ):
        wrapped = add(wrapped)
    return command(*words)(wrapped)


def _submission(desk: Desk, number: str, **asked: str) -> Candidate:
    from docctl.acts.sign import submission

    return submission(desk, number, **asked)


def _revocation(desk: Desk, number: str, **asked: str) -> Candidate:
    from docctl.acts.sign import revocation

    return revocation(desk, number, **asked)


def _decision(what: str) -> Callable[..., Candidate]:
    def make(desk: Desk, number: str, **asked: str) -> Candidate:
        from docctl.acts.sign import decision

        return decision(desk, number, what, **asked)

    return make


submit = _act(("The author's signature: this draft is ready.", "编制人签名：草稿已完成。"), _submission)
review = _act(("A reviewer's signature on the present bytes.", "审核人对当前内容签名。"), _decision("review"), _role)
cosign = _act(("The signature of a department that is concerned.", "相关部门会签。"), _decision("cosign"), _role)
approve = _act(("The approval, or the approval of a withdrawal.", "批准（含对作废的批准）。"), _decision("approve"), _role)
reject = _act(
    ("Sends a candidate back, with the reason in --comment.", "退回，原因写在 --comment 中。"), _decision("reject"), _role
)
confirm = _act(
    ("The periodic review: the version in force stays valid.", "定期评审：现行版本继续有效。"), _decision("confirm"), _role
)
revoke = _act(("Takes back your own last decision on a candidate.", "撤回您对该文件的上一决定。"), _revocation)
