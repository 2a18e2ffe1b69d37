"""`docctl verify`: the rules over the whole history, and how much that proves. Words to calls only."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from docctl.cli.frame import Misused, command, option, reporting
from docctl.cli.here import opened
from docctl.cli.stolen import suspect_object, tell_suspects
from docctl.cli.telling import tell, tell_both, tell_findings, tell_json
from docctl.cli.words import lang, said
from docctl.core.errors import Words, counted

if TYPE_CHECKING:
    from docctl.assurance import Report
    from docctl.registers.reapproval import Suspect
    from docctl.repository import Repository
    from docctl.secondopinion import Opinion
    from docctl.stretches import Progress

_UNPINNED = Words("root NOT pinned: this proves consistency only", "未固定根：仅能证明前后一致")
_ALONE = Words("one person alone can change the rules", "一人即可更改规则")
_PIN = re.compile(r"sha256:[0-9a-f]{64}")


def _pin(_context: click.Context, _param: click.Parameter, value: str) -> str:
    if value and not _PIN.fullmatch(value):
        raise click.BadParameter(said("write it as sha256: and 64 hex digits", "请写成 sha256: 加 64 位十六进制数"))
    return value


@command(
    "Judges every official state since rules record 1, each by the rules before it.\n"
    "Exit 0: fine, 1: a breach (the first bad commit is named), 3: could not check.",
    "逐一检查自 1 号规则变更记录以来的每个正式状态，各按其之前的规则。\n退出码 0：正常；1：违规（指出首个违规提交）；3：无法检查。",
)
@click.argument("revision", metavar="[REV]", required=False)
@option("--root", default="", metavar="sha256:…", callback=_pin, en="the root fingerprint from paper", zh="纸面记录的根指纹")
@option(
    "--with-openssh", is_flag=True, en="ask stock ssh-keygen about every statement too", zh="同时用系统的 ssh-keygen 复核每个声明"
)
@option(
    "--checkpoint",
    "kept",
    default="",
    metavar="FILE",
    en="a checkpoint kept from before (`docctl checkpoint`)",
    zh="此前保存的检查点",
)
@option("--resume", is_flag=True, en="judge only what came after the checkpoint", zh="仅检查检查点之后的状态")
@reporting("text", "json")
def verify(revision: str | None, root: str, with_openssh: bool, kept: str, resume: bool, form: str) -> int:
    """Tells the outcome, the assurance and the first bad commit."""
    from docctl import assurance, checkpoint
    from docctl.secondopinion import second_opinion
    from docctl.view import branch_of, official, require_official, tip

    if resume and not kept:
        raise Misused(said("--resume needs --checkpoint FILE", "--resume 需要 --checkpoint FILE"), click.get_current_context())
    with opened() as (repository, prefix):
        name = revision or official(repository, prefix, published=True)
        commit, replaced = tip(repository, name), repository.replacements()
        require_official(repository, prefix, name)
        with _progress(len(repository.first_parent_ids(commit))) as progress:
            point = checkpoint.read(kept) if kept else None
            report = assurance.verify(repository, commit, prefix=prefix, root=root, kept=point, resume=resume, progress=progress)
        beside = _Beside(_receipts(report), _stolen(repository, prefix, report), replaced)
        opinion = second_opinion(repository.tree(commit, prefix)) if with_openssh else None
    if form == "json":
        tell_json(_object(report, branch_of(name), opinion, beside))
    else:
        _tell(report, branch_of(name), opinion, beside)
    return 0 if report.fine and not (opinion and opinion.differing) else 1


class _Beside(NamedTuple):
    """What a reader should know beside the verdict: why not V2, what rests on stolen keys, which objects git would replace."""

    receipts: tuple[Words, ...]
    stolen: list[Suspect]
    replaced: list[str]


def _receipts(report: Report) -> tuple[Words, ...]:
    """Why a pinned history is V1 and not V2, and what else its receipts leave open."""
    if report.assurance == "V0":
        return ()
    return (*(Words(f"not V2: {words.en}", f"未达 V2：{words.zh}") for words in report.shortfall), *report.reservations)


def _stolen(repository: Repository, prefix: str, report: Report) -> list[Suspect]:
    """What the findings on stolen keys are about: each version with its landing."""
    named = {(item.place.document, item.place.version) for item in report.findings if item.code == "DC220"}
    if not named:
        return []
    from docctl.arriving import arrivals_of
    from docctl.reader.landing import Past
    from docctl.registers.reapproval import suspects

    past = Past(repository, report.tip, prefix)
    collection = past.collection("")._replace(arrivals=arrivals_of(repository, past, prefix))
    found = suspects(collection, collection.all())
    return [item for item in found if (item.edition.number, item.edition.release.version) in named]


def _tell(report: Report, name: str, opinion: Opinion | None, beside: _Beside) -> None:
    if report.assurance == "V0":
        tell(_UNPINNED.said(lang()))
    tell_both(f"judged: {name} at {report.tip}", f"检查对象：{name}，提交 {report.tip}")
    tell_both(f"root: {report.root}", f"根指纹：{report.root}")
    tell_both(f"assurance: {report.assurance}", f"保证等级：{report.assurance}")
    tell_both(
        f"witnessed by the server: {report.witnessed} of {counted(report.commits, 'state')}",
        f"服务器见证：{report.commits} 个状态中的 {report.witnessed} 个",
    )
    for words in beside.receipts:
        tell(f"  {words.said(lang())}")
    for each in beside.replaced:
        tell_both(f"{each} is here; docctl does not follow it", f"此处有 {each}；docctl 不予理会")
    if report.threshold == 1:
        tell(_ALONE.said(lang()))
    tell_both(
        f"{counted(report.commits, 'commit')}, {counted(report.steps, 'controlled step')} since {report.begins[:12]}, "
        f"{counted(report.statements, 'statement')}",
        f"{report.commits} 个提交，自 {report.begins[:12]} 起 {report.steps} 个受控步骤，{report.statements} 个声明",
    )
    if report.since:
        tell_both(
            f"judged since your checkpoint at {report.since} only: what lies before rests on the run that made it",
            f"仅检查了您的检查点 {report.since} 之后的状态：之前的部分以生成检查点时的检查为准",
        )
    if opinion:
        tell_both(
            f"ssh-keygen agrees on {opinion.agreeing} of {opinion.asked} statements",
            f"ssh-keygen 对 {opinion.asked} 个声明中的 {opinion.agreeing} 个结论一致",
        )
        for path in opinion.differing:
            tell(f"  {path}")
    if report.fine:
        tell_both("outcome: fine", "结论：正常")
    elif report.bad:
        tell_both(f"outcome: breach, first at commit {report.bad}", f"结论：违规，首个违规提交 {report.bad}")
    else:
        tell_both("outcome: breach", "结论：违规")
    tell_findings(report.findings)
    tell_suspects(beside.stolen)


def _object(report: Report, name: str, opinion: Opinion | None, beside: _Beside) -> dict[str, Any]:
    from docctl.render.json_out import finding_object

    return {
        "format": 1,
        "outcome": "fine" if report.fine else "breach",
        "ref": name,
        "commit": report.tip,
        "begins": report.begins,
        "since": report.since,
        "commits": report.commits,
        "steps": report.steps,
        "statements": report.statements,
        "root": report.root,
        "root_pinned": report.assurance != "V0",
        "root_persons": report.root_persons,
        "threshold": report.threshold,
        "assurance": report.assurance,
        "witnessed": report.witnessed,
        "receipts": [words.said(lang()) for words in beside.receipts],
        "replaced": beside.replaced,
        "reapproval": [suspect_object(item) for item in beside.stolen],
        "bad_commit": report.bad,
        "openssh": opinion._asdict() if opinion else None,
        "findings": [finding_object(finding, lang()) for finding in report.findings],
    }


@contextmanager
def _progress(total: int) -> Iterator[Progress | None]:
    """A bar on a terminal; nothing elsewhere. It begins with the first states judged: until then processes may be split off."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    bar = Bar(console=Console(stderr=True), transient=True)
    task = bar.add_task(said("judging", "检查中"), total=total)

    def advance(more: int) -> None:
        bar.start()
        bar.advance(task, more)

    try:
        yield advance
    finally:
        bar.stop()
