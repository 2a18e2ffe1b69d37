"""Ctrl-C: taken at once while nothing has been changed, held back while an act must not be cut in two. Must not know any act.

Signals belong to the process, so there is one state for all of it. Only the door of the command line listens; whoever uses docctl
as a library keeps Python's own way, in which only what is sheltered cannot be cut off.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from docctl.core.lean import Any


class _State:
    """`held` and `sheltered` count the sections that are open; a stop is raised once, and what comes after is only noted."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """As at the beginning of a command."""
        self.held = 0
        self.sheltered = 0
        self.answering = False
        self.asked = False
        self.raised = False
        self.recorded = False
        self.left_open = False


_now = _State()


def listen() -> Callable[[], None]:
    """Begins to listen, with nothing asked and nothing recorded yet; what is given back ends it.

    Where Ctrl-C is ignored, or somebody else listens, it stays so.
    """
    _now.clear()
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return _nothing
    try:
        signal.signal(signal.SIGINT, _heard)
    except ValueError:  # not the main thread
        return _nothing
    unraisable, sys.unraisablehook = sys.unraisablehook, _lost

    def end() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.unraisablehook = unraisable

    return end


def _nothing() -> None:
    """Ends nothing."""


def _heard(_number: int, _frame: FrameType | None) -> None:
    _now.asked = True
    if _now.answering or not _now.held:
        _stop()


def _stop() -> None:
    _now.answering = False
    if not _now.raised:
        _now.raised = True
        raise KeyboardInterrupt


def _lost(unraisable: Any) -> None:
    """Where Python clears away an object it drops every error: a stop that was raised there is raised again later."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        _now.raised = False
    else:
        sys.__unraisablehook__(unraisable)


def over() -> None:
    """The command has come to its end: from now on nothing is stopped any more."""
    _now.raised = True


def hold() -> None:
    """From now on a stop waits for `here`, until `let_go` was called as often."""
    _now.held += 1


def let_go() -> None:
    """Takes one `hold` back."""
    _now.held = max(0, _now.held - 1)


@contextmanager
def answering() -> Iterator[None]:
    """While somebody is asked: a stop is taken at once, whatever is held."""
    here()
    _now.answering = True
    try:
        yield
    finally:
        _now.answering = False


@contextmanager
def unheard() -> Iterator[None]:
    """What is done here comes to its end before a stop is heard.

    Ctrl-C reaches every process at the terminal; one that is begun here keeps the signal blocked and is not cut off by it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def sheltered() -> Iterator[None]:
    """While an act is led back or ended: no stop is taken at all."""
    with unheard():
        _now.sheltered += 1
        try:
            yield
        finally:
            _now.sheltered -= 1


def here() -> None:
    """A place where an act may stop: raises KeyboardInterrupt when that was asked, also when it was raised before and got lost."""
    if _now.asked and not _now.sheltered:
        _now.raised = True
        raise KeyboardInterrupt


def ask() -> None:
    """Somebody wants docctl to stop, as the end of one of its processes shows."""
    _now.asked = True


def leave_open() -> None:
    """An act could not be led back: what keeps it must be told, whoever asked to stop."""
    _now.left_open = True


def stopped() -> bool:
    """Whether what went wrong is that somebody asked to stop: no process that was cut off need be told then."""
    return _now.asked and not _now.left_open


def record() -> None:
    """Something was recorded that stands, whatever comes after."""
    _now.recorded = True


def recorded() -> bool:
    """Whether something was recorded since `listen`."""
    return _now.recorded
