"""Drafting: a new document from its type's template, and the next version of one in force. Nothing here signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from docctl.acts.desk import Desk
from docctl.core import version as versions
from docctl.core.errors import DocctlError, Refusal, Words
from docctl.core.frontmatter import with_values
from docctl.core.layout import document_number
from docctl.core.settings import DocumentType, Settings
from docctl.core.strictyaml import write_yaml

_LANGUAGES = {"zh": "zh-CN", "en": "en"}


class Drafted(NamedTuple):
    """A draft that now exists: its number, version, where its text lies and the branch it is on."""

    number: str
    version: str
    path: str
    branch: str


def new(
    desk: Desk,
    kind: str,
    number: str,
    title: str,
    *,
    owner: str = "",
    department: str = "",
    distribution: Sequence[str] = (),
    slug: str = "",
    language: str = "",
    commit: bool = True,
) -> Drafted:
    """Makes a draft with the first version label on a topic branch (T01, T02).

    Refuses an unknown type, a number that does not fit the numbering and one that was ever used (LC-P7).
    """
    settings = desk.mandate.settings
    document_type = _type(settings, kind)
    _free(desk, settings, number)
    label = versions.first(settings.version_scheme)
    language = language or _LANGUAGES.get(settings.languages[0], settings.languages[0])
    head = {
        "id": number,
        "title": title,
        "type": kind,
        "version": label,
        "language": language,
        "status": "draft",
        "owner": owner or _first_role(document_type, settings),
        "department": department or next(iter(settings.departments), ""),
        "classification": "internal",
        "distribution": list(distribution),
    }
    text = (
        f"---\n{write_yaml({key: value for key, value in head.items() if value != ''})}---\n{_template(document_type, language)}"
    )
    folder = "/".join(part for part in ("documents", document_type.folder, number + (f"-{slug}" if slug else "")) if part)
    files = {f"{folder}/index.md": text.encode()}
    desk.judge(dict(files), landing=False)
    desk.go_to_topic(f"doc/{number}/{versions.folder_name(label)}")
    desk.record(files, f"Draft {number} {label}: {title}", commit=commit)
    return Drafted(number, label, f"{folder}/index.md", desk.branch or "")


def revise(
    desk: Desk,
    number: str,
    change_class: str,
    reason: str,
    *,
    summary: str = "",
    source: str = "",
    request: str = "",
    commit: bool = True,
) -> Drafted:
    """Makes the next version of a released document as a draft on a topic branch; the text is kept, the label goes one step on.

    `change_class` is editorial, minor or major. Refuses a document that was never released or that is withdrawn.
    """
    document, evidence = desk.document(number), desk.evidence(number)
    last = evidence.last
    if evidence.withdrawal or document.withdrawn:
        raise _cannot(f"{number} is withdrawn", f"{number} 已作废", "a new document takes a new number", "新文件请使用新编号")
    if last is None or document.digest != last.digest:
        raise _cannot(
            f"{number} {document.version} is not released; it can still be edited",
            f"{number} {document.version} 尚未发布，可以直接编辑",
            "edit the draft, or finish the open version first",
            "请编辑草稿，或先完成未结束的版本",
        )
    label = versions.following(desk.mandate.settings.version_scheme, last.version, change_class)
    if label is None:
        raise _cannot("the version scheme ends here", "版本方案已到末尾", "choose another change class", "请选择其他更改类别")
    change = {"class": change_class, "reason": reason, "summary": summary, "source": source, "request": request}
    values = {"version": label, "status": "draft", "change": {key: value for key, value in change.items() if value}}
    text = desk.tree()[document.path].data.decode()
    files = {document.path: with_values(text, {**values, "effective_from": None}).encode()}
    desk.judge(dict(files), landing=False)
    desk.go_to_topic(f"doc/{number}/{versions.folder_name(label)}")
    desk.record(files, f"Revise {number} to {label}: {reason}", commit=commit)
    return Drafted(number, label, document.path, desk.branch or "")


def _type(settings: Settings, kind: str) -> DocumentType:
    if kind not in settings.types:
        known = ", ".join(settings.types)
        raise DocctlError(
            Words(f"no document type {kind}", f"没有文件类型 {kind}"),
            Words(f"types of this library: {known}", f"本库的文件类型：{known}"),
            "unknown-type",
        )
    return settings.types[kind]


def _free(desk: Desk, settings: Settings, number: str) -> None:
    """Refuses a number that is malformed, does not fit the scheme or was used before, in any letter case."""
    if document_number(number) != number or (settings.numbering and not re.fullmatch(settings.numbering, number)):
        shown = settings.numbering or "[A-Z0-9]+(-[A-Z0-9]+)+"
        raise _cannot(
            f"{number} does not fit the numbering {shown}",
            f"{number} 不符合编号规则 {shown}",
            "write it in capitals, digits and hyphens, like ITSM-P-05",
            "请用大写字母、数字和连字符，如 ITSM-P-05",
        )
    for name in {"HEAD", desk.official()}:
        shelf = desk.shelf(name)
        used = {*shelf.numbers(), *desk.tree(name).listing("statements")}
        if number.upper() in {each.upper() for each in used}:
            raise _cannot(
                f"number {number} is used already",
                f"编号 {number} 已被使用",
                "a number is never used twice; take the next one",
                "编号不得重复使用，请取下一个",
            )


def _first_role(kind: DocumentType, settings: Settings) -> str:
    slots = kind.slots["default"]
    return slots[0].role if slots else next(iter(settings.roles))


def _template(kind: DocumentType, language: str) -> str:
    lang = "zh" if language.lower().startswith("zh") else "en"
    return "".join(f"\n## {section.title.said(lang)} {{#{section.anchor}}}\n" for section in kind.sections) or "\n"


def _cannot(en: str, zh: str, mend_en: str, mend_zh: str) -> Refusal:
    return Refusal(Words(en, zh), Words(mend_en, mend_zh), "refused")
