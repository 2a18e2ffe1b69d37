"""The past stays: whatever lands later, evidence only grows, versions only grow, and no past day gets another answer."""

from __future__ import annotations

from copy import deepcopy
from functools import cache

from hypothesis import example, given
from hypothesis import strategies as st

from docctl.check import check_landing, check_library, refused
from docctl.core import version as versions
from docctl.core.calendar import add_days
from docctl.core.layout import owner
from docctl.core.tree import MemoryTree, Tree
from docctl.reader import Memory, open_library, rulebook

from ..workbench import Workbench, base, difference
from .effort import effort

Step = tuple[str, str, str, int, int]

NUMBERS = ["ITSM-P-01", "ITSM-P-02", "ITSM-F-01"]
START = "2026-04-07"
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["revise", "revise", "revise", "withdraw", "again", "back", "forget", "edit", "move", "copy"]),
        st.sampled_from(NUMBERS), st.sampled_from(["editorial", "minor", "major"]),
        st.integers(0, 40),  # days since the step before
        st.sampled_from([0, 0, 0, 1, 30, -1, -60]),  # days from the decision to the day of force
    ), min_size=1, max_size=5,
)  # fmt: skip


@cache
def _begun() -> Workbench:
    return base()


def tried(bench: Workbench, step: Step, day: str) -> None:
    """One thing that somebody does, whether it is allowed or not."""
    what, number, change, _, shift = step
    head = bench.heads[number]
    if what == "revise":
        label = versions.following("edition", head["version"], change) or "A/0"
        bench.document(
            {
                "id": number,
                "version": label,
                "change": {"class": change, "reason": "r"},
                "body": f"\n## 新 {{#process}}\n\n{day}\n",
            }
        )
        _approved(bench, number, day, shift)
    elif what == "withdraw":
        bench.document({"id": number, "status": "withdrawn", "withdrawal": {"reason": "r"}})
        _approved(bench, number, day, shift)
    elif what == "again":  # other bytes under the same label
        bench.document({"id": number, "body": f"\n## 又 {{#process}}\n\n{day}\n"})
        _approved(bench, number, day, shift)
    elif what == "back":  # an old label for new bytes
        bench.document({"id": number, "version": "A/0", "body": f"\n## 旧 {{#process}}\n\n{day}\n"})
        _approved(bench, number, day, shift)
    elif what == "forget":
        bench._remove(f"statements/{number}/A-0")
    elif what == "edit":
        bench.append({f"{bench.folders[number]}/index.md": "x\n"})
    elif what == "move":
        bench.move({bench.folders[number]: f"documents/moved/{number}"})
        bench.folders[number] = f"documents/moved/{number}"
    else:
        bench.copy({bench.folders[number]: f"documents/copied/{number}"})


def _approved(bench: Workbench, number: str, day: str, shift: int) -> None:
    bench.approve({"of": number, "day": day, "without": ["release"]})
    bench.sign({"of": number, "decision": "release", "day": day, "effective_from": add_days(day, shift)})


def answers(tree: Tree, before: str) -> dict[tuple[str, str], str]:
    """The version in force of each number on some days before a day."""
    library = open_library(tree)
    found = {}
    for number, evidence in library.evidence.items():
        for day in ("2026-03-01", "2026-03-02", START, *(add_days(before, -back) for back in (1, 2, 10, 45))):
            span = evidence.in_force(day) if day < before else None
            found[number, day] = span.release.digest if span else ""
    return found


def newest(tree: Tree) -> dict[str, tuple[int, int]]:
    """The newest released version of each number."""
    evidence = open_library(tree).evidence
    return {number: found.last.order for number, found in evidence.items() if found.last}


@effort(60)
@given(STEPS)
@example(
    [("revise", "ITSM-P-02", "minor", 1, 0), ("withdraw", "ITSM-P-02", "minor", 1, 0), ("revise", "ITSM-P-02", "minor", 1, 0)]
)
@example([("revise", "ITSM-F-01", "minor", 1, 30), ("revise", "ITSM-F-01", "minor", 1, 0)])
@example([("revise", "ITSM-F-01", "minor", 1, 30), ("withdraw", "ITSM-P-02", "minor", 1, 0)])
def test_no_later_landing_changes_a_past_day(steps: list[Step]) -> None:
    stands, day, memory = deepcopy(_begun()), START, Memory()
    before: Tree = stands.tree
    for step in steps:
        day = add_days(day, step[3])
        next_one = deepcopy(stands)
        tried(next_one, step, day)
        after = MemoryTree(dict(next_one.files), before)
        if refused(check_landing(rulebook(before, memory).rules, after, difference(before, after), memory=memory).findings):
            continue
        evidence = [path for path in before if owner(path).kind in {"statement", "log"}]
        assert all(path in after and after[path] == before[path] for path in evidence)
        past, present = answers(before, day), answers(after, day)
        assert past == present, step
        old, new = newest(before), newest(after)
        assert all(new[number] >= place for number, place in old.items())
        assert not refused(check_library(open_library(after, memory=memory))), step
        stands, before = next_one, after


def test_the_steps_do_land() -> None:
    bench, memory = deepcopy(_begun()), Memory()
    for days, what in enumerate(["revise", "move", "revise", "withdraw"]):
        before = bench.tree
        tried(bench, (what, "ITSM-P-02", "minor", 1, 0), add_days(START, days))
        changed = difference(before, bench.tree)
        assert check_landing(rulebook(before, memory).rules, bench.tree, changed, memory=memory).findings == [], what


# --- rules --------------------------------------------------------------------------------------------------------------------

ROOTS = ["gao.yuan", "zhao.lei", "chen.jing"]
KEYS = ["root:gao.yuan", "root:zhao.lei", "root:chen.jing", "gao.yuan", "root:eve", "eve"]
SAID = st.fixed_dictionaries({}, optional={
    "n": st.sampled_from(["1", "2", "2", "3", "9999"]), "previous": st.sampled_from(["null", "sha256:" + "0" * 64]),
    "digest": st.just("sha256:" + "0" * 64), "repository": st.just("00000000-0000-0000-0000-000000000000"),
})  # fmt: skip
PATCHES = st.sampled_from([
    {}, {"settings": {"max_statement_age": "90"}}, {"people": {"li.ming": {"roles": [{"role": "management-representative", "from": "2026-01-05"}]}}},
    {"root": {"threshold": "1"}}, {"root": {"persons": ["eve"], "threshold": "1"}}, {"people": {"eve": {"name": "Eve", "kind": "person",
    "department": "ops", "from": "2026-01-05", "keys": [{"key": "{key of eve}", "from": "2026-01-05"}]}}}, {"people": {"sun.hao": {"left": "null"}}},
    {"settings": {"version_scheme": "number"}}, {"root": {"repository": "11111111-1111-1111-1111-111111111111"}},
])  # fmt: skip


@cache
def _of_two() -> Workbench:
    return base({"root": {"persons": ROOTS, "threshold": "2"}, "by": ROOTS[:2]})


@effort(150)
@given(PATCHES, SAID, st.lists(st.tuples(st.sampled_from([*ROOTS, "eve"]), st.sampled_from(KEYS)), max_size=4), st.booleans())
@example({"settings": {"max_statement_age": "90"}}, {}, [("gao.yuan", "root:gao.yuan"), ("zhao.lei", "root:zhao.lei")], False)
@example({"root": {"threshold": "1"}}, {}, [("gao.yuan", "root:gao.yuan"), ("zhao.lei", "root:gao.yuan")], False)
def test_rules_change_by_the_root_alone(
    patch: dict[str, object], said: dict[str, str], signers: list[tuple[str, str]], mixed: bool
) -> None:
    bench, memory = deepcopy(_of_two()), Memory()
    before = bench.tree
    bench.change(patch)
    bench.rules({"by": [], **said})
    number = said.get("n", "2")
    for name, key in signers:
        bench.countersign({"n": number, "by": name, "key": key})
    if mixed:
        bench.document({"id": "ITSM-P-03", "status": "draft"})
    findings = check_landing(rulebook(before, memory).rules, bench.tree, difference(before, bench.tree), memory=memory).findings
    if not refused(findings):
        own = {name for name, key in dict(signers).items() if key == f"root:{name}" and name in ROOTS}
        assert len(own) >= 2
        assert (number, mixed) == ("2", False)
        assert not {"previous", "digest", "repository"} & said.keys()
        assert patch.get("root", {}) in ({}, {"threshold": "1"})


def test_two_of_three_do_change_them() -> None:
    bench, memory = deepcopy(_of_two()), Memory()
    before = bench.tree
    bench.change({"settings": {"max_statement_age": "90"}})
    bench.rules({"by": ROOTS[1:]})
    assert check_landing(rulebook(before, memory).rules, bench.tree, difference(before, bench.tree), memory=memory).findings == []
