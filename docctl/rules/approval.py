"""DC2xx: what claims to be approved is approved, by those who may, in the right order. Must not know how signatures are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.errors import Words
from docctl.core.library import Library
from docctl.core.matrix import FINAL, STRICT_LEVELS
from docctl.core.settings import Slot
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


@rule(
    "DC201",
    en="{document} {version} claims {status} but nobody submitted these bytes",
    zh="{document} {version} 声明为 {status}，但没有人提交过这份内容",
    mend=("Set status: draft while you write; `docctl submit {document}` makes it a candidate.", "编写时请保持 status: draft；用 `docctl submit {document}` 提交审批。"),
    clauses=["iso20000-1:2018/7.5.2"],
)
def submit_missing(library: Library) -> Found:
    """A claim without its author's signature is only a word in a file (T03).

    没有编制人签名的状态声明只是文件里的一个词。"""
    for document in library.claims():
        if not library.evidence[document.number].standing(document.digest, "submit", "withdraw"):
            yield Place(document.path, document.line("status"), document.number, document.version), {"status": document.status}


@rule(
    "DC202",
    en="{document} {version} claims {status}; missing: {missing} (records found: {found})",
    zh="{document} {version} 声明为 {status}；缺少：{missing}（已有记录：{found}）",
    mend=("Let the missing people sign these bytes on the topic branch, then release.", "请在主题分支上由所缺人员签署这份内容，然后发布。"),
    clauses=["iso20000-1:2018/7.5.2", "iso27001:2022/7.5.2"],
    landing=True,
)
def approval_missing(library: Library) -> Found:
    """Every slot of the approval matrix is filled by a person who may, on exactly these bytes (T06, I1).

    审批矩阵的每个栏位都须由有权人员对这份内容签署。"""
    for document in library.claims():
        matrix = library.matrix(document)
        if matrix.complete:
            continue
        settings = library.mandate(document.number).settings
        open_slots = [_slot_words(seat.slot, seat.department, settings.roles) for seat in matrix.missing]
        if matrix.submit is None and not document.withdrawn:
            open_slots.insert(0, Words("submit", "编制"))
        missing = Words(", ".join(item.en for item in open_slots) or "a slot list", "、".join(item.zh for item in open_slots) or "审批栏位")
        signed = [seat.filled.statement for seat in matrix.filled if seat.filled]
        found = ", ".join(f"{item.signer} {item.decision}" for item in signed) or "none"
        yield (
            Place(document.path, document.line("status"), document.number, document.version),
            {"status": document.status, "missing": missing, "found": found, "digest": document.digest},
        )


@rule(
    "DC203",
    en="{path}: the signature is not good: {reason}",
    zh="{path}：签名无效：{reason}",
    mend=("Sign again with docctl; do not edit statements or signatures.", "请用 docctl 重新签署；不要编辑声明或签名文件。"),
    clauses=["iso27001:2022/A.5.33"],
)
def signature_bad(library: Library) -> Found:
    """A signature proves one content, one purpose and one key, or it proves nothing.

    签名只证明一份内容、一个用途和一把密钥，否则什么也证明不了。"""
    for item in library.arrived:
        if not item.sound:
            reason = _FAULTS.get(item.verdict.fault, Words(item.verdict.fault, item.verdict.fault))
            if item.verdict.fault == "namespace":
                reason = Words(
                    f"its namespace is {item.verdict.namespace}, expected statement-v1@docctl",
                    f"其用途为 {item.verdict.namespace}，应为 statement-v1@docctl",
                )
            yield Place(item.path, 0, item.statement.document, item.statement.version or ""), {"reason": reason}


@rule(
    "DC204",
    en="{path}: {person} {reason}",
    zh="{path}：{person} {reason}",
    mend=("Only persons in people.yaml sign; register them by a rules record first.", "只有 people.yaml 中登记的人员可以签署；请先通过规则变更记录登记。"),
    clauses=["iso27001:2022/A.5.16"],
)
def signer_unknown(library: Library) -> Found:
    """Authority comes from the people registry alone; robots and shared accounts never decide (FN-44).

    权限只来自人员登记表；机器人和共用账号不得签署决定。"""
    for item in library.arrived:
        person = library.mandate(item.statement.document).people.persons.get(item.statement.signer)
        place = Place(item.path, 0, item.statement.document, item.statement.version or "")
        if person is None:
            yield place, {"person": item.statement.signer, "reason": Words("is not a registered person", "不是已登记人员")}
        elif person.kind != "person":
            yield place, {"person": person.id, "reason": Words("is a robot account and cannot decide", "是机器人账号，不能签署决定")}


@rule(
    "DC205",
    en="{path}: the signature is not by a key of {person} (key {fingerprint} belongs to {owner})",
    zh="{path}：签名不是用 {person} 的密钥所签（密钥 {fingerprint} 属于 {owner}）",
    mend=("{person} signs with a registered key.", "请由 {person} 用其登记的密钥签署。"),
)
def key_foreign(library: Library) -> Found:
    """A statement speaks for the person whose key signed it, never for the name written in it (FN-07).

    声明代表的是签名密钥的所有人，而不是其中写的名字。"""
    for item in library.arrived:
        people = library.mandate(item.statement.document).people
        person = people.persons.get(item.statement.signer)
        if item.sound and person and person.key(item.verdict.key) is None:
            owner = people.owner_of(item.verdict.key)
            yield (
                Place(item.path, 0, item.statement.document, item.statement.version or ""),
                {"person": person.id, "fingerprint": item.verdict.fingerprint, "owner": owner.id if owner else Words("nobody", "无人")},
            )


@rule(
    "DC206",
    en="{path}: the statement is for {said}, but it is filed under {filed}",
    zh="{path}：声明针对 {said}，却归档在 {filed} 之下",
    mend=("Statements are filed by docctl; do not copy or move them.", "声明由 docctl 归档，请勿复制或移动。"),
)
def statement_misfiled(library: Library) -> Found:
    """A decision counts for the one document, version and repository it names; a copy elsewhere is a replay (D01 to D03).

    决定只对其写明的文件、版本和库有效；放到别处就是重放。"""
    from docctl.core.statement import filed_at

    for item in library.arrived:
        place = Place(item.path, 0, item.statement.document, item.statement.version or "")
        filed = item.path.removesuffix(".json")
        if filed_at(item.statement) != filed:
            yield place, {"said": filed_at(item.statement), "filed": filed}
        repository = library.rules.mandate.root.repository
        if item.statement.repository != repository:
            yield place, {"said": f"repository {item.statement.repository}", "filed": f"repository {repository}"}


@rule(
    "DC207",
    en="{path}: {person} does not hold the role {role} for this {object} on {day}, or the key was not valid then",
    zh="{path}：{person} 在 {day} 不具备该{object}所需的岗位 {role}，或其密钥当时无效",
    mend=("Somebody who holds the role then signs with a valid key.", "请由当时具备该岗位的人员用有效密钥签署。"),
    clauses=["iso20000-1:2018/5.3", "iso27001:2022/5.3"],
)
def role_not_held(library: Library) -> Found:
    """Role, level, department and key must all cover the day of the decision (TM-6, SOD).

    岗位、层级、部门和密钥都必须覆盖签署当日。"""
    from docctl.core.calendar import local_day

    for item in library.arrived:
        statement = item.statement
        mandate = library.mandate(statement.document)
        person = mandate.people.persons.get(statement.signer)
        key = person.key(item.verdict.key) if person else None
        if person is None or key is None:
            continue
        day = local_day(statement.decided_at, mandate.settings.timezone)
        document = library.documents.get(statement.document)
        kind = mandate.settings.types.get(document.type) if document else None
        needs_role = statement.decision in {"review", "cosign", "approve", "withdraw", "confirm", "release"}
        level = kind.level if kind and needs_role and statement.decision != "release" else 0
        spans = person.holdings(statement.role, level)
        held = any(span.covers(day) for span in spans) or (not needs_role and statement.role == "author")
        if person.since > day or not key.covers(day) or not held:
            facts = {"person": person.id, "role": statement.role, "day": day, "object": Words("document", "文件")}
            yield Place(item.path, 0, statement.document, statement.version or ""), facts


@rule(
    "DC208",
    en="{document} {version}: {person} prepared this version and cannot {decision} it",
    zh="{document} {version}：{person} 编制了本版本，不能再对其{decision}",
    mend=("Another person who holds the role signs.", "请由具备该岗位的其他人员签署。"),
    clauses=["iso27001:2022/A.5.3"],
)
def author_signs_own_work(library: Library) -> Found:
    """Nobody judges what they wrote; four eyes are counted between signers, not between names in git (SOD-1, SOD-2).

    任何人不得审批自己编制的内容；“四眼”按签署人计算，而非 git 中的姓名。"""
    from docctl.core.statement import DECISIONS

    for item in library.arrived:
        statement = item.statement
        evidence = library.evidence.get(statement.document)
        if evidence is None or statement.decision not in {"review", "cosign", *FINAL}:
            continue
        ending = statement.digest in evidence.ending
        if statement.signer in evidence.authors(statement.version or "", statement.digest, ending=ending):
            facts = {"person": statement.signer, "decision": DECISIONS[statement.decision]}
            yield Place(item.path, 0, statement.document, statement.version or ""), facts


@rule(
    "DC209",
    en="{document} {version}: {person} both approved and released it",
    zh="{document} {version}：{person} 既批准又发布",
    mend=("Another document controller releases it.", "请由另一位文控人员发布。"),
    clauses=["iso27001:2022/A.5.3"],
    landing=True,
)
def releaser_is_approver(library: Library) -> Found:
    """At levels 1 and 2 the one who lets a text out is not the one who decided on it (SOD-4).

    一、二级文件的发布人不得是批准人。"""
    for document in library.claims():
        matrix = library.matrix(document)
        if matrix.release is None or matrix.level not in STRICT_LEVELS:
            continue
        releaser = matrix.release.statement.signer
        if any(seat.filled and seat.filled.statement.signer == releaser and seat.slot.decision in FINAL for seat in matrix.seats):
            yield Place(document.path, 0, document.number, document.version), {"person": releaser}


@rule(
    "DC210",
    en="{document} {version}: {person}'s rejection of {day} is open: {comment}",
    zh="{document} {version}：{person} 于 {day} 的退回尚未解决：{comment}",
    mend=("Correct the text and submit again, or {person} takes the rejection back with `docctl revoke`.", "请修改后重新提交，或由 {person} 用 `docctl revoke` 撤回该退回意见。"),
    landing=True,
)
def rejection_open(library: Library) -> Found:
    """A no is answered by a better text or by the one who said it, never by outvoting it (T04, I6).

    退回意见只能通过修改文本或由提出人撤回来解决，不能以多数压过。"""
    for document in library.claims():
        for item in library.evidence[document.number].standing(document.digest, "reject"):
            facts = {"person": item.statement.signer, "day": item.statement.decided_at[:10], "comment": item.statement.comment}
            yield Place(item.path, 0, document.number, document.version), facts


@rule(
    "DC211",
    en="{document} {version}: {person} both rejected and {decision} the same bytes",
    zh="{document} {version}：{person} 对同一内容既退回又{decision}",
    mend=("{person} revokes one of the two statements.", "请由 {person} 撤回其中一份声明。"),
)
def decisions_contradict(library: Library) -> Found:
    """Contradicting statements of one person are never resolved by guessing which one was meant (I6).

    同一人的矛盾声明不得靠猜测取舍。"""
    from docctl.core.statement import DECISIONS

    for number, evidence in library.evidence.items():
        for item in evidence.good:
            statement = item.statement
            if statement.decision != "reject" or item.sha256 in evidence.revoked:
                continue
            for other in evidence.standing(statement.digest, "review", "cosign", *FINAL):
                if other.statement.signer == statement.signer:
                    facts = {"person": statement.signer, "decision": DECISIONS[other.statement.decision]}
                    yield Place(item.path, 0, number, statement.version or ""), facts


@rule(
    "DC212",
    en="{document} {version}: {person}'s decision ({decision}) of {at} is earlier than {earlier} of {before}",
    zh="{document} {version}：{person} 于 {at} 的{decision}早于 {before} 的{earlier}",
    mend=("The later step is signed again after the earlier one.", "请在前一步完成后重新签署后一步。"),
    clauses=["iso20000-1:2018/7.5.2"],
    landing=True,
)
def signed_out_of_order(library: Library) -> Found:
    """Prepared, reviewed, approved, released: a later step cannot have judged what an earlier one had not yet seen (TM-2).

    编制、审核、批准、发布须依次进行；后一步不可能先于前一步。"""
    from docctl.core.statement import DECISIONS

    for document in library.claims():
        matrix = library.matrix(document)
        steps = [(seat.slot.step, seat.filled) for seat in matrix.filled if seat.filled]
        if matrix.submit:
            steps.append((-1, matrix.submit))
        if matrix.release:
            steps.append((1_000_000, matrix.release))
        for step, item in steps:
            for other_step, other in steps:
                if other_step < step and item.statement.decided_at < other.statement.decided_at:
                    facts = {"person": item.statement.signer, "at": item.statement.decided_at, "before": other.statement.decided_at}
                    facts |= {"decision": DECISIONS[item.statement.decision], "earlier": DECISIONS[other.statement.decision]}
                    yield Place(item.path, 0, document.number, document.version), facts


@rule(
    "DC213",
    en="{document} {version} stands on the protected branch without a release by the {role}",
    zh="{document} {version} 位于受保护分支，但没有 {role} 的发布声明",
    mend=("`docctl release {document}` on the topic branch; it lands by itself.", "请在主题分支执行 `docctl release {document}`，它会自动合入。"),
    landing=True,
)
def release_missing(library: Library) -> Found:
    """Release is the document controller's own signed act; landing alone releases nothing (T07).

    发布是文控人员单独的签署行为；仅合入分支不构成发布。"""
    for document in library.claims():
        settings = library.mandate(document.number).settings
        if library.matrix(document).release is None:
            role = settings.roles.get(settings.release_role, Words(settings.release_role, settings.release_role))
            yield Place(document.path, document.line("status"), document.number, document.version), {"role": role}


@rule(
    "DC214",
    en="{path}: in force from {effective}, but released on {day}: a document cannot be in force before it was approved and released",
    zh="{path}：生效日期 {effective} 早于发布日期 {day}：文件不能在批准和发布之前生效",
    mend=("Release again with a day of force that is not in the past.", "请重新发布，生效日期不得早于当日。"),
    clauses=["iso20000-1:2018/7.5.2"],
)
def effective_before_decision(library: Library) -> Found:
    """Back-dated force is the first thing an auditor looks for (TM-3, FN-03).

    倒签生效日期是审核员首先查看的问题。"""
    from docctl.core.calendar import local_day

    for item in library.arrived:
        statement = item.statement
        day = local_day(statement.decided_at, library.mandate(statement.document).settings.timezone)
        if statement.effective_from and statement.effective_from < day:
            yield Place(item.path, 0, statement.document, statement.version or ""), {"effective": statement.effective_from, "day": day}


@rule(
    "DC215",
    en="{document} {version}: {person}'s {decision} is {days} days older than the release; limit {limit}",
    zh="{document} {version}：{person} 的{decision}早于发布 {days} 天；上限为 {limit} 天",
    mend=("The old decision is signed again.", "请重新签署过期的决定。"),
    landing=True,
)
def statement_too_old(library: Library) -> Found:
    """A stock of old signatures must not bring a text into force long after anybody looked at it (T2).

    不得用库存的旧签名使一份久未审阅的文本生效。"""
    from docctl.core.calendar import days_between
    from docctl.core.statement import DECISIONS

    for document in library.claims():
        matrix = library.matrix(document)
        limit = library.mandate(document.number).settings.max_statement_age
        if matrix.release is None:
            continue
        for seat in matrix.filled:
            statement = seat.filled.statement if seat.filled else matrix.release.statement
            days = days_between(statement.decided_at, matrix.release.statement.decided_at)
            if days > limit:
                facts = {"person": statement.signer, "decision": DECISIONS[statement.decision], "days": days, "limit": limit}
                yield Place(document.path, 0, document.number, document.version), facts


@rule(
    "DC216",
    en="{document} {version}: {person} signed when {said} was the version before, but now it is {now}",
    zh="{document} {version}：{person} 签署时的前一版本为 {said}，而现在是 {now}",
    mend=("Re-base the draft on the version in force and let it be signed again.", "请以现行版本为基础重新起草并重新签署。"),
    landing=True,
)
def supersedes_differs(library: Library) -> Found:
    """An approval says what it replaces; if something else came into force meanwhile, the signers never saw it (D27).

    批准声明写明其替代的版本；若其间另有版本生效，签署人并未看到。"""
    for document in library.claims():
        evidence = library.evidence[document.number]
        before = evidence.before(document.version, document.digest)
        expected = before.digest if before else None
        matrix = library.matrix(document)
        signed = [matrix.submit, matrix.release, *(seat.filled for seat in matrix.seats)]
        for item in signed:
            if item and item.statement.supersedes != expected:
                facts = {"person": item.statement.signer, "said": item.statement.supersedes or Words("none", "无")}
                yield Place(item.path, 0, document.number, document.version), {**facts, "now": expected or Words("none", "无")}


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

    以历史位置而非所写时间为准：离职人员倒签的声明为时已晚。"""
    if not library.touched:
        return
    for item in library.arrived:
        mandate = library.mandate(item.statement.document)
        person = mandate.people.persons.get(item.statement.signer)
        key = person.key(item.verdict.key) if person else None
        if person is None or key is None:
            continue
        place = Place(item.path, 0, item.statement.document, item.statement.version or "")
        if person.left:
            yield place, {"person": person.id, "reason": Words(f"was no longer registered (left {person.left})", f"已不在册（{person.left} 离职）")}
        elif key.compromised_since:
            yield place, {"person": person.id, "reason": Words("had reported this key as stolen", "已报告该密钥失窃")}
        elif key.to and key.to < mandate.changed_at[:10]:
            yield place, {"person": person.id, "reason": Words(f"had closed this key on {key.to}", f"已于 {key.to} 停用该密钥")}


@rule(
    "DC218",
    en="{path}: {reason}",
    zh="{path}：{reason}",
    mend=("File the statement and its signature together, as docctl does.", "声明及其签名须一同归档，docctl 会自动完成。"),
)
def statement_unpaired(library: Library) -> Found:
    """A statement without a signature is a claim; a signature without a statement is noise (D35).

    没有签名的声明只是说法；没有声明的签名毫无意义。"""
    for item in library.unread:
        if item.kind == "unpaired":
            yield Place(item.path, 0, item.number), {"reason": item.words}


@rule(
    "DC219",
    en="{path}: decision {decision} may not {reason}",
    zh="{path}：{decision} 决定{reason}",
    mend=("Let docctl write the statement.", "请由 docctl 生成声明。"),
)
def decision_out_of_place(library: Library) -> Found:
    """Each decision has one shape: only a release names a day of force, only a revocation a target, only seals close records.

    每种决定只有一种形式：只有发布写明生效日期，只有撤回写明对象，只有封存针对记录。"""
    for item in library.arrived:
        statement = item.statement
        place = Place(item.path, 0, statement.document, statement.version or "")
        if (statement.decision == "release") != (statement.effective_from is not None):
            yield place, {"decision": statement.decision, "reason": Words("go with this effective_from", "与 effective_from 不符")}
        if (statement.decision == "revoke") != (statement.target is not None):
            yield place, {"decision": statement.decision, "reason": Words("go with this target", "与 target 不符")}
        if (statement.decision in {"seal", "correct"}) != (statement.version is None):
            yield place, {"decision": statement.decision, "reason": Words("go with this version", "与 version 不符")}


@rule(
    "DC220",
    en="{document} {version} needs re-approval: {person}'s key was reported stolen since {since}, the {decision} is of {day}",
    zh="{document} {version} 需要重新批准：{person} 的密钥自 {since} 起报告失窃，其{decision}日期为 {day}",
    mend=("`docctl revise {document}` and let the next version be signed with good keys.", "请用 `docctl revise {document}` 建立下一版本并用有效密钥签署。"),
    clauses=["iso27001:2022/A.5.17"],
)
def key_compromised(library: Library) -> Found:
    """What a stolen key signed after the theft stands on nothing; older signatures are not touched (threats 1.5).

    失窃之后用该密钥所签的内容失去依据；此前的签名不受影响。"""
    from docctl.core.calendar import local_day
    from docctl.core.statement import DECISIONS

    mandate = library.rules.mandate
    for document in library.claims():
        matrix = library.matrix(document)
        for item in (matrix.submit, matrix.release, *(seat.filled for seat in matrix.seats)):
            person = mandate.people.persons.get(item.statement.signer) if item else None
            key = person.key(item.verdict.key) if item and person else None
            if item is None or key is None or not key.compromised_since:
                continue
            day = local_day(item.statement.decided_at, mandate.settings.timezone)
            if day >= key.compromised_since:
                facts = {"person": item.statement.signer, "since": key.compromised_since, "day": day}
                yield Place(document.path, 0, document.number, document.version), {**facts, "decision": DECISIONS[item.statement.decision]}


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


def _slot_words(slot: Slot, department: str, roles: Mapping[str, Words]) -> Words:
    role = roles.get(slot.role, Words(slot.role, slot.role))
    where = f" ({department})" if department else ""
    return Words(f"{slot.decision} by {role.en}{where}", f"{role.zh}{where}的{_DECISION_ZH[slot.decision]}")


_DECISION_ZH: Mapping[str, str] = {"review": "审核", "cosign": "会签", "approve": "批准", "withdraw": "作废批准", "confirm": "评审"}
