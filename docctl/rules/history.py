"""DC6xx: evidence is only ever added, and the protected branch only ever grows. Must not know what a statement says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docctl.core.change import Change, Move
from docctl.core.errors import Words
from docctl.core.layout import owner
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

_MOVES: Mapping[str, Words] = {
    "rewritten": Words("its history may not be rewritten", "其历史不得改写"),
    "deleted": Words("it may not be deleted", "不得删除"),
    "foxtrot": Words("its present tip must be the first parent of the new history", "当前末端必须是新历史的第一父提交"),
    "second-root": Words("a second root commit would be merged in", "将合入第二个根提交"),
    "unknown-name": Words("names of this kind are not accepted", "不接受此类引用名"),
    "release-tag": Words(
        "release tags are permanent; each points at the landing of its release, which must be on the server before its tag comes",
        "发布标签是永久的；每个标签指向其发布的合入提交，该提交须先在服务器上，标签才能推送",
    ),
    "reserved-name": Words("it is written only by the server", "只能由服务器写入"),
    "shallow": Words("a history that was cut off cannot be judged", "被截断的历史无法评判"),
    "other-root": Words("its root is not the one that this server pins", "其根不是本服务器固定的根"),
    "receipts-broken": Words("the chain of the server's receipts is broken after", "服务器回执链断裂，位于其后："),
    "odd-folder": Words(
        "it holds a mode or an empty folder that git would not write; write the commit with git itself, in folder",
        "其中含有 git 不会写入的文件模式或空文件夹；请用 git 自身重新提交，所在文件夹：",
    ),
    "twin-above": Words(
        "some disk, or a reader, takes it for the folder of the library; give it another name than",
        "某些磁盘或读者会将其与受控库的文件夹混为一谈；请改用不同于此的名称：",
    ),
    "symbolic": Words("it only stands for another name; push to that one:", "它只是另一个引用名的别名；请直接推送到："),
    "namespace": Words("docctl guards no namespace of git", "docctl 不看守 git 的命名空间"),
    "push-option": Words("docctl knows no push option", "docctl 不接受任何推送选项"),
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
    en="{name}: {reason} {detail}",
    zh="{name}：{reason} {detail}",
    mend=(
        "Push new work as a topic branch, or fetch and land on the present tip.",
        "请以主题分支推送新内容，或先获取最新末端再合入。",
    ),
    clauses=["iso27001:2022/A.5.33"],
)
def move_refused(moves: Sequence[Move]) -> Found:
    """The first-parent chain of the protected branch is the official history; it has one beginning and never a second past (I7).

    受保护分支的第一父链是正式历史，只有一个起点，也不会有第二种过去。
    """
    for move in moves:
        yield Place(move.name), {"name": move.name, "reason": _MOVES[move.fault], "detail": move.detail}
