"""DC7xx, rules records: the rules change only by a numbered, signed record, judged by the rules before. Must not know documents.

What the rule files must hold stands in `registry`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import TOLERANCE, seconds_between
from docctl.core.change import Change
from docctl.core.closing import signatures_needed
from docctl.core.errors import Words
from docctl.core.layout import LOG, log_parts, owner
from docctl.core.library import Library, LogEntry
from docctl.core.mandate import Root
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


def _rule_paths(change: Change) -> list[str]:
    return [item.path for item in change.changed if owner(item.path).kind == "rule"]


def _unread(change: Change) -> bool:
    """Whether the rules after the step cannot be read: DC101 tells it, and the rules before still stand."""
    return any(item.kind == "rules" for item in change.library.unread)


def _new_entries(change: Change) -> tuple[LogEntry, ...]:
    known = len(change.before.log) if change.before else 0
    return change.library.rules.log[known:]


def _record_place(entry: LogEntry) -> Place:
    return Place(f"{LOG}/{entry.record.n:04d}.json")


def _signers(entry: LogEntry, root: Root) -> set[str]:
    """The persons whose good signature by their own root key stands on a rules record; persons count, not keys."""
    keys = {(key.person, key.key) for key in root.keys}
    return {person for person, verdict in entry.signatures if not verdict.fault and (person, verdict.key) in keys}


@rule(
    "DC701",
    en="{path} is a controlled rule file; it changed without a rules record signed by the root ({threshold} of {persons})",
    zh="{path} 是受控规则文件；其更改没有由根签署的规则变更记录（需 {persons} 人中的 {threshold} 人）",
    mend=(
        "`docctl rules propose`, then the root persons sign with `docctl rules sign`.",
        "请用 `docctl rules propose` 提出，再由根人员用 `docctl rules sign` 签署。",
    ),
    clauses=["iso27001:2022/A.8.32"],
)
def rules_changed_unsigned(change: Change) -> Found:
    """Who can change the matrix or the people registry can approve anything, so the rules are guarded first (SOD-5, FN-52).

    能更改审批矩阵或人员登记表的人就能批准一切，因此规则首先受控。
    """
    if change.before is not None and not _unread(change) and not _new_entries(change):
        root = change.before.mandate.root
        for path in _rule_paths(change):
            yield Place(path), {"threshold": root.threshold, "persons": len(root.persons)}


@rule(
    "DC702",
    en="rules record {number} does not follow: {reason}",
    zh="规则变更记录 {number} 不连续：{reason}",
    mend=("Propose the change again on top of the present rules.", "请在现行规则之上重新提出变更。"),
    clauses=["iso27001:2022/A.8.32"],
)
def rules_record_out_of_step(change: Change) -> Found:
    """Numbers go n to n+1 and each record names the one before, so no older rules can ever be put back (I5, threats 1.2).

    编号逐一递增且每条记录指明前一条，因此旧规则无法被放回。
    """
    before = change.before.log if change.before else ()
    entries = _new_entries(change)
    if len(entries) > 1:
        yield Place(LOG), {"number": entries[-1].record.n, "reason": Words("one step brings one record", "一次只能新增一条记录")}
    previous = before[-1].record if before else None
    for entry in entries[:1]:
        record = entry.record
        place = _record_place(entry)
        if record.n != (previous.n if previous else 0) + 1:
            wanted = (previous.n if previous else 0) + 1
            yield place, {"number": record.n, "reason": Words(f"expected {wanted}", f"应为 {wanted}")}
        elif record.previous != (f"sha256:{previous.sha256}" if previous else None):
            yield place, {"number": record.n, "reason": Words("it does not name the record before it", "未指明前一条记录")}
        elif previous and record.changed_at < previous.changed_at:
            reason = Words(
                f"it is dated before the record before it ({previous.changed_at})", f"日期早于前一条记录（{previous.changed_at}）"
            )
            yield place, {"number": record.n, "reason": reason}
        if change.library.now and seconds_between(change.library.now, record.changed_at) > TOLERANCE:
            # What follows may not be dated earlier, so one person's far day would shut the rules for years.
            now = change.library.now
            reason = Words(f"it is dated in the future (the clock here says {now})", f"日期在未来（此处时钟为 {now}）")
            yield place, {"number": record.n, "reason": reason}
        if record.repository != (change.before or change.library.rules).mandate.root.repository:
            yield place, {"number": record.n, "reason": Words("it belongs to another repository", "属于另一个库")}


@rule(
    "DC703",
    en="rules record {number} covers {said}, but the rule files are {actual}",
    zh="规则变更记录 {number} 覆盖 {said}，而规则文件为 {actual}",
    mend=("Restore the rule files, or propose the change anew.", "请恢复规则文件，或重新提出变更。"),
    clauses=["iso27001:2022/A.8.32"],
)
def rules_differ_from_record(library: Library) -> Found:
    """The signatures of the root cover the very bytes of every rule file.

    根签名覆盖每个规则文件的全部字节。
    """
    rules = library.rules
    place = _record_place(rules.log[-1])
    new = not library.touched or place.path in library.touched  # DC701 tells a change without a record
    if new and rules.log[-1].record.digest != rules.digest:
        record = rules.log[-1].record
        yield place, {"number": record.n, "said": record.digest, "actual": rules.digest}


@rule(
    "DC704",
    en="rules record {number}: {count} of {threshold} root signatures of the {which} root",
    zh="规则变更记录 {number}：{which}根签名 {count} / {threshold}",
    mend=(
        "More root persons sign with `docctl rules sign`; a person counts once.",
        "请更多根人员用 `docctl rules sign` 签署；每人只计一次。",
    ),
    clauses=["iso27001:2022/A.5.3"],
    landing=True,
)
def root_threshold_missed(change: Change) -> Found:
    """Rules change when enough persons of the root agree, a new root when its own do too; one may close, so that it never waits.

    根人员达到人数才能更改规则；更换根时新根人员也须达到人数；仅关闭人员、岗位或密钥的，一名根人员即可，以免延误。
    """
    after = change.library.rules.mandate.root
    before = change.before.mandate.root if change.before else after
    roots = [(Words("present", "现任"), before, _needed(change))]
    roots += [(Words("new", "新任"), after, after.threshold)] if after != before else []
    for entry in _new_entries(change):
        for which, root, needed in roots:
            count = len(_signers(entry, root))
            if count < needed:
                facts = {"number": entry.record.n, "count": count, "threshold": needed, "which": which}
                yield _record_place(entry), facts


def _needed(change: Change) -> int:
    """How many persons of the root that stands must sign the step; only a step knows, since it knows the registry before it."""
    rules = change.library.rules.mandate
    if change.before is None:
        return rules.root.threshold
    before = change.before.mandate
    return signatures_needed(before.root, (item.path for item in change.changed), before.people, rules.people)


@rule(
    "DC705",
    en="{path} changes together with the rules; rules change in a commit of their own",
    zh="{path} 与规则同时更改；规则须单独提交更改",
    mend=("Land the rules record first, then the documents.", "请先合入规则变更记录，再合入文件。"),
)
def rules_mixed(change: Change) -> Found:
    """A change is judged by the rules that stood before it; bringing both at once would blur which were asked (TM-7).

    更改依据此前的规则评判；同时更改会使依据不清。
    """
    if change.before is not None and (_rule_paths(change) or _new_entries(change)):
        for item in change.changed:
            if owner(item.path).kind not in {"rule", "log"}:
                yield Place(item.path, 0, owner(item.path).number), {}


@rule(
    "DC712",
    en="{path}: it is no signature of a root person on that rules record",
    zh="{path}：它不是根人员对该规则变更记录的签名",
    mend=("Remove the file; root persons sign with `docctl rules sign`.", "请移除该文件；根人员用 `docctl rules sign` 签署。"),
    clauses=["iso27001:2022/A.8.32"],
)
def rules_signature_worthless(change: Change) -> Found:
    """The log only grows, so a worthless signature in a person's place would keep the true one out for ever (I5, I6).

    日志只增不减；占位的无效签名会使真正的签名永远无法归档。
    """
    filed = [item.path for item in change.changed if item.after is not None and owner(item.path).kind == "log"]
    rules = change.library.rules
    roots = [rules.mandate.root, *([change.before.mandate.root] if change.before else [])]
    entries = rules.log if filed else ()  # looking at a signature is dear, and most steps bring none
    signers = {entry.record.n: {person for root in roots for person in _signers(entry, root)} for entry in entries}
    for path in filed:
        number, person = log_parts(owner(path).name) or (0, "")
        if person and person not in signers.get(number, set()) and not _unread(change):
            yield Place(path), {}
