"""How every signature is given: show what is signed and what changed, ask, sign, say what comes next. Must not know single decisions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from docctl.cli.asking import sure
from docctl.cli.sharing import recorded, share, tell_wanted
from docctl.cli.telling import FILE_CHANGES, facts, tell_both, tell_unified
from docctl.cli.words import lang, said
from docctl.core.errors import Words
from docctl.core.statement import DECISIONS

if TYPE_CHECKING:
    from docctl.acts.desk import Desk
    from docctl.acts.sign import Candidate


def sign_after_asking(desk: Desk, candidate: Candidate, *, yes: bool, commit: bool, push: bool) -> None:
    """Shows a candidate, asks, signs it and says what comes next."""
    from docctl.acts import sign

    show_candidate(desk, candidate)
    decision = candidate.statement.decision
    question = Words(f"Sign “{decision}” on this document?", f"对该文件签署“{DECISIONS[decision].zh}”？")
    sure(question, yes=yes)
    made = sign.sign(desk, candidate, commit=commit)
    recorded(made, desk.branch or "-", Words("signed", "已签署"))
    if made:
        tell_next(desk, candidate)
        share(desk, desk.branch or "HEAD", push=push)


def show_candidate(desk: Desk, candidate: Candidate) -> None:
    """What a signer must see before the signature: the facts and, when it replaces a version, what changed."""
    facts(candidate.facts)
    if candidate.differs:
        tell_both(
            "Careful: your working copy differs from the commit being signed.",
            "注意：您的工作副本与所签署的提交不一致。",
            err=True,
        )
    if candidate.before is None:
        return
    tell_both("Changes:", "更改：")
    lines = [*_files(candidate), *_text(desk, candidate)]
    tell_unified(lines or [said("(none: the same bytes)", "（无：内容相同）")])


def _files(candidate: Candidate) -> Iterator[str]:
    """The files of the folder that differ, by name."""
    from docctl.redline import files_changed

    if candidate.before is not None:
        for name, what in files_changed(candidate.before.content, candidate.document.content):
            yield f"{name}: {FILE_CHANGES[what].said(lang())}"


def _text(desk: Desk, candidate: Candidate) -> list[str]:
    from docctl.redline import unified

    before, path = candidate.before, candidate.document.path
    if before is None:
        return []
    tree = desk.repository.staged(desk.prefix)[0] if candidate.also else desk.tree()
    new = candidate.files[path] if path in candidate.files else tree[path].data
    old = desk.tree(desk.official())[before.path].data
    return unified(old.decode(), new.decode(), (before.version, candidate.document.version))


def tell_next(desk: Desk, candidate: Candidate) -> None:
    """Who is waited for after a signature."""
    from docctl.waiting import wanted

    if candidate.statement.decision == "confirm":
        return
    number = candidate.document.number
    tell_wanted(wanted(desk.document(number), desk.evidence(number), desk.mandate, desk.today), desk.mandate.settings)
