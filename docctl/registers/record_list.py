"""R7, the record list 记录清单 by class, and R7b, the index of records 记录台账. Must not know any other register."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from docctl.core.edition import Collection
from docctl.core.errors import Words
from docctl.core.settings import RecordClass
from docctl.registers.filed import Filed, filed_records
from docctl.registers.issue import Issue, in_force
from docctl.registers.scribe import Scribe, classification, heading_notes, witness_note
from docctl.registers.table import NO, Cell, Column, Row, Table, both, filled, joined, numbered, phrase

TYPES = Words("Record list", "记录清单")
INDEX = Words("Index of records", "记录台账")
TYPE_COLUMNS = (
    NO,
    Column("class", "Class", "类别"),
    Column("name", "Record name", "记录名称"),
    Column("prefix", "Record no. begins", "记录编号前缀"),
    Column("form", "Form no.", "表单编号"),
    Column("form_version", "Form version", "表单版本"),
    Column("source", "Source procedure", "来源文件"),
    Column("department", "Keeper dept.", "责任部门"),
    Column("seal_role", "Sealed by role", "封存岗位"),
    Column("retention", "Retention period (months)", "保存期限（月）"),
    Column("starts", "Starts at", "起算点"),
    Column("classification", "Classification", "密级"),
    Column("clauses", "Clauses", "对应条款"),
    Column("count", "Records", "记录数量"),
    Column("sealed", "Of these sealed", "其中已封存"),
    Column("latest", "Latest record", "最近记录"),
)
INDEX_COLUMNS = (
    NO,
    Column("number", "Record no.", "记录编号"),
    Column("title", "Name", "名称"),
    Column("class", "Class", "类别"),
    Column("form", "Form/version", "表单/版本"),
    Column("event", "Event date/period", "发生日期/期间"),
    Column("made", "Made on/by", "形成日期/人"),
    Column("department", "Dept.", "部门"),
    Column("witnessed", "Witnessed", "见证时间"),
    Column("late", "Late?", "补记"),
    Column("proves", "Proves", "对应条款/文件"),
    Column("place", "Place", "位置"),
    Column("digest", "Digest(12)", "摘要"),
    Column("state", "State", "状态"),
    Column("sealed", "Sealed by/time (claimed)", "封存人/时间（声明）"),
    Column("corrections", "Corrections", "更正次数"),
    Column("classification", "Classification", "密级"),
    Column("retain_until", "Retain until", "保存至"),
)
STATES = {
    "open": Words("open", "未封存"),
    "sealed": Words("sealed", "已封存"),
    "altered": Words("altered after sealing", "封存后被更改"),
}
_EVENT = Words("day of the event", "事件当日")
_PERIOD = Words("{since} to {to}", "{since} 至 {to}")
_ONE_PERIOD = Words(
    "The retention of a record about a period starts with its last day.", "按期间形成的记录，保存期限自期间末日起算。"
)
_SEAL_COUNTS = Words(
    "Of a sealed record the seal is witnessed, since it covers the bytes; of an open one its first arrival.",
    "已封存记录的见证时间为封存声明的接收时间（封存覆盖全部内容）；未封存的为首次接收时间。",
)


def record_types(collection: Collection) -> Table:
    """One row per class of records: form, source documents in force, retention, clauses and how many there are."""
    scribe = Scribe(collection)
    sources: dict[str, list[Issue]] = defaultdict(list)
    valid = in_force(collection)
    for issue in valid:
        for name in issue.edition.document.head.get("records", ()) if issue.edition.document else ():
            sources[name].append(issue)
    versions = {issue.number: issue.version for issue in valid}
    records: dict[str, list[Filed]] = defaultdict(list)
    for item in filed_records(collection):
        records[item.record.record_class].append(item)
    kinds = [kind for _, kind in sorted(scribe.settings.record_classes.items())]
    found = ({**_class(scribe, kind, versions), **_used(scribe, sources[kind.id], records[kind.id])} for kind in kinds)
    rows = filled(TYPE_COLUMNS, numbered(found))
    return Table("record-types", TYPES, collection.day, collection.commit, TYPE_COLUMNS, rows, heading_notes(collection))


def record_index(collection: Collection) -> Table:
    """One row per record made by the day, with its seal and the day until which it is kept."""
    scribe = Scribe(collection)
    found = filed_records(collection)
    rows = filled(INDEX_COLUMNS, numbered(_record(scribe, item) for item in found))
    notes = (*heading_notes(collection), witness_note(collection), _ONE_PERIOD, _SEAL_COUNTS, _count(found))
    return Table("records", INDEX, collection.day, collection.commit, INDEX_COLUMNS, rows, notes)


def _class(scribe: Scribe, kind: RecordClass, versions: Mapping[str, str]) -> Row:
    return {
        "class": kind.id,
        "name": both(*kind.title),
        "prefix": kind.number,
        "form": kind.form,
        "form_version": versions.get(kind.form, Words("none in force", "无有效版本")) if kind.form else "",
        "seal_role": scribe.role(kind.seal_role) if kind.seal_role else Words("any registered person", "任何已登记人员"),
        "retention": str(kind.retention),
        "starts": _EVENT,
        "classification": classification(kind.classification),
        "clauses": joined(kind.clauses),
    }


def _used(scribe: Scribe, sources: Sequence[Issue], records: Sequence[Filed]) -> Row:
    documents = [issue.edition.document for issue in sources if issue.edition.document]
    latest = max(records, key=lambda item: (item.record.day, item.record.number), default=None)
    return {
        "source": joined(issue.number for issue in sources),
        "department": scribe.departments(dict.fromkeys(document.department for document in documents)),
        "count": str(len(records)),
        "sealed": str(sum(item.state == "sealed" for item in records)),
        "latest": f"{latest.record.number} {latest.record.day}" if latest else "",
    }


def _record(scribe: Scribe, item: Filed) -> Row:
    record = item.record
    return {
        "number": record.number,
        "title": record.title,
        "class": both(*item.kind.title) if item.kind else record.record_class,
        "form": " ".join(record.form).strip(),
        "event": _event(item),
        "made": joined([scribe.time(str(record.head["created_at"])), scribe.person(str(record.head["created_by"]))], " ", " "),
        "department": scribe.department(str(record.head.get("department", ""))),
        "witnessed": scribe.received(item.seal.path if item.seal else record.number),
        "late": phrase(Words("late, {days} days", "补记，{days} 天"), days=str(item.delay)) if item.delay else "",
        "proves": joined(f"{mapped.standard}/{mapped.clause} {number}".strip() for mapped, number in record.proves),
        "place": record.folder,
        "digest": record.digest.removeprefix("sha256:")[:12],
        "state": STATES[item.state],
        "sealed": scribe.signature(item.seal),
        "corrections": str(item.corrections),
        "classification": classification(str(record.head.get("classification", ""))),
        "retain_until": item.retain_until,
    }


def _event(item: Filed) -> Cell:
    period = item.record.head.get("period")
    return phrase(_PERIOD, since=period["from"], to=period["to"]) if period else item.record.day


def _count(found: Sequence[Filed]) -> Words:
    count = Counter(item.state for item in found)
    late = sum(bool(item.delay) for item in found)
    english = "; ".join(f"{STATES[name].en}: {count[name]}" for name in STATES)
    chinese = "；".join(f"{STATES[name].zh}：{count[name]}" for name in STATES)
    return Words(f"Records: {len(found)}; {english}; late: {late}.", f"记录：{len(found)}；{chinese}；补记：{late}。")
