"""Which SSH public keys docctl accepts and how they are spelt. Must not know signatures, persons, files or programs."""

from __future__ import annotations

from base64 import b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64
from functools import lru_cache

from docctl.core.digest import sha256
from docctl.core.errors import Unreadable, Words
from docctl.core.lean import TYPE_CHECKING, NamedTuple
from docctl.sshsig.wire import Broken, Reader

if TYPE_CHECKING:
    from collections.abc import Callable

FEWEST_RSA_BITS = 3072
MOST_RSA_BITS = 16_384  # OpenSSH's own limit; beyond it one check costs seconds
LONGEST_KEY = 8_192  # characters of a public key with its comment

_P = 2**255 - 19
_Y8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022
# Heights of the eight points of the ed25519 curve for which anybody can make a "signature" that holds.
_OPEN_TO_ALL = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})

_CERTIFICATE = Words(
    en="this is an SSH certificate; only plain keys are accepted",
    zh="这是 SSH 证书；只接受普通公钥",
)
_TYPE = Words(
    en="the key type {kind!r} is not accepted; use ed25519, ecdsa, their sk forms, or RSA of 3072 bits and more",
    zh="不接受密钥类型 {kind!r}；请使用 ed25519、ecdsa、它们的 sk 形式，或 3072 位以上的 RSA",
)
_SHORT_RSA = Words(
    en="the RSA key has {bits} bits; 3072 to 16384 are accepted",
    zh="该 RSA 密钥为 {bits} 位；只接受 3072 至 16384 位",
)
_OPEN = Words(en="anybody can sign for this ed25519 key", zh="任何人都能以此 ed25519 密钥签名")
_DAMAGED = Words(en="the public key is damaged", zh="公钥已损坏")
_SPELLING = Words(
    en='not a public key on one line: "type base64" and, if you like, a comment',
    zh="不是单行公钥：应为“类型 base64”，其后可有注释",
)


class PublicKey(NamedTuple):
    """One accepted key: its type, "type base64" without comment, the bytes behind the base64, and "SHA256:…" of them."""

    kind: str
    text: str
    blob: bytes
    fingerprint: str


class KeyRefused(Unreadable):
    """A key that docctl does not accept; `fault` is the word of a `Verdict`: certificate, key-type, weak-key or format."""

    def __init__(self, fault: str, words: Words) -> None:
        super().__init__(words)
        self.fault = fault


def read_key(text: str) -> PublicKey:
    """The key on the one line `text`, "type base64" with or without a comment; anything else is Unreadable."""
    kind, encoded, *_ = [*text.split(" ", 2), ""]
    if len(text) > LONGEST_KEY or not text.isprintable() or not kind or not encoded:
        raise KeyRefused("format", _SPELLING)
    try:
        blob = a2b_base64(encoded)
    except (NotBase64, ValueError) as error:  # ValueError: characters outside ASCII
        raise KeyRefused("format", _SPELLING) from error
    if b64encode(blob).decode("ascii") != encoded:
        raise KeyRefused("format", _SPELLING)
    key = key_of(blob)
    if key.kind != kind:
        raise KeyRefused("format", _DAMAGED)
    return key


@lru_cache(maxsize=4096)
def key_of(blob: bytes) -> PublicKey:
    """The key whose bytes are `blob`; KeyRefused when docctl does not accept it."""
    try:
        reader = Reader(blob)
        kind = reader.string().decode("utf-8", "backslashreplace")
        if kind.endswith(("-cert-v01@openssh.com", "-cert-v00@openssh.com")):
            raise KeyRefused("certificate", _CERTIFICATE)
        if kind not in _KINDS:
            raise KeyRefused("key-type", Words(_TYPE.en.format(kind=kind[:40]), _TYPE.zh.format(kind=kind[:40])))
        _KINDS[kind](reader)
        reader.end()
    except Broken as error:
        raise KeyRefused("format", _DAMAGED) from error
    text = f"{kind} {b64encode(blob).decode('ascii')}"
    return PublicKey(kind, text, blob, "SHA256:" + b64encode(sha256(blob).digest()).decode("ascii").rstrip("="))


def _ed25519(reader: Reader) -> None:
    """Looks through the 32 bytes of an ed25519 key."""
    point = reader.string()
    height = int.from_bytes(point, "little") & (2**255 - 1)
    if len(point) != 32 or height >= _P:
        raise Broken("not a point")
    if height in _OPEN_TO_ALL:
        raise KeyRefused("weak-key", _OPEN)


def _curve(name: bytes, size: int) -> Callable[[Reader], None]:
    """A look through an ecdsa key on the curve `name`, whose numbers have `size` bytes; only the plain form of points."""

    def look(reader: Reader) -> None:
        if reader.string() != name:
            raise Broken("another curve than the type says")
        point = reader.string()
        if len(point) != 1 + 2 * size or point[0] != 4:
            raise Broken("not a plain point")

    return look


def _with_application(look: Callable[[Reader], None]) -> Callable[[Reader], None]:
    """The same look for a key kept in a hardware token, which adds the application it was made for."""

    def look_further(reader: Reader) -> None:
        look(reader)
        if not reader.string().startswith(b"ssh:"):  # others belong to web pages, whose wishes the token signs too
            raise Broken("not made for SSH")

    return look_further


def _rsa(reader: Reader) -> None:
    """Looks through an RSA key: exponent, then modulus."""
    exponent, modulus = reader.number(), reader.number()
    if not FEWEST_RSA_BITS <= modulus.bit_length() <= MOST_RSA_BITS:
        bits = modulus.bit_length()
        raise KeyRefused("weak-key", Words(_SHORT_RSA.en.format(bits=bits), _SHORT_RSA.zh.format(bits=bits)))
    if not exponent & 1 or not 3 <= exponent < 2**33 or not modulus & 1:
        raise Broken("not RSA numbers")


_KINDS: dict[str, Callable[[Reader], None]] = {
    "ssh-ed25519": _ed25519,
    "sk-ssh-ed25519@openssh.com": _with_application(_ed25519),
    "ecdsa-sha2-nistp256": _curve(b"nistp256", 32),
    "ecdsa-sha2-nistp384": _curve(b"nistp384", 48),
    "ecdsa-sha2-nistp521": _curve(b"nistp521", 66),
    "sk-ecdsa-sha2-nistp256@openssh.com": _with_application(_curve(b"nistp256", 32)),
    "ssh-rsa": _rsa,
}
