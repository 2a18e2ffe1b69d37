"""docctl.core.plaintext: what Python calls printable spares looking for what nobody sees, and never lets any of it through."""

from __future__ import annotations

import sys

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
    assert plaintext.in_sight("变更管理 – “Änderung”\n\t1️⃣ 😀")
    assert not plaintext.in_sight("a\u200bb")
    assert plaintext.hidden("a\u3164b") == (1, "U+3164")
