"""Attacks on what readers and signers see of a text. Each test is named after the attacker's wish."""

from __future__ import annotations

import pytest

from .layers import refused

UNSEEN = {
    "note": "[注]: 本程序不适用于外包人员。",
    "footnote": "[^1]: 紧急情况除外",
    "comment": "[comment]: https://a.example 'approved by nobody'",
    "second": "见[甲]。\n\n[甲]: https://a.example\n[甲]: https://b.example",
    "link": "照常执行[](https://a.example)。",
    "heading": "## {#nothing}\n\n照常执行。",
}


@pytest.mark.parametrize("body", UNSEEN)
def test_to_sign_words_into_a_text_that_no_page_shows(shop, body):
    shop.edit("ITSM-P-03", r"\Z", f"\n{UNSEEN[body]}\n")
    refused(shop, "DC108", about=["ITSM-P-03"])


def test_a_link_definition_that_is_used_is_an_honest_link(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n见[标准]和[说明][标准]。\n\n[标准]: https://www.iso.org/standard/70636.html\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "a link")


@pytest.mark.parametrize("mark", ["\ufff2", "\U000e0080", "\U000e0fff", "\U00013432", "a\ufe0f", "准\U000e0100\U000e01ef"])
def test_to_hide_a_message_behind_letters_that_everybody_signs(shop, mark):
    shop.edit("ITSM-P-03", r"\Z", f"\n批准{mark}后执行。\n")
    refused(shop, "DC101", about=["ITSM-P-03"], says=[f"U+{ord(mark[-1]):04X}"])


def test_emoji_and_the_shapes_of_a_name_are_taken(shop):
    shop.edit("ITSM-P-03", r"\Z", "\n⚠️ 第 1️⃣ 步由葛󠄀城先生批准。❤️‍🔥\n")
    shop.git("add", "-A")
    shop.git("commit", "-q", "-m", "pictures")
