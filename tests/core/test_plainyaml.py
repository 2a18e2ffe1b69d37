"""docctl.core.plainyaml reads as libyaml does or declines; whatever is wrong with a text is told by libyaml alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docctl.core.errors import Unreadable
from docctl.core.plainyaml import Declined, Plain
from docctl.core.strictyaml import RULE_FILE, _Reader, read_yaml

ROOT = Path(__file__).parents[2]
DEEP = RULE_FILE._replace(depth=99)


def plainly(text: str, deepest: int = 99) -> Plain | None:
    try:
        return Plain(text, 1, deepest)
    except Declined:
        return None


def same(text: str) -> bool:
    """Whether the text was read plainly; then libyaml must find the same values, lines and counts."""
    plain = plainly(text)
    if plain is None:
        return False
    read = _Reader(text, DEEP, 1)
    read.read()
    assert (plain.values, plain.lines, plain.nodes) == (read.reading.values, read.reading.lines, read._nodes)
    assert list(plain.values) == list(read.reading.values)
    return True


@pytest.mark.parametrize(
    "text",
    [
        "a: b\n",
        "a: b c d # comment\n\n# another\nb: C/0\n",
        "a: iso20000-1:2018/8.6.1\nb: 1.10\nc: 2026-01-01\nd: ~\n",
        "a: 'x: y # z'\nb: \"x: y\"\nc: ''\n",
        "a:\n  b:\n    c: d\n  e: f\ng: h\n",
        "a:\n- b\n- c\nd:\n  - e: f\n    g:\n      - h\n  - {i: j}\n",
        "a: []\nb: {}\nc: [x, 'y, z', \"]\"]\nd: {e: [f, {g: h}], i: {}}\n",
        "a: 标题：变更\nb: [服务, é]\n",
    ],
)
def test_what_is_plain(text):
    assert same(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "# c\n", "a\n", "- a\n", " a: b\n", "a:\n", "a: \n", "a: b\n  c\n", "a: |\n  b\n", "a: >\n  b\n", "a: &x b\n",
        "a: *x\n", "a: !t b\n", "a: b\na: c\n", "{a: b}\n", "a: {b: c, b: d}\n", "a: [b, ]\n", "a: [b,c]\n", "a: {b:c}\n", "a: [b\n",
        "a: b: c\n", "a: b:\n", "? a\n: b\n", "---\na: b\n", "a: b\n...\n", "%YAML 1.1\n---\na: b\n", 'a: "\\x41"\n', "a: 'it''s'\n",
        "a: b#c\n", "a:\tb\n", "a: b\u3000c\n", "a: b\u2028c\n", "a : b\n", "'a': b\n", "<<: {a: b}\n", "a: b\n c: d\n", "a: [b] c\n",
        "a: {b}\n", "a: - b\n", "a:\n  - b\n c: d\n", "a:\n  -\n    b: c\n", "a: @b\n", "a: `b\n", "a: %b\n", "a: ,b\n", "a: ]\n",
        "a: [[b]]]\n", "a: [[b] [c]]\n", "a: [{b: c}{d: e}]\n", "a: {b: {c: d} e: f}\n", "a: {b: {}, b: {}}\n", "a: {[b]: c}\n", "a: [[b}]\n",
    ],
)  # fmt: skip
def test_what_is_left_to_libyaml(text):
    assert not same(text)


def test_the_rule_files_and_texts_of_the_sample_are_plain():
    files = [*(ROOT / "sample-manual/.docctl").glob("*.yaml"), *(ROOT / "schema").glob("st*/**/*.yaml")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [
        path.read_text(encoding="utf-8").split("---\n")[1] for path in (ROOT / "sample-manual").glob("documents/**/index.md")
    ]
    assert len(texts) > 20
    assert all(map(same, texts))


def test_limits_are_those_of_libyaml():
    text = "a:\n  - b: [c, {d: e}]\n"
    plain = plainly(text)
    assert plain is not None
    assert plainly(text, 5) is not None
    assert plainly(text, 4) is None
    for limits in (DEEP._replace(depth=5, nodes=plain.nodes), DEEP):
        assert read_yaml(text, limits).values == plain.values
    for limits, said in ((DEEP._replace(depth=4), "nested"), (DEEP._replace(nodes=plain.nodes - 1), "names and values")):
        with pytest.raises(Unreadable, match=said):
            read_yaml(text, limits)


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 30_000, "a:" + " " * 60_000 + "b:\n", "a: b" + " " * 60_000 + "x: #\n", "a: [" + "x, " * 20_000]
)
def test_no_text_holds_it_up(text):
    assert plainly(text, 10) is None


WORDS = st.sampled_from(
    ["a", "b", "k-1", "x.y", "变更", "A/0", "1.10", "iso20000-1:2018/8.6", "x y", "'q: r'", '"s # t"', "", "~", "x?", "-"]
)
SIGNS = st.sampled_from(
    [*list(":#-,[]{}'\"?&*!|>%@`~.\n \t"), ": ", " #", "- ", ", ", "\n  ", "\n- ", "\n  - ", "---", "\u3000", "\u2028"]
)
FLOW = st.recursive(
    WORDS,
    lambda below: (
        st.lists(below, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from("abc"), below), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
        )
    ),
    max_leaves=6,
)
LINE = st.tuples(st.sampled_from(["", "  ", "    ", "   "]), st.sampled_from(["", "", "- "]), st.sampled_from(["a:", "b:", "c:", "d:", "", "#"]),
                 st.sampled_from([" ", "", "  "]), FLOW, st.sampled_from(["", "", " # c", " "]))  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(LINE.map("".join) | st.lists(WORDS | SIGNS, max_size=6).map("".join), min_size=1, max_size=8).map("\n".join))
def test_equal_to_libyaml_or_declined(text):
    same(text + "\n")


def test_an_item_without_a_text_is_left_to_libyaml():
    with pytest.raises(Declined):
        Plain("a:\n-  # nothing\n- b\n", 2, 6)
