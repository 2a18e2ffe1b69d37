"""Release 发布 and withdrawal 作废: the controller's own act that lands approved candidates on the protected branch, all or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from docctl.acts.clock import rehearsed
from docctl.acts.desk import Desk, raise_refused
from docctl.acts.sign import Candidate, decision, open_candidate
from docctl.check import check_change, concerns
from docctl.core.document import Document
from docctl.core.errors import Refusal, Words
from docctl.core.evidence import Evidence
from docctl.core.frontmatter import with_values
from docctl.core.matrix import FINAL, STRICT_LEVELS, Matrix, matrix_of
from docctl.core.statement import Statement
from docctl.reader import open_step


class Batch(NamedTuple):
    """What is about to be released together: per document its text, its release statement and the topic branch it comes from."""

    documents: tuple[Document, ...]
    statements: tuple[Statement, ...]
    branches: tuple[str, ...]
    effective_from: str


def batch(desk: Desk, numbers: Sequence[str], *, effective: str = "", comment: str = "") -> Batch:
    """The release of one or more approved candidates for one day of force (`effective`, today when empty; T07, 1.6.2).

    Refuses an incomplete matrix, a signer without the releasing role, a releaser who approved, and a day in the past.
    """
    effective = effective or desk.today
    if effective < desk.today:
        raise Refusal(
            Words(f"{effective} is in the past (today is {desk.today})", f"{effective} 已过去（今天是 {desk.today}）"),
            Words("choose today or a later day; force is never back-dated", "请选择今天或以后的日期；生效日期不得倒签"),
            "DC214",
        )
    role = _release_role(desk)
    documents, statements, branches = [], [], []
    for number in dict.fromkeys(numbers):
        branch = desk.topic_of(number)
        document, evidence = desk.document(number, branch), desk.evidence(number, branch)
        _require_complete(desk, document, evidence)
        documents.append(document)
        statements.append(desk.statement(document, "release", role, name=branch, comment=comment, effective_from=effective))
        if branch != desk.official() and branch not in branches:
            branches.append(branch)
    return Batch(tuple(documents), tuple(statements), tuple(branches), effective)


def release(desk: Desk, planned: Batch) -> str:
    """Signs the release of each document and lands all of them as one first-parent commit; the commit.

    Raises RefusedByRules, with nothing changed, when the landing would break a rule.
    """
    files = {path: data for statement in planned.statements for path, data in desk.sign(statement).items()}
    names = ", ".join(f"{document.number} {document.version}" for document in planned.documents)
    return land(desk, planned.branches, files, f"Release {names}, in force from {planned.effective_from}")


def land(desk: Desk, branches: Sequence[str], files: dict[str, bytes], message: str) -> str:
    """Lands topic branches and files on the protected branch as one judged commit; the commit."""
    official = desk.official()
    base = desk.commit(official)
    rules = desk.rules(official)
    _require_newest(desk, official)

    def judge(key: str) -> None:
        desk.fresh()
        changed = [item for item in desk.repository.changes(base, key, desk.prefix) if concerns(item.path)]
        tree = desk.repository.tree(key, desk.prefix, after=base)
        raise_refused(check_change(open_step(rules, tree, changed, landing=True, memory=desk.memory)))

    protected = rules.mandate.settings.protected_branch
    made = desk.workspace.land(branches, files, message, into=protected, now=rehearsed(desk.now), judge=judge)
    desk.workspace.done()
    desk.fresh()
    return made


def _require_newest(desk: Desk, official: str) -> None:
    """Refuses to land where this copy knows of later landings: the server would take neither this one nor a merge of both."""
    there = f"origin/{official}"
    if desk.repository.resolve(f"refs/remotes/{there}") is None or desk.repository.is_ancestor(there, official):
        return
    ahead = desk.repository.is_ancestor(official, there)
    words = Words(f"{there} holds newer landings than {official} here", f"{there} 含有比此处 {official} 更新的合入")
    catch_up = Words(
        f"take them in first: `git switch {official}`, then `git merge --ff-only {there}`",
        f"请先取入：`git switch {official}`，再 `git merge --ff-only {there}`",
    )
    raise Refusal(words, catch_up if ahead else way_back(official), "behind")


def way_back(protected: str) -> Words:
    """How a landing that the server cannot take any more is taken back in a clone; its topic branches hold all that was signed before."""
    commands = "`git fetch -q origin`", f"`git switch {protected}`", f"`git reset --keep origin/{protected}`"
    return Words(
        f"go back to the server's state, then release it again: {', '.join(commands)} (what is only here stays in `git reflog`)",
        f"请回到服务器的状态后重新发布：{'，'.join(commands)}（仅在此处的内容仍在 `git reflog` 中）",
    )


def withdrawal(desk: Desk, number: str, reason: str, *, replaced_by: str = "", comment: str = "") -> Candidate:
    """The candidate that ends a number: same text and label, with the claim and the reason written in (T11, 1.6.3).

    The first signature writes the candidate on a topic branch; it is signed as `withdraw` by who fills a slot, else as its request.
    """
    desk.find_candidate(number)
    document, evidence = desk.document(number), desk.evidence(number)
    if evidence.withdrawal:
        raise Refusal(
            Words(f"{number} is withdrawn already", f"{number} 已作废"),
            Words("nothing more is needed", "无需重复办理"),
            "already-withdrawn",
        )
    if document.withdrawn:
        return decision(desk, number, "withdraw", comment=comment)
    if evidence.last is None or evidence.last.digest != document.digest:
        raise Refusal(
            Words(f"{number} {document.version} is not released", f"{number} {document.version} 尚未发布"),
            Words("a draft is simply deleted on its branch", "草稿直接在其分支上删除即可"),
            "not-released",
        )
    block = {"reason": reason, "replaced_by": replaced_by} if replaced_by else {"reason": reason}
    text = with_values(desk.tree()[document.path].data.decode(), {"status": "withdrawn", "withdrawal": block})
    candidate = open_candidate(desk, number, {document.path: text.encode()}, comment=comment)
    return candidate._replace(topic=f"doc/{number}/withdraw")


def _require_complete(desk: Desk, document: Document, evidence: Evidence) -> None:
    matrix = matrix_of(document, evidence, desk.mandate)
    if evidence.standing(document.digest, "release"):
        raise Refusal(
            Words(f"{document.number} {document.version} is released already", f"{document.number} {document.version} 已发布"),
            Words("`docctl status` shows what is waiting", "`docctl status` 显示待办事项"),
            "already-released",
        )
    if not document.claims or not matrix.complete:
        missing = [
            f"{seat.slot.decision} ({seat.slot.role}{' ' + seat.department if seat.department else ''})"
            for seat in matrix.missing
        ]
        if matrix.submit is None and not document.withdrawn:
            missing.insert(0, "submit")
        names = ", ".join(missing) or "submit"
        raise Refusal(
            Words(
                f"{document.number} {document.version} is not approved; missing: {names}",
                f"{document.number} {document.version} 未获批准；缺少：{names}",
            ),
            Words("let the missing people sign; `docctl status` names them", "请由所缺人员签署；`docctl status` 会列出"),
            "DC202",
        )
    _require_other_hand(desk, document, matrix)


def _require_other_hand(desk: Desk, document: Document, matrix: Matrix) -> None:
    person = desk.signer.person.id
    final = [seat.filled.statement.signer for seat in matrix.filled if seat.filled and seat.slot.decision in FINAL]
    if matrix.level in STRICT_LEVELS and person in final:
        raise Refusal(
            Words(f"{person} approved {document.number} and cannot release it", f"{person} 批准了 {document.number}，不能发布"),
            Words("another document controller releases it", "请由另一位文控人员发布"),
            "DC209",
        )


def _release_role(desk: Desk) -> str:
    role, person = desk.mandate.settings.release_role, desk.signer.person
    if not any(held.covers(desk.today) for held in person.holdings(role)):
        raise Refusal(
            Words(f"{person.id} does not hold the role {role}", f"{person.id} 不具备岗位 {role}"),
            Words(f"a holder of {role} releases", f"请由 {role} 岗位人员发布"),
            "DC207",
        )
    return role
