"""DC2xx, the statements: each lies in its one place, has its one shape and fits the others. Must not know who may sign what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import TOLERANCE, days_between, local_day, seconds_between
from docctl.core.errors import Words
from docctl.core.evidence import Evidence
from docctl.core.library import Library
from docctl.core.matrix import FINAL
from docctl.core.statement import DECISIONS, Signed, filed_at
from docctl.rules.catalogue import WARNING, Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

CLOSING = ("seal", "correct")  # what is decided about a record
ISSUING = ("submit", "review", "cosign", "reject", *FINAL)  # what a version comes out by
FAR_AHEAD = 180  # days from a release to its force (TM-5)


def _place(item: Signed) -> Place:
    return Place(item.path, 0, item.statement.document, item.statement.version or "")


@rule(
    "DC206",
    en="{path}: the statement is for {said}, but it stands on {filed}",
    zh="{path}：声明针对 {said}，实际却属于 {filed}",
    mend=(
        "Take the copy out, or put the files back; docctl files statements.",
        "请移除副本，或将文件放回原处；声明由 docctl 归档。",
    ),
    clauses=["iso27001:2022/A.5.33"],
)
def statement_misfiled(library: Library) -> Found:
    """A decision counts for the one document, version and repository it names; a copy elsewhere is a replay (D01 to D03).

    决定只对其写明的文件、版本和库有效；放到别处就是重放。
    """
    repository = library.rules.mandate.root.repository
    for item in library.arrived:
        statement = item.statement
        said, filed = filed_at(statement, item.sha256), item.path.removesuffix(".json")
        document = library.documents.get(statement.document)
        if said != filed:
            yield _place(item), {"said": said, "filed": filed}
        elif statement.repository != repository:
            yield _place(item), _strange("repository", "库标识", statement.repository, repository)
        elif not library.touched:
            continue  # a stray word of before, on bytes that came later under another label, counts for nothing
        elif document and statement.digest == document.digest and statement.version not in {None, document.version}:
            yield _place(item), _strange("version", "版本", statement.version, document.version)


def _strange(en: str, zh: str, said: str | None, filed: str) -> Mapping[str, Words]:
    return {"said": Words(f"{en} {said}", f"{zh} {said}"), "filed": Words(f"{en} {filed}", f"{zh} {filed}")}


@rule(
    "DC211",
    en="{document} {version}: {person} both rejected and decided ({decision}) on the same bytes",
    zh="{document} {version}：{person} 对同一内容既退回又作出决定（{decision}）",
    mend=("{person} revokes one of the two statements.", "请由 {person} 撤回其中一份声明。"),
)
def decisions_contradict(library: Library) -> Found:
    """Contradicting statements of one person are never resolved by guessing which one was meant (I6).

    同一人的矛盾声明不得靠猜测取舍。
    """
    for evidence in library.evidence.values():
        for digest in sorted({item.statement.digest for item in evidence.good if item.statement.decision == "reject"}):
            rejected = {item.statement.signer: item for item in evidence.standing(digest, "reject")}
            for other in evidence.standing(digest, "review", "cosign", *FINAL):
                if other.statement.signer in rejected:
                    facts = {"person": other.statement.signer, "decision": DECISIONS[other.statement.decision]}
                    yield _place(rejected[other.statement.signer]), facts


@rule(
    "DC214",
    en="{path}: in force from {effective}, but released on {day}: a document cannot be in force before it was approved and released",
    zh="{path}：生效日期 {effective} 早于发布日期 {day}：文件不能在批准和发布之前生效",
    mend=("Release again with a day of force that is not in the past.", "请重新发布，生效日期不得早于当日。"),
    clauses=["iso20000-1:2018/7.5.2"],
)
def effective_before_decision(library: Library) -> Found:
    """Back-dated force is the first thing an auditor looks for (TM-3, FN-03).

    倒签生效日期是审核员首先查看的问题。
    """
    for item in library.arrived:
        statement = item.statement
        day = local_day(statement.decided_at, library.mandate(statement.document).settings.timezone)
        if statement.effective_from and statement.effective_from < day:
            yield _place(item), {"effective": statement.effective_from, "day": day}


@rule(
    "DC218",
    en="{path}: {reason}",
    zh="{path}：{reason}",
    mend=("File the statement and its signature together, as docctl does.", "声明及其签名须一同归档，docctl 会自动完成。"),
)
def statement_unpaired(library: Library) -> Found:
    """A statement without a signature is a claim; a signature without a statement is noise (D35).

    没有签名的声明只是说法；没有声明的签名毫无意义。
    """
    for item in library.unread:
        if item.kind == "unpaired":
            yield Place(item.path, 0, item.number), {"reason": item.words}


@rule(
    "DC219",
    en="{path}: {reason} (decision {decision})",
    zh="{path}：{reason}（决定：{decision}）",
    mend=("Take it out and let docctl write the statement.", "请移除该声明，改由 docctl 生成。"),
)
def decision_out_of_place(library: Library) -> Found:
    """Each decision has one shape: a release names a day of force, a revocation its target, what closes a record no version.

    每种决定只有一种形式：发布写明生效日期，撤回写明对象，记录的决定不写版本。
    """
    for item in library.arrived:
        statement = item.statement
        shapes = {
            "effective_from": (statement.decision == "release", statement.effective_from is not None),
            "target": (statement.decision == "revoke", statement.target is not None),
            "version": (statement.decision not in CLOSING, statement.version is not None),
        }
        for field, (wanted, given) in shapes.items():
            if given and not wanted:
                reason = Words(f"{field} does not belong here", f"此处不应有 {field}")
                yield _place(item), {"decision": statement.decision, "reason": reason}
            elif wanted and not given:
                yield _place(item), {"decision": statement.decision, "reason": Words(f"{field} is missing", f"缺少 {field}")}
        if statement.decision not in (*CLOSING, "acknowledge") and statement.document in library.records:
            reason = Words("it is a record, which is sealed or corrected", "它是记录，只能封存或更正")
            yield _place(item), {"decision": statement.decision, "reason": reason}
        elif statement.decision in CLOSING and statement.document in library.documents:
            reason = Words("it is a document; only records are sealed or corrected", "它是文件；只有记录才封存或更正")
            yield _place(item), {"decision": statement.decision, "reason": reason}


@rule(
    "DC221",
    en="{path}: {person} cannot take this back: {reason}",
    zh="{path}：{person} 不能撤回：{reason}",
    mend=(
        "Only one's own decision on a version that is not released is revoked; a released one is revised or withdrawn.",
        "只能撤回本人对未发布版本的决定；已发布的版本须修订或作废。",
    ),
    clauses=["iso27001:2022/A.5.33"],
)
def revocation_empty(library: Library) -> Found:
    """What brought a version into force is history; a revocation that came later would rewrite it (I2, I6).

    使版本生效的决定已成历史；事后撤回等于改写历史。
    """
    for item in library.arrived:
        evidence = library.evidence.get(item.statement.document)
        if evidence and item.statement.decision == "revoke" and item.statement.target:
            reason = _irrevocable(item, evidence, library.touched)
            if reason:
                yield _place(item), {"person": item.statement.signer, "reason": reason}


def _irrevocable(item: Signed, evidence: Evidence, touched: frozenset[str]) -> Words | None:
    target = next((each for each in evidence.signed if f"sha256:{each.sha256}" == item.statement.target), None)
    if target is None:
        return Words("there is no such statement", "没有这份声明")
    if target.statement.signer != item.statement.signer:
        return Words(f"it is {target.statement.signer}'s", f"它是 {target.statement.signer} 的声明")
    if target.statement.decision == "revoke":
        return Words("it is a revocation; decide again instead", "它本身就是撤回声明；请重新作出决定")
    released = {
        each.statement.digest for each in evidence.good if each.statement.decision == "release" and each.path not in touched
    }
    if touched and target.path not in touched and target.statement.digest in released:
        return Words(f"version {target.statement.version} is released", f"版本 {target.statement.version} 已发布")
    return None


@rule(
    "DC222",
    en="{path}: decided at {at}, which is in the future (the clock here says {now})",
    zh="{path}：决定时间 {at} 在未来（此处时钟为 {now}）",
    mend=("Set the clock of the signing machine and sign again.", "请校正签名机器的时钟后重新签署。"),
)
def decided_in_future(library: Library) -> Found:
    """Nobody decided tomorrow; asked only where a gate knows what time it is (T1).

    没有人能在明天作出决定；仅在知道当前时间的门禁检查。
    """
    for item in library.arrived if library.now else ():
        if seconds_between(library.now, item.statement.decided_at) > TOLERANCE:
            yield _place(item), {"at": item.statement.decided_at, "now": library.now}


@rule(
    "DC223",
    en="{path}: it cites rules record {cited}, {reason}",
    zh="{path}：引用规则变更记录 {cited}，{reason}",
    mend=("Sign again under the present rules with a right clock.", "请在现行规则下、以正确的时钟重新签署。"),
)
def rules_cited_wrongly(library: Library) -> Found:
    """A signer names the rules they saw; a March decision that cites June's rules exposes itself (threats 2.2).

    签署人写明所见的规则；三月的决定若引用六月的规则，便自露破绽。
    """
    stood = {entry.record.n: entry.record.changed_at for entry in library.rules.log}
    for item in library.arrived:
        statement = item.statement
        begun = stood.get(statement.rules)
        if begun is None:
            yield _place(item), {"cited": statement.rules, "reason": Words("which does not stand", "该记录不存在")}
        elif seconds_between(begun, statement.decided_at) < -TOLERANCE:
            reason = Words(f"which is of {begun}, later than the decision", f"该记录日期为 {begun}，晚于决定")
            yield _place(item), {"cited": statement.rules, "reason": reason}


@rule(
    "DC224",
    en="{path}: {person}'s decision ({decision}) comes after the release of {document} {version}",
    zh="{path}：{person} 的决定（{decision}）晚于 {document} {version} 的发布",
    mend=(
        "Leave the statement out: what is released is confirmed, revised or withdrawn.",
        "请不要归档该声明：已发布的版本只能确认、修订或作废。",
    ),
    clauses=["iso27001:2022/A.5.33"],
    landing=True,
)
def decided_after_release(library: Library) -> Found:
    """Who prepared and approved a version is settled when it lands; a later word, dated earlier, would rewrite it (TM-12, I2).

    版本由谁编制和批准，在合入时即已确定；事后补入并倒签的声明会改写历史。
    """
    for item in library.arrived if library.touched else ():
        statement, evidence = item.statement, library.evidence.get(item.statement.document)  # none where it is misfiled: DC206
        releases = [each for each in evidence.releases if each.signed.path not in library.touched] if evidence else []
        same = [each for each in releases if each.digest == statement.digest]
        again = [each for each in releases if each.version == statement.version]
        if (same and statement.decision in ISSUING) or (evidence and again and evidence.rewrites(statement)):
            yield _place(item), {"person": statement.signer, "decision": DECISIONS[statement.decision]}


@rule(
    "DC225",
    en="{document} {version}: in force from {effective}, {days} days after its release",
    zh="{document} {version}：生效日期 {effective}，距发布 {days} 天",
    mend=(
        "Make sure that the day is meant: no later version can come into force before it.",
        "请确认该日期无误：此后的版本均不能早于该日生效。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
    severity=WARNING,
)
def effective_far_ahead(library: Library) -> Found:
    """A day of force far ahead holds back every later version, and nothing takes it back (TM-5).

    生效日期过远会使此后各版本都无法更早生效，且不可撤回。
    """
    for item in library.arrived:
        statement = item.statement
        days = days_between(statement.decided_at, statement.effective_from or statement.decided_at)
        if days > FAR_AHEAD:
            yield _place(item), {"effective": statement.effective_from, "days": days}


@rule(
    "DC226",
    en="{path}: {person} confirmed {document} {version} on {day}, when these bytes were not in force",
    zh="{path}：{person} 于 {day} 确认 {document} {version} 继续有效，但该内容当日并非现行有效",
    mend=(
        "Leave the statement out; `docctl confirm {document}` reviews the version in force.",
        "请不要归档该声明；请用 `docctl confirm {document}` 评审现行版本。",
    ),
    clauses=["iso27001:2022/A.5.1"],
    landing=True,
)
def confirmed_out_of_force(library: Library) -> Found:
    """A periodic review keeps what is in force; kept in advance, or after its end, nothing was reviewed (TM-8, 1.6.8).

    定期评审针对现行有效的内容；提前或在其失效之后“确认”，等于没有评审。
    """
    for item in library.arrived:
        statement, evidence = item.statement, library.evidence.get(item.statement.document)
        document = library.documents.get(statement.document)
        # A whole state speaks of its present texts only, and a later release may since have begun on the day of the review.
        asked = bool(library.touched) or (document is not None and document.digest == statement.digest)
        if evidence is None or not asked or item not in evidence.standing(statement.digest, "confirm"):
            continue
        day = local_day(statement.decided_at, library.mandate(statement.document).settings.timezone)
        spans = [span for span in evidence.spans if not span.release.withdrawal and span.release.digest == statement.digest]
        if not any(span.since <= day and not (library.touched and span.until and span.until <= day) for span in spans):
            yield _place(item), {"person": statement.signer, "day": day}
