"""Reads one thing out of bytes: a folder, a document, a record, a statement. Must not know which library or state it is in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from docctl import shipped, sshsig
from docctl.core import frontmatter
from docctl.core.content import Content, File, content_of, file_of
from docctl.core.digest import sha256
from docctl.core.document import Document
from docctl.core.errors import Unreadable, Words
from docctl.core.layout import statement_parts
from docctl.core.lean import Any, NamedTuple, cast
from docctl.core.library import Unread
from docctl.core.record import Record
from docctl.core.shape import shaped
from docctl.core.signature import Verdict
from docctl.core.statement import Signed, Statement, read_statement
from docctl.core.tree import FOLDER, ORDINARY, Blob, Tree
from docctl.reader.memory import Memory
from docctl.repository.trees import KeptTree

INDEX = "index.md"
OBJECTIONS = ("reject", "revoke")
UNSIGNED = Verdict("", "", "", "missing")


class Folder(NamedTuple):
    """What one folder holds: its content, and its document or record, or why there is none."""

    content: Content
    item: Document | Record | None
    unread: tuple[Unread, ...]


def read_folder(tree: Tree, folder: str, number: str, kind: str, memory: Memory) -> Folder:
    """The document or record ("document", "record") in a folder, with everything that could not be read in it."""
    kept, stored = memory.kept, tree.entry(folder)
    if kept is not None and stored is not None and stored.key:
        from docctl.reader import packed

        return kept.once(
            (kind, folder, stored.key),
            lambda: _folder(tree, folder, number, kind, memory),
            packed.folder_out,
            lambda values: packed.folder_in(values, kind, lambda: frontmatter.split(tree[f"{folder}/{INDEX}"].data).body),
        )
    paths = tree.under(folder)
    key = (kind, folder, tuple((path[len(folder) + 1 :], tree.entry(path)) for path in paths))
    return memory.once(key, lambda: _folder(tree, folder, number, kind, memory))


def _folder(tree: Tree, folder: str, number: str, kind: str, memory: Memory) -> Folder:
    files: list[File] = []
    text: Blob | None = None
    for path, blob in tree.read(tree.under(folder)):
        name = path[len(folder) + 1 :]
        files.append(memory.once(("file", name, blob.mode, blob.key), lambda name=name, blob=blob: file_of(name, blob)))  # type: ignore[misc]
        if name == INDEX and blob.mode == ORDINARY:
            text = blob
    content = content_of(files)
    path = f"{folder}/{INDEX}"
    if text is None:
        return Folder(content, None, (Unread("text", path, 0, Words("there is no index.md", "没有 index.md"), number),))
    try:
        front = frontmatter.read(text.data)
    except Unreadable as fault:
        return Folder(content, None, (Unread("text", path, fault.line, fault.words, number),))
    head, faults = shaped(front.values, shipped.schema(kind))
    if faults:
        unread = tuple(Unread("schema", path, _line(front.lines, fault.path), fault.words, number) for fault in faults)
        return Folder(content, None, unread)
    if kind == "document":
        memory.types[text.key] = head["type"]
    maker: Any = Document if kind == "document" else Record
    return Folder(content, maker(folder, head, front.lines, front.body, front.body_line, content), ())


def _line(lines: Mapping[tuple[str | int, ...], int], path: tuple[str | int, ...]) -> int:
    return next((lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines), 1)


class Filed(NamedTuple):
    """The statements on one number, and what lies beside them that is none."""

    signed: tuple[Signed, ...]
    unread: tuple[Unread, ...]


def read_statements(tree: Tree, number: str, memory: Memory) -> Filed:
    """Every statement filed under a number, its signature checked in its namespace."""
    kept, stored = memory.kept, tree.entry(f"statements/{number}")
    if kept is None or stored is None or not stored.key:
        return _read_statements(tree, number, memory)
    from docctl.reader import packed

    key = ("statements", number, stored.key)
    return kept.once(key, lambda: _read_statements(tree, number, memory), packed.filed_out, packed.filed_in)


def read_objections(tree: Tree, number: str, memory: Memory) -> Iterator[Signed]:
    """The rejections and revocations filed under a number in some other state; what is unreadable there is that state's affair."""
    for stem, key in _pairs(tree, number, []):
        path = f"{stem}.json"
        parts = statement_parts(path.rpartition("/")[2])
        if parts and parts[1] in OBJECTIONS:
            found = _remembered(memory, key, path) or _statement(tree, path, key, number, memory)
            if isinstance(found, Signed):
                yield found


def _read_statements(tree: Tree, number: str, memory: Memory) -> Filed:
    signed: list[Signed] = []
    unread: list[Unread] = []
    pairs = list(_pairs(tree, number, unread))
    if isinstance(tree, KeptTree):
        tree.foresee(path for stem, key in pairs if key not in memory.sheets for path in (f"{stem}.json", f"{stem}.sig"))
    for stem, key in pairs:
        path = f"{stem}.json"
        found = _remembered(memory, key, path) or _statement(tree, path, key, number, memory)
        if isinstance(found, Unread):
            unread.append(found)
        else:
            signed.append(found)
    return Filed(tuple(signed), tuple(unread))


def _remembered(memory: Memory, key: str, path: str) -> Signed | None:
    """A statement whose bytes and signature were read before, wherever it lay then."""
    known = memory.sheets.find(key)
    if known is None:
        return None
    data, verdict = known
    return Signed(Statement(*json.loads(data).values()), path, sha256(data).hexdigest(), cast("Verdict", verdict))


def _pairs(tree: Tree, number: str, unread: list[Unread]) -> Iterator[tuple[str, str]]:
    """The statements under a number that have a signature: path without ending, and what they are remembered by."""
    top = f"statements/{number}"
    for version in sorted(tree.listing(top)):
        # What lies in a folder of such a name is a stray of its own.
        names = {name: entry for name, entry in tree.listing(f"{top}/{version}").items() if entry.mode != FOLDER}
        for name in sorted(names):
            stem, _, ending = name.rpartition(".")
            signature, path = names.get(f"{stem}.sig"), f"{top}/{version}/{name}"
            if statement_parts(name) is None:
                continue  # a stray: the path itself is refused
            if ending == "sig" and f"{stem}.json" not in names:
                unread.append(Unread("unpaired", path, 0, Words("signature without a statement", "有签名而无声明"), number))
            elif signature is None:
                unread.append(
                    Unread("unpaired", path, 0, Words("no signature beside the statement", "声明没有对应的签名"), number)
                )
            elif ending == "json":
                yield f"{top}/{version}/{stem}", names[name].key + signature.key


def _statement(tree: Tree, path: str, key: str, number: str, memory: Memory) -> Signed | Unread:
    data = tree[path].data
    try:
        statement = read_statement(data, shipped.schema("statement"))
    except Unreadable as fault:
        return Unread("statement", path, fault.line, fault.words, number)
    verdict = sshsig.verify(data, tree[path.removesuffix(".json") + ".sig"].data, sshsig.STATEMENT)
    memory.sheets.keep(key, data, verdict)
    return Signed(statement, path, sha256(data).hexdigest(), verdict)
