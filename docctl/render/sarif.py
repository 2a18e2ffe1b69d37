"""Findings as SARIF 2.1.0 for code-scanning pages. Must not know which of them reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from docctl import __version__
from docctl.rules.catalogue import CATALOGUE, Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_object(findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """One run with the rules that were broken and where."""
    codes = sorted({finding.code for finding in findings})
    driver = {"name": "docctl", "version": __version__, "rules": [_rule(code, lang) for code in codes]}
    results = [_result(finding, codes.index(finding.code), lang) for finding in findings]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _rule(code: str, lang: str) -> dict[str, Any]:
    rule = CATALOGUE[code]
    return {
        "id": code,
        "name": rule.name,
        "shortDescription": {"text": rule.name.replace("_", " ")},
        "fullDescription": {"text": rule.why.said(lang) or rule.name},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, index: int, lang: str) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": quote(finding.place.path, errors="surrogateescape")}}
    if finding.place.line:
        where["region"] = {"startLine": finding.place.line}
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": f"{finding.message(lang)} → {finding.remedy(lang)}"},
        "locations": [{"physicalLocation": where}] if finding.place.path else [],
    }
