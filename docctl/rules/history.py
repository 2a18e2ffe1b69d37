"""DC6xx: evidence is only ever added, and the protected branch only ever grows. Must not know what a statement says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docctl.core.change import Change, Move
from docctl.core.errors import Words
from docctl.core.layout import owner
from docctl.core.lean import NamedTuple
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


class _Fault(NamedTuple):
    """What is wrong with moving a name, and the way out that fits it; `{detail}` and `{branch}` stand for what is meant."""

    reason: Words
    way: Words


_MOVES: Mapping[str, _Fault] = {
    "rewritten": _Fault(
        Words("its history may not be rewritten", "其历史不得改写"),
        Words(
            "Fetch it and build on its present tip (`git fetch origin`, `git rebase origin/{branch}`); what is wrong there is mended "
            "by a further change",
            "请先获取并在其当前末端上继续（`git fetch origin`，`git rebase origin/{branch}`）；其中的差错以后续更改来改正",
        ),
    ),
    "deleted": _Fault(
        Words("it may not be deleted", "不得删除"),
        Words(
            "Leave this branch where it is; a document ends with `docctl withdraw`, and topic branches may be deleted",
            "请保留此分支；文件用 `docctl withdraw` 作废，主题分支可以删除",
        ),
    ),
    "foxtrot": _Fault(
        Words("its present tip must be the first parent of the new history", "当前末端必须是新历史的第一父提交"),
        Words(
            "Merge the other way round: keep your work on a branch (`git branch NAME`), `git fetch origin`, `git switch {branch}`, "
            "`git reset --keep origin/{branch}`, `git merge --no-ff NAME`, and push that",
            "请反向合并：先为您的内容建一个分支（`git branch 名称`），再 `git fetch origin`、`git switch {branch}`、"
            "`git reset --keep origin/{branch}`、`git merge --no-ff 名称`，然后推送",
        ),
    ),
    "second-root": _Fault(
        Words("a second root commit would be merged in {detail}", "将合入第二个根提交 {detail}"),
        Words(
            "Begin a topic branch from the official history, copy the files over, commit them there and push that instead",
            "请从正式历史新建主题分支，将文件复制过去并提交，改为推送该分支",
        ),
    ),
    "unknown-name": _Fault(
        Words("names of this kind are not accepted", "不接受此类引用名"),
        Words(
            "Push branches by name (`git push origin BRANCH`): ASCII letters, digits and . _ - /, such as doc/ITSM-P-05/A-1, and none "
            "that a disk could take for the protected branch; of tags only rel/NUMBER/VERSION",
            "请按名称推送分支（`git push origin 分支名`）：仅用 ASCII 字母、数字和 . _ - /，例如 doc/ITSM-P-05/A-1，"
            "且不得与受保护分支混淆；标签只接受 rel/文件编号/版本",
        ),
    ),
    "release-tag": _Fault(
        Words(
            "release tags are permanent; each points at the landing of its release, which must be on the server before its tag comes",
            "发布标签是永久的；每个标签指向其发布的合入提交，该提交须先在服务器上，标签才能推送",
        ),
        Words(
            "Push the landing first, then tag that commit (`git tag rel/NUMBER/VERSION COMMIT`, without -a and -s; `docctl log NUMBER` "
            "names it) and push the tag; a tag that is on the server stays as it is",
            "请先推送合入，再为该提交打标签（`git tag rel/文件编号/版本 提交`，不加 -a 或 -s；`docctl log 文件编号` 会列出）并推送标签；"
            "服务器上已有的标签保持不变",
        ),
    ),
    "reserved-name": _Fault(
        Words("it is written only by the server", "只能由服务器写入"),
        Words(
            "Leave refs/docctl/ out: push branches by name (`git push origin BRANCH`), never with --mirror",
            "请勿推送 refs/docctl/：按名称推送分支（`git push origin 分支名`），不要用 --mirror",
        ),
    ),
    "shallow": _Fault(
        Words("a history that was cut off cannot be judged", "被截断的历史无法评判"),
        Words(
            "Fetch the whole history, then push again: `git fetch --unshallow`",
            "请获取完整历史后重新推送：`git fetch --unshallow`",
        ),
    ),
    "other-root": _Fault(
        Words("its root is not the one that this server pins {detail}", "其根不是本服务器固定的根 {detail}"),
        Words(
            "Push to the server of this library, or begin from a clone of the library that this server guards; only the server's "
            "administrator pins another root (`docctl server install DIR --root …`)",
            "请推送到本库自己的服务器，或从该服务器看守的受控库克隆后再开始；只有服务器管理员可以固定另一个根"
            "（`docctl server install 目录 --root …`）",
        ),
    ),
    "receipts-broken": _Fault(
        Words("the chain of the server's receipts is broken after {detail}", "服务器回执链断裂，位于第 {detail}"),
        Words(
            "Nothing counts as witnessed until it holds: ask the server's administrator what was written there, and put refs/docctl/receipts "
            "back from a copy that held (a backup, another clone)",
            "在回执链恢复之前，任何内容都不算有见证：请向服务器管理员查明写入了什么，并用此前成立的副本（备份或其他克隆）恢复 "
            "refs/docctl/receipts",
        ),
    ),
    "odd-folder": _Fault(
        Words(
            "it holds a mode or an empty folder that git would not write, in folder {detail}",
            "其中含有 git 不会写入的文件模式或空文件夹，所在文件夹：{detail}",
        ),
        Words(
            "Make the commit again with git itself (`git add`, `git commit`) on top of the last good state, and push that",
            "请在上一个正确状态之上用 git 自身重新提交（`git add`、`git commit`），再推送",
        ),
    ),
    "symbolic": _Fault(
        Words("it only stands for another name: {detail}", "它只是另一个引用名的别名：{detail}"),
        Words("Push to {detail} itself", "请直接推送到 {detail}"),
    ),
    "namespace": _Fault(
        Words("docctl guards no namespace of git", "docctl 不看守 git 的命名空间"),
        Words(
            "Reach the server without GIT_NAMESPACE (git --namespace); each library has a repository of its own",
            "请不带 GIT_NAMESPACE（git --namespace）访问服务器；每个受控库使用各自的仓库",
        ),
    ),
    "push-option": _Fault(
        Words("docctl knows no push option", "docctl 不接受任何推送选项"),
        Words(
            "Push without -o and --push-option; `git config --get-all push.pushOption` shows options that come by themselves",
            "推送时请去掉 -o 和 --push-option；`git config --get-all push.pushOption` 可列出自动附带的选项",
        ),
    ),
    "twin-above": _Fault(
        Words(
            "some disk, or a reader, takes it for the library's own folder, {detail}",
            "某些磁盘或读者会将其与受控库自身的文件夹 {detail} 混为一谈",
        ),
        Words("Give it a name that differs from {detail} in more than that", "请改用与 {detail} 有明显区别的名称"),
    ),
}


@rule(
    "DC601",
    en="{path}: evidence is append-only; it would be {what}",
    zh="{path}：证据只能增加；该文件将被{what}",
    mend=(
        "Restore the file; a decision is taken back by `docctl revoke`, which adds a statement.",
        "请恢复该文件；撤回决定请用 `docctl revoke`，它会新增一份声明。",
    ),
    clauses=["iso27001:2022/A.5.33"],
)
def evidence_altered(change: Change) -> Found:
    """Nothing is ever deleted from evidence; who could remove a signature could remove a refusal (LC-P6, I5).

    证据永不删除；能删去签名的人也能删去退回意见。
    """
    for item in change.changed:
        owned = owner(item.path)
        if owned.kind in {"statement", "log"} and item.before is not None:
            what = Words("removed", "删除") if item.after is None else Words("changed", "修改")
            yield Place(item.path, 0, owned.number), {"what": what}


@rule(
    "DC602",
    en="{name}: {reason}",
    zh="{name}：{reason}",
    mend=("{way}.", "{way}。"),
    clauses=["iso27001:2022/A.5.33"],
)
def move_refused(moves: Sequence[Move]) -> Found:
    """The official history has one beginning and never a second past (I7); what to do depends on the name, and the message says it.

    正式历史只有一个起点，也不会有第二种过去；如何改正视引用名而定，消息中会说明。
    """
    for move in moves:
        fault, facts = _MOVES[move.fault], {"name": move.name, "fault": move.fault, "detail": move.detail}
        yield Place(move.name), {**facts, "reason": _told(fault.reason, move), "way": _told(fault.way, move)}


def _told(words: Words, move: Move) -> Words:
    branch = move.name.removeprefix("refs/heads/")
    return Words(*(words.said(lang, detail=_in(move.detail, lang), branch=branch).rstrip() for lang in ("en", "zh")))


def _in(detail: str | Words, lang: str) -> str:
    return detail.said(lang) if isinstance(detail, Words) else detail
