"""Coverage-guided fuzzing of what reads hostile bytes: `make fuzz`. Must not judge, nor be needed by the tests.

    make fuzz                                            every target for SECONDS (60) each, from the corpus of bad inputs
    PYTHONPATH=.fuzz SECONDS=3600 .venv/bin/python tools/fuzz.py yaml      one target for an hour; a find is kept in .fuzz/found/

A target holds a law: two readers agree, what was read writes the same bytes, or any bytes at all get one of the kinds of no.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha1
from pathlib import Path

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests/corpus"
KEPT = ROOT / ".fuzz"
LONGEST = 4096


def yaml(data: bytes) -> None:
    """What is read by pattern is what libyaml reads, line by line."""
    from docctl.core import strictyaml
    from docctl.core.errors import Unreadable

    text = data.decode("utf-8", "ignore")
    try:
        strictyaml._refuse(text, strictyaml.FRONT_MATTER, 1)  # noqa: SLF001  both readers come after it
    except Unreadable:
        return
    plain = strictyaml._plainly(text, strictyaml.FRONT_MATTER, 1)  # noqa: SLF001
    if plain is not None:
        stock = strictyaml._Reader(text, strictyaml.FRONT_MATTER, 1).read().reading  # noqa: SLF001
        assert (plain.values, [*plain.values], plain.lines) == (stock.values, [*stock.values], stock.lines)


def front(data: bytes) -> None:
    """A text is read or refused; what was read is written so that it reads the same."""
    from docctl.core import frontmatter, strictyaml
    from docctl.core.errors import Unreadable

    try:
        values = frontmatter.read(data).values
    except Unreadable:
        return
    try:
        written = strictyaml.write_yaml(values)
    except Unreadable:
        return
    assert strictyaml.read_yaml(written, strictyaml.RULE_FILE).values == values


def outline(data: bytes) -> None:
    """A body that is read by pattern is read alike by the parser that makes its page."""
    from docctl.core.bodyfault import over_limits
    from docctl.core.outline import by_parser, by_pattern

    body = data.decode("utf-8", "ignore").replace("\r", "")
    plain = None if over_limits(body, 1) else by_pattern(body, 1)
    assert plain is None or plain == by_parser(body, 1)


def statement(data: bytes) -> None:
    """A statement has one spelling."""
    from docctl import shipped
    from docctl.core.errors import Unreadable
    from docctl.core.statement import read_statement, write_statement

    try:
        said = read_statement(data, shipped.schema("statement"))
    except Unreadable:
        return
    assert write_statement(said) == data


def signature(data: bytes) -> None:
    """Any bytes get a verdict, and no bytes that were not signed a good one."""
    from docctl import sshsig

    verdict = sshsig.verify(b"nobody signed this\n", data, sshsig.STATEMENT)
    assert verdict.fault


def folder(data: bytes) -> None:
    """A stored folder is damage, or its names are in order and each is found where it stands."""
    from docctl.core.errors import DocctlError
    from docctl.repository.folders import entries
    from docctl.repository.objects import Found

    try:
        names = entries(Found(sha1(data, usedforsecurity=False).hexdigest(), "tree", data))
    except DocctlError:
        return
    said = b"".join(
        entry.mode.lstrip("0").encode() + b" " + name.encode("utf-8", "surrogateescape") + b"\0" + bytes.fromhex(entry.key)
        for name, entry in names.items()
    )
    assert said == data.replace(b"040000 ", b"40000 ")


TARGETS: dict[str, tuple[Callable[[bytes], None], str]] = {
    "yaml": (yaml, "settings people standard"),
    "front": (front, "frontmatter record"),
    "outline": (outline, "markdown"),
    "statement": (statement, "statement"),
    "signature": (signature, "signature"),
    "folder": (folder, ""),
}


def main() -> int:
    """Runs the targets named (all), each in a process of its own; 1 when one of them found something."""
    if os.environ.get("DOCCTL_FUZZ"):
        return _fuzz(os.environ["DOCCTL_FUZZ"])
    names = sys.argv[1:] or [*TARGETS]
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        sys.stderr.write(f"no such target: {', '.join(unknown)}; there are {', '.join(TARGETS)}\n")
        return 2
    return max(_run(name) for name in names)


def _run(name: str) -> int:
    grown, found = KEPT / "grown" / name, KEPT / "found"
    for place in (grown, found):
        place.mkdir(parents=True, exist_ok=True)
    words = [
        sys.executable, __file__, f"-max_total_time={os.environ.get('SECONDS', '60')}", f"-max_len={LONGEST}", "-timeout=10",
        f"-artifact_prefix={found}/{name}-", "-print_final_stats=1", str(grown), *(str(CORPUS / each) for each in TARGETS[name][1].split()),
    ]  # fmt: skip
    done = subprocess.run(words, env={**os.environ, "DOCCTL_FUZZ": name}, stderr=subprocess.PIPE, text=True, check=False)
    tried = re.findall(r"number_of_executed_units: +([0-9]+)", done.stderr)
    print(
        f"{name:10} {''.join(tried) or '?':>10} inputs  {'nothing found' if not done.returncode else 'FOUND, see ' + str(found)}",
        flush=True,
    )
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
    return min(done.returncode, 1)


def _fuzz(name: str) -> int:
    import atheris

    with atheris.instrument_imports(include=["docctl"]):
        import docctl.core.frontmatter
        import docctl.core.outline
        import docctl.repository.folders
        import docctl.sshsig.check  # noqa: F401
    atheris.Setup(sys.argv, TARGETS[name][0])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
