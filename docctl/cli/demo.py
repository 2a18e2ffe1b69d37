"""`docctl demo`: the sample company acted out with throwaway keys. Words to calls only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from docctl.cli.frame import command
from docctl.cli.telling import tell, tell_both
from docctl.cli.words import lang, said


@command(
    "A library from the sample manual, acted out over eight months with throwaway keys.",
    "以示例手册和一次性密钥演练八个月的文件控制。",
    placed=False,
)
@click.argument("folder", metavar="[DIR]", default="demo-out")
def demo(folder: str) -> int:
    """Acts the story out in a new folder and tells what came of it."""
    from docctl.demo.play import run

    with _progress() as progress:
        outcome = run(folder, lambda words: tell(words.said(lang())), progress, lang=lang())
    tell_both("A hook refused:", "钩子拒绝：")
    tell(outcome.hook.strip())
    tell_both("The server refused:", "服务器拒绝：")
    tell(outcome.server.strip())
    fine = outcome.report.fine
    tell_both(
        f"verify: {'fine' if fine else 'breach'}, {outcome.report.commits} commits, {outcome.report.statements} statements",
        f"核验：{'正常' if fine else '违规'}，{outcome.report.commits} 个提交，{outcome.report.statements} 个声明",
    )
    tell_both(
        f"docctl -C {folder}/library verify --root {outcome.fingerprint}",
        f"docctl -C {folder}/library verify --root {outcome.fingerprint}",
    )
    return 0 if fine else 1


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(said("acting", "演练中"))
        yield lambda done, total: bar.update(task, completed=done, total=total)
