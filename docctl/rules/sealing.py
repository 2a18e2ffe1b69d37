"""DC5xx, the seals: a record is closed on its own bytes, when it was made, and its numbers run on. Must not know forms and classes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from docctl.core.calendar import TOLERANCE, local_day, seconds_between
from docctl.core.errors import Words
from docctl.core.library import Library
from docctl.core.record import Record
from docctl.core.statement import DECISIONS, Signed
from docctl.rules.catalogue import WARNING, Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]
CLOSING = ("seal", "correct")


@rule(
    "DC511",
    en="{path}: {person} cannot have {decision} {document}: {reason}",
    zh="{path}：{person} 不可能对 {document} 作出该决定（{decision}）：{reason}",
    mend=(
        "Correct the dates of the record, or seal the record as it lies here with a right clock.",
        "请更正记录中的日期，或以正确的时钟封存此处的记录。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2", "iso27001:2022/A.5.33"],
)
def sealed_out_of_place(library: Library) -> Found:
    """A seal says that the work is done and written down here; one on other bytes or before the event proves nothing (I10, TM-11).

    封存表示工作已完成并如实记载；对其他内容或早于事件的封存什么也证明不了。
    """
    for item in library.arrived:
        statement = item.statement
        record = library.records.get(statement.document)
        if record is not None and statement.decision in CLOSING:
            reason = _unfit(library, item, record)
            if reason:
                words = {"decision": DECISIONS[statement.decision], "reason": reason}
                yield Place(item.path, 0, statement.document), {"person": statement.signer, **words}


def _unfit(library: Library, item: Signed, record: Record) -> Words | None:
    """Why a record could not be closed like this; None when it could. Bytes of before are looked at in no whole state."""
    at, made = item.statement.decided_at, str(record.head["created_at"])
    if item.statement.digest != record.digest:
        said = item.statement.digest
        return Words(f"it covers other bytes ({said})", f"其覆盖的是其他内容（{said}）") if library.touched else None
    sealed = any(each.statement.decision == "seal" for each in library.evidence[record.number].good)
    if item.statement.decision == "correct" and not sealed:
        return Words("nothing was sealed yet that could be corrected", "尚未封存，无从更正")
    if local_day(at, library.mandate(record.number).settings.timezone) < record.day:
        return Words(f"it was closed at {at}, before the event of {record.day}", f"封存于 {at}，早于事件日期 {record.day}")
    if seconds_between(at, made) > TOLERANCE:
        return Words(f"it was closed at {at}, before it was made ({made})", f"封存于 {at}，早于形成时间 {made}")
    return None


@rule(
    "DC512",
    en="records {numbers} are missing before {document}",
    zh="{document} 之前缺少记录 {numbers}",
    mend=(
        "Land the missing records, or write a record that says what became of the numbers.",
        "请补充所缺记录，或以一份记录说明这些编号的去向。",
    ),
    clauses=["iso20000-1:2018/7.5.3"],
    severity=WARNING,
)
def numbers_leave_gap(library: Library) -> Found:
    """Running numbers show that nothing was taken out; two people at once may leave a gap, so it is told and not refused (I10).

    流水号连续才能说明没有抽去记录；多人同时编号可能留下空号，故仅作提示。
    """
    runs: dict[str, list[str]] = defaultdict(list)
    for number in sorted(library.records) if not library.touched else ():  # a step sees only some of them
        runs[number.rpartition("-")[0]].append(number)
    for prefix, run in runs.items():
        last = 0
        for number in sorted(run, key=_running):
            if _running(number) > last + 1:
                first, end = f"{prefix}-{last + 1:03d}", f"{prefix}-{_running(number) - 1:03d}"
                missing = first if first == end else f"{first} … {end}"
                yield Place(library.records[number].path, 0, number), {"numbers": missing}
            last = _running(number)


def _running(number: str) -> int:
    return int(number.rpartition("-")[2])
