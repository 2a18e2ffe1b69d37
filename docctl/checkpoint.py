"""Checkpoints: one official state in a small file that somebody outside keeps, and holding a copy against it later.

With one, a rollback or a second past becomes visible (V3): the server cannot take back what the auditor holds.
"""

from __future__ import annotations

from collections.abc import Iterator

from docctl import shipped
from docctl.core.content import file_of, manifest_digest
from docctl.core.errors import DocctlError, Refusal, Unreadable, Words
from docctl.core.layout import CONTROLLED
from docctl.core.receipt import CHECKPOINT, Checkpoint, read_checkpoint
from docctl.core.statement import LARGEST
from docctl.core.systemfault import system_fault
from docctl.core.tree import Tree
from docctl.reader.rulebook import no_rules, read_rulebook
from docctl.receipts import REF, chain
from docctl.repository import Repository
from docctl.witness import kept_at


def made(repository: Repository, tip: str, root: str, now: str, prefix: str = "") -> Checkpoint:
    """The checkpoint of an official state: `tip` a commit, `root` the fingerprint at the library's beginning, `now` an instant."""
    tree = repository.tree(tip, prefix)
    book = read_rulebook(tree)
    if book.rules is None:
        raise no_rules(book.unread)
    receipts = _receipts(repository)
    return Checkpoint(
        commit=tip,
        content=content(tree),
        made_at=now,
        receipts=receipts[-1] if receipts else None,
        repository=book.rules.mandate.root.repository,
        root=root,
        rules=book.rules.mandate.number,
        schema=CHECKPOINT,
    )


def content(tree: Tree) -> str:
    """The digest over every controlled file of a state: SHA-256 throughout, whatever git's own object format is."""
    paths = [path for top in CONTROLLED for path in tree.under(top)]
    return manifest_digest(
        (file.sha256, file.size, path) for path, file in ((path, file_of(path, blob)) for path, blob in tree.read(paths))
    )


def read(path: str) -> Checkpoint:
    """The checkpoint in a file. Raises DocctlError when it cannot be read as one."""
    try:
        with open(path, "rb") as file:
            return read_checkpoint(file.read(LARGEST + 1), shipped.schema("checkpoint"))
    except OSError as error:
        raise _unreadable(path, system_fault(error)) from error
    except Unreadable as fault:
        raise _unreadable(path, fault.words) from fault


def require(repository: Repository, kept: Checkpoint, line: list[str], root: str, prefix: str = "") -> None:
    """Holds a copy against a checkpoint; `line` are the official commits of the copy, `root` its fingerprint.

    Raises Refusal when the copy is older, has another past, or holds other bytes at that state.
    """
    if kept.root != root:
        raise _differs(
            f"the checkpoint is of a library with the root {kept.root}, this one has {root}",
            f"检查点所属的库其根为 {kept.root}，而此库为 {root}",
        )
    if kept.commit not in line:
        raise _differs(
            f"this copy is older than your checkpoint, or has another past (commit {kept.commit} of {kept.made_at} is missing)",
            f"此副本比您的检查点旧，或历史不同（缺少 {kept.made_at} 的提交 {kept.commit}）",
        )
    for found, said in _held(repository.tree(kept.commit, prefix), kept):
        if found != said:
            raise _differs(
                f"commit {kept.commit} holds {found}, your checkpoint says {said}",
                f"提交 {kept.commit} 的内容为 {found}，而您的检查点为 {said}",
            )
    receipts = _receipts(repository)
    if kept.receipts and receipts and kept.receipts not in receipts:
        raise _differs(
            f"the receipts here do not hold the one of your checkpoint ({kept.receipts}); fetch refs/docctl/* again first",
            f"此处的回执不含您的检查点所记的回执（{kept.receipts}）；请先重新获取 refs/docctl/*",
        )


def _held(tree: Tree, kept: Checkpoint) -> Iterator[tuple[str, str]]:
    """What a state holds, beside what a checkpoint says of it."""
    yield content(tree), kept.content
    book = read_rulebook(tree)
    if book.rules is None:
        raise no_rules(book.unread)
    yield f"rules record {book.rules.mandate.number}", f"rules record {kept.rules}"
    yield f"library {book.rules.mandate.root.repository}", f"library {kept.repository}"


def _receipts(repository: Repository) -> list[str]:
    """The digests of the receipts at hand, oldest first."""
    return [filed.digest for filed in chain(repository, kept_at(repository) or REF).receipts]


def _differs(en: str, zh: str) -> Refusal:
    return Refusal(
        Words(en, zh),
        Words(
            "ask for the full, present history; if it is not given, the past was changed",
            "请索取完整的现行历史；若无法提供，说明历史被改动",
        ),
        "checkpoint-differs",
    )


def _unreadable(path: str, words: Words) -> DocctlError:
    return DocctlError(
        Words(f"{path}: {words.en}", f"{path}：{words.zh}"),
        Words("name a file made by `docctl checkpoint`", "请指定由 `docctl checkpoint` 生成的文件"),
        "checkpoint-unreadable",
    )
