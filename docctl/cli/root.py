"""The one word `docctl` and the commands under it. Must not load a command before it is called."""

from __future__ import annotations

import click

from docctl.cli.frame import Group, Option
from docctl.core.errors import Words

_HERE = "docctl.cli"
COMMANDS = {
    "init": f"{_HERE}.init:init",
    "new": f"{_HERE}.draft:new",
    "revise": f"{_HERE}.draft:revise",
    "submit": f"{_HERE}.sign:submit",
    "review": f"{_HERE}.sign:review",
    "cosign": f"{_HERE}.sign:cosign",
    "approve": f"{_HERE}.sign:approve",
    "reject": f"{_HERE}.sign:reject",
    "confirm": f"{_HERE}.sign:confirm",
    "revoke": f"{_HERE}.sign:revoke",
    "release": f"{_HERE}.release:release",
    "withdraw": f"{_HERE}.release:withdraw",
    "status": f"{_HERE}.status:status",
    "show": f"{_HERE}.show:show",
    "log": f"{_HERE}.show:log",
    "diff": f"{_HERE}.diff:diff",
    "check": f"{_HERE}.check:check",
    "verify": f"{_HERE}.verify:verify",
    "checkpoint": f"{_HERE}.checkpoint:checkpoint",
    "explain": f"{_HERE}.explain:explain",
    "rules": f"{_HERE}.rules:rules",
    "fix": f"{_HERE}.fix:fix",
    "doctor": f"{_HERE}.doctor:doctor",
    "hooks": f"{_HERE}.hooks:hooks",
    "server": f"{_HERE}.server:server",
    "register": f"{_HERE}.register:register",
    "correspondence": f"{_HERE}.register:correspondence",
    "record": f"{_HERE}.record:record",
    "site": f"{_HERE}.site:site",
    "demo": f"{_HERE}.demo:demo",
}


def _version(context: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked:
        from docctl import __version__

        click.echo(f"docctl {__version__}")
        context.exit(0)


root = Group(
    "docctl",
    says=Words(
        "Document control around a git repository: drafts, signed approvals, releases, registers and a site.\n"
        "Exit codes: 0 fine, 1 breach or refusal, 2 wrong usage, 3 could not check.",
        "以 git 仓库为中心的文件控制：起草、签名审批、发布、登记表与站点。\n退出码：0 正常，1 违规或拒绝，2 用法有误，3 无法检查。",
    ),
    later=COMMANDS,
    params=[
        Option(
            ["--version"],
            says=Words("the version of docctl", "显示 docctl 版本"),
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_version,
        )
    ],
)
