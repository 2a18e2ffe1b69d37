"""Judges SSH signatures in this process, more strictly than ssh-keygen does. Must not know persons, time or programs."""

from __future__ import annotations

from functools import lru_cache

from docctl.core.digest import sha256
from docctl.core.lean import TYPE_CHECKING, NamedTuple
from docctl.core.signature import Verdict
from docctl.sshsig.publickey import KeyRefused, PublicKey, key_of
from docctl.sshsig.wire import MAGIC, Broken, Reader, string, unarmour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Check = Callable[[bytes, bytes], bool]

_HASH = b"sha512"
_OTHER_RSA_HASHES = (b"ssh-rsa", b"rsa-sha2-256")
_TOUCHED = 0x01
_SHOWN_NAMESPACE = 100  # characters of a foreign namespace that a message may carry


class _Envelope(NamedTuple):
    """What stands in a signature file, still unjudged."""

    key: bytes
    namespace: bytes
    digest: bytes
    signature: bytes


def verify(message: bytes, armoured: bytes, namespace: str) -> Verdict:
    """What the signature file `armoured` says about `message`, made for the purpose `namespace`. Every fault is a Verdict.

    Whether the key belongs to anybody, and belonged to them at that time, is for the rules to judge.
    """
    if not armoured:
        return Verdict("", "", "", "missing")
    try:
        blob = unarmour(armoured)
    except Broken:
        return Verdict("", "", "", "armour")
    try:
        envelope = _opened(blob)
    except Broken:
        return Verdict("", "", "", "format")
    shown = envelope.namespace.decode("utf-8", "backslashreplace")[:_SHOWN_NAMESPACE]
    try:
        key = key_of(envelope.key)
    except KeyRefused as refused:
        return Verdict("", "", shown, refused.fault)
    return Verdict(key.text, key.fingerprint, shown, _fault(message, envelope, key, namespace))


def verify_many(jobs: Iterable[tuple[bytes, bytes, str]]) -> list[Verdict]:
    """The verdicts of many (message, signature file, namespace), in their order."""
    return [verify(*job) for job in jobs]


def _opened(blob: bytes) -> _Envelope:
    """The parts of a signature blob, version 1; Broken when anything is odd, missing or left over."""
    reader = Reader(blob)
    if reader.take(len(MAGIC)) != MAGIC or reader.uint32() != 1:
        raise Broken("not an SSH signature, version 1")
    key, namespace, reserved = reader.string(), reader.string(), reader.string()
    digest, signature = reader.string(), reader.string()
    reader.end()
    if reserved:  # ssh-keygen overlooks it: the bytes could be changed without breaking the signature
        raise Broken("the reserved field is in use")
    return _Envelope(key, namespace, digest, signature)


def _fault(message: bytes, envelope: _Envelope, key: PublicKey, namespace: str) -> str:
    """The first thing wrong with an opened signature, or ""."""
    if envelope.digest != _HASH:
        return "hash"
    if envelope.namespace != namespace.encode("utf-8", "surrogatepass"):
        return "namespace"
    from hashlib import sha512

    try:
        reader = Reader(envelope.signature)
        algorithm = reader.string()
        if key.kind == "ssh-rsa" and algorithm in _OTHER_RSA_HASHES:
            return "hash"
        if algorithm != (b"rsa-sha2-512" if key.kind == "ssh-rsa" else key.kind.encode("ascii")):
            return "format"
        signed = MAGIC + string(envelope.namespace) + string(b"") + string(_HASH) + string(sha512(message).digest())
        return "" if _holds(key, signed, reader) else "signature"
    except Broken:
        return "format"


def _holds(key: PublicKey, signed: bytes, reader: Reader) -> bool:
    """Whether what `reader` still has to give is a signature of `key` over the bytes `signed`."""
    raw = reader.string()
    if key.kind.startswith("sk-"):
        flags, counter = reader.take(1), reader.take(4)
        if not flags[0] & _TOUCHED:  # ssh-keygen would say good: nobody touched the token
            return False
        signed = sha256(_application(key)).digest() + flags + counter + sha256(signed).digest()
    reader.end()
    return _checker(key)(raw, signed)


def _application(key: PublicKey) -> bytes:
    """What a key in a hardware token was made for ("ssh:…"): the last field of its bytes."""
    reader = Reader(key.blob)
    for _ in range(2 if "ed25519" in key.kind else 3):
        reader.string()
    return reader.string()


@lru_cache(maxsize=4096)
def _checker(key: PublicKey) -> Check:
    """How to check with `key`: a function of (raw signature, signed bytes). Broken when its numbers are no key at all."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        confirm = _confirmer(key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Broken("not a point of the curve") from error

    def check(raw: bytes, signed: bytes) -> bool:
        try:
            confirm(raw, signed)
        except InvalidSignature:
            return False
        return True

    return check


def _confirmer(key: PublicKey) -> Callable[[bytes, bytes], None]:
    """The check of `cryptography` for `key`; it raises InvalidSignature. Imports stand here: only signatures pay for them."""
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA512

    reader = Reader(key.blob)
    reader.string()
    if "ed25519" in key.kind:
        return ed25519.Ed25519PublicKey.from_public_bytes(reader.string()).verify
    if "ecdsa" in key.kind:
        return _ecdsa_confirmer(reader.string(), reader.string())
    exponent, modulus = reader.number(), reader.number()
    loaded = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    return lambda raw, signed: loaded.verify(raw, signed, padding.PKCS1v15(), SHA512())


def _ecdsa_confirmer(curve: bytes, point: bytes) -> Callable[[bytes, bytes], None]:
    """The same for `point` on the curve of that name; each curve has its own hash."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512

    group: ec.EllipticCurve
    group, digest = {
        b"nistp256": (ec.SECP256R1(), SHA256()),
        b"nistp384": (ec.SECP384R1(), SHA384()),
        b"nistp521": (ec.SECP521R1(), SHA512()),
    }[curve]
    loaded = ec.EllipticCurvePublicKey.from_encoded_point(group, point)

    def confirm(raw: bytes, signed: bytes) -> None:
        numbers = Reader(raw)
        r, s = numbers.number(), numbers.number()
        numbers.end()
        loaded.verify(encode_dss_signature(r, s), signed, ec.ECDSA(digest))

    return confirm
