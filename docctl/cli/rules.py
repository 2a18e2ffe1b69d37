"""`docctl rules status`, `propose` and `sign`: rules records. Words to calls only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docctl.cli import options
from docctl.cli.asking import sure
from docctl.cli.frame import Group, command, option, reporting
from docctl.cli.here import desk_with
from docctl.cli.sharing import DONE, recorded, send_what_stands, share
from docctl.cli.telling import facts, tell, tell_both, tell_json
from docctl.cli.words import said
from docctl.core.errors import Refusal, Words

if TYPE_CHECKING:
    from docctl.acts.rules import Standing


@command("Where the newest rules record on this branch stands.", "本分支最新规则变更记录的状态。")
@reporting("text", "json")
def status(form: str) -> None:
    """Tells number, reason and signatures of the newest rules record."""
    from docctl.acts import rules as acts

    with desk_with(acting=False) as desk:
        standing = acts.status(desk)
    if form == "json":
        tell_json({"format": 1, **standing._asdict()})
    else:
        _tell(standing)


@command(
    "Records the edited rule files as the next rules record; a root key signs it at once.",
    "将已编辑的规则文件记为下一条规则变更记录；若为根密钥则同时签名。",
)
@option("--reason", required=True, metavar="TEXT", en="why the rules change", zh="规则变更原因")
@options.key
@options.yes
@options.push
def propose(reason: str, key: str | None, yes: bool, push: bool) -> None:
    """Shows which rule files differ, asks, and records them."""
    from docctl.acts import rules as acts
    from docctl.core.layout import is_rule_file

    with desk_with(key) as desk:
        tell_both("Rule files that differ:", "有差异的规则文件：")
        for path in filter(is_rule_file, desk.workspace.changed()):
            tell(f"  {path}")
        sure(Words("Propose them as the next rules record?", "作为下一条规则变更记录提出？"), yes=yes)
        standing = acts.propose(desk, reason)
        recorded(desk.commit(), desk.branch or "-", Words("proposed", "已提出"))
        _tell(standing)
        share(desk, desk.branch or "HEAD", push=push)


@command(
    "Signs the proposed rules record with a root key; lands it when enough have signed.",
    "以根密钥签署提出的规则变更记录；人数足够即生效。",
)
@options.key
@options.yes
@options.push
def sign(key: str | None, yes: bool, push: bool) -> None:
    """Shows the record, asks, and signs it."""
    from docctl.acts import rules as acts

    with desk_with(key) as desk:
        try:
            acts.find_proposal(desk)
            _tell(acts.status(desk))
            sure(Words("Sign this rules record?", "签署该规则变更记录？"), yes=yes)
            standing = acts.sign(desk)
        except Refusal as refusal:
            send_what_stands(desk, refusal, push=push, codes=(*DONE, *(["nothing-to-sign"] if desk.protected else [])))
            return
        recorded(desk.commit(), desk.branch or "-", Words("signed", "已签署"))
        _tell(standing)
        share(desk, desk.branch or "HEAD", push=push)


def _tell(standing: Standing) -> None:
    names = said(", ", "、").join(standing.signers) or "-"
    facts(
        (
            (Words("Rules record", "规则变更记录"), str(standing.number)),
            (Words("Reason", "原因"), standing.reason),
            (Words("Signed", "已签"), f"{len(standing.signers)}/{standing.threshold} ({names})"),
            (Words("Stands", "是否生效"), said("yes", "是") if standing.landed else said("not yet", "尚未")),
        )
    )
    if standing.landed:
        return
    if standing.closing:
        tell_both(
            "This only closes what people.yaml holds; one root signature is enough (`docctl rules sign` lands it).",
            "该记录只关闭 people.yaml 中的登记；一名根人员签署即可（用 `docctl rules sign` 合入）。",
        )
    elif len(standing.signers) >= standing.threshold:
        tell_both("Enough have signed: `docctl rules sign` lands it.", "签署人数已足够：用 `docctl rules sign` 合入。")


rules = Group(
    "rules",
    says=Words("Rules records: who may do what changes only by them.", "规则变更记录：权限与设置只能通过它更改。"),
    commands={"status": status, "propose": propose, "sign": sign},
)
