"""One step from a state of the library to the next, as the judgement sees it. Must not know commits, only what they did."""

from __future__ import annotations

from docctl.core.errors import Words
from docctl.core.lean import NamedTuple
from docctl.core.library import Library, Rules
from docctl.core.tree import Changed


class Move(NamedTuple):
    """One wish to move a name of the repository: the name and what is wrong with it.

    `fault`: rewritten, deleted, foxtrot, second-root, unknown-name, release-tag, reserved-name, shallow, other-root, odd-folder,
    twin-above, symbolic, namespace, receipts-broken, push-option.
    """

    name: str
    fault: str
    detail: str | Words = ""


class Change(NamedTuple):
    """What rules of scope `change` judge: the rules before (None at the first record), what changed, and the state after."""

    before: Rules | None
    changed: tuple[Changed, ...]
    library: Library
