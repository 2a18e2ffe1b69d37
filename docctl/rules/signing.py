"""DC2xx, the signers: each statement is signed by the person it names, who may decide this. Must not know how keys are checked.

What a whole candidate needs stands in `approval`, where and how a statement is written in `filing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import local_day
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.library import Library
from docctl.core.matrix import FINAL, confirming, matrix_of, speaks_for
from docctl.core.people import Holding, Key, Person
from docctl.core.settings import DocumentType, Settings
from docctl.core.statement import DECISIONS, Signed
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

BY_ROLE = ("review", "cosign", "confirm", "release", *FINAL)
_FAULTS: Mapping[str, Words] = {
    "missing": Words("there is no signature", "没有签名"),
    "armour": Words("it is not one SSH signature", "不是单一的 SSH 签名"),
    "format": Words("its form is wrong", "格式错误"),
    "certificate": Words("certificates are not accepted", "不接受证书"),
    "key-type": Words("its key type is not accepted", "不接受该密钥类型"),
    "weak-key": Words("RSA keys need at least 3072 bits", "RSA 密钥至少需要 3072 位"),
    "hash": Words("its hash is not sha512", "其散列算法不是 sha512"),
    "signature": Words("it does not fit the statement", "与声明内容不符"),
}


def _place(item: Signed) -> Place:
    return Place(item.path, 0, item.statement.document, item.statement.version or "")


def _signer(library: Library, item: Signed) -> tuple[Person, Key] | None:
    """The signer and the key used, when the registry knows both; other rules tell when it does not."""
    person = library.people(item.statement.document).persons.get(item.statement.signer)
    key = person.key(item.verdict.key) if person and item.sound else None
    return (person, key) if person and key else None


@rule(
    "DC203",
    en="{path}: the signature is not good: {reason}",
    zh="{path}：签名无效：{reason}",
    mend=("Sign again with docctl; do not edit statements or signatures.", "请用 docctl 重新签署；不要编辑声明或签名文件。"),
    clauses=["iso27001:2022/A.5.33"],
)
def signature_bad(library: Library) -> Found:
    """A signature proves one content, one purpose and one key, or it proves nothing.

    签名只证明一份内容、一个用途和一把密钥，否则什么也证明不了。
    """
    for item in library.arrived:
        fault, namespace = item.verdict.fault, item.verdict.namespace
        if fault == "namespace":
            expected = "statement-v1@docctl"
            reason = Words(f"its namespace is {namespace}, expected {expected}", f"其用途为 {namespace}，应为 {expected}")
            yield _place(item), {"reason": reason}
        elif fault:
            yield _place(item), {"reason": _FAULTS[fault]}


@rule(
    "DC204",
    en="{path}: {person} {reason}",
    zh="{path}：{person} {reason}",
    mend=(
        "Only persons in people.yaml sign; register them by a rules record first.",
        "只有 people.yaml 中登记的人员可以签署；请先通过规则变更记录登记。",
    ),
    clauses=["iso27001:2022/A.5.16"],
)
def signer_unknown(library: Library) -> Found:
    """Authority comes from the people registry alone; robots and shared accounts never decide (FN-44).

    权限只来自人员登记表；机器人和共用账号不得签署决定。
    """
    for item in library.arrived:
        person = library.people(item.statement.document).persons.get(item.statement.signer)
        if person is None:
            reason = Words("is not a registered person", "不是已登记人员")
            yield _place(item), {"person": item.statement.signer, "reason": reason}
        elif person.kind != "person":
            reason = Words("is a robot account and cannot decide", "是机器人账号，不能签署决定")
            yield _place(item), {"person": person.id, "reason": reason}


@rule(
    "DC205",
    en="{path}: the signature is not by a key of {person} (key {fingerprint} belongs to {owner})",
    zh="{path}：签名不是用 {person} 的密钥所签（密钥 {fingerprint} 属于 {owner}）",
    mend=("{person} signs with a registered key.", "请由 {person} 用其登记的密钥签署。"),
    clauses=["iso27001:2022/A.5.16"],
)
def key_foreign(library: Library) -> Found:
    """A statement speaks for the person whose key signed it, never for the name written in it (FN-07).

    声明代表的是签名密钥的所有人，而不是其中写的名字。
    """
    for item in library.arrived:
        people = library.people(item.statement.document)
        person = people.persons.get(item.statement.signer)
        if item.sound and person and person.key(item.verdict.key) is None:
            owner = people.owner_of(item.verdict.key)
            said = owner.id if owner else Words("nobody", "无人")
            yield _place(item), {"person": person.id, "fingerprint": item.verdict.fingerprint, "owner": said}


@rule(
    "DC207",
    en="{path}: {person} {reason}",
    zh="{path}：{person} {reason}",
    mend=(
        "Somebody who holds the role on the day of decision signs with a valid key.",
        "请由签署当日具备该岗位的人员用有效密钥签署。",
    ),
    clauses=["iso20000-1:2018/5.3", "iso27001:2022/5.3"],
)
def role_not_held(library: Library) -> Found:
    """Registration, key, role and level must all cover the day of the decision (TM-6, F02).

    登记、密钥、岗位和层级都必须覆盖签署当日。
    """
    for item in library.arrived:
        document = library.documents.get(item.statement.document)
        signer = _signer(library, item)
        if signer and _asked(library, item, document):
            settings = library.mandate(item.statement.document).settings
            certain = library.touched or len(library.rules.log) == 1  # nobody has closed anything since
            reason = _unfit(item, *(signer if certain else _unclosed(*signer)), document, settings)
            if reason:
                yield _place(item), {"person": item.statement.signer, "reason": reason}


def _asked(library: Library, item: Signed, document: Document | None) -> bool:
    """Whether the rules by which a statement landed are known: a whole state knows those of the present version's landing only."""
    if library.touched or document is None:
        return True
    later = item.statement.decision == "confirm" and library.bygone(document.number)
    return document.digest == item.statement.digest and not later


def _unclosed(person: Person, key: Key) -> tuple[Person, Key]:
    """A registration without its last days: one that was closed since, for a day before, undoes nothing that had landed."""
    return person._replace(roles=tuple(held._replace(to="") for held in person.roles)), key._replace(to="")


def _unfit(item: Signed, person: Person, key: Key, document: Document | None, settings: Settings) -> Words | None:
    """Why this person could not decide this on that day; None when they could."""
    statement = item.statement
    day = local_day(statement.decided_at, settings.timezone)
    if person.since > day:
        return Words(
            f"is registered from {person.since}; the decision is of {day}", f"自 {person.since} 起登记；决定日期为 {day}"
        )
    if not key.covers(day):
        return Words(
            f"signed on {day} with a key that is valid from {key.since} to {key.to or '…'}",
            f"于 {day} 使用了有效期为 {key.since} 至 {key.to or '…'} 的密钥",
        )
    kind = settings.types.get(document.type) if document else None
    wanted = _roles_for(statement.decision, document, kind, settings)
    if wanted and statement.role not in wanted:
        said = ", ".join(sorted(wanted))
        return Words(
            f"signed as {statement.role}; this decision is made by {said}", f"以 {statement.role} 签署；该决定应由 {said} 作出"
        )
    if statement.decision not in BY_ROLE and statement.role == "author":
        return None
    level = kind.level if kind and statement.decision in BY_ROLE and statement.decision != "release" else 0
    held = list(person.holdings(statement.role))
    if statement.decision == "confirm" and document and kind:
        fit = [span for span in held if speaks_for(span, document, kind)]
        if held and not fit:
            return Words(
                f"holds the role {statement.role} for another department than that of {document.number}",
                f"担任的岗位 {statement.role} 属于其他部门，与 {document.number} 无关",
            )
        held = fit
    return _not_held(held, statement.role, level, day)


def _roles_for(decision: str, document: Document | None, kind: DocumentType | None, settings: Settings) -> set[str]:
    """The roles that alone may make a decision, whoever asks; empty where the approval matrix says it."""
    if decision == "release":
        return {settings.release_role}
    if decision == "confirm" and document and kind:
        return {*confirming(document, kind)}
    return set()


def _not_held(held: list[Holding], role: str, level: int, day: str) -> Words | None:
    if not held:
        return Words(f"does not hold the role {role}", f"不具备岗位 {role}")
    fit = [span for span in held if not (level and span.levels and level not in span.levels)]
    if not fit:
        levels = ", ".join(str(each) for each in sorted({each for span in held for each in span.levels}))
        return Words(
            f"holds the role {role} for level {levels}, not for level {level}",
            f"岗位 {role} 仅限 {levels} 级文件，不含 {level} 级",
        )
    if not any(span.covers(day) for span in fit):
        days = ", ".join(f"{span.since} – {span.to or '…'}" for span in fit)
        return Words(
            f"held the role {role} {days}; the decision is of {day}", f"担任岗位 {role} 的期间为 {days}；决定日期为 {day}"
        )
    return None


@rule(
    "DC217",
    en="{path}: {person} {reason} when this record arrived",
    zh="{path}：该声明到达时 {person} {reason}",
    mend=("Somebody who is registered now signs.", "请由现任登记人员签署。"),
    clauses=["iso27001:2022/A.5.18"],
    landing=True,
)
def arrived_after_leaving(library: Library) -> Found:
    """The place in history decides, not the time somebody wrote: a leaver's back-dated signature comes too late (E18).

    以历史位置而非所写时间为准：离职人员倒签的声明为时已晚。
    """
    for item in library.arrived if library.touched else ():
        signer = _signer(library, item)
        mandate = library.mandate(item.statement.document)
        today = local_day(mandate.changed_at, mandate.settings.timezone)  # the day of these rules: it is not earlier now
        reason = _gone(*signer, item.statement.role, today) if signer else None
        if reason:
            yield _place(item), {"person": item.statement.signer, "reason": reason}


def _gone(person: Person, key: Key, role: str, today: str) -> Words | None:
    held = list(person.holdings(role))
    if person.left:
        return Words(f"was no longer registered (left {person.left})", f"已不在册（{person.left} 离职）")
    if key.compromised_since:
        return Words("had reported this key as stolen", "已报告该密钥失窃")
    if key.to and key.to < today:
        return Words(f"had closed this key on {key.to}", f"已于 {key.to} 停用该密钥")
    if held and all(span.to and span.to < today for span in held):
        return Words(f"no longer held the role {role}", f"已不再担任岗位 {role}")
    return None


@rule(
    "DC227",
    en="{document} {version}: {person} {what} on {day}, which is known on another branch and does not land: {comment}",
    zh="{document} {version}：{person} 于 {day} {what}，该声明见于其他分支，却未一同合入：{comment}",
    mend=(
        "Merge that branch too: a rejection is answered by a better text or by {person}, a revoked decision by a new one.",
        "请一并合入该分支：退回意见须以修改文本或由 {person} 撤回来解决，被撤回的决定须重新作出。",
    ),
    clauses=["iso20000-1:2018/7.5.2"],
    landing=True,
)
def objection_left_behind(library: Library) -> Found:
    """A no that the server knows is not made unsaid by landing an older commit of the branch, or a copy without it (T04, I6).

    服务器已知的反对意见，不会因合入该分支较早的提交或去掉声明的副本而失效。
    """
    for document in library.candidates:
        evidence, mandate = library.evidence[document.number], library.mandate(document.number)
        here = {item.sha256 for item in evidence.signed}
        beside = library.elsewhere.get(document.number, ())
        more = [item for item in beside if item.sha256 not in here and _speaks(library, item, document.number)]
        whole = Evidence(document.number, [*evidence.signed, *more], mandate.people, mandate.settings.version_scheme)
        matrix = matrix_of(document, whole, mandate) if more else library.matrix(document)
        short = not matrix.complete or matrix.release is None
        for item in more:
            said = item.statement
            taken = said.decision == "revoke" and short and str(said.target).removeprefix("sha256:") in here & whole.revoked
            if taken or item in whole.standing(document.digest, "reject"):
                day = local_day(said.decided_at, mandate.settings.timezone)
                facts = {"person": said.signer, "what": DECISIONS[said.decision], "day": day, "comment": said.comment}
                yield Place(document.path, document.line("status"), document.number, document.version), facts


def _speaks(library: Library, item: Signed, number: str) -> bool:
    """Whether a statement that lies elsewhere would count here: for this number and library, by somebody who may still speak."""
    signer, said = _signer(library, item), item.statement
    mandate = library.mandate(number)
    if signer is None or said.document != number or said.repository != mandate.root.repository:
        return False
    return (
        signer[0].kind == "person" and _gone(*signer, said.role, local_day(mandate.changed_at, mandate.settings.timezone)) is None
    )
