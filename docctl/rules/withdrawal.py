"""DC3xx, the end of a number 作废: said, final, and without a gap behind it. Must not know who signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docctl.core.document import Document, Mapped
from docctl.core.errors import Words
from docctl.core.layout import owner
from docctl.core.library import Library, Text
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]


def _place(document: Document, field: str) -> Place:
    return Place(document.path, document.line(field), document.number, document.version)


@rule(
    "DC305",
    en="{document} was withdrawn on {day}; the number is never used again",
    zh="{document} 已于 {day} 作废；该编号不再使用",
    mend=("Restore the withdrawn text, and give a new document a new number.", "请恢复作废时的文本；新文件请使用新编号。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def withdrawn_returns(library: Library) -> Found:
    """Withdrawn is the end of a number; a text under it would be taken for the old document in force again (LC-P7).

    作废即编号终止；再用该编号会被误认为旧文件恢复有效。
    """
    for number, document in library.numbered.items():
        ended = library.evidence[number].withdrawal
        if ended and document.digest != ended.digest:
            yield _place(document, "status"), {"day": ended.effective_from}


@rule(
    "DC307",
    en="{document} is withdrawn while {other} still refers to it",
    zh="{document} 作废时，{other} 仍在引用它",
    mend=(
        "Revise {other} first, or release both in one batch; {document} ends when the text that refers to it does, not before.",
        "请先修订 {other}，或将两者同批发布；{document} 的作废日期不得早于引用它的文本失效之日。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
    landing=True,
)
def withdrawal_leaves_reference(library: Library) -> Found:
    """Readers must never be sent to a text that is no longer valid, nor by one that waits to be replaced (1.6.3, 1.6.1, FN-14).

    不得将读者引向失效的文本，即使引用它的文本即将被替代。
    """
    judged = {document.number for document in library.fresh}  # what these say last is told by DC404 where it stands
    for document in library.candidates:
        texts = library.catalogue.texts(_ends(library, document)) if document.withdrawn else ()
        others = (text for text in texts if text.until or text.document.number not in judged)
        citing = [text for text in others if any(cited == document.number for cited, _, _ in text.document.cited())]
        for other in dict.fromkeys(_named(text) for text in citing if text.document.number != document.number):
            yield _place(document, "status"), {"other": other}


def _named(text: Text) -> str:
    """A document by its number, and by the version too where a later one waits to take its place."""
    return f"{text.document.number} {text.document.version}" if text.until else text.document.number


def _ends(library: Library, document: Document) -> str:
    """The day on which a step ends a number; "" where a whole state is judged, which knows its present texts only."""
    ended = library.evidence[document.number].withdrawal
    return ended.effective_from if ended and library.touched else ""


@rule(
    "DC308",
    en="{document} alone answers {clause}, which must be answered",
    zh="{document} 是唯一对应条款 {clause} 的文件，而该条款必须有文件对应",
    mend=(
        "Map the clause in another document of the same batch that is in force by then.",
        "请在同批且届时已生效的另一文件中对应该条款。",
    ),
    clauses=["iso20000-1:2018/7.5.1"],
    landing=True,
)
def withdrawal_leaves_clause(library: Library) -> Found:
    """Withdrawal must not open a gap that nobody decided on (1.6.3, FN-36).

    作废不得造成无人决定的空缺。
    """
    for document in library.candidates:
        for mapped in document.clauses if document.withdrawn and library.touched else ():
            standard = library.standards.get(mapped.standard)
            clause = standard.by_id.get(mapped.clause) if standard else None
            needed = clause is not None and clause.exclusion == "not-allowed" and clause.level == "requirement"
            if needed and not _answered(library.catalogue.texts(_ends(library, document)), mapped, _ends(library, document)):
                yield _place(document, "status"), {"clause": f"{mapped.standard}/{mapped.clause}"}


def _answered(texts: Sequence[Text], mapped: Mapped, day: str) -> bool:
    """Whether a clause is answered on a day and on each later one on which a text that waits comes into force."""
    wanted = (mapped.standard, mapped.clause)
    found = [text for text in texts if any((each.standard, each.clause) == wanted for each in text.document.clauses)]
    turns = {day, *(max(day, turn) for text in texts for turn in (text.since, text.until) if turn)}
    return all(any(text.stands(turn) for text in found) for turn in turns)


@rule(
    "DC311",
    en="{document} {version}: status is {status}, but the withdrawal block is {block}",
    zh="{document} {version}：状态为 {status}，但 withdrawal 信息{block}",
    mend=("`docctl withdraw {document}` writes both together.", "`docctl withdraw {document}` 会同时写入两者。"),
)
def withdrawal_unsaid(library: Library) -> Found:
    """A withdrawal says why, and what replaces the document (domain R5).

    作废须说明原因以及替代文件。
    """
    for document in library.fresh:
        if document.withdrawn != bool(document.withdrawal):
            block = Words("there", "存在") if document.withdrawal else Words("missing", "缺失")
            yield _place(document, "withdrawal"), {"status": document.status, "block": block}


@rule(
    "DC316",
    en="{document} {version} is withdrawn, but more than its status changed: {what}",
    zh="{document} {version} 作废时，除状态外还有其他改动：{what}",
    mend=(
        "Put the released text back; `docctl withdraw {document}` changes nothing else.",
        "请恢复已发布的文本；`docctl withdraw {document}` 不会改动其他内容。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
    landing=True,
)
def withdrawal_changes_text(library: Library) -> Found:
    """What is kept of a number that ended must be what was in force to the end, not what somebody made of it last (T11).

    作废后保存的必须是直至作废仍有效的文本，而非最后被改写的文本。
    """
    for document in library.candidates:
        if document.withdrawn and library.touched:
            files = sorted(path for path in library.touched if path != document.path and _of(document, path))
            what = [*library.ended.get(document.number, ()), *files]
            if what:
                yield _place(document, "status"), {"what": ", ".join(what)}


def _of(document: Document, path: str) -> bool:
    owned = owner(path)
    return owned.kind == "document" and owned.number == document.number
