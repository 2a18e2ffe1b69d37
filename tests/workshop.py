"""A workshop of document control: a real server with its gate, a real clone, real keys, and people who act well or badly.

Good acts go through docctl. Whatever an attacker does is done with stock git and ssh-keygen: statements, digests and rules
records are written here by code of their own, from the format's description alone, so that docctl is never asked to prove itself.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from docctl.acts.desk import Desk
from docctl.assurance import Report, verify
from docctl.repository import Repository

NOW = "2026-03-10T01:00:00Z"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
STATEMENTS, RULES = "statement-v1@docctl", "rules-v1@docctl"
ROOTS = ("zhao.lei", "sun.li", "chen.jing")  # any two of them change the rules

# Who signs what on each kind of document, in which role, in the order of the matrix.
USUAL = {
    "procedure": (
        ("submit", "wang.fang", "author"),
        ("review", "li.ming", "department-head"),
        ("cosign", "zhou.ping", "department-head"),
        ("approve", "zhao.lei", "management-representative"),
        ("release", "chen.jing", "document-controller"),
    ),
    "manual": (
        ("submit", "wang.fang", "author"),
        ("review", "zhao.lei", "management-representative"),
        ("approve", "sun.li", "top-management"),
        ("release", "chen.jing", "document-controller"),
    ),
    "guideline": (
        ("submit", "wang.fang", "author"),
        ("approve", "li.ming", "department-head"),
        ("approve", "zhou.ping", "department-head"),
        ("release", "chen.jing", "document-controller"),
    ),
}
HOURS = {"submit": "01:00:00", "review": "02:00:00", "cosign": "03:00:00", "approve": "04:00:00", "release": "05:00:00"}


class Ran(NamedTuple):
    """How a program ended, and all that it said."""

    code: int
    said: str


def run(*words: str, at: Path | str, feed: bytes = b"", env: dict[str, str] | None = None) -> Ran:
    """Runs a program with nothing but the test's own surroundings."""
    done = subprocess.run(
        words, cwd=at, input=feed, env={**os.environ, **(env or {})}, capture_output=True, check=False, timeout=120
    )
    return Ran(done.returncode, (done.stdout + done.stderr).decode("utf-8", "backslashreplace"))


def new_key(folder: Path, name: str, *words: str) -> str:
    """A throwaway key called `name`; its public text, "type base64"."""
    path = folder / name
    made = run("ssh-keygen", "-q", *(words or ("-t", "ed25519")), "-N", "", "-C", name, "-f", str(path), at=folder)
    assert made.code == 0, made.said
    return public_key(folder, name)


def public_key(folder: Path, name: str) -> str:
    """The public text of a key in a folder."""
    return " ".join((folder / f"{name}.pub").read_text().split()[:2])


def canonical(values: dict[str, Any]) -> bytes:
    """One line of JSON as the format describes it."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def manifest(files: dict[str, bytes]) -> str:
    """The digest over named bytes as the format describes it."""
    lines = [f"{hashlib.sha256(data).hexdigest()} {len(data)} {name}\n" for name, data in sorted(files.items())]
    return "sha256:" + hashlib.sha256(("docctl-content 1\n" + "".join(lines)).encode()).hexdigest()


class Workshop:
    """One copy of the base library: `office` is a clone with gates, `server` the bare repository with its gate."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self.folder = folder
        self.office = folder / "office"
        self.server = folder / "server.git"
        self.keys = keys
        self.day = "2026-03-09"

    @classmethod
    def copied(cls, base: Path, folder: Path, keys: Path) -> Workshop:
        """A copy of a workshop that nobody else uses."""
        shutil.copytree(base, folder, symlinks=True)
        config = folder / "office/.git/config"
        config.write_text(config.read_text().replace(str(base / "server.git"), str(folder / "server.git")))
        return cls(folder, keys)

    # -- stock git ------------------------------------------------------------------------------------------------------

    def git(self, *words: str, at: Path | None = None, feed: bytes = b"", fine: bool = True, **env: str) -> str:
        """What stock git says in the office; it must end well."""
        ran = self.tried("git", *words, at=at, feed=feed, **env)
        assert ran.code == 0 or not fine, ran.said
        return ran.said.rstrip("\n")

    def tried(self, *words: str, at: Path | None = None, feed: bytes = b"", **env: str) -> Ran:
        """How any program ended in the office."""
        return run(*words, at=at or self.office, feed=feed, env={"DOCCTL_NOW": NOW, **env})

    def commit(self, message: str = "x", *words: str) -> str:
        """Commits everything in the office past the client's gates; the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", message, *words)
        return self.head()

    def head(self, name: str = "HEAD", at: Path | None = None) -> str:
        """The commit of a name, "" when there is none."""
        return self.git("rev-parse", "-q", "--verify", f"{name}^{{commit}}", at=at, fine=False)

    def land(self, what: str = "HEAD", to: str = "refs/heads/main", *options: str, **env: str) -> Ran:
        """Pushes to the server past the client's gate."""
        return self.tried("git", "push", "--no-verify", *options, "origin", f"{what}:{to}", **env)

    def refs(self, at: Path | None = None) -> str:
        """Every name of the server (or another repository) and where it points."""
        return self.git("for-each-ref", at=at or self.server)

    # -- files ----------------------------------------------------------------------------------------------------------

    def folder_of(self, number: str) -> Path:
        """The folder of a document or record in the office."""
        return next(path for top in ("documents", "records") for path in (self.office / top).rglob(f"{number}*") if path.is_dir())

    def text(self, number: str) -> Path:
        """The text of a document or record."""
        return self.folder_of(number) / "index.md"

    def edit(self, number: str, old: str = r"\Z", new: str = "\nEVIL\n") -> Path:
        """Replaces a pattern in a text once; at the end, when nothing else is said."""
        path = self.text(number)
        before = path.read_text(encoding="utf-8")
        after = re.sub(old, lambda _: new, before, count=1, flags=re.MULTILINE)
        assert after != before or new in before, old
        path.write_text(after, encoding="utf-8")
        return path

    def put(self, path: str, data: bytes | str = "x\n") -> Path:
        """Puts a file into the office."""
        target = self.office / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
        return target

    def stage(self, path: str, data: bytes | str, mode: str = "100644") -> None:
        """Puts bytes under any name into git's index only."""
        key = self.git("hash-object", "-w", "--stdin", feed=data.encode() if isinstance(data, str) else data)
        self.git("update-index", "-z", "--index-info", feed=f"{mode} {key}\t{path}\0".encode("utf-8", "surrogateescape"))

    def next(self, number: str, version: str, body: str = "改进。") -> str:
        """Writes the next version of a document into the office, claiming to be approved; its number."""
        path = self.text(number)
        text = re.sub(r"^version: .*$", f"version: {version}", path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
        change = "" if "\nchange:" in text else "\nchange: {class: minor, reason: 改进, summary: 细化流程}"
        text = re.sub(r"^status: .*$", f"status: approved{change}", text, count=1, flags=re.MULTILINE)
        path.write_text(f"{text}\n{body}\n", encoding="utf-8")
        return number

    # -- evidence, written by hand ---------------------------------------------------------------------------------------

    def damage(self, name: str, at: Path) -> str:
        """Flips a byte of one object in a repository; its id."""
        for pack in list((at / "objects/pack").iterdir()):
            data = pack.read_bytes()
            pack.unlink()
            if pack.suffix == ".pack":
                self.git("unpack-objects", "-q", at=at, feed=data)
        key = self.git("rev-parse", name, at=at)
        path = at / "objects" / key[:2] / key[2:]
        path.chmod(0o644)
        data = path.read_bytes()
        path.write_bytes(data[:-9] + bytes(each ^ 0xFF for each in data[-9:]))
        return key

    def field(self, number: str, name: str) -> str:
        """One plain field of a text's front matter."""
        found = re.search(rf"^{name}: (.*)$", self.text(number).read_text(encoding="utf-8"), re.MULTILINE)
        return found[1] if found else ""

    def digest(self, number: str) -> str:
        """The digest of a document's folder as it lies in the office."""
        folder = self.folder_of(number)
        return manifest({path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()})

    def digest_at(self, number: str, name: str = "origin/main") -> str | None:
        """The digest of a document's folder at a commit, None when it is not there."""
        folder = self.folder_of(number).relative_to(self.office).as_posix()
        paths = [path for path in self.git("ls-tree", "-rz", "--name-only", name, f"{folder}/").split("\0") if path]
        read = {path: self._blob(f"{name}:{path}") for path in paths}
        return manifest({path.removeprefix(f"{folder}/"): data for path, data in read.items()}) if read else None

    def _replaced(self, number: str) -> str | None:
        """The digest of what a new version would replace: the text on main, when it was ever released."""
        path = self.text(number).relative_to(self.office).as_posix()
        there = self.tried("git", "cat-file", "blob", f"origin/main:{path}")
        return None if there.code or "\nstatus: draft\n" in there.said else self.digest_at(number)

    def _blob(self, name: str) -> bytes:
        return subprocess.run(["git", "cat-file", "blob", name], cwd=self.office, capture_output=True, check=True).stdout

    def root(self) -> dict[str, Any]:
        """The root record of the library."""
        return json.loads((self.office / ".docctl/root.json").read_bytes())

    @property
    def fingerprint(self) -> str:
        """The root fingerprint on paper."""
        first = self.git("rev-list", "--max-parents=0", "main")
        return "sha256:" + hashlib.sha256(self._blob(f"{first}:.docctl/root.json")).hexdigest()

    def sign(self, data: bytes, key: str, namespace: str = STATEMENTS) -> bytes:
        """Signs bytes with stock ssh-keygen."""
        words = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(self.keys / key)]
        return subprocess.run(words, input=data, capture_output=True, check=True).stdout

    def statement(
        self,
        decision: str,
        number: str,
        *,
        key: str = "",
        namespace: str = STATEMENTS,
        filed: str = "",
        respelt: Callable[[bytes], bytes] = bytes,
        **fields: Any,
    ) -> str:
        """Writes and signs one statement on a document as it lies in the office; its path without the ending.

        `key` names another key than the signer's, `filed` another folder, `respelt` changes the bytes before they are signed;
        `instead` is another word for the decision, any other field of the statement takes the place of the usual one.
        """
        values = {**self._usual(decision, number), **fields}
        values["decision"] = values.pop("instead", decision)
        data = respelt(canonical(values))
        version = (values["version"] or "record").replace("/", "-")
        folder = filed or f"statements/{values['document']}/{version}"
        stem = f"{folder}/{values['signer']}.{values['decision']}.{hashlib.sha256(data).hexdigest()[:12]}"
        self.put(f"{stem}.json", data)
        self.put(f"{stem}.sig", self.sign(data, key or values["signer"], namespace))
        return stem

    def _usual(self, decision: str, number: str) -> dict[str, Any]:
        kind = self.field(number, "type")
        who, role = next(((who, role) for what, who, role in USUAL.get(kind, ()) if what == decision), ("wang.fang", "author"))
        record = not kind
        log = sorted((self.office / ".docctl/log").glob("*.json"))
        return {
            "comment": "",
            "decided_at": f"{self.day}T{HOURS.get(decision, '06:00:00')}Z",
            "decision": decision,
            "digest": self.digest(number),
            "document": number,
            "effective_from": "2026-03-16" if decision == "release" else None,
            "repository": self.root()["repository"],
            "role": role,
            "rules": int(log[-1].name[:4]),
            "schema": "docctl/statement/v1",
            "signer": who,
            "supersedes": None if record else self._replaced(number),
            "target": None,
            "version": None if record else self.field(number, "version"),
        }

    def evidence(self, number: str, **changed: dict[str, Any] | None) -> list[str]:
        """Signs everything that a document needs; `changed` leaves a decision out (None) or changes its fields."""
        stems = []
        for decision, who, role in USUAL[self.field(number, "type")]:
            more = changed.get(decision, {})
            if more is not None:
                stems.append(self.statement(decision, number, **{"signer": who, "role": role, **more}))
        return stems

    def rules_record(self, *signers: str, paths: Sequence[str] = (), namespace: str = RULES, **fields: Any) -> str:
        """Writes the next rules record over the rule files as they lie in the office, signed with the keys `root-<signer>`."""
        names = (".docctl/settings.yaml", ".docctl/people.yaml", ".docctl/root.json", ".gitattributes", "mkdocs.yml", *paths)
        log = sorted((self.office / ".docctl/log").glob("*.json"))
        files = {name: (self.office / name).read_bytes() for name in names}
        values = {
            "changed_at": f"{self.day}T00:30:00Z",
            "digest": manifest(files),
            "n": len(log) + 1,
            "previous": "sha256:" + hashlib.sha256(log[-1].read_bytes()).hexdigest() if log else None,
            "reason": "x",
            "repository": self.root()["repository"],
            "schema": "docctl/rules-record/v1",
            **fields,
        }
        data = canonical(values)
        stem = f".docctl/log/{values['n']:04d}"
        self.put(f"{stem}.json", data)
        for signer in signers or ROOTS[:2]:
            self.put(f"{stem}.{signer.partition('/')[0]}.sig", self.sign(data, f"root-{signer.rpartition('/')[2]}", namespace))
        return stem

    # -- good acts ------------------------------------------------------------------------------------------------------

    @contextmanager
    def desk(self, who: str, now: str = NOW) -> Iterator[Desk]:
        """Somebody's place of work."""
        desk = Desk(str(self.office), key=str(self.keys / who), now=now)
        try:
            yield desk
        finally:
            desk.close()

    # -- what must happen -----------------------------------------------------------------------------------------------

    def verdict(self, name: str = "HEAD", root: str = "") -> Report:
        """What verify finds on a commit that was forced into a copy of the server without a gate."""
        forged = self.folder / "forged.git"
        if not forged.exists():
            shutil.copytree(self.server, forged, ignore=shutil.ignore_patterns("hooks", "config"))
            shutil.copy(self.folder / "plain-config", forged / "config")
        self.git("push", "-q", "--no-verify", "-f", str(forged), f"{name}:refs/heads/main")
        with Repository.open(str(forged)) as repository:
            return verify(repository, "main", root=root)

    def refused(self, *codes: str, about: Sequence[str] = (), bad: str = "HEAD", says: Sequence[str] = ()) -> str:
        """The server refuses HEAD by these rules and moves nothing; verify finds the same at the commit `bad`. What was said.

        What is said names every document of `about`, at least one file that changed, and a remedy.
        """
        before, bad = self.refs(), self.head(bad)
        ran = self.land()
        assert ran.code == 1, ran.said
        assert self.refs() == before
        told(ran.said, *codes, *about, *says)
        assert bad in ran.said, ran.said
        changed = self.git("diff", "--name-only", "-z", "--no-renames", f"{bad}^", bad).split("\0")
        assert any(
            path in ran.said or (path.count("/") and path.rsplit("/", path.count("/") - 1)[0] in ran.said) for path in changed
        ), ran.said
        report = self.verdict()
        assert not report.fine
        assert report.bad == bad
        assert {item.code for item in report.findings} >= set(codes), [item.message("en") for item in report.findings]
        return ran.said

    def accepted(self, what: str = "HEAD") -> Report:
        """The server takes a commit onto main, and verify finds nothing."""
        ran = self.land(what)
        assert ran.code == 0, ran.said
        assert self.head(at=self.server) == self.head(what)
        with Repository.open(str(self.server)) as repository:
            report = verify(repository, "main", root=self.fingerprint)
        assert report.fine, [item.message("en") for item in report.findings]
        assert report.assurance == "V1"
        return report

    def stopped(self, *words: str, says: Sequence[str] = (), at: Path | None = None, **env: str) -> str:
        """The client's gate stops a git command: no commit is made. What was said."""
        before = self.head()
        ran = self.tried("git", *words, at=at, **env)
        assert ran.code != 0, ran.said
        assert self.head() == before
        return told(ran.said, *says)


def told(said: str, *words: str) -> str:
    """A refusal that people can use: every one of the words, a remedy, and no traceback."""
    assert "Traceback" not in said, said
    assert "→" in said, said
    missing = [word for word in words if word not in said]
    assert not missing, f"{missing} not in:\n{said}"
    return said
