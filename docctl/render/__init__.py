"""Findings and registers to text, JSON, Markdown, CSV, XLSX, SARIF and CI notes. Must not know rules or registers by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from docctl.core.errors import DocctlError, Words

if TYPE_CHECKING:
    from docctl.registers.table import Table
    from docctl.rules.catalogue import Finding

_Writer = TypeVar("_Writer")

# A hook imports this package for its lines, so everything else is imported where it is asked for.


def write_table(table: Table, format: str, lang: str) -> bytes:  # noqa: A002  the word of the command line
    """A register in one of `TABLE_FORMATS` for a reader of `lang`; the same table gives the same bytes."""
    return _chosen(TABLE_FORMATS, format)(table, lang)


def write_findings(findings: Sequence[Finding], format: str, lang: str) -> str:  # noqa: A002  the word of the command line
    """Findings in one of `FINDING_FORMATS` for a reader of `lang`, a line end at the end."""
    return _chosen(FINDING_FORMATS, format)(findings, lang)


def _text(table: Table, lang: str) -> bytes:
    from docctl.render.text_out import text_table

    return text_table(table, lang).encode()


def _markdown(table: Table, lang: str) -> bytes:
    from docctl.render.markdown_out import markdown_page

    return markdown_page(table, lang).encode()


def _csv(table: Table, lang: str) -> bytes:
    from docctl.render.csv_out import csv_bytes

    return csv_bytes(table, lang)


def _xlsx(table: Table, lang: str) -> bytes:
    from docctl.render.xlsx_out import xlsx_bytes

    return xlsx_bytes(table, lang)


def _json(table: Table, _lang: str) -> bytes:
    from docctl.render.json_out import table_object, written

    return written(table_object(table)).encode()


def _finding_text(findings: Sequence[Finding], lang: str) -> str:
    from docctl.render.lines import finding_lines

    return "".join(f"{line}\n" for line in finding_lines(findings, lang))


def _finding_json(findings: Sequence[Finding], lang: str) -> str:
    from docctl.render.json_out import findings_object, written

    return written(findings_object(findings, lang))


def _finding_sarif(findings: Sequence[Finding], lang: str) -> str:
    from docctl.render.json_out import written
    from docctl.render.sarif import sarif_object

    return written(sarif_object(findings, lang))


def _finding_github(findings: Sequence[Finding], lang: str) -> str:
    from docctl.render.ci_notes import github_lines

    return "".join(f"{line}\n" for line in github_lines(findings, lang))


def _finding_gitlab(findings: Sequence[Finding], lang: str) -> str:
    from docctl.render.ci_notes import gitlab_report
    from docctl.render.json_out import written

    return written(gitlab_report(findings, lang))


TABLE_FORMATS: Mapping[str, Callable[[Table, str], bytes]] = {
    "text": _text,
    "md": _markdown,
    "csv": _csv,
    "xlsx": _xlsx,
    "json": _json,
}
FINDING_FORMATS: Mapping[str, Callable[[Sequence[Finding], str], str]] = {
    "text": _finding_text,
    "json": _finding_json,
    "sarif": _finding_sarif,
    "github": _finding_github,
    "gitlab": _finding_gitlab,
}


def _chosen(writers: Mapping[str, _Writer], name: str) -> _Writer:
    if name in writers:
        return writers[name]
    names = ", ".join(writers)
    wrong = Words(f"no format called {name}", f"没有名为 {name} 的格式")
    raise DocctlError(wrong, Words(f"use one of: {names}", f"请使用其中之一：{names}"), "unknown-name")
