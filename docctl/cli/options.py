"""Options that several commands take, each worded once. Must not know what a command does with them."""

from __future__ import annotations

from docctl.cli.frame import Day, option

key = option(
    "--key",
    metavar="FILE",
    en="the signing key (else DOCCTL_KEY, git's user.signingkey, the agent)",
    zh="签名密钥（否则取 DOCCTL_KEY、git 的 user.signingkey、ssh-agent）",
)
yes = option("--yes", is_flag=True, en="do not ask, for scripts", zh="不询问，供脚本使用")
no_commit = option("--no-commit", is_flag=True, en="write and stage, but do not commit", zh="只写入并暂存，不提交")
push = option("--push", is_flag=True, en="share the branch with the others (origin) at once", zh="立即将分支推送到 origin")
as_of = option("--as-of", type=Day(), default="", metavar="DATE", en="as of this day (default: today)", zh="截至该日（默认今天）")
comment = option("--comment", default="", metavar="TEXT", en="a comment, signed with the decision", zh="意见，与决定一同签名")
output = option("--output", default="", metavar="FILE", en="write to this file", zh="写入该文件")
