"""Asks stock OpenSSH about every statement of a library and compares. Must not know documents, slots or history."""

from __future__ import annotations

from typing import NamedTuple

from docctl import sshsig
from docctl.core.people import Person
from docctl.core.tree import Tree
from docctl.reader import Memory, Shelf, rulebook
from docctl.reader.rulebook import no_rules


class Opinion(NamedTuple):
    """How many statements ssh-keygen was asked about, on how many it agrees with docctl, and the paths where it does not."""

    asked: int
    agreeing: int
    differing: tuple[str, ...]


def second_opinion(tree: Tree) -> Opinion:
    """What `ssh-keygen -Y verify` says of each statement of a tree, by the keys its people are registered with.

    Raises DocctlError when ssh-keygen cannot be asked or the rules cannot be read.
    """
    memory = Memory()
    rules = rulebook(tree, memory)
    if rules.rules is None:
        raise no_rules(rules.unread)
    mandate = rules.rules.mandate
    shelf = Shelf(tree, mandate.people, mandate.settings.version_scheme, memory)
    asked, differing = 0, []
    for number in sorted(tree.listing("statements")):
        evidence = shelf.evidence(number)
        for item in evidence.signed:
            asked += 1
            person = mandate.people.persons.get(item.statement.signer)
            ours = item.sound and person is not None and person.key(item.verdict.key) is not None
            if ours != _theirs(tree, item.path, person, item.statement.decided_at):
                differing.append(item.path)
    return Opinion(asked, asked - len(differing), tuple(differing))


def _theirs(tree: Tree, path: str, person: Person | None, decided_at: str) -> bool:
    """Whether ssh-keygen finds a statement signed by one of a person's keys."""
    if person is None or not person.keys:
        return False
    namespace = sshsig.STATEMENT
    lines = (sshsig.allowed_signers_line(person.id, sshsig.read_key(key.text), namespace, None, None) for key in person.keys)
    signature = tree[path.removesuffix(".json") + ".sig"].data
    return sshsig.openssh_verify(tree[path].data, signature, namespace, person.id, "\n".join(lines), decided_at)
