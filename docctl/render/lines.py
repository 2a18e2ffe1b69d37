"""Findings as short lines for people at a gate or a terminal. Must not know rich or click: hooks pay for every import."""

from __future__ import annotations

from collections.abc import Sequence

from docctl.core.errors import Words
from docctl.render.escape import terminal
from docctl.rules.catalogue import ERROR, Finding, Place

SEVERITIES = {"error": Words("error", "错误"), "warning": Words("warning", "警告")}


def finding_lines(findings: Sequence[Finding], lang: str) -> list[str]:
    """Findings by place, each with its code and its mend, and a last line that counts them; nothing for no findings.

    What documents and people wrote is escaped, so that no finding can colour, hide or reorder what stands on a terminal.
    """
    lines: list[str] = []
    last: Place | None = None
    for finding in sorted(findings, key=lambda item: (item.place.path, item.place.line, item.code)):
        if last is None or (finding.place.path, finding.place.line) != (last.path, last.line):
            lines.append(terminal(place_text(finding.place)))
            last = finding.place
        lines += _finding(finding, lang)
    return [*lines, count_line(findings, lang)] if lines else []


def place_text(place: Place) -> str:
    """A place as editors open it: path and line, the path alone for a whole file, the number where there is no path."""
    if not place.line:
        return place.path or place.document or "-"
    return f"{place.path}:{place.line}"


def count_line(findings: Sequence[Finding], lang: str) -> str:
    """How many errors and warnings there are, in one line."""
    errors = sum(finding.severity == ERROR for finding in findings)
    warnings = len(findings) - errors
    if lang == "zh":
        return f"{errors} 个错误，{warnings} 个警告"
    return f"{errors} {'error' if errors == 1 else 'errors'}, {warnings} {'warning' if warnings == 1 else 'warnings'}"


def _finding(finding: Finding, lang: str) -> list[str]:
    severity = SEVERITIES[finding.severity].said(lang)
    colon = "：" if lang == "zh" else ": "
    return [
        f"  {severity} {finding.code}{colon}{terminal(finding.message(lang))}",
        f"    → {terminal(finding.remedy(lang))}",
    ]
