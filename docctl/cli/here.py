"""Where a command works: the repository, the library in it, the desk. Opens and closes them; must not know any command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from docctl.cli.frame import remembered
from docctl.cli.words import settle
from docctl.core.errors import DocctlError

if TYPE_CHECKING:
    from docctl.acts.desk import Desk
    from docctl.repository import Repository
    from docctl.view import View


def folder() -> str:
    """The folder that --repository names."""
    return remembered("repository", ".")


def prefix_in(repository: Repository) -> str:
    """The library in a repository: what --library names, else the one around the folder."""
    from docctl.hooks import plain_folder
    from docctl.view import library_around

    return plain_folder(remembered("library")) or library_around(folder(), repository.top)


@contextmanager
def opened() -> Iterator[tuple[Repository, str]]:
    """The repository for reading and the library in it; the library's language is taken on."""
    from docctl.repository import Repository

    with Repository.open(folder()) as repository:
        prefix = prefix_in(repository)
        with suppress(DocctlError):
            _take_language(repository, prefix)
        yield repository, prefix


def _take_language(repository: Repository, prefix: str) -> None:
    from docctl.reader import Memory, rulebook

    head = repository.resolve("HEAD")
    rules = rulebook(repository.tree(head, prefix), Memory()).rules if head else None
    settle(rules.mandate.settings.languages if rules else ())


@contextmanager
def viewed(day: str = "") -> Iterator[View]:
    """The library for people to look at, on a day (today when empty)."""
    from docctl.acts.clock import clock
    from docctl.view import View

    with opened() as (repository, prefix):
        yield View(repository, prefix, clock(), day)


@contextmanager
def desk_with(key: str | None = None, *, acting: bool = True) -> Iterator[Desk]:
    """The desk for acts, with the key that --key names; `acting` refuses at once where nothing can be recorded now."""
    from docctl.acts.desk import Desk

    with opened() as (_, prefix):
        desk = Desk(folder(), prefix, key)
    _tell_led_back(desk.led_back)
    try:
        if acting:
            desk.workspace.at_rest()
            _tell_clock(desk)
        yield desk
    finally:
        desk.close()


def _tell_led_back(undone: bool | None) -> None:
    """Tells that an earlier act was cut off, and what became of it."""
    from docctl.cli.telling import tell_both

    if undone:
        en, zh = "an act that was cut off was led back: nothing of it was recorded", "此前中断的操作已撤回：未作任何记录"
    else:
        en, zh = "an act that was cut off had been recorded already", "此前中断的操作已完成记录"
    if undone is not None:
        tell_both(f"docctl: {en}", f"docctl：{zh}", err=True)


def _tell_clock(desk: Desk) -> None:
    """A date far from everything that is known is nearly always a wrong clock, and the server will not take it."""
    from docctl.acts.clock import astray, newest
    from docctl.cli.telling import tell_both

    fault = astray(desk.now, newest(desk.repository, desk.mandate.settings.protected_branch))
    if fault:
        tell_both(f"Careful: {fault.en}.", f"注意：{fault.zh}。", err=True)
