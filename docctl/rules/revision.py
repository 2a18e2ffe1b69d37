"""DC3xx, what a later version may change by its class and for good 更改类别. Must not know who signs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from docctl.core.document import EDITORIAL, Document
from docctl.core.ending import BODY
from docctl.core.library import Library
from docctl.rules.catalogue import Place, rule

Found = Iterator[tuple[Place, Mapping[str, object]]]

# What a correction may touch in the front matter; whatever else stands there decides who signs, who reads or what is answered.
CORRECTED = frozenset(("version", "status", "change", "title", "titles", "keywords", "authors", "effective_from", BODY))


def _place(document: Document, field: str) -> Place:
    return Place(document.path, document.line(field), document.number, document.version)


@rule(
    "DC315",
    en="{document} {version}: its type was {before} and would become {type}; a document keeps its type",
    zh="{document} {version}：其类型原为 {before}，将变为 {type}；文件类型不得更改",
    mend=(
        "Restore the type; what is really of another kind gets a number of its own.",
        "请恢复原类型；确属另一类的文件请使用新编号。",
    ),
    clauses=["iso20000-1:2018/7.5.2", "iso27001:2022/A.5.3"],
    landing=True,
)
def type_changed(library: Library) -> Found:
    """The type decides who must sign; a procedure that calls itself a form would choose its own judges (FN-06).

    类型决定由谁签署；程序文件若自称表单，就等于自选审批人。
    """
    for document in library.candidates:
        before = library.types.get(document.number, document.type)
        if before != document.type and library.evidence[document.number].before(document.version, document.digest):
            yield _place(document, "type"), {"before": before, "type": document.type}


@rule(
    "DC317",
    en="{document} {version} calls itself an editorial change, but it also changes {what}",
    zh="{document} {version} 自称勘误，却同时更改了 {what}",
    mend=(
        "Use `class: minor` or `major`, so that everybody signs who has to; or put these fields back.",
        "请使用 `class: minor` 或 `major`，由全部应签人员签署；或恢复这些字段。",
    ),
    clauses=["iso20000-1:2018/7.5.3.2"],
    landing=True,
)
def correction_changes_control(library: Library) -> Found:
    """A correction of wording takes the short way; who owns, signs, gets and may read a document is no wording (domain 1.5).

    勘误走简化审批；归口、签署、分发和密级不是文字问题。
    """
    for document in library.candidates:
        kind = library.mandate(document.number).settings.types.get(document.type)
        later = library.evidence[document.number].before(document.version, document.digest) is not None
        if document.change_class == EDITORIAL and later and kind and EDITORIAL in kind.slots:
            what = [field for field in library.ended.get(document.number, ()) if field not in CORRECTED]
            if what:
                yield _place(document, what[0]), {"what": ", ".join(what)}
