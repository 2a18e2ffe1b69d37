"""DC7xx, the rule files themselves: root, people and settings that can work, and are only ever closed. Must not know documents.

How they may change stands in `authority`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from docctl.core.calendar import local_day
from docctl.core.change import Change
from docctl.core.errors import Words
from docctl.core.layout import PEOPLE, ROOT, SETTINGS, branch_name
from docctl.core.library import Library
from docctl.core.people import Holding, Key, Person
from docctl.core.settings import DocumentType, Settings
from docctl.core.standard import Standard
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


@rule(
    "DC706",
    en="root.json: {reason}",
    zh="root.json：{reason}",
    mend=(
        "Give the root distinct persons, keys of its own and a threshold they can reach.",
        "请为根配置不同人员、专用密钥以及可达到的人数。",
    ),
    clauses=["iso27001:2022/A.5.3"],
)
def root_unsound(library: Library) -> Found:
    """A root that nobody can satisfy, or that signs with everyday keys, guards nothing (threats 1.2).

    无人能满足的根，或用日常密钥签署的根，毫无保护作用。
    """
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
    for name in sorted(root.persons):
        if name in people.persons and people.persons[name].kind != "person":
            yield Place(ROOT), {"reason": Words(f"{name} is a robot account", f"{name} 是机器人账号")}


@rule(
    "DC707",
    en="people.yaml: one key stands for {first} and {second}",
    zh="people.yaml：同一密钥同时属于 {first} 和 {second}",
    mend=("Each person signs with keys of their own.", "每人使用各自的密钥。"),
    clauses=["iso27001:2022/A.5.16"],
)
def key_shared(library: Library) -> Found:
    """One key, one person, for ever: otherwise no signature says who (FN-44).

    一把密钥永远只属于一个人，否则签名无法说明是谁。
    """
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

    旧签名也要依据登记表评判；删除人员等于抹去其签署。
    """
    mandate = change.library.rules.mandate
    if change.before is None or change.before.mandate.people == mandate.people:
        return
    today = local_day(mandate.changed_at, mandate.settings.timezone)
    for person in change.before.mandate.people.persons.values():
        now = mandate.people.persons.get(person.id)
        what = _erased(person, now, today)
        if what:
            yield Place(PEOPLE), {"person": person.id, "what": what}


def _erased(person: Person, now: Person | None, today: str) -> Words | None:
    """What of a person's registration is gone, moved or open again; None when it was only closed or added to."""
    if now is None or (person.left and now.left != person.left) or (person.kind, person.since) != (now.kind, now.since):
        return Words("the registration", "登记")
    for key in person.keys:
        kept = now.key(key.text)
        if kept is None or kept.since != key.since or _reopened(key, kept):
            return Words("a key", "密钥")
    gone = [held.role for held in person.roles if not any(_continues(held, each, today) for each in now.roles)]
    return Words(f"the role {gone[0]}", f"岗位 {gone[0]}") if gone else None


def _continues(held: Holding, now: Holding, today: str) -> bool:
    """Whether a role is still the same one: it may be ended, or prolonged while it lasts, but one that was over stays over."""
    over = bool(held.to) and held.to < today
    return held._replace(to="") == now._replace(to="") and not (over and (not now.to or now.to > held.to))


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

    不要求任何人或要求不存在的岗位的审批矩阵，要么放行一切，要么阻断一切。
    """
    if not library.rules_in_question:
        return
    settings = library.rules.mandate.settings
    mandate = library.rules.mandate
    others = {
        *(key.key for key in mandate.root.keys),
        *(key.text for each in mandate.people.persons.values() for key in each.keys),
    }
    reasons = [
        *_unsound(settings, library.standards),
        *(_shared(key) for key in settings.server_keys if key in others),
        *(reason for kind in settings.types.values() for reason in _slots(kind, settings)),
    ]
    for reason in reasons:
        yield Place(SETTINGS), {"reason": reason}


def _unsound(settings: Settings, standards: Mapping[str, Standard]) -> Iterator[Words]:
    if settings.release_role not in settings.roles:
        yield Words(f"release_role {settings.release_role} is no role", f"release_role {settings.release_role} 不是已登记岗位")
    if not branch_name(settings.protected_branch):
        name = settings.protected_branch
        yield Words(f"protected_branch {name} means something else to git", f"protected_branch {name} 在 git 中另有含义")
    for standard in settings.standards:
        if standard not in standards:
            yield Words(f"standard {standard} has no catalogue", f"标准 {standard} 没有条款目录")
    prefixes: dict[str, str] = {}
    for kind in settings.record_classes.values():
        first = prefixes.setdefault(kind.number, kind.id)
        if first != kind.id:
            yield Words(
                f"record_classes.{kind.id}: the numbers {kind.number} are those of {first}",
                f"record_classes.{kind.id}：编号 {kind.number} 已由 {first} 使用",
            )
        if kind.seal_role and kind.seal_role not in settings.roles:
            yield Words(
                f"record_classes.{kind.id}: role {kind.seal_role} is unknown",
                f"record_classes.{kind.id}：岗位 {kind.seal_role} 未知",
            )


def _shared(key: str) -> Words:
    # Whoever held it could write receipts, which witness when everything else arrived.
    return Words(f"server_keys: key …{key[-16:]} is used elsewhere too", f"server_keys：密钥 …{key[-16:]} 另有用途")


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

    库标识将每个签名绑定到本库；更改它会使全部签名失去归属。
    """
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
    "DC713",
    en="the time zone changed from {before} to {after} while documents have days in force by it",
    zh="时区由 {before} 变为 {after}，而已有文件的生效日期按原时区计算",
    mend=("Restore the zone; every past day is counted in it for ever.", "请恢复原时区；过去的每一天永远按其计算。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def zone_changed(change: Change) -> Found:
    """Days of force, decisions and seals are days of the organisation's zone; in another one yesterday's answers would differ (I11).

    生效、决定和封存的日期均按组织时区计算；换用其他时区，过去的答案就会改变。
    """
    after = change.library.rules.mandate.settings.timezone
    before = change.before.mandate.settings.timezone if change.before else after
    if before != after and change.library.catalogue.numbers():
        yield Place(SETTINGS), {"before": before, "after": after}


@rule(
    "DC714",
    en="settings.yaml: type {type} would be gone, but {document} is of that type",
    zh="settings.yaml：类型 {type} 将被删除，但 {document} 属于该类型",
    mend=(
        "Keep the type until every document of it is withdrawn; a document keeps its type for life.",
        "在该类型的文件全部作废之前请保留该类型；文件的类型终身不变。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def type_in_use_removed(change: Change) -> Found:
    """The type says who signs; without it a text in force could neither be revised nor withdrawn by anybody (I3, T06).

    类型决定由谁签署；没有类型，现行文件既无人能修订也无人能作废。
    """
    kinds = change.library.rules.mandate.settings.types
    gone = {*change.before.mandate.settings.types} - {*kinds} if change.before else set()
    catalogue = change.library.catalogue
    for number in catalogue.numbers() if gone else ():
        document = catalogue.document(number)
        if document is not None and document.type in gone and not document.withdrawn:
            yield Place(SETTINGS), {"type": document.type, "document": number}
