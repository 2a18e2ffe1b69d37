"""An office for tests of the command line: a real library with people and throwaway keys, and what the door said."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from docctl.cli import main

PEOPLE = {
    "wang": "wang.fang:王芳:{key}::operations",
    "li": "li.ming:李明:{key}:department-head@operations:operations",
    "zhao": "zhao.lei:赵磊:{key}:management-representative:management",
    "chen": "chen.jing:陈静:{key}:document-controller:quality",
}
NUMBER = "ITSM-P-01"
TEXT = f"documents/procedures/{NUMBER}/index.md"


class Said(NamedTuple):
    """How one command ended and what it said."""

    code: int
    out: str
    err: str
    data: bytes = b""


class Office:
    """A folder with `library`, `server.git` and `keys`; `do` runs docctl in this process, as somebody, at some time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "library"
        self.keys = folder / "keys"
        self.now = "2026-01-05T01:00:00Z"

    def environment(self, by: str = "", lang: str = "en") -> dict[str, str]:
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "DOCCTL_NOW": self.now, "DOCCTL_LANG": lang}
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCCTL_", "GIT_"))}
        return {**kept, **own, **({"DOCCTL_KEY": str(self.keys / by)} if by else {})}

    def do(self, *words: str, by: str = "", at: str = "", lang: str = "en", place: Path | None = None) -> Said:
        """Runs one command with the library as its place; `by` signs, `at` moves the clock of the office on."""
        self.now = at or self.now
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        where = ["-C", str(place or self.library)]
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            with mock.patch.dict(os.environ, self.environment(by, lang), clear=True), redirect_stdout(out), redirect_stderr(err):
                code = main([*where, *words])
        finally:
            os.chdir(before)
        data = out.buffer.getvalue()
        return Said(code, data.decode(errors="replace"), err.buffer.getvalue().decode(), data)

    def process(self, *words: str, by: str = "", lang: str = "en", **more: object) -> subprocess.CompletedProcess[str]:
        """Runs one command in a process of its own."""
        call = [sys.executable, "-c", "import sys; from docctl.cli import main; sys.exit(main())", *words]
        return subprocess.run(
            call, cwd=self.library, env=self.environment(by, lang), capture_output=True, text=True, check=False, **more
        )

    def git(self, *words: str, fine: bool = True) -> subprocess.CompletedProcess[str]:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        return subprocess.run(
            ["git", *who, *words], cwd=self.library, env=self.environment(), capture_output=True, text=True, check=fine
        )

    def key(self, name: str) -> str:
        path = self.keys / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
        return str(path)

    def begin(self) -> Said:
        """The library as `docctl init` makes it."""
        self.keys.mkdir()
        persons = [part for name, spelt in PEOPLE.items() for part in ("--person", spelt.format(key=self.key(name) + ".pub"))]
        standard = ("--organisation", "Huacheng", "--standard", "iso20000-1:2018", "--root-person", "zhao.lei")
        begun = self.do_bare("init", str(self.library), *standard, "--root-key", self.key("root"), *persons)
        self.git("init", "-q", "--bare", "../server.git")
        self.git("remote", "add", "origin", "../server.git")
        return begun

    def do_bare(self, *words: str, lang: str = "en") -> Said:
        """A command that takes no place."""
        out, err = io.StringIO(), io.StringIO()
        with mock.patch.dict(os.environ, self.environment("", lang), clear=True), redirect_stdout(out), redirect_stderr(err):
            code = main(list(words))
        return Said(code, out.getvalue(), err.getvalue())

    def write(self, old: str, new: str, path: str = TEXT) -> None:
        file = self.library / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def draft(self, number: str = NUMBER) -> None:
        """A first draft with a text and a mapped clause."""
        made = self.do("new", "procedure", number, "变更管理程序", "--department", "operations", "--distribution", "operations")
        assert made.code == 0, made
        path = TEXT.replace(NUMBER, number)
        self.write("status: draft\n", 'status: draft\nclauses:\n  - {clause: "iso20000-1:2018/8.5.1", section: process}\n', path)
        self.write("{#purpose}\n", "{#purpose}\n\n规范变更，降低风险。\n", path)

    def issue(self, number: str = NUMBER, effective: str = "") -> None:
        """Everybody signs and the controller releases, in one hour each."""
        for hour, (who, act) in enumerate((("wang", "submit"), ("li", "review"), ("zhao", "approve")), start=2):
            done = self.do(act, number, "--yes", by=who, at=f"{self.now[:11]}{hour:02d}:00:00Z")
            assert done.code == 0, done
        more = ("--effective", effective) if effective else ()
        done = self.do("release", number, "--yes", *more, by="chen", at=f"{self.now[:11]}05:00:00Z")
        assert done.code == 0, done
