"""The bytes of one folder and the digest that signatures cover. Must not know what the files mean.

The digest is the SHA-256 of a manifest over the raw bytes (threats 2.3), so `sha256sum` and `sort` can repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from docctl.core.digest import sha256
from docctl.core.lean import NamedTuple, regex
from docctl.core.tree import Blob

MANIFEST = "docctl-content 1"
LARGEST_FILE = 20 * 1024 * 1024
_LFS = b"version https://git-lfs.github.com/spec/"
_IMAGES: Mapping[str, tuple[bytes, ...]] = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
}
# How a file begins that a browser shows as a page when nobody tells it what the file is (WHATWG MIME Sniffing 7.1).
_PAGE = regex(
    rb"(?i)<(?:\?xml|!--|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg)[ >])"
)
_LOOKED_AT = 1445  # bytes


class File(NamedTuple):
    """One file of a folder: name relative to it, git's mode, SHA-256 (hex), size in bytes and what is wrong with it as it stands.

    `fault` is "" or one word: link, executable, lfs, size, svg, image; page is one only where browsers guess what a file is.
    """

    name: str
    mode: str
    sha256: str
    size: int
    fault: str = ""


class Content(NamedTuple):
    """All files of one folder, by the bytes of their names, and the digest `sha256:…` of the manifest."""

    files: tuple[File, ...]
    digest: str


def file_of(name: str, blob: Blob) -> File:
    """What the manifest says of one file."""
    return File(name, blob.mode, sha256(blob.data).hexdigest(), len(blob.data), _fault(name, blob))


def content_of(files: Iterable[File]) -> Content:
    """The content of a folder out of its files."""
    ordered = tuple(sorted(files, key=lambda file: file.name.encode("utf-8", "surrogateescape")))
    return Content(ordered, manifest_digest((file.sha256, file.size, file.name) for file in ordered))


def manifest_digest(rows: Iterable[tuple[str, int, str]]) -> str:
    """`sha256:…` over rows of (SHA-256 hex, size, path), sorted by the bytes of the path."""
    ordered = sorted(rows, key=lambda row: row[2].encode("utf-8", "surrogateescape"))
    text = "".join(f"{digest} {size} {name}\n" for digest, size, name in ordered)
    return "sha256:" + sha256(f"{MANIFEST}\n{text}".encode("utf-8", "surrogateescape")).hexdigest()


def _fault(name: str, blob: Blob) -> str:
    if blob.mode != "100644":
        return "executable" if blob.mode == "100755" else "link"
    if blob.data.startswith(_LFS):
        return "lfs"
    if len(blob.data) > LARGEST_FILE:
        return "size"
    ending = name.rpartition(".")[2].lower()
    if ending == "svg":
        return "svg"
    starts = _IMAGES.get(ending, ())
    fits = blob.data.startswith(starts) and (ending != "webp" or blob.data[8:12] == b"WEBP")
    if starts:
        return "" if fits else "image"
    begins = blob.data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip(b"\t\n\x0c\r ")
    return "page" if begins.startswith(b"<") and _PAGE.match(begins) else ""
