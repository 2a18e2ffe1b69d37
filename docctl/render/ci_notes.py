"""Findings as notes that GitHub and GitLab show beside the changed lines. Must not know how a job is started."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from docctl.render.escape import annotation, annotation_value
from docctl.rules.catalogue import ERROR, Finding


def github_lines(findings: Sequence[Finding], lang: str) -> list[str]:
    """One workflow command per finding."""
    return [_github(finding, lang) for finding in findings]


def gitlab_report(findings: Sequence[Finding], lang: str) -> list[dict[str, Any]]:
    """A Code Quality report; a finding keeps its fingerprint while its rule, its place and its facts stay the same."""
    return [_gitlab(finding, lang) for finding in findings]


def _github(finding: Finding, lang: str) -> str:
    place = finding.place
    named = {"file": place.path, "line": str(place.line) if place.line else "", "title": f"{finding.code} {finding.rule.name}"}
    values = ",".join(f"{name}={annotation_value(value)}" for name, value in named.items() if value)
    level = "error" if finding.severity == ERROR else "warning"
    return f"::{level} {values}::{annotation(finding.message(lang))}%0A→ {annotation(finding.remedy(lang))}"


def _gitlab(finding: Finding, lang: str) -> dict[str, Any]:
    # The English sentence holds every fact, so two findings of one rule at one place differ in it.
    same = "\n".join([finding.code, finding.place.path, finding.place.document, finding.message("en")])
    return {
        "check_name": f"{finding.code} {finding.rule.name}",
        "description": f"{finding.message(lang)} → {finding.remedy(lang)}",
        "fingerprint": sha256(same.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": "major" if finding.severity == ERROR else "minor",
        "location": {"path": finding.place.path or ".", "lines": {"begin": max(finding.place.line, 1)}},
    }
