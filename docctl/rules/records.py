"""DC5xx: records are identified, made on the right form, sealed and then left alone. Must not know documents' approvals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.calendar import add_months, days_between, local_day
from docctl.core.errors import Words
from docctl.core.layout import owner
from docctl.core.library import Library
from docctl.core.outline import FAULTS
from docctl.core.record import Record
from docctl.core.settings import RecordClass
from docctl.core.statement import Signed
from docctl.core.target import target_kind
from docctl.rules.catalogue import WARNING, Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]
FORM_GRACE_MONTHS = 1  # RC-1: a form may be used up for a month after its successor
LATE_DAYS = 7  # TM-11


CLOSING = ("seal", "correct")


def _place(record: Record, *field: str) -> Place:
    return Place(record.path, record.line(*field) if field else 0, record.number)


def _made_on(library: Library, record: Record) -> str:
    """The day of the organisation's zone on which a record was made; an event's day is one of that zone too (TM-1)."""
    return local_day(str(record.head["created_at"]), library.mandate(record.number).settings.timezone)


def _closings(library: Library, number: str) -> list[Signed]:
    """The good statements that closed a record: its seal and the corrections after it, oldest first."""
    return [item for item in library.evidence[number].good if item.statement.decision in CLOSING]


def _open(library: Library) -> Iterator[tuple[Record, RecordClass | None]]:
    """The records judged here, with their class: a sealed one was judged by the rules of the day when it was sealed."""
    for number, record in sorted(library.records.items()):
        new = library.touched
        before = [item for item in _closings(library, number) if not (new and item.path in new)]
        if all(item.statement.digest != record.digest for item in before):
            yield record, library.mandate(number).settings.record_classes.get(record.record_class)


@rule(
    "DC501",
    en="{document}: record class {class_name} is not in settings.yaml",
    zh="{document}：记录类别 {class_name} 未在 settings.yaml 中登记",
    mend=("Use a registered class, or have it registered by a rules record.", "请使用已登记的类别，或通过规则变更记录登记。"),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def class_unknown(library: Library) -> Found:
    """Retention, form and classification come from the class; a record without one has none of them (FN-27).

    保存期限、表单和密级均来自类别；无类别的记录一项也没有。
    """
    for record, kind in _open(library):
        if kind is None:
            yield _place(record, "class"), {"class_name": record.record_class}


@rule(
    "DC502",
    en="{document}: filed as {filed}, but it should be {expected}",
    zh="{document}：归档位置为 {filed}，应为 {expected}",
    mend=(
        "File it as records/<class>/<year>/<number>; `docctl record new` does.",
        "请归档为 records/<类别>/<年份>/<编号>；`docctl record new` 会自动处理。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
)
def record_misfiled(library: Library) -> Found:
    """A record is found again by class, year and running number, or it is not found (FN-33).

    记录须能按类别、年份和流水号检索。
    """
    wanted = {record.number: kind.number for record, kind in _open(library) if kind}  # a sealed one keeps the prefix of its day
    for record in library.records.values():
        prefix, _, _ = record.number.rpartition("-")
        number, year = wanted.get(record.number, prefix[:-5]), prefix[-4:]
        years = _years(library, record) if record.number in wanted else {year}
        year = year if year in years else max(years)
        top = f"records/{record.record_class}/{year}/"
        if not record.folder.startswith(top) or prefix != f"{number}-{year}":
            yield _place(record, "id"), {"filed": record.folder, "expected": f"{top}{number}-{year}-nnn"}


def _years(library: Library, record: Record) -> set[str]:
    """The years that a record's number may bear: those in which it happened, or that in which it was made."""
    begun = str(record.head.get("period", {}).get("from", record.day))
    return {begun[:4], record.day[:4], _made_on(library, record)[:4]}


@rule(
    "DC503",
    en="record {document} is sealed; its content ({digest}) differs from what was sealed ({sealed}); touched: {files}",
    zh="记录 {document} 已封存；其内容（{digest}）与封存内容（{sealed}）不一致；涉及：{files}",
    mend=(
        "Restore the files; a mistake is told in a further record (`docctl record new`) or a correction statement, never overwritten.",
        "请恢复这些文件；差错须在另一份记录（`docctl record new`）或更正声明中说明，不得覆盖。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2", "iso27001:2022/A.5.33"],
)
def sealed_record_changed(library: Library) -> Found:
    """A sealed record is evidence; whoever can overwrite it can invent it (FN-30).

    封存的记录是证据；能被覆盖的证据就能被编造。
    """
    for number, record in library.records.items():
        closings = [item.statement for item in _closings(library, number)]
        seals = {statement.digest for statement in closings if statement.decision == "seal"}
        if closings and (record.digest != closings[-1].digest or len(seals) > 1):
            files = sorted(path for path in library.touched if path.startswith(record.folder + "/")) or [record.path]
            yield _place(record), {"digest": record.digest, "sealed": closings[0].digest, "files": ", ".join(files)}


@rule(
    "DC504",
    en="record {document} is sealed and would disappear; it must be kept until its retention ends; touched: {files}",
    zh="记录 {document} 已封存，不能就此消失；须保存至保存期限届满；涉及：{files}",
    mend=("Restore the folder.", "请恢复该文件夹。"),
    clauses=["iso27001:2022/A.5.33"],
)
def sealed_record_vanished(library: Library) -> Found:
    """Records end by authorised disposal after their retention, never by deletion (FN-28).

    记录须在保存期满后经授权处置，不得直接删除。
    """
    unread = {item.number for item in library.unread}
    for number in library.evidence:
        closings = _closings(library, number)
        if number in library.documents and all(item.path in library.touched for item in closings):
            continue  # a document was never sealed: DC219
        if closings and number not in library.records and number not in unread:
            files = sorted(path for path in library.touched if owner(path).number == number) or [f"statements/{number}"]
            yield Place(f"statements/{number}", 0, number), {"files": ", ".join(files)}


@rule(
    "DC505",
    en="{document}: form {form} {used} was not in force on {day}",
    zh="{document}：表单 {form} {used} 在 {day} 不是有效版本",
    mend=("Use the form version in force on the day of the event.", "请使用事件当日有效的表单版本。"),
    clauses=["iso20000-1:2018/7.5.3"],
)
def form_not_in_force(library: Library) -> Found:
    """A record on an old form lacks what the new form asks for (RC-1, FN-20).

    使用旧表单的记录会缺少新表单要求的内容。
    """
    for record, kind in _open(library):
        form, used = record.form
        if kind is None or (not form and not kind.form):
            continue
        spans = library.catalogue.evidence(form).spans if form else ()
        spans = tuple(span for span in spans if span.release.version == used and not span.release.withdrawal)
        good = any(
            span.since <= record.day and (not span.until or record.day < add_months(span.until, FORM_GRACE_MONTHS))
            for span in spans
        )
        if not good or form != (kind.form or form):
            yield _place(record, "form"), {"form": form or kind.form, "used": used, "day": record.day}


@rule(
    "DC506",
    en="{document}: {field} {value} does not exist",
    zh="{document}：{field} 的值 {value} 不存在",
    mend=("Correct the value.", "请更正该值。"),
)
def evidence_of_nothing(library: Library) -> Found:
    """A record proves a clause and a document that exist (RC-4).

    记录所证明的条款和文件必须存在。
    """
    for record, _ in _open(library):
        mandate = library.mandate(record.number)
        for place, (mapped, cited) in enumerate(record.proves):
            standard = library.standards.get(mapped.standard)
            where = Place(record.path, record.lines.get(("proves", place), 1), record.number)
            if standard is None or mapped.clause not in standard.by_id:
                yield where, {"field": "proves", "value": f"{mapped.standard}/{mapped.clause}"}
            if cited and library.catalogue.document(cited) is None:
                yield where, {"field": "document", "value": cited}
        named = {"created_by": mandate.people.persons, "department": mandate.settings.departments}
        for field, known in named.items():
            if field in record.head and record.head[field] not in known:
                yield _place(record, field), {"field": field, "value": record.head[field]}


@rule(
    "DC507",
    en="{document}: {person} may not seal records of class {class_name}; the role {role} does",
    zh="{document}：{person} 无权封存 {class_name} 类记录；应由岗位 {role} 封存",
    mend=("Somebody who holds the role seals it.", "请由具备该岗位的人员封存。"),
    clauses=["iso27001:2022/A.5.33"],
)
def sealed_without_role(library: Library) -> Found:
    """Where a class names who closes its records, nobody else does.

    类别指定了封存岗位时，其他人不得封存。
    """
    for number, record in library.records.items():
        mandate = library.mandate(number)
        kind = mandate.settings.record_classes.get(record.record_class)
        for item in _closings(library, number) if kind and kind.seal_role else ():
            day = local_day(item.statement.decided_at, mandate.settings.timezone)
            person = library.people(number).persons.get(item.statement.signer)  # None where this very step brings them: DC204
            held = person.holdings(kind.seal_role if kind else "") if person else ()
            arrived = (
                item.path in library.touched if library.touched else len(library.rules.log) == 1
            )  # else by rules unknown here
            if arrived and person and not any(span.covers(day) for span in held):
                facts = {"person": item.statement.signer, "class_name": record.record_class}
                yield _place(record), {**facts, "role": kind.seal_role if kind else ""}


@rule(
    "DC508",
    en="{path}:{line}: {reason}: {detail}",
    zh="{path}:{line}：{reason}：{detail}",
    mend=("Use plain Markdown and files of the record's own folder.", "请使用普通 Markdown 和本记录文件夹内的文件。"),
)
def record_body_not_allowed(library: Library) -> Found:
    """What a record shows is what was sealed, for every reader (I8).

    记录对所有读者显示的都应是封存的内容。
    """
    for record, _ in _open(library):
        found = record.outline
        names = {file.name for file in record.content.files}
        for fault in found.faults:
            yield Place(record.path, fault.line, record.number), {"reason": FAULTS[fault.kind], "detail": fault.detail}
        for link in (*found.images, *found.links):
            if target_kind(link.target) == "file" and link.target not in names:
                facts = {"reason": Words("file not found", "找不到文件"), "detail": link.target}
                yield Place(record.path, link.line, record.number), facts


@rule(
    "DC509",
    en="{document}: made on {created}, {days} days after the event of {day}",
    zh="{document}：形成于 {created}，距事件日期 {day} 已 {days} 天",
    mend=(
        "Say in the record why it was made late; the register shows it as a late entry.",
        "请在记录中说明补记原因；台账会标明为补记。",
    ),
    clauses=["iso20000-1:2018/7.5.3"],
    severity=WARNING,
)
def record_late(library: Library) -> Found:
    """Records written long after the fact are the sign of an invented trial run (TM-11, FN-32).

    事后很久才写的记录是虚构试运行的迹象。
    """
    for record in library.records.values():
        created = _made_on(library, record)
        days = days_between(record.day, created)
        if days > LATE_DAYS:
            yield _place(record, "created_at"), {"created": created, "days": days, "day": record.day}


@rule(
    "DC510",
    en="{document}: made on {created}, before the event of {day}",
    zh="{document}：形成日期 {created} 早于事件日期 {day}",
    mend=("Correct the dates before sealing.", "请在封存前更正日期。"),
)
def record_before_event(library: Library) -> Found:
    """A record of what has not happened yet is no record (TM-11).

    尚未发生之事的记录不是记录。
    """
    for record, _ in _open(library):
        created = _made_on(library, record)
        if created < record.day:
            yield _place(record, "created_at"), {"created": created, "day": record.day}
