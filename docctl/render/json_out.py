"""Findings and registers as JSON for programs, `"format": 1`. Must not know who reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from docctl.core.errors import Words
from docctl.registers.table import Table
from docctl.render.escape import json_text
from docctl.rules.catalogue import ERROR, Finding

FORMAT = 1


def findings_object(findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """Findings as one object: each with its facts as data and its sentences in `lang`, and how many of each severity."""
    errors = sum(finding.severity == ERROR for finding in findings)
    found = [finding_object(finding, lang) for finding in findings]
    return {"format": FORMAT, "findings": found, "errors": errors, "warnings": len(findings) - errors}


def finding_object(finding: Finding, lang: str) -> dict[str, Any]:
    """One finding, field by field."""
    return {
        "code": finding.code,
        "name": finding.rule.name,
        "severity": finding.severity,
        "path": finding.place.path,
        "line": finding.place.line,
        "document": finding.place.document,
        "version": finding.place.version,
        "facts": {name: plain(value) for name, value in finding.facts.items()},
        "message": finding.message(lang),
        "remedy": finding.remedy(lang),
    }


def table_object(table: Table) -> dict[str, Any]:
    """A register as one object; cells whose languages differ are `{en, zh}`."""
    return {
        "format": FORMAT,
        "register": table.register,
        "title": plain(table.title),
        "as_of": table.as_of,
        "commit": table.commit,
        "columns": [{"key": column.key, "en": column.en, "zh": column.zh} for column in table.columns],
        "rows": [{key: plain(cell) for key, cell in row.items()} for row in table.rows],
        "notes": [plain(note) for note in table.notes],
    }


def plain(value: object) -> Any:
    """A fact or a cell as JSON has it: bilingual words as `{en, zh}`, collections as lists, anything unknown as its text."""
    if isinstance(value, Words):
        return {"en": value.en, "zh": value.zh}
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((plain(item) for item in value), key=str)
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else str(value)


def written(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """An object or a list as JSON text with a line end; characters that hide or reorder text are written as escapes."""
    return json_text(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"
