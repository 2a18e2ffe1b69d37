"""The stage of the rehearsal: folders, throwaway keys, a library with its server, and who acts when. Must not know the story."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from docctl import hooks, receipts, server, shipped, sshsig
from docctl.acts.desk import Desk
from docctl.acts.init import ATTRIBUTES, SITE
from docctl.acts.rules import record_bytes
from docctl.core import frontmatter, layout
from docctl.core.errors import DocctlError, Words
from docctl.core.mandate import Root, RootKey, root_bytes
from docctl.core.strictyaml import read_file, write_yaml
from docctl.core.tree import MemoryTree
from docctl.repository.process import binary
from docctl.sshsig.program import ssh_keygen
from docctl.workspace import Workspace

MARKER = ".docctl-demo"
PARTS = ("library", "server.git", "site", "keys")
_BESIDE = (".gitattributes", "mkdocs.yml")  # the rules record covers them too
PEOPLE_NOTE = "# The keys are made anew, and thrown away, each time the history is acted out.\n"
ROOT_ROLES = ("top-management", "management-representative", "security-lead")


class Stage:
    """One rehearsal's folder: `library` (a clone with hooks), `server.git`, `keys`, and room for `site`."""

    def __init__(self, folder: str, tell: Callable[[Words], None], lang: str = "en") -> None:
        self.folder = os.path.abspath(folder)
        self.library = os.path.join(self.folder, "library")
        self.server = os.path.join(self.folder, "server.git")
        self.site = os.path.join(self.folder, "site")
        self.keys = os.path.join(self.folder, "keys")
        self.tell = tell
        self._lang = lang
        self.fingerprint = ""
        self._configured = os.environ.get("DOCCTL_NOW")

    def clear(self) -> None:
        """Makes the folder ready. Raises DocctlError when it holds anything that is not an earlier rehearsal's."""
        if os.path.isdir(self.folder) and os.listdir(self.folder) and not os.path.exists(os.path.join(self.folder, MARKER)):
            raise DocctlError(
                Words(f"{self.folder} is not empty", f"{self.folder} 不是空文件夹"),
                Words("name a new folder; nothing is overwritten", "请指定新文件夹；不会覆盖任何内容"),
                "not-empty",
            )
        os.makedirs(self.folder, exist_ok=True)
        with open(os.path.join(self.folder, MARKER), "w", encoding="utf-8") as file:
            file.write("docctl demo\n")
        for part in PARTS:
            shutil.rmtree(os.path.join(self.folder, part), ignore_errors=True)
        os.makedirs(self.keys, mode=0o700)

    def key(self, name: str) -> str:
        """A new throwaway ed25519 key called `name`; its public text ("type base64")."""
        path = os.path.join(self.keys, name)
        command = [ssh_keygen()[0], "-q", "-t", "ed25519", "-N", "", "-C", f"{name} (throwaway)", "-f", path]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
        with open(path + ".pub", encoding="utf-8") as file:
            return " ".join(file.read().split()[:2])

    @contextmanager
    def at(self, instant: str) -> Iterator[None]:
        """Lets the clock of acts and gates stand at an instant."""
        os.environ["DOCCTL_NOW"] = instant
        try:
            yield
        finally:
            if self._configured is None:
                os.environ.pop("DOCCTL_NOW", None)
            else:
                os.environ["DOCCTL_NOW"] = self._configured

    @contextmanager
    def desk(self, person: str, instant: str) -> Iterator[Desk]:
        """A person's desk at an instant, in the library."""
        with self.at(instant):
            desk = Desk(self.library, key=os.path.join(self.keys, person), now=instant)
            try:
                yield desk
            finally:
                desk.close()

    def git(self, *words: str, folder: str = "") -> subprocess.CompletedProcess[str]:
        """Plain git, as a person would type it in the library (or another folder); its words and exit code."""
        quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8", "DOCCTL_LANG": self._lang}
        who = ("-c", "user.name=docctl", "-c", "user.email=docctl@localhost")
        return subprocess.run(
            [binary(), *who, *words], cwd=folder or self.library, env=quiet, capture_output=True, text=True, check=False
        )

    def push(self, *branches: str) -> None:
        """Pushes branches to the server, which judges them."""
        said = self.git("push", "-q", "origin", *(branches or ("main",)))
        if said.returncode:
            raise DocctlError(
                Words(f"the server refused: {said.stderr}", f"服务器拒绝：{said.stderr}"),
                Words("please report this", "请报告此问题"),
                "demo",
            )

    def fetch_receipts(self) -> None:
        """Takes the server's receipts into the library, so that its registers and site show what was received when."""
        self.git("fetch", "-q", "origin", f"{receipts.REF}:{receipts.REF}")

    def begin(self, settings: bytes, people: bytes, instant: str) -> None:
        """Founds the library: a key for everybody, a root of three with threshold two, rules record 1, the server and the hooks."""
        registry: dict[str, Any] = read_file(people).values
        for name, person in registry["people"].items():
            person["keys"] = [{"key": self.key(name), "from": person["from"]}]
        holders = [self._holder(registry, role) for role in ROOT_ROLES]
        root = Root(str(uuid.uuid4()), tuple(RootKey(name, self.key(f"root-{name}")) for name in holders), 2)
        files = {
            layout.SETTINGS: _with_server_key(settings, self.key("server")),
            layout.PEOPLE: (PEOPLE_NOTE + write_yaml(registry)).encode(),
            layout.ROOT: root_bytes(root),
            ".gitattributes": ATTRIBUTES.encode(),
            "mkdocs.yml": SITE.encode(),
        }
        record = record_bytes(MemoryTree(dict(files)), None, "The library begins", instant, root.repository)
        files[f"{layout.LOG}/0001.json"] = record
        for name in holders[:2]:
            key = sshsig.find_signing_key(os.path.join(self.keys, f"root-{name}"), {}, None)
            files[f"{layout.LOG}/0001.{name}.sig"] = sshsig.sign(record, sshsig.RULES, key)
        Workspace.init(self.library, "main").close()
        with self.desk(holders[0], instant) as desk:
            desk.judge_first(files)
            desk.record(files, "Begin the library: rules record 1")
        self.fingerprint = "sha256:" + sha256(files[layout.ROOT]).hexdigest()
        with self.at(instant):
            self._serve()

    def _serve(self) -> None:
        os.makedirs(self.server)
        self.git("init", "-q", "--bare", "--initial-branch=main", folder=self.server)
        server.install(self.server, root=self.fingerprint, key=os.path.join(self.keys, "server"), rehearsal=True)
        self.git("remote", "add", "origin", self.server)
        hooks.install(os.path.join(self.library, ".git", "hooks"), hooks.CLIENT)
        self.push()

    @staticmethod
    def _holder(registry: dict[str, Any], role: str) -> str:
        people: dict[str, dict[str, Any]] = registry["people"]
        holders = (name for name, person in people.items() if any(held["role"] == role for held in person.get("roles", ())))
        return next(holders)


def _with_server_key(settings: bytes, key: str) -> bytes:
    """The settings with the server's key for receipts put in, in place of an earlier rehearsal's."""
    lines = [line for line in settings.decode().splitlines() if not line.startswith("server_keys:")]
    return ("\n".join([*lines, f"server_keys: ['{key}']"]) + "\n").encode()


def sample() -> tuple[str, dict[str, Any]]:
    """The sample manual's folder and the story in its play.yaml."""
    folder = shipped.sample_folder()
    with open(os.path.join(folder, "play.yaml"), "rb") as file:
        return folder, read_file(file.read()).values


def folders(top: str) -> list[tuple[str, str]]:
    """Every folder with an index.md below a folder of the sample: its number and its path in the library."""
    found = []
    for folder, _, names in os.walk(top):
        if "index.md" in names:
            with open(os.path.join(folder, "index.md"), "rb") as file:
                number = str(frontmatter.read(file.read()).values["id"])
            found.append((number, os.path.relpath(folder, os.path.dirname(top)).replace(os.sep, "/")))
    return sorted(found)


def put(path: str, data: bytes) -> None:
    """Writes a file as its author's editor would."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def export(folder: str, target: str) -> None:
    """Copies the library that a rehearsal left in `folder` over the sample's own: its evidence, rules and texts, no key, no git."""
    source = os.path.join(folder, "library")
    for name in ("documents", "records", "statements", ".docctl"):
        shutil.rmtree(os.path.join(target, name), ignore_errors=True)
        shutil.copytree(os.path.join(source, name), os.path.join(target, name))
    for name in _BESIDE:
        shutil.copyfile(os.path.join(source, name), os.path.join(target, name))
