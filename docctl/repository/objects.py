"""What the repository keeps, read by id from one long-lived git process. Must not know what the content means."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from docctl.core.digest import begun
from docctl.core.lean import NamedTuple
from docctl.repository import faults
from docctl.repository.process import Git, Stream

LARGEST = 256 * 1024 * 1024
"""Bytes of the largest stored file that docctl reads."""

_WINDOW = 64
_AHEAD = 1024
# Requests waiting in the pipe must fit into the smallest pipe a system gives (4096), else both sides could wait for ever.
_LARGE, _LATELY = 1 << 14, 8  # bytes of a folder that is worth keeping, and how many of them
_ROOM = 4000
_KINDS = {b"blob": "blob", b"tree": "tree", b"commit": "commit", b"tag": "tag"}
_HEX = frozenset("0123456789abcdef")


class Found(NamedTuple):
    """One stored object: its full id, its kind (blob, tree, commit, tag) and its bytes, proved to fit the id."""

    key: str
    kind: str
    data: bytes


class _Asked:
    """One question under way and, later, its answer (None: nothing of that name)."""

    __slots__ = ("answer", "answered", "name")

    def __init__(self, name: str, answer: Found | None = None) -> None:
        self.name = name
        self.answered = answer is not None
        self.answer = answer


class Objects:
    """The stored objects. Several readers may be under way at once: each answer waits for the reader that asked."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._stream: Stream | None = None
        self._buffer = b""
        self._at = 0
        self._waiting: deque[_Asked] = deque()
        self._ahead: dict[str, _Asked] = {}
        self._lately: dict[str, Found] = {}
        self._room = _ROOM
        self._unsent = False

    def get(self, name: str) -> Found | None:
        """The object of a full id, a reference or `REV:path`; None when nothing has that name.

        A full id that is not there, or a folder missing on the way to a path, is damage (DocctlError "damaged"), never None.
        """
        if "\n" in name:
            return self._walk(name)
        found = self._take(self._ask(name))
        if found is None and is_id(name):
            raise faults.damaged(f"object {name}", "not in this copy")
        return self._walk(name) if found is None and ":" in name else found

    def many(self, keys: Iterable[str]) -> Iterator[Found]:
        """The objects of many full ids, in the order given, streamed; one that is not there is damage."""
        window: deque[_Asked] = deque()
        for key in keys:
            window.append(self._ask(key))
            if len(window) == _WINDOW:
                for _ in range(_WINDOW // 2):
                    yield self._sure(window.popleft())
        while window:
            yield self._sure(window.popleft())

    def within(self, folders: Sequence[str], name: str) -> Iterator[str]:
        """The ids of what has a name in some stored folders, given by their ids; git looks it up, for they may be large.

        What git does not find is looked for in the folder itself: a missing part must not look like absence.
        """
        if "\n" in name or "\0" in name:
            return
        asked = [self._ask(f"{key}:{name}") for key in folders]
        found = [self._take(each) for each in asked]
        empty = [key for key, each in zip(folders, found, strict=True) if each is None]
        yield from (each.key for each in found if each is not None)
        for folder in self.many(empty):
            if b" %b\0" % name.encode("utf-8", "surrogateescape") in folder.data and (
                missing := self._walk(f"{folder.key}:{name}")
            ):
                yield missing.key

    def foresee(self, keys: Iterable[str]) -> None:
        """Ask for objects that are about to be wanted, all at once: one wait instead of one for each."""
        for key in keys:
            if key not in self._ahead:
                self._ahead[key] = self._ask(key)
        while len(self._ahead) > _AHEAD:
            del self._ahead[next(iter(self._ahead))]

    def close(self) -> None:
        """End the git process; a later question starts a new one."""
        if self._stream:
            self._stream.close()
        self._stream, self._buffer, self._at, self._unsent = None, b"", 0, False
        self._waiting.clear()
        self._ahead.clear()
        self._room = _ROOM

    def _ask(self, name: str) -> _Asked:
        if name in self._ahead:
            return self._ahead.pop(name)
        if name in self._lately:
            return _Asked(name, self._lately[name])
        line = name.encode("utf-8", "surrogateescape") + b"\n"
        while self._waiting and self._room < len(line):
            self._read()
        self._stream = self._stream or self._git.stream("cat-file", "--batch")
        asked = _Asked(name)
        self._waiting.append(asked)
        self._room -= len(line)
        self._unsent = True
        try:
            self._stream.entry.write(line)
        except BrokenPipeError:
            self._died(name)
        return asked

    def _sure(self, asked: _Asked) -> Found:
        found = self._take(asked)
        if found is None:
            raise faults.damaged(f"object {asked.name}", "not in this copy")
        return found

    def _take(self, asked: _Asked) -> Found | None:
        while not asked.answered:
            self._read()
        return asked.answer

    def _read(self) -> None:
        if not self._waiting:
            raise faults.damaged("the repository", "an object before this one could not be read")
        asked = self._waiting[0]
        if self._unsent and self._stream:
            self._unsent = False
            try:
                self._stream.entry.flush()
            except BrokenPipeError:
                self._died(asked.name)
        words = self._line(asked.name).split(b" ")
        if len(words) == 3 and words[1] in _KINDS and words[2].isdigit():
            asked.answer = self._content(words[0].decode(), words[1], int(words[2]))
            self._keep(asked.answer)
        asked.answered = True
        self._waiting.popleft()
        self._room += len(asked.name.encode("utf-8", "surrogateescape")) + 1

    def _keep(self, found: Found) -> None:
        """Remembers the large folders looked at last: one step asks for them again, and git puts them together from many parts."""
        if found.kind == "tree" and len(found.data) >= _LARGE:
            self._lately[found.key] = found
            if len(self._lately) > _LATELY:
                del self._lately[next(iter(self._lately))]

    def _content(self, key: str, kind: bytes, size: int) -> Found:
        if size > LARGEST:
            self.close()
            raise faults.too_large(f"object {key}", size, LARGEST)
        data = self._bytes(key, size + 1)[:size]
        proof = begun("sha1" if len(key) == 40 else "sha256", size, b"%b %d\0" % (kind, size))
        proof.update(data)
        if proof.hexdigest() != key:
            self.close()
            raise faults.damaged(f"object {key}", "its content does not fit its id")
        return Found(key, _KINDS[kind], data)

    def _line(self, name: str) -> bytes:
        while (end := self._buffer.find(b"\n", self._at)) < 0:
            self._buffer = self._buffer[self._at :] + self._more(name)
            self._at = 0
        line = self._buffer[self._at : end]
        self._at = end + 1
        return line

    def _bytes(self, name: str, count: int) -> bytes:
        have = self._buffer[self._at : self._at + count]
        self._at += len(have)
        if len(have) == count:
            return have
        parts, missing = [have], count - len(have)
        while missing > 0:
            parts.append(self._more(name))
            missing -= len(parts[-1])
        # The last piece may hold the beginning of the next answer.
        self._buffer = parts[-1]
        self._at = len(self._buffer) + missing
        parts[-1] = self._buffer[: self._at]
        return b"".join(parts)

    def _more(self, name: str) -> bytes:
        chunk = self._stream.chunk() if self._stream else b""
        if not chunk:
            self._died(name)
        return chunk

    def _died(self, name: str) -> None:
        complaint = self._stream.ended()[1] if self._stream else b""
        self.close()
        raise faults.damaged(f"object {name}", faults.reason(complaint))

    def _walk(self, name: str) -> Found | None:
        """`REV:path` folder by folder, as line ends cannot be asked for and damage on the way must not look like absence."""
        from docctl.repository.trees import StoredTree  # here, as trees read objects

        state, _, path = name.partition(":")
        if "\n" in state or (top := self._take(self._ask(f"{state}^{{tree}}"))) is None:
            return None
        entry = StoredTree(self, top).entry(path)
        return None if entry is None or entry.mode == "160000" else self.get(entry.key)


def is_id(name: str) -> bool:
    """Whether a name is a full object id (SHA-1 or SHA-256)."""
    return len(name) in (40, 64) and _HEX.issuperset(name)
