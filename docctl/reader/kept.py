"""Readings kept on disk from one run to the next, by the key of what was read. Must not know what a reading says.

They only save time. Each is sealed with a secret of this user that lies outside of the repository, together with its name and
the edition of docctl that read it; what does not open is read anew, so that a stale, damaged or planted one changes no verdict.
The name of the file comes from the secret too: what somebody else put into a copy of a repository is not even opened.
"""

from __future__ import annotations

import hmac
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib import metadata
from stat import S_ISREG
from weakref import finalize

from docctl import shipped
from docctl.core.lean import TYPE_CHECKING, Any, TypeVar
from docctl.reader import packed
from docctl.reader.memory import Memory

if TYPE_CHECKING:
    from docctl.repository import Repository

Reading = TypeVar("Reading")
NAME = "docctl.readings"
TABLE = "CREATE TABLE readings (name BLOB PRIMARY KEY, sealed BLOB) WITHOUT ROWID"
LARGEST = 256 << 20  # bytes; a memory that has grown beyond is begun anew
BATCH = 512  # readings that are written together
SEAL = 16
PATIENCE = 0.2  # seconds to wait for another run that writes
_READERS = ("core", "reader", "sshsig", "")
_READ_BY = ("PyYAML", "cryptography", "markdown-it-py", "mdit-py-plugins")


class Kept:
    """The readings that the holder of a secret keeps in a folder; none where they cannot be used."""

    def __init__(self, folder: str, secret: bytes) -> None:
        self._secret = sha256(secret + edition()).digest()
        self._fresh: dict[bytes, bytes] = {}
        self._store: sqlite3.Connection | None = None
        self._path = os.path.join(folder, f"{NAME}.{sha256(b'name' + secret).hexdigest()[:16]}")
        with suppress(OSError, sqlite3.Error):
            self._store = _opened(self._path)
            # What is left over when nobody asks any more; also at the end of the program.
            finalize(self, _write, self._store, self._fresh)

    def once(
        self,
        key: Sequence[str],
        make: Callable[[], Reading],
        pack: Callable[[Reading], Sequence[Any]],
        unpack: Callable[[Sequence[Any]], Reading],
    ) -> Reading:
        """The reading that this user kept under a key; made now, and kept for a later run, when there is none."""
        name = sha256("\0".join(key).encode("utf-8", "surrogateescape")).digest()
        values = self._find(name)
        if values is not None:
            return unpack(values)
        reading = make()
        self._keep(name, pack(reading))
        return reading

    def _find(self, name: bytes) -> Any:
        if self._store is None:
            return None
        try:
            found = self._store.execute("SELECT sealed FROM readings WHERE name = ?", (name,)).fetchone()
        except sqlite3.Error:
            self._forget()
            return None
        if found is None or type(found[0]) is not bytes:
            return None
        seal, data = found[0][:SEAL], found[0][SEAL:]
        return json.loads(data) if hmac.compare_digest(seal, self._seal(name, data)) else None

    def _forget(self) -> None:
        """Takes the file away: it is damaged, and holds nothing that cannot be read again."""
        self._store = None
        with suppress(OSError):
            os.unlink(self._path)

    def _keep(self, name: bytes, values: Sequence[Any]) -> None:
        if self._store is None:
            return
        data = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        self._fresh[name] = self._seal(name, data) + data
        if len(self._fresh) >= BATCH:
            _write(self._store, self._fresh)

    def _seal(self, name: bytes, data: bytes) -> bytes:
        return hmac.digest(self._secret, name + data, "sha256")[:SEAL]


def remembering(repository: Repository) -> Memory:
    """A memory for whole libraries that keeps its readings among the repository's own files; where it cannot, a plain one."""
    private = private_folder()
    try:
        return Memory(kept=Kept(repository.common_dir, _secret(private)) if private else None)
    except OSError:
        return Memory()


def private_folder() -> str:
    """This user's own folder for what docctl may keep from one run to the next; "" when there is none that nobody else can write.

    The site engine's dictionary of Chinese words goes there too: by itself the engine would put it where anyone could swap it.
    """
    place = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "docctl")
    try:
        os.makedirs(place, mode=0o700, exist_ok=True)
        found = os.lstat(place)
    except OSError:
        return ""
    private = os.path.isdir(place) and not os.path.islink(place) and found.st_uid == os.getuid() and not found.st_mode & 0o022
    return place if private else ""


@cache
def edition() -> bytes:
    """What stands for the docctl that reads: the digest of everything in it that decides how bytes are read."""
    here, found = os.path.dirname(os.path.dirname(os.path.abspath(__file__))), sha256()
    for room in _READERS:
        folder = os.path.join(here, room)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    found.update(f"{room}/{name}\0".encode() + file.read())
    for kind in packed.KINDS | {"statement": None}:
        found.update(json.dumps(shipped.schema(kind)).encode())
    found.update(f"{sys.version} {[metadata.version(name) for name in _READ_BY]}".encode())
    return found.digest()


def _secret(folder: str) -> bytes:
    path = os.path.join(folder, "secret")
    with suppress(FileExistsError):
        made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(made, "wb") as file:
            file.write(os.urandom(32))
    _require_plain(path)
    with open(path, "rb") as file:
        secret = file.read(33)
        if len(secret) != 32 or (hasattr(os, "getuid") and _open_to_others(os.fstat(file.fileno()))):
            raise PermissionError(path)
    return secret


def _require_plain(path: str) -> None:
    """Raises OSError for what is no ordinary file: a pipe would be waited for, a device read without end."""
    if not S_ISREG(os.lstat(path).st_mode):
        raise OSError(path)


def _open_to_others(found: os.stat_result) -> bool:
    return found.st_uid != os.getuid() or bool(found.st_mode & 0o077)


def _opened(path: str) -> sqlite3.Connection:
    if os.path.lexists(path):
        _require_plain(path)
        store = _connected(path)
        if os.path.getsize(path) <= LARGEST and _ours(store):
            return store
        store.close()
        os.unlink(path)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(made)
    store = _connected(path)
    store.execute(TABLE)
    return store


def _connected(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _ours(store: sqlite3.Connection) -> bool:
    """Whether a file holds one plain table and nothing that would be computed while it is read."""
    try:
        store.execute("PRAGMA trusted_schema = OFF")
        return store.execute("SELECT type, sql FROM sqlite_master").fetchall() == [("table", TABLE)]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _write(store: sqlite3.Connection, fresh: dict[bytes, bytes]) -> None:
    with suppress(sqlite3.Error):
        store.execute("PRAGMA synchronous = OFF")
        store.execute("BEGIN IMMEDIATE")
        store.executemany("INSERT OR REPLACE INTO readings VALUES (?, ?)", list(fresh.items()))
        store.execute("COMMIT")
    fresh.clear()
