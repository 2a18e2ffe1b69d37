"""R45: Ctrl-C is taken at once, held back, or told later; never twice, and never where an act is being led back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from docctl import stopping


def press() -> None:
    os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def listening():
    end = stopping.listen()
    yield
    stopping.over()
    end()


def test_a_stop_is_taken_at_once_and_only_once():
    with pytest.raises(KeyboardInterrupt):
        press()
    press()


def test_a_held_stop_waits_for_the_next_place_and_is_raised_there_again_and_again():
    stopping.hold()
    stopping.here()
    press()
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            stopping.here()
    stopping.let_go()


def test_who_is_asked_can_stop_whatever_is_held():
    stopping.hold()
    with pytest.raises(KeyboardInterrupt), stopping.answering():
        press()
    stopping.let_go()


def test_a_stop_before_the_question_is_taken_instead_of_asking():
    stopping.hold()
    press()
    with pytest.raises(KeyboardInterrupt), stopping.answering():
        pytest.fail("asked")


def test_nothing_stops_an_act_that_is_led_back_nor_what_it_begins():
    stopping.hold()
    with stopping.sheltered():
        press()
        stopping.here()
        said = subprocess.run(["sh", "-c", "kill -INT $$; echo whole"], capture_output=True, text=True, check=True).stdout
    assert said == "whole\n"
    with pytest.raises(KeyboardInterrupt):
        stopping.here()


def test_a_stop_that_was_lost_where_python_clears_away_is_raised_later():
    class Cleared:
        def __del__(self) -> None:
            press()

    Cleared()
    stopping.hold()
    with pytest.raises(KeyboardInterrupt):
        stopping.here()


def test_who_ignores_ctrl_c_goes_on_ignoring_it():
    code = (
        "import os, signal; from docctl import stopping; stopping.listen();"
        " assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN; os.kill(os.getpid(), signal.SIGINT); print('whole')"
    )
    call = [sys.executable, "-c", f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {code}"]
    assert subprocess.run(call, capture_output=True, text=True, check=True).stdout == "whole\n"


def test_a_failure_after_ctrl_c_is_no_failure_unless_the_act_could_not_be_led_back():
    assert not stopping.stopped()
    stopping.ask()
    assert stopping.stopped()
    stopping.leave_open()
    assert not stopping.stopped()


def test_a_new_command_knows_nothing_of_the_one_before():
    stopping.ask()
    stopping.record()
    stopping.listen()
    assert not stopping.recorded()
    assert not stopping.stopped()
    stopping.here()
