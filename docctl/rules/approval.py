"""DC2xx, the candidates: what claims to be approved is approved, by the right people in the right order. Must not know keys.

Each statement by itself is judged in `signing` (by whom) and `filing` (what it says and where it lies).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import days_between, local_day
from docctl.core.document import Document
from docctl.core.errors import Words
from docctl.core.library import Library
from docctl.core.matrix import FINAL, STRICT_LEVELS, Matrix, Seat
from docctl.core.statement import DECISIONS, Signed, Statement
from docctl.core.theft import grounds, thefts
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

NONE = Words("none", "无")
BY_ITSELF = ("confirm", "acknowledge")  # what is worth something without a candidate, and so would be worth dating back


def _place(document: Document) -> Place:
    return Place(document.path, document.line("status"), document.number, document.version)


def _filed(item: Signed) -> Place:
    return Place(item.path, 0, item.statement.document, item.statement.version or "")


def _signed(matrix: Matrix) -> list[Signed]:
    """Everything that a candidate stands on: its submission, its filled seats and its release."""
    seated = (seat.filled for seat in matrix.seats)
    return [item for item in (matrix.submit, *seated, matrix.release) if item is not None]


@rule(
    "DC201",
    en="{document} {version} claims {status} but nobody submitted these bytes",
    zh="{document} {version} 声明为 {status}，但没有人提交过这份内容",
    mend=(
        "Set status: draft while you write, and to take a submission back; `docctl submit {document}` makes it a candidate.",
        "编写时或要收回送审时，请将状态设为 status: draft；用 `docctl submit {document}` 提交审批。",
    ),
    clauses=["iso20000-1:2018/7.5.2"],
)
def submit_missing(library: Library) -> Found:
    """A claim without its author's signature is only a word in a file (T03). Where it lands, DC202 tells this with the rest.

    没有编制人签名的状态声明只是文件里的一个词。合入时由 DC202 一并指出。
    """
    for document in () if library.landing else library.candidates:
        beginning = ("submit", "withdraw") if document.withdrawn else ("submit",)
        if not library.evidence[document.number].standing(document.digest, *beginning):
            yield _place(document), {"status": document.status}


@rule(
    "DC202",
    en="{document} {version} claims {status}; missing: {missing} (records found: {found})",
    zh="{document} {version} 声明为 {status}；缺少：{missing}（已有记录：{found}）",
    mend=(
        "Let the missing people sign these bytes on the topic branch, then release.",
        "请在主题分支上由所缺人员签署这份内容，然后发布。",
    ),
    clauses=["iso20000-1:2018/7.5.2", "iso27001:2022/7.5.2"],
    landing=True,
)
def approval_missing(library: Library) -> Found:
    """Every slot of the approval matrix is filled by a person who may, on exactly these bytes (T06, I1).

    审批矩阵的每个栏位都须由有权人员对这份内容签署。
    """
    for document in library.candidates:
        matrix, settings = library.matrix(document), library.mandate(document.number).settings
        if matrix.complete or document.type not in settings.types:
            continue  # DC106 tells an unknown type
        open_slots = [_slot_words(seat, settings.roles) for seat in matrix.missing]
        if matrix.submit is None and not document.withdrawn:
            open_slots.insert(0, Words("submit", "编制"))
        if not matrix.seats:  # the end of a number that was never released
            open_slots.append(Words("a release to end", "可供作废的已发布版本"))
        missing = Words(", ".join(item.en for item in open_slots), "、".join(item.zh for item in open_slots))
        signed = [f"{item.statement.signer} {item.statement.decision}" for item in _signed(matrix)]
        found = ", ".join(signed) or NONE
        yield _place(document), {"status": document.status, "missing": missing, "found": found, "digest": document.digest}


@rule(
    "DC208",
    en="{document} {version}: {person} prepared this version and cannot sign it as {decision}",
    zh="{document} {version}：{person} 编制了本版本，不能再签署“{decision}”",
    mend=("Another person who holds the role signs.", "请由具备该岗位的其他人员签署。"),
    clauses=["iso27001:2022/A.5.3"],
)
def author_signs_own_work(library: Library) -> Found:
    """Nobody judges what they wrote; four eyes are counted between signers, not between names in git (SOD-1, SOD-2).

    任何人不得审批自己编制的内容；“四眼”按签署人计算，而非 git 中的姓名。
    """
    for document in library.fresh:
        evidence = library.evidence[document.number]
        authors = evidence.authors(document.version, document.digest, ending=document.withdrawn)
        for item in evidence.standing(document.digest, "review", "cosign", *FINAL):
            if item.statement.signer in authors:
                yield _filed(item), {"person": item.statement.signer, "decision": DECISIONS[item.statement.decision]}


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

    一、二级文件的发布人不得是批准人。
    """
    for document in library.candidates:
        matrix = library.matrix(document)
        if matrix.release is None or matrix.level not in STRICT_LEVELS:
            continue
        releaser = matrix.release.statement.signer
        final = [seat.filled for seat in matrix.filled if seat.slot.decision in FINAL]
        if any(item.statement.signer == releaser for item in final if item):
            yield _place(document), {"person": releaser}


@rule(
    "DC210",
    en="{document} {version}: {person}'s rejection of {day} is open: {comment}",
    zh="{document} {version}：{person} 于 {day} 的退回尚未解决：{comment}",
    mend=(
        "Correct the text and submit it again, or {person} revokes the rejection (`docctl revoke`); revise what is released.",
        "请修改后重新提交，或由 {person} 用 `docctl revoke` 撤回该退回意见；已发布的版本只能修订或作废。",
    ),
    landing=True,
)
def rejection_open(library: Library) -> Found:
    """A no is answered by a better text or by the one who said it, never by outvoting it (T04, I6).

    退回意见只能通过修改文本或由提出人撤回来解决，不能以多数压过。
    """
    for document in library.claims:
        zone = library.mandate(document.number).settings.timezone
        for item in library.evidence[document.number].standing(document.digest, "reject"):
            day = local_day(item.statement.decided_at, zone)
            yield _filed(item), {"person": item.statement.signer, "day": day, "comment": item.statement.comment}


@rule(
    "DC212",
    en="{document} {version}: {person}'s decision ({decision}) of {at} is earlier than that of {before} ({earlier})",
    zh="{document} {version}：{person} 于 {at} 的决定（{decision}）早于 {before} 的决定（{earlier}）",
    mend=("The later step is signed again after the earlier one.", "请在前一步完成后重新签署后一步。"),
    clauses=["iso20000-1:2018/7.5.2"],
    landing=True,
)
def signed_out_of_order(library: Library) -> Found:
    """Prepared, reviewed, approved, released, then the next version: nobody judges what is not there yet (TM-2).

    编制、审核、批准、发布须依次进行，下一版本又在其后；后一步不可能先于前一步。
    """
    for document in library.candidates:
        matrix = library.matrix(document)
        steps = [(seat.slot.step, seat.filled.statement) for seat in matrix.filled if seat.filled]
        steps += [(0, matrix.submit.statement)] if matrix.submit else []
        steps += [(100, matrix.release.statement)] if matrix.release else []
        replaced = library.evidence[document.number].before(document.version, document.digest)
        zone = library.mandate(document.number).settings.timezone
        for step, late in steps:
            before = [said for other, said in steps if other < step and late.decided_at < said.decided_at]
            if replaced and local_day(late.decided_at, zone) < local_day(replaced.signed.statement.decided_at, zone):
                before.append(replaced.signed.statement)
            if before:
                early = max(before, key=lambda said: said.decided_at)
                words = {"decision": DECISIONS[late.decision], "earlier": _earlier(early, document)}
                yield _place(document), {"person": late.signer, "at": late.decided_at, "before": early.decided_at, **words}


def _earlier(early: Statement, document: Document) -> Words:
    """The earlier decision in words, with its version where it brought in what this one replaces."""
    said, version = DECISIONS[early.decision], "" if early.digest == document.digest else f"{early.version} "
    return Words(f"{version}{said.en}", f"{version}{said.zh}")


@rule(
    "DC213",
    en="{document} {version} stands on the protected branch without a release by the {role}",
    zh="{document} {version} 位于受保护分支，但没有 {role} 的发布声明",
    mend=(
        "`docctl release {document}` on the topic branch; it lands by itself.",
        "请在主题分支执行 `docctl release {document}`，它会自动合入。",
    ),
    landing=True,
)
def release_missing(library: Library) -> Found:
    """Release is the document controller's own signed act; landing alone releases nothing (T07).

    发布是文控人员单独的签署行为；仅合入分支不构成发布。
    """
    for document in library.candidates:
        matrix, settings = library.matrix(document), library.mandate(document.number).settings
        if matrix.complete and matrix.release is None:  # an incomplete one is told by DC202
            role = settings.roles.get(settings.release_role, Words(settings.release_role, settings.release_role))
            yield _place(document), {"role": role}


@rule(
    "DC215",
    en="{document} {version}: {person}'s decision ({decision}) is {days} days old; limit {limit}",
    zh="{document} {version}：{person} 的决定（{decision}）已有 {days} 天；上限为 {limit} 天",
    mend=("The old decision is signed again.", "请重新签署过期的决定。"),
    landing=True,
)
def statement_too_old(library: Library) -> Found:
    """A stock of old signatures must not bring a text into force long after anybody looked at it (T2).

    不得用库存的旧签名使一份久未审阅的文本生效。
    """
    arrived = max((item.statement.decided_at for item in library.arrived if library.touched), default="")
    for document in library.candidates:
        matrix = library.matrix(document)
        limit = library.mandate(document.number).settings.max_statement_age
        decided = [item.statement for item in _signed(matrix) if item is not matrix.submit]
        newest = library.came or max([arrived, *(statement.decided_at for statement in decided)])
        for statement in decided:
            days = days_between(statement.decided_at, newest)
            if days > limit:
                facts = {"person": statement.signer, "decision": DECISIONS[statement.decision], "days": days, "limit": limit}
                yield _place(document), facts
    for item in library.arrived if library.touched else ():
        statement, limit = item.statement, library.mandate(item.statement.document).settings.max_statement_age
        days = days_between(statement.decided_at, library.came or arrived)
        if statement.decision in BY_ITSELF and days > limit:
            facts = {"person": statement.signer, "decision": DECISIONS[statement.decision], "days": days, "limit": limit}
            yield _filed(item), facts


@rule(
    "DC216",
    en="{document} {version}: {person} signed when {said} was the version before, but now it is {now}",
    zh="{document} {version}：{person} 签署时的前一版本为 {said}，而现在是 {now}",
    mend=(
        "Re-base the draft on the version in force and let it be signed again.",
        "请以现行版本为基础重新起草并重新签署。",
    ),
    landing=True,
)
def supersedes_differs(library: Library) -> Found:
    """An approval says what it replaces; if something else came into force meanwhile, the signers never saw it (D27).

    批准声明写明其替代的版本；若其间另有版本生效，签署人并未看到。
    """
    for document in library.candidates:
        before = library.evidence[document.number].before(document.version, document.digest)
        expected = before.digest if before else None
        for item in _signed(library.matrix(document)):
            said = item.statement.supersedes
            if said != expected:
                yield _place(document), {"person": item.statement.signer, "said": said or NONE, "now": expected or NONE}


@rule(
    "DC220",
    en="{document} {version} needs re-approval: {person}'s key {fingerprint} was reported stolen since {since}; it signed as {decision}, last signature {day}",
    zh="{document} {version} 需要重新批准：{person} 的密钥 {fingerprint} 自 {since} 起报告失窃；该密钥签署了“{decision}”，末次签署于 {day}",
    mend=(
        "`docctl revise {document}` and let the next version be signed with good keys; `docctl register re-approval` lists them all.",
        "请用 `docctl revise {document}` 建立下一版本并用有效密钥签署；`docctl register re-approval` 列出全部。",
    ),
    clauses=["iso27001:2022/A.5.17"],
)
def key_compromised(library: Library) -> Found:
    """What rests on a stolen key and came out after the theft stands on nothing, whatever day it claims; older versions stay.

    失窃之后发布且依赖该密钥的版本失去依据，无论其声称的日期；更早的版本不受影响。
    """
    mandate = library.rules.mandate
    for document in library.claims:
        evidence = library.evidence[document.number]
        signed = grounds(library.matrix(document), evidence, document.version, document.digest)
        # A thief may claim any earlier day: the newest signature stands for the landing where nobody witnessed that.
        days = [local_day(item.statement.decided_at, mandate.settings.timezone) for item in signed]
        day = max([*days, library.received.get(document.number, "")], default="")
        for item, key in thefts(signed, mandate.people, day):
            facts = {"person": item.statement.signer, "since": key.compromised_since, "day": day}
            decision = DECISIONS[item.statement.decision]
            yield _place(document), {**facts, "decision": decision, "fingerprint": item.verdict.fingerprint}


def _slot_words(seat: Seat, roles: Mapping[str, Words]) -> Words:
    role = roles.get(seat.slot.role, Words(seat.slot.role, seat.slot.role))
    where = f" ({seat.department})" if seat.department else ""
    return Words(f"{seat.slot.decision} by {role.en}{where}", f"{role.zh}{where}的{DECISIONS[seat.slot.decision].zh}")
