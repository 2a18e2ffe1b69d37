"""No coalition releases what it may not: signatures missing, by the wrong person, key, role or on other bytes never land a text."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from docctl.check import check_landing, check_library, refused
from docctl.core.statement import Signed
from docctl.core.tree import Tree
from docctl.reader import Memory, open_library, rulebook
from docctl.rules.catalogue import Finding

from ..workbench import TODAY, Workbench, base, difference
from .effort import effort

Act = dict[str, str]

NUMBER = "ITSM-P-02"
PERSONS = ["li.ming", "wang.fang", "xu.dan", "zhao.lei", "gao.yuan", "chen.jing", "sun.hao", "build.bot", "eve", "root:gao.yuan"]
ROLES = [
    "author", "department-head", "management-representative", "document-controller", "top-management", "service-manager",
    "record-keeper", "nobody",
]  # fmt: skip
DECISIONS = [
    "submit", "review", "cosign", "approve", "reject", "release", "withdraw", "confirm", "revoke", "acknowledge", "seal", "correct",
]  # fmt: skip
NEEDED = {
    "minor": {"submit": "li.ming", "review": "wang.fang", "approve": "zhao.lei", "release": "chen.jing"},
    "editorial": {"submit": "li.ming", "approve": "zhao.lei", "release": "chen.jing"},
}
BENT = st.one_of(
    st.fixed_dictionaries({"by": st.sampled_from(PERSONS)}),
    st.fixed_dictionaries({"key": st.sampled_from(PERSONS)}),
    st.fixed_dictionaries({"role": st.sampled_from(ROLES)}),
    st.fixed_dictionaries({"namespace": st.sampled_from(["git", "file", "rules-v1@docctl", "statement-v1@docctl "])}),
    st.fixed_dictionaries({"version": st.sampled_from(["A/0", "A/2", "B/0", "1.0", "null"])}),
    st.fixed_dictionaries({"day": st.sampled_from(["2025-12-01", "2026-02-01", "2026-03-01", "2026-04-08", "2099-12-31"])}),
    st.fixed_dictionaries({"supersedes": st.sampled_from(["null", "sha256:" + "0" * 64])}),
    st.fixed_dictionaries({"digest": st.sampled_from(["sha256:" + "0" * 64])}),
    st.fixed_dictionaries({"repository": st.just("00000000-0000-0000-0000-000000000000")}),
    st.fixed_dictionaries({"rules": st.sampled_from(["2", "9999"])}),
    st.fixed_dictionaries({"effective_from": st.sampled_from(["2026-01-01", "2026-12-01", "null"])}),
    st.fixed_dictionaries({"decision": st.sampled_from(DECISIONS)}),
    st.fixed_dictionaries({"sig": st.sampled_from(["null", "", "-----BEGIN SSH SIGNATURE-----\n"])}),
    st.fixed_dictionaries({"document": st.sampled_from(["ITSM-P-01", "ITSM-P-99"])}),
)


@cache
def _past() -> Workbench:
    return base()


@st.composite
def plots(draw: st.DrawFn) -> tuple[str, list[Act], str]:
    """A change class, the statements somebody made, and what was written into the text after the last signature."""
    change = draw(st.sampled_from(sorted(NEEDED)))
    right: list[Act] = [{"of": NUMBER, "decision": name, "by": who} for name, who in NEEDED[change].items()]
    acts: list[Act] = []
    for act in right:
        fate = draw(st.integers(0, 5))
        if fate:  # else the statement is missing
            acts.append({**act, **draw(BENT)} if fate == 1 else act)
    extra = st.fixed_dictionaries({"of": st.just(NUMBER), "decision": st.sampled_from(DECISIONS), "by": st.sampled_from(PERSONS)})
    acts += draw(st.lists(st.builds(lambda act, bent: {**act, **bent}, extra, BENT | st.just({})), max_size=2))
    return change, acts, draw(st.sampled_from(["", "", "", "\nmore\n"]))


def landed(change: str, acts: list[Act], after: str) -> tuple[Workbench, list[Finding], list[Signed]]:
    """The library after the plot, what the server finds, and what arrived."""
    bench = deepcopy(_past())
    past = bench.tree
    bench.document(
        {"id": NUMBER, "version": "A/1", "change": {"class": change, "reason": "r"}, "body": "\n## 新 {#process}\n\n新。\n"}
    )
    for act in acts:
        bench.sign(act)
    if after:
        bench.append({f"{bench.folders[NUMBER]}/index.md": after})
    memory = Memory()
    judged = check_landing(rulebook(past, memory).rules, bench.tree, difference(past, bench.tree), memory=memory)
    return bench, judged.findings, judged.arrived


def entitled(bench: Workbench, change: str, arrived: list[Signed]) -> bool:
    """Whether the persons the matrix names really signed these bytes with their own keys; told without the rules."""
    digest = bench.digest(NUMBER)
    signed = {
        (item.statement.decision, item.statement.signer)
        for item in arrived
        if item.sound and item.statement.digest == digest and item.verdict.key == _key(bench, item.statement.signer)
    }
    authors = {signer for decision, signer in signed if decision == "submit"}
    wanted = {(decision, signer) for decision, signer in NEEDED[change].items() if decision != "submit"}
    judges = {signer for decision, signer in wanted if decision != "release"}
    return bool(authors) and wanted <= signed and not judges & authors


def _key(bench: Workbench, person: str) -> str:
    return str(bench.people[person]["keys"][0]["key"]) if person in bench.people else ""


RIGHT = [{"of": NUMBER, "decision": name, "by": who} for name, who in NEEDED["minor"].items()]


@effort(250)
@given(plots())
@example(("minor", RIGHT, ""))
@example(("minor", RIGHT[:-1], ""))
@example(("minor", RIGHT, "\nx\n"))
def test_nothing_lands_that_the_matrix_did_not_sign(plot: tuple[str, list[Act], str]) -> None:
    bench, findings, arrived = landed(*plot)
    if not refused(findings):
        assert entitled(bench, plot[0], arrived), plot
        assert not refused(check_library(open_library(bench.tree))), plot


def test_the_right_persons_do_land_it() -> None:
    _, findings, _ = landed("minor", RIGHT, "")
    assert findings == []


@effort(100)
@given(st.lists(st.tuples(st.sampled_from([act["decision"] for act in RIGHT]), BENT), min_size=1, max_size=2))
def test_one_bent_statement_is_told_by_name(bent: list[tuple[str, Act]]) -> None:
    acts = [dict(act) for act in RIGHT]
    for decision, change in bent:
        next(act for act in acts if act["decision"] == decision or act.get("was") == decision).update({"was": decision, **change})
    same = [{name: value for name, value in act.items() if name != "was"} for act in acts]
    bench, findings, arrived = landed("minor", same, "")
    assert refused(findings) or entitled(bench, "minor", arrived)
    assert all(finding.message(lang) and finding.remedy(lang) for finding in findings for lang in ("en", "zh"))


def in_force(tree: Tree, day: str) -> dict[str, str]:
    """The version in force of each number on a day."""
    library = open_library(tree)
    spans = {number: evidence.in_force(day) for number, evidence in library.evidence.items()}
    return {number: span.release.version for number, span in spans.items() if span}


@effort(40)
@given(plots())
def test_what_is_refused_may_lie_beside_but_what_lands_is_in_force(plot: tuple[str, list[Act], str]) -> None:
    bench, findings, _ = landed(*plot)
    if not refused(findings):
        assert in_force(bench.tree, "2099-12-31")[NUMBER] == "A/1"
        assert in_force(bench.tree, "2026-03-15")[NUMBER] == "A/0"
        assert TODAY < "2099"
