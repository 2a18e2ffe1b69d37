"""The system's reasons in both languages."""

from __future__ import annotations

import errno

import pytest

from docctl.core.systemfault import system_fault


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC])
def test_a_reason_of_the_system_is_told_in_chinese_too(number):
    words = system_fault(OSError(number, "no such luck"))
    assert words.en == "no such luck"
    assert not words.zh.isascii()


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(9999, "odd"), "odd"), (OSError("only words"), "only words"), (OSError(), "OSError")],
)
def test_an_unknown_reason_stands_as_the_system_said_it(error, said):
    assert system_fault(error) == (said, said)
