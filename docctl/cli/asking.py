"""Asks people and takes no silence for a yes. Must not know what is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from docctl import stopping
from docctl.cli.words import said
from docctl.core.errors import Refusal, Words

_YES = ("y", "yes", "是", "好")


def interactive() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def sure(question: Words, *, yes: bool) -> None:
    """Goes on after a yes (or with --yes); raises Refusal after a no, and where nobody can be asked."""
    if yes:
        return
    if not interactive():
        raise Refusal(
            Words("nobody is there to answer; nothing was recorded", "无人应答；未作任何记录"),
            Words("look at what is shown, then run it again with --yes", "请核对所示内容，然后加 --yes 重新执行"),
            "not-asked",
        )
    with stopping.answering():
        answer = str(click.prompt(said(question.en, question.zh) + " [y/N]", default="", show_default=False, prompt_suffix=" "))
    if answer.strip().lower() not in _YES:
        raise Refusal(
            Words("you did not agree; nothing was recorded", "您未同意；未作任何记录"),
            Words("run it again when you are ready", "准备好后请重新执行"),
            "not-agreed",
        )


def asked(question: Words, default: str = "", fault: Callable[[str], str] = lambda _: "") -> str:
    """An answer in words; `fault` says what is wrong with one ("" nothing), and it is asked again."""
    while True:
        text = said(question.en, question.zh)
        with stopping.answering():
            said_back = click.prompt(text, default=default, show_default=bool(default), prompt_suffix=said(": ", "："))
        answer = str(said_back).strip()
        wrong = fault(answer)
        if not wrong:
            return answer
        click.echo(f"  {wrong}", err=True)
