"""DC7xx: the rules are controlled too: numbered, signed, judged by the rules before them. Must not know documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from docctl.core.calendar import zone_known
from docctl.core.change import Change
from docctl.core.errors import Words
from docctl.core.layout import LOG, PEOPLE, ROOT, SETTINGS, log_parts, owner
from docctl.core.library import Library, LogEntry
from docctl.core.mandate import Root
from docctl.core.people import Key, Person
from docctl.core.settings import DocumentType, Settings
from docctl.core.standard import Standard
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


def _rule_paths(change: Change) -> list[str]:
    return [item.path for item in change.changed if owner(item.path).kind == "rule"]


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
    mend=("`docctl rules propose`, then the root persons sign with `docctl rules sign`.", "请用 `docctl rules propose` 提出，再由根人员用 `docctl rules sign` 签署。"),
    clauses=["iso27001:2022/A.8.32"],
)
def rules_changed_unsigned(change: Change) -> Found:
    """Who can change the matrix or the people registry can approve anything, so the rules are guarded first (SOD-5, FN-52).

    能更改审批矩阵或人员登记表的人就能批准一切，因此规则首先受控。"""
    unread = any(item.kind == "rules" for item in change.library.unread)  # DC101 tells rules that nobody can read
    if change.before is not None and not unread and not _new_entries(change):
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

    编号逐一递增且每条记录指明前一条，因此旧规则无法被放回。"""
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

    根签名覆盖每个规则文件的全部字节。"""
    rules = library.rules
    if library.rules_in_question and rules.log and rules.log[-1].record.digest != rules.digest:
        record = rules.log[-1].record
        yield _record_place(rules.log[-1]), {"number": record.n, "said": record.digest, "actual": rules.digest}


@rule(
    "DC704",
    en="rules record {number}: {count} of {threshold} root signatures of the {which} root",
    zh="规则变更记录 {number}：{which}根签名 {count} / {threshold}",
    mend=("More root persons sign with `docctl rules sign`; a person counts once.", "请更多根人员用 `docctl rules sign` 签署；每人只计一次。"),
    clauses=["iso27001:2022/A.5.3"],
    landing=True,
)
def root_threshold_missed(change: Change) -> Found:
    """The rules change when enough persons of the root agree, and a new root also when its own persons do (threats 1.2).

    根人员达到人数才能更改规则；更换根时新根人员也须达到人数。"""
    after = change.library.rules.mandate.root
    before = change.before.mandate.root if change.before else after
    roots = [(Words("present", "现任"), before)] + ([(Words("new", "新任"), after)] if after != before else [])
    for entry in _new_entries(change):
        for which, root in roots:
            count = len(_signers(entry, root))
            if count < root.threshold:
                facts = {"number": entry.record.n, "count": count, "threshold": root.threshold, "which": which}
                yield _record_place(entry), facts


@rule(
    "DC705",
    en="{path} changes together with the rules; rules change in a commit of their own",
    zh="{path} 与规则同时更改；规则须单独提交更改",
    mend=("Land the rules record first, then the documents.", "请先合入规则变更记录，再合入文件。"),
)
def rules_mixed(change: Change) -> Found:
    """A change is judged by the rules that stood before it; bringing both at once would blur which were asked (TM-7).

    更改依据此前的规则评判；同时更改会使依据不清。"""
    if change.before is not None and (_rule_paths(change) or _new_entries(change)):
        for item in change.changed:
            if owner(item.path).kind not in {"rule", "log"}:
                yield Place(item.path, 0, owner(item.path).number), {}


@rule(
    "DC706",
    en="root.json: {reason}",
    zh="root.json：{reason}",
    mend=("Give the root distinct persons, keys of its own and a threshold they can reach.", "请为根配置不同人员、专用密钥以及可达到的人数。"),
    clauses=["iso27001:2022/A.5.3"],
)
def root_unsound(library: Library) -> Found:
    """A root that nobody can satisfy, or that signs with everyday keys, guards nothing (threats 1.2).

    无人能满足的根，或用日常密钥签署的根，毫无保护作用。"""
    if not library.rules_in_question:
        return
    root, people = library.rules.mandate.root, library.rules.mandate.people
    if not 1 <= root.threshold <= len(root.persons):
        many = f"{root.threshold} / {len(root.persons)}"
        yield Place(ROOT), {"reason": Words(f"threshold and persons do not fit: {many}", f"人数要求与人员不符：{many}")}
    shared = [key for key, count in Counter(key.key for key in root.keys).items() if count > 1]
    shared += [key.key for key in root.keys if people.owner_of(key.key)]
    for key in shared:
        yield Place(ROOT), {"reason": Words(f"key …{key[-16:]} is used elsewhere too", f"密钥 …{key[-16:]} 另有用途")}


@rule(
    "DC707",
    en="people.yaml: one key stands for {first} and {second}",
    zh="people.yaml：同一密钥同时属于 {first} 和 {second}",
    mend=("Each person signs with keys of their own.", "每人使用各自的密钥。"),
    clauses=["iso27001:2022/A.5.16"],
)
def key_shared(library: Library) -> Found:
    """One key, one person, for ever: otherwise no signature says who (FN-44).

    一把密钥永远只属于一个人，否则签名无法说明是谁。"""
    owners: dict[str, str] = {}
    for person in library.rules.mandate.people.persons.values() if library.rules_in_question else ():
        for key in person.keys:
            first = owners.setdefault(key.text, person.id)
            if first != person.id or [each.text for each in person.keys].count(key.text) > 1:
                yield Place(PEOPLE), {"first": first, "second": person.id}


@rule(
    "DC708",
    en="people.yaml: {what} of {person} may be closed, but not removed, moved or reopened",
    zh="people.yaml：{person} 的{what}可以关闭，但不得删除、转移或重新开放",
    mend=("Close it with a last day and register anew what begins.", "请写明截止日期予以关闭，新的另行登记。"),
    clauses=["iso27001:2022/A.5.33"],
)
def registration_erased(change: Change) -> Found:
    """Old signatures are judged by the registry too; erasing a person would erase what they signed (threats 1.3, 1.5).

    旧签名也要依据登记表评判；删除人员等于抹去其签署。"""
    if change.before is None:
        return
    after = change.library.rules.mandate.people.persons
    for person in change.before.mandate.people.persons.values():
        now = after.get(person.id)
        what = _erased(person, now)
        if what:
            yield Place(PEOPLE), {"person": person.id, "what": what}


def _erased(person: Person, now: Person | None) -> Words | None:
    """What of a person's registration is gone, moved or open again; None when it was only closed or added to."""
    if now is None or (person.left and now.left != person.left) or (person.kind, person.since) != (now.kind, now.since):
        return Words("the registration", "登记")
    for key in person.keys:
        kept = now.key(key.text)
        if kept is None or kept.since != key.since or _reopened(key, kept):
            return Words("a key", "密钥")
    roles = {held._replace(to="") for held in now.roles}
    gone = [held.role for held in person.roles if held._replace(to="") not in roles]
    return Words(f"the role {gone[0]}", f"岗位 {gone[0]}") if gone else None


def _reopened(key: Key, kept: Key) -> bool:
    later = bool(key.to) and (not kept.to or kept.to > key.to)
    return later or (bool(key.compromised_since) and kept.compromised_since != key.compromised_since)


@rule(
    "DC709",
    en="settings.yaml: {reason}",
    zh="settings.yaml：{reason}",
    mend=("Mend the settings and propose them again.", "请修改设置并重新提出。"),
    clauses=["iso20000-1:2018/5.3"],
)
def settings_unsound(library: Library) -> Found:
    """A matrix that asks for nobody, or for somebody who does not exist, would let everything or nothing through (fail closed).

    不要求任何人或要求不存在的岗位的审批矩阵，要么放行一切，要么阻断一切。"""
    if not library.rules_in_question:
        return
    settings = library.rules.mandate.settings
    reasons = [*_unsound(settings, library.standards), *(reason for kind in settings.types.values() for reason in _slots(kind, settings))]
    for reason in reasons:
        yield Place(SETTINGS), {"reason": reason}


def _unsound(settings: Settings, standards: Mapping[str, Standard]) -> Iterator[Words]:
    if not zone_known(settings.timezone):
        yield Words(f"time zone {settings.timezone} is unknown", f"时区 {settings.timezone} 未知")
    if settings.release_role not in settings.roles:
        yield Words(f"release_role {settings.release_role} is no role", f"release_role {settings.release_role} 不是已登记岗位")
    for standard in settings.standards:
        if standard not in standards:
            yield Words(f"standard {standard} has no catalogue", f"标准 {standard} 没有条款目录")
    for kind in settings.record_classes.values():
        if kind.seal_role and kind.seal_role not in settings.roles:
            yield Words(f"record_classes.{kind.id}: role {kind.seal_role} is unknown", f"record_classes.{kind.id}：岗位 {kind.seal_role} 未知")


def _slots(kind: DocumentType, settings: Settings) -> Iterator[Words]:
    """What is wrong with the approval matrix of a type: a distribution may be empty, so it must not decide alone."""
    for change_class, slots in kind.slots.items():
        where = f"types.{kind.id}.slots.{change_class}"
        final = change_class if change_class in {"withdraw", "confirm"} else "approve"
        if not any(slot.decision == final and slot.of != "distribution" for slot in slots):
            yield Words(f"{where} asks nobody to {final}", f"{where} 没有要求任何人 {final}")
        for slot in slots:
            if slot.role not in settings.roles:
                yield Words(f"{where}: role {slot.role} is unknown", f"{where}：岗位 {slot.role} 未知")
            if slot.of not in {"", "owner", "distribution", *settings.departments}:
                yield Words(f"{where}: department {slot.of} is unknown", f"{where}：部门 {slot.of} 未知")


@rule(
    "DC710",
    en="the repository id changed from {before} to {after}",
    zh="库标识由 {before} 变为 {after}",
    mend=("Restore the id; signatures are bound to it.", "请恢复库标识；签名与其绑定。"),
)
def repository_changed(change: Change) -> Found:
    """The id binds every signature to this library; changing it would orphan them all (D03).

    库标识将每个签名绑定到本库；更改它会使全部签名失去归属。"""
    after = change.library.rules.mandate.root.repository
    if change.before and change.before.mandate.root.repository != after:
        yield Place(ROOT), {"before": change.before.mandate.root.repository, "after": after}


@rule(
    "DC711",
    en="the version scheme changed from {before} to {after} while documents bear its labels",
    zh="版本方案由 {before} 变为 {after}，而已有文件使用原方案的版本号",
    mend=("Restore the scheme; labels are compared by it for ever.", "请恢复原方案；版本号永远按其比较。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def scheme_changed(change: Change) -> Found:
    """Under another scheme no released version would be known as a version any more (I2).

    换用其他方案后，已发布的版本将不再被识别。
    """
    after = change.library.rules.mandate.settings.version_scheme
    before = change.before.mandate.settings.version_scheme if change.before else after
    if before != after and change.library.catalogue.numbers():
        yield Place(SETTINGS), {"before": before, "after": after}


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
    rules = change.library.rules
    roots = [rules.mandate.root, *([change.before.mandate.root] if change.before else [])]
    signers = {entry.record.n: {person for root in roots for person in _signers(entry, root)} for entry in rules.log}
    for item in change.changed:
        name = owner(item.path).name if owner(item.path).kind == "log" else ""
        number, person = log_parts(name) or (0, "")
        if person and item.after is not None and person not in signers.get(number, set()):
            yield Place(item.path), {}
