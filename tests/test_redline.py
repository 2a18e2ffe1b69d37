from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from docctl.core.content import Content, File
from docctl.redline import ADDED, REMOVED, SAME, Segment, files_changed, hunks, redline, unified

TEXTS = st.lists(
    st.sampled_from(["变更", "管理", "the ", "fox", "\n", "\n\n", "## 目的 {#p}\n", " ", "。", "x", "_1"]), max_size=30
)


@given(TEXTS, TEXTS)
@example(["\n"], [])
def test_both_texts_can_be_read_out_of_a_redline(old, new):
    before, after = "".join(old), "".join(new)
    found = redline(before, after)
    assert "".join(item.text for item in found if item.kind != ADDED) == before
    assert "".join(item.text for item in found if item.kind != REMOVED) == after
    assert all(item.text for item in found)
    kinds = [item.kind for item in found]
    assert all(one != two for one, two in pairwise(kinds))


def test_words_are_compared_in_both_scripts():
    found = redline("规范变更管理，the quick fox。\n", "规范变更与发布管理，the slow fox。\n")
    assert found == [
        Segment(SAME, "规范变更"),
        Segment(ADDED, "与发布"),
        Segment(SAME, "管理，the "),
        Segment(REMOVED, "quick"),
        Segment(ADDED, "slow"),
        Segment(SAME, " fox。\n"),
    ]


def test_what_has_little_in_common_is_shown_as_replaced():
    assert redline("abcdefg hij\n", "一二三四五六\n") == [Segment(REMOVED, "abcdefg hij\n"), Segment(ADDED, "一二三四五六\n")]


def test_a_long_passage_is_not_compared_word_by_word():
    before, after = "字" * 4000, "字" * 4000 + "。"
    assert [item.kind for item in redline(before, after)] == [REMOVED, ADDED]


def test_hunks_keep_some_lines_around_a_change():
    lines = [f"line {number}\n" for number in range(1, 21)]
    changed = list(lines)
    changed[2], changed[17] = "line three\n", "line eighteen\n"
    first, second = hunks(redline("".join(lines), "".join(changed)), context=1)
    assert (first.before, first.after, len(first.lines)) == (2, 2, 3)
    assert (second.before, second.after, len(second.lines)) == (17, 17, 3)
    assert hunks(redline("same\n", "same\n")) == []


def test_whole_lines_in_the_unified_form():
    assert unified("a\nb\n", "a\nc\n", ("A/0", "A/1"))[:2] == ["--- A/0", "+++ A/1"]


def test_files_of_a_folder():
    before = Content((File("a", "100644", "1", 1), File("b", "100644", "2", 1), File("c", "100644", "3", 1)), "")
    after = Content((File("b", "100644", "9", 1), File("c", "100644", "3", 1), File("d", "100644", "4", 1)), "")
    assert files_changed(before, after) == [("a", "removed"), ("b", "changed"), ("d", "added")]
