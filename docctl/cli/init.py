"""`docctl init`: a new library. Asks for what is missing; words to calls only."""

from __future__ import annotations

import os
from typing import Any

import click

from docctl.cli.asking import asked, interactive
from docctl.cli.frame import Misused, OneOf, command, option, remembered
from docctl.cli.newcomers import SPELLING, asked_newcomers, newcomer
from docctl.cli.telling import tell_both
from docctl.cli.words import lang, said
from docctl.core.errors import DocctlError, Words


@command(
    "Makes a library: settings, people, root and rules record 1, signed with the root key. Asks for what is missing.",
    "建立受控库：设置、人员、根密钥与 1 号规则变更记录（由根密钥签名）。缺少的内容会逐项询问。",
)
@click.argument("folder", metavar="[DIR]", default=".")
@option("--organisation", metavar="NAME", en="name of the organisation", zh="组织名称")
@option(
    "--scheme",
    type=OneOf(("edition", "number")),
    en="version labels: edition (A/0) or number (1.0)",
    zh="版本方案：edition（A/0）或 number（1.0）",
)
@option(
    "--standard",
    "standards",
    multiple=True,
    metavar="ID",
    en="a standard in use, such as iso20000-1:2018 (may be repeated)",
    zh="采用的标准，如 iso20000-1:2018（可重复）",
)
@option("--timezone", metavar="ZONE", en="the organisation's time zone", zh="组织所在时区")
@option(
    "--person",
    "persons",
    multiple=True,
    metavar="PERSON",
    en=f"somebody: {SPELLING} (may be repeated)",
    zh=f"人员：{SPELLING}（可重复）",
)
@option("--root-person", metavar="ID", en="the person who holds the root key", zh="持有根密钥的人员")
@option("--root-key", metavar="FILE", en="the root's own key, which never signs approvals", zh="根密钥（从不用于审批签名）")
def init(folder: str, persons: tuple[str, ...], **options: Any) -> None:
    """Makes the library, installs the hooks and shows the root fingerprint."""
    from docctl.acts.init import init as begin

    people = [newcomer(text) for text in persons]
    if interactive():
        _ask(options)
        people = people or asked_newcomers()
        options["root_person"] = options["root_person"] or asked(
            Words("Who holds the root key (person id)", "根密钥持有人（人员标识）"),
            people[0].id,
            lambda text: _unknown(text, [each.id for each in people]),
        )
        options["root_key"] = options["root_key"] or asked(
            Words("File of the root key (its own, kept apart)", "根密钥文件（专用，另行保管）"), fault=_missing
        )
    _require(options, bool(people))
    values = {name: value for name, value in options.items() if value}
    library = remembered("library").strip("/")
    folder = os.path.join(remembered("repository"), folder)
    begun = begin(folder, people=people, lang=lang(), library=library, **values)
    _install_hooks(folder, library)
    tell_both(
        f"Library made in {begun.folder}, commit {begun.commit[:12]}", f"受控库已建立：{begun.folder}，提交 {begun.commit[:12]}"
    )
    tell_both(f"Protected branch: {begun.branch}", f"受保护分支：{begun.branch}")
    tell_both(f"Root fingerprint: {begun.fingerprint}", f"根指纹：{begun.fingerprint}")
    tell_both("Write it down on paper: whoever has it can prove this history.", "请抄写在纸上：据此可以证明本库的历史。")


def _ask(options: dict[str, Any]) -> None:
    """Asks for what no option says about the organisation."""
    from docctl import shipped
    from docctl.core.calendar import zone_known

    options["organisation"] = options["organisation"] or asked(
        Words("Organisation", "组织名称"), fault=lambda text: "" if text else said("needed", "必须填写")
    )
    options["scheme"] = options["scheme"] or asked(
        Words("Version labels: edition (A/0) or number (1.0)", "版本方案：edition（A/0）或 number（1.0）"),
        "edition",
        lambda text: _unknown(text, ["edition", "number"]),
    )
    if not options["standards"]:
        known = ", ".join(shipped.standards())
        text = asked(
            Words(f"Standards, separated by commas (shipped: {known})", f"采用的标准，以逗号分隔（附带：{known}）"),
            "iso20000-1:2018",
        )
        options["standards"] = tuple(part.strip() for part in text.split(",") if part.strip())
    options["timezone"] = options["timezone"] or asked(
        Words("Time zone", "时区"),
        "Asia/Shanghai",
        lambda text: "" if zone_known(text) else said(f"no time zone {text}", f"没有时区 {text}"),
    )


def _require(options: dict[str, Any], people: bool) -> None:
    """Names every option that nobody can be asked for."""
    given = {
        "--organisation": options["organisation"],
        "--person": people,
        "--root-person": options["root_person"],
        "--root-key": options["root_key"],
    }
    missing = [name for name, value in given.items() if not value]
    if missing:
        names = ", ".join(missing)
        raise Misused(
            said(f"missing, and nobody is there to be asked: {names}", f"缺少且无人可询问：{names}"), click.get_current_context()
        )


def _install_hooks(folder: str, library: str) -> None:
    """Puts the gates in place; where that cannot be, the library stands all the same and the reason is told."""
    from docctl.cli.telling import tell
    from docctl.hooks import CLIENT, install, require_own
    from docctl.repository import Repository

    with Repository.open(folder) as repository:
        try:
            install(require_own(repository), CLIENT, library)
        except DocctlError as error:
            tell(error.said(lang()), err=True)


def _unknown(text: str, known: list[str]) -> str:
    return "" if text in known else said(f"use one of: {', '.join(known)}", f"请使用其中之一：{'、'.join(known)}")


def _missing(path: str) -> str:
    return (
        ""
        if os.path.isfile(os.path.expanduser(path))
        else said(
            f"no file {path}; make one with: ssh-keygen -t ed25519 -f {path or 'root'}",
            f"没有文件 {path}；可用 ssh-keygen -t ed25519 -f {path or 'root'} 生成",
        )
    )
