"""docctl.core.plaintext: what Python calls printable spares looking for what nobody sees, and never lets any of it through."""

from __future__ import annotations

import sys

import pytest

from docctl.core import layout, plaintext, target


def test_no_hidden_character_is_taken_for_a_seen_one():
    """Every character there is."""
    seen = [chr(code) for code in range(sys.maxunicode + 1) if plaintext.in_sight(chr(code))]
    assert len(seen) > 100_000
    assert not [letter for letter in seen if plaintext._HIDDEN.match(letter) or target.INVISIBLE.match(letter)]
    forbidden = {letter for letter in seen if letter.isascii() and layout._FORBIDDEN.match(letter)}
    assert forbidden == set(':<>"\\|?*\n\t')
    assert forbidden <= layout._FORBIDDEN_SIGNS


def test_what_everybody_sees_needs_no_second_look():
    assert plaintext.in_sight("变更管理 – “Änderung”\n\t1⃣ 😀")
    assert not plaintext.in_sight("a\u200bb")
    assert plaintext.hidden("a\u3164b") == (1, "U+3164")


IGNORABLE = ((0xFFF0, 0xFFF8), (0xE0000, 0xE00FF), (0xE01F0, 0xE0FFF), (0x13430, 0x1343F), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159))


def test_what_unicode_leaves_out_of_sight_is_hidden():
    for first, last in IGNORABLE:
        for code in {first, (first + last) // 2, last}:
            assert plaintext.hidden(f"批{chr(code)}准") == (1, f"U+{code:04X}")
            assert target.INVISIBLE.match(chr(code))
            assert layout.name_fault(f"documents/{chr(code)}a") == "character"


@pytest.mark.parametrize(
    "text", ["a\ufe0f", "批准。 \ufe00", "\ufe0f", "批\U000e0100\U000e0101", "x\U000e01ef", "1\ufe0f\ufe0f", "é\ufe01"]
)
def test_a_mark_that_chooses_no_shape_is_hidden(text):
    assert [place for place, _ in plaintext.unseen(text)] == [len(text) - 1]


@pytest.mark.parametrize("text", ["⚠️ 1️⃣ #️⃣ ©️ ™️ ℹ️ ㊗️ ❤️‍🔥 👁️‍🗨️ 🏳️‍🌈 Ⓜ️", "葛󠄀城 辻󠄁", "。︀", "∩︀"])
def test_a_mark_that_chooses_a_shape_is_seen(text):
    assert plaintext.hidden(text) is None
