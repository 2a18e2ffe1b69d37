"""`docctl demo`: the sample company acted out with throwaway keys. Words to calls only."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import click

from docctl.cli.frame import Misused, command, option
from docctl.cli.telling import tell, tell_both
from docctl.cli.words import lang, said


@command(
    "A library from the sample manual, acted out over eight months with throwaway keys.",
    "以示例手册和一次性密钥演练八个月的文件控制。",
    placed=False,
)
@click.argument("folder", metavar="[DIR]", default="demo-out")
@option("--sample", metavar="DIR", en="make the evidence of this sample manual anew instead", zh="改为重新生成该示例手册的证据")
def demo(folder: str, sample: str | None) -> int:
    """Acts the story out in a new folder and shows what came of it."""
    if sample:
        return _renewed(sample)
    from docctl.demo.tour import tour

    with _progress() as progress:
        return 0 if tour(folder, lang(), tell, progress) else 1


def _renewed(sample: str) -> int:
    """Acts the story out aside and takes its evidence over into a sample manual."""
    from docctl.demo.play import run
    from docctl.demo.stage import export

    if not os.path.isfile(os.path.join(sample, "play.yaml")):
        raise Misused(said(f"{sample} is no sample manual", f"{sample} 不是示例手册"), click.get_current_context())
    with TemporaryDirectory(prefix="docctl-") as aside, _progress() as progress:
        outcome = run(os.path.join(aside, "demo"), lambda words: tell(words.said(lang())), progress, scheduled=False, lang=lang())
        if outcome.report.fine:
            export(os.path.join(aside, "demo"), sample)
    tell_both(f"root fingerprint: {outcome.fingerprint}", f"根指纹：{outcome.fingerprint}")
    return 0 if outcome.report.fine else 1


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
