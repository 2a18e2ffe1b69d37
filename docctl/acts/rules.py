"""Rules records 规则变更记录: propose the edited rule files as the next record, sign it with a root key, land it at the threshold."""

from __future__ import annotations

import os
from typing import NamedTuple

from docctl import sshsig
from docctl.acts.desk import Desk
from docctl.acts.release import land
from docctl.core.closing import signatures_needed
from docctl.core.content import file_of, manifest_digest
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.layout import LOG, is_rule_file
from docctl.core.library import LogEntry, Rules
from docctl.core.mandate import RECORD_SCHEMA, Root, RootKey, RulesRecord
from docctl.core.statement import canonical
from docctl.core.tree import Overlay, Tree
from docctl.openwork import OpenWork
from docctl.reader.rulebook import read_rulebook, rule_paths


class Standing(NamedTuple):
    """Where a rules record stands: its number and reason, who signed, how many must, and whether it has landed.

    `closing`: it only closes what people.yaml holds, so that one root signature is enough.
    """

    number: int
    reason: str
    signers: tuple[str, ...]
    threshold: int
    landed: bool
    closing: bool = False


def propose(desk: Desk, reason: str) -> Standing:
    """Records the edited rule files as rules record n+1 on the branch `rules/<n+1>`, signed where the key at hand is a root key.

    Refuses when no rule file differs from the present rules, or when the edited files cannot be read.
    """
    official = desk.rules(desk.official())
    tree, changed = _edited(desk)
    if not changed:
        raise Refusal(
            Words("no rule file differs from the present rules", "没有规则文件与现行规则不同"),
            Words(
                "edit .docctl/settings.yaml, people.yaml or another rule file first",
                "请先编辑 .docctl/settings.yaml、people.yaml 等规则文件",
            ),
            "nothing-to-propose",
        )
    previous = official.log[-1].record
    data = record_bytes(tree, previous, reason, desk.now, official.mandate.root.repository)
    number = previous.n + 1
    files = {f"{LOG}/{number:04d}.json": data, **_own_signature(desk, number, data, _roots(official, tree))[0]}
    desk.judge({**{path: tree[path].data if path in tree else None for path in changed}, **files}, landing=False)
    desk.go_to_topic(f"rules/{number:04d}")
    desk.record(files, f"Propose rules record {number}: {reason}", also=changed)
    return status(desk)


def sign(desk: Desk) -> Standing:
    """Adds the root person's signature to the proposed rules record and lands it when the threshold is reached (threats 1.2)."""
    find_proposal(desk)
    here = desk.rules()
    official = desk.rules(desk.official())
    entry = here.log[-1]
    number, tree = entry.record.n, desk.tree()
    roots = _roots(official, tree)
    wanted = list(zip(roots, (_needed(desk, here, official), *(root.threshold for root in roots[1:])), strict=True))
    files, own = _own_signature(desk, number, tree[f"{LOG}/{number:04d}.json"].data, roots)
    if own is None:
        raise _no_root_key()
    fresh = {path: data for path, data in files.items() if path not in tree}
    if all(len(_signers(entry, root) | ({own.person} if own in root.keys else set())) >= many for root, many in wanted):
        # The last signature and the landing are one commit: cut off in between, nobody could sign or land any more.
        land(desk, [desk.branch or "HEAD"], fresh, f"Land rules record {number}: {entry.record.reason}")
    elif fresh:
        desk.record(fresh, f"Sign rules record {number}")
    else:
        raise Refusal(
            Words(f"you already signed rules record {number}", f"您已签署规则变更记录 {number}"),
            Words("others sign next; `docctl rules status` shows how many", "请其他人签署；`docctl rules status` 显示人数"),
            "already-signed",
        )
    return status(desk)


def find_proposal(desk: Desk) -> None:
    """Goes to the branch that holds the next rules record, when the current one does not. Refuses where there is none, or several."""
    official = desk.rules(desk.official())
    if len(desk.rules().log) > len(official.log):
        return
    number = official.log[-1].record.n + 1
    record = f"{number:04d}.json"
    work = OpenWork(desk.repository, desk.prefix, desk.commit(desk.official()), official.mandate, desk.memory).branches()
    found = {commit: name for name, commit in work.items() if record in desk.tree(name).listing(LOG)}
    latest = [
        name for tip, name in found.items() if not any(tip != each and desk.repository.is_ancestor(tip, each) for each in found)
    ]
    if len(latest) != 1:
        raise _which(number, sorted(name.removeprefix("origin/") for name in latest))
    desk.go_to(latest[0])


def _which(number: int, branches: list[str]) -> Refusal:
    """The refusal to sign a rules record that nobody proposed, or that several people proposed differently."""
    if branches:
        names = ", ".join(branches)
        return Refusal(
            Words(
                f"rules record {number} is proposed on several branches: {names}", f"多个分支提出了规则变更记录 {number}：{names}"
            ),
            Words("git switch to the one you mean, then sign again", "请用 git switch 切换到目标分支后再签署"),
            "several-proposals",
        )
    return Refusal(
        Words(f"no rules record {number} waits for signatures", f"没有等待签署的规则变更记录 {number}"),
        Words(
            "`git fetch` gets what others proposed and sent; `docctl rules propose` makes one",
            "`git fetch` 获取他人提出并推送的记录；`docctl rules propose` 提出新记录",
        ),
        "nothing-to-sign",
    )


def _signers(entry: LogEntry, root: Root) -> set[str]:
    """The persons of a root whose good signature stands on a rules record."""
    keys = {(key.person, key.key) for key in root.keys}
    return {person for person, verdict in entry.signatures if not verdict.fault and (person, verdict.key) in keys}


def status(desk: Desk) -> Standing:
    """Where the newest rules record on this branch stands."""
    here, official = desk.rules(), desk.rules(desk.official())
    entry = here.log[-1]
    root = official.mandate.root
    signers, needed = tuple(sorted(_signers(entry, root))), _needed(desk, here, official)
    landed = len(here.log) == len(official.log)
    return Standing(entry.record.n, entry.record.reason, signers, needed, landed, closing=needed < root.threshold)


def _needed(desk: Desk, here: Rules, official: Rules) -> int:
    """How many persons of the root before it must sign the newest rules record on this branch: one where it only closes."""
    before, after = desk.official(), "HEAD"
    if len(here.log) == len(official.log):
        path = f"{LOG}/{here.log[-1].record.n:04d}.json"
        brought = list(desk.repository.history(desk.commit(before), paths=(path,), prefix=desk.prefix))
        if not brought or not brought[-1].parents or here.log[-1].record.previous is None:
            return official.mandate.root.threshold
        before, after = brought[-1].parents[0], brought[-1].commit
    old, new = desk.rules(before).mandate, here.mandate
    paths = (item.path for item in desk.repository.changes(desk.commit(before), desk.commit(after), desk.prefix))
    return signatures_needed(old.root, filter(is_rule_file, paths), old.people, new.people)


def record_bytes(tree: Tree, previous: RulesRecord | None, reason: str, now: str, repository: str) -> bytes:
    """The canonical bytes of the next rules record over the rule files of a tree."""
    rows = ((file.sha256, file.size, path) for path, file in ((path, file_of(path, tree[path])) for path in rule_paths(tree)))
    values = {
        "changed_at": now,
        "digest": manifest_digest(rows),
        "n": previous.n + 1 if previous else 1,
        "previous": f"sha256:{previous.sha256}" if previous else None,
        "reason": reason,
        "repository": repository,
        "schema": RECORD_SCHEMA,
    }
    return canonical(values)


def _edited(desk: Desk) -> tuple[Tree, list[str]]:
    """The rule files as the working folder has them, staged; and which of them differ from the present commit."""
    listed = [path for path in desk.workspace.changed() if is_rule_file(path)]
    desk.workspace.add(listed)
    tree, changes = desk.repository.staged(desk.prefix)
    changed = [item.path for item in changes if is_rule_file(item.path)]
    book = read_rulebook(tree)
    if book.unread:
        first = book.unread[0]
        raise Refusal(
            Words(f"{first.path}:{first.line}: {first.words.en}", f"{first.path}:{first.line}：{first.words.zh}"),
            Words("mend the file and propose again", "请修正后重新提出"),
            "unreadable",
        )
    return Overlay(tree, {}), changed


def _roots(official: Rules, tree: Tree) -> list[Root]:
    """The root that stands and, when it changes, the new one: persons of either sign."""
    after, present = read_rulebook(tree).rules, official.mandate.root
    return [present, *([after.mandate.root] if after and after.mandate.root != present else [])]


def _own_signature(desk: Desk, number: int, data: bytes, roots: list[Root]) -> tuple[dict[str, bytes], RootKey | None]:
    """The signature file of the key at hand and the root key it is; nothing when it is no root key."""
    key = sshsig.find_signing_key(desk.key, os.environ, desk.repository.config("user.signingkey"))
    own = next((item for root in roots for item in root.keys if item.key == key.public.text), None)
    if own is None:
        return {}, None
    return {f"{LOG}/{number:04d}.{own.person}.sig": sshsig.sign(data, sshsig.RULES, key)}, own


def _no_root_key() -> DocctlError:
    return Refusal(
        Words("the key at hand is no root key", "当前密钥不是根密钥"),
        Words("name a root key with --key", "请用 --key 指定根密钥"),
        "no-root-key",
    )
