"""Makes the signature files of this folder anew, over message.json, with throwaway keys that are never kept.

Run as a program: `python tests/corpus/signature/make.py`. Needs ssh-keygen for what ssh-keygen itself would sign; everything that
no program signs (other versions, spellings, numbers) is put together here. Must not know how docctl reads a signature.
"""

from __future__ import annotations

import subprocess
import tempfile
from base64 import b64decode, b64encode
from hashlib import sha256, sha512
from pathlib import Path
from struct import pack

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = Path(__file__).parent
MESSAGE = HERE / "message.json"
NAMESPACE = b"statement-v1@docctl"
BEGIN, END = b"-----BEGIN SSH SIGNATURE-----\n", b"-----END SSH SIGNATURE-----\n"
ORDER = 2**252 + 27742317777372353535851937790883648493
WHY: dict[str, str] = {}


def string(data: bytes) -> bytes:
    """A counted string."""
    return pack(">I", len(data)) + data


def number(value: int) -> bytes:
    """A counted number in its shortest spelling."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big")) if value else string(b"")


def armour(blob: bytes, width: int = 70, end: bytes = b"\n") -> bytes:
    """The text form of a signature."""
    text = b64encode(blob)
    lines = [text[at : at + width] for at in range(0, len(text), width)]
    return BEGIN.replace(b"\n", end) + end.join(lines) + end + END.replace(b"\n", end)


def signed_bytes(namespace: bytes = NAMESPACE, reserved: bytes = b"", kind: bytes = b"sha512", message: bytes = b"") -> bytes:
    """What a signature covers."""
    digest = (sha256 if kind == b"sha256" else sha512)(message or MESSAGE.read_bytes()).digest()
    return b"SSHSIG" + string(namespace) + string(reserved) + string(kind) + string(digest)


def envelope(
    key: bytes, held: bytes, namespace: bytes = NAMESPACE, reserved: bytes = b"", kind: bytes = b"sha512", version: int = 1
) -> bytes:
    """A signature blob out of its parts."""
    return b"SSHSIG" + pack(">I", version) + string(key) + string(namespace) + string(reserved) + string(kind) + string(held)


def keep(name: str, data: bytes, why: str = "") -> None:
    """One file of the corpus; `why` is the word of the fault."""
    file = f"{name}_{'fail' if why else 'pass'}.sig"
    (HERE / file).write_bytes(data)
    if why:
        WHY[file] = why


class Plain:
    """An ed25519 key of this run."""

    def __init__(self) -> None:
        self.private = Ed25519PrivateKey.generate()
        self.raw = self.private.public_key().public_bytes_raw()
        self.public = string(b"ssh-ed25519") + string(self.raw)

    def held(self, covered: bytes) -> bytes:
        return string(b"ssh-ed25519") + string(self.private.sign(covered))

    def blob(self, namespace: bytes = NAMESPACE, reserved: bytes = b"", kind: bytes = b"sha512", version: int = 1) -> bytes:
        return envelope(self.public, self.held(signed_bytes(namespace, reserved, kind)), namespace, reserved, kind, version)


def by_ssh_keygen(folder: Path) -> None:
    """What ssh-keygen signs when it is asked."""
    kinds = {
        "ed25519": "256",
        "ecdsa-256": "256",
        "ecdsa-384": "384",
        "ecdsa-521": "521",
        "rsa-3072": "3072",
        "rsa-2048": "2048",
        "rsa-1024": "1024",
        "dsa": "1024",
    }
    for name, bits in kinds.items():
        _run("-q", "-t", name.partition("-")[0], "-b", bits, "-N", "", "-C", "throwaway", "-f", str(folder / name))
        weak = {"rsa-2048": "weak-key", "rsa-1024": "weak-key", "dsa": "key-type"}
        keep(f"by-{name}", _sign(folder / name, NAMESPACE.decode()), weak.get(name, ""))
    for namespace in (
        "git",
        "file",
        "rules-v1@docctl",
        "receipt-v1@docctl",
        "statement-v2@docctl",
        "statement-v1@docctl.example",
        "STATEMENT-V1@DOCCTL",
        "*",
    ):
        word = namespace.lower().replace("@", "-at-").replace("*", "star") + ("-capital" if namespace.isupper() else "")
        keep(f"namespace-{word}", _sign(folder / "ed25519", namespace), "namespace")
    keep("hash-sha256", _sign(folder / "ed25519", NAMESPACE.decode(), "-O", "hashalg=sha256"), "hash")
    _run("-q", "-s", str(folder / "ed25519"), "-I", "cara", "-n", "cara", str(folder / "ecdsa-256.pub"))
    certificate = b64decode((folder / "ecdsa-256-cert.pub").read_text().split()[1])
    keep("certificate", armour(envelope(certificate, string(b"ecdsa-sha2-nistp256") + string(b"x" * 64))), "certificate")
    keep("message-of-another-file", _sign(folder / "ed25519", NAMESPACE.decode(), message=b"another\n"), "signature")


def _run(*arguments: str, given: bytes = b"") -> bytes:
    return subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, check=True, timeout=60).stdout


def _sign(key: Path, namespace: str, *options: str, message: bytes = b"") -> bytes:
    return _run("-Y", "sign", *options, "-n", namespace, "-f", str(key), given=message or MESSAGE.read_bytes())


def spellings(good: bytes) -> None:
    """One good signature spelt in other ways, or cut."""
    odd = {
        "crlf": good.replace(b"\n", b"\r\n"), "cr": good.replace(b"\n", b"\r"), "doubled": good + good, "text-after": good + b"x\n",
        "blank-line-after": good + b"\n", "blank-line-before": b"\n" + good, "text-before": b"x\n" + good, "line-end-missing": good[:-1],
        "bom": b"\xef\xbb\xbf" + good, "utf-16": good.decode().encode("utf-16"), "cut": good[: len(good) // 2], "end-missing": good[: -len(END)],
        "of-pgp": good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"), "lower-case": good.replace(b"BEGIN SSH SIGNATURE", b"begin ssh signature"),
        "nothing-inside": BEGIN + END, "line-end-alone": b"\n", "other-alphabet": good.replace(b"U1NIU0lH", b"U1NIU0l_", 1),
        "blank-inside": good.replace(b"U1NI", b"U1NI ", 1), "padded": good.replace(b"\n-----END", b"=\n-----END"), "one-dash-less": good[1:],
    }  # fmt: skip
    for name, data in odd.items():
        keep(f"armour-{name}", data, "armour")
    blob = b64decode(good[len(BEGIN) : -len(END)])
    keep("armour-of-64-columns", armour(blob, 64), "armour")
    keep("armour-of-one-line", armour(blob, 4000), "armour")
    keep("armour-nul-inside", good[:60] + b"\0" + good[60:], "armour")
    keep("nothing", b"", "missing")


def envelopes(key: Plain) -> None:
    """Blobs that no program writes."""
    blob = key.blob()
    keep("made-by-hand", armour(blob))
    keep("blob-cut", armour(blob[:-1]), "format")
    keep("blob-of-the-title-alone", armour(b"SSHSIG"), "format")
    keep("bytes-behind", armour(blob + b"\0"), "format")
    keep("title-of-another", armour(b"SSHSIX" + blob[6:]), "format")
    keep("version-2", armour(key.blob(version=2)), "format")
    keep("version-0", armour(key.blob(version=0)), "format")
    keep("reserved-in-use", armour(key.blob(reserved=b"x")), "format")
    keep("reserved-in-use-unsigned", armour(envelope(key.public, key.held(signed_bytes()), reserved=b"x")), "format")
    keep("length-beyond-the-end", armour(blob[:10] + b"\xff\xff\xff\xff" + blob[14:]), "format")
    keep("namespace-empty", armour(key.blob(b"")), "namespace")
    keep("namespace-with-nul", armour(key.blob(NAMESPACE + b"\0")), "namespace")
    keep("namespace-with-line-end", armour(key.blob(NAMESPACE + b"\n")), "namespace")
    keep("namespace-not-text", armour(key.blob(b"\xff\xfe")), "namespace")
    keep("namespace-swapped", armour(envelope(key.public, key.held(signed_bytes(b"git")))), "signature")
    keep("hash-unknown", armour(key.blob(kind=b"md5")), "hash")
    keep("hash-empty", armour(key.blob(kind=b"")), "hash")
    keep("hash-swapped", armour(envelope(key.public, key.held(signed_bytes(kind=b"sha256")))), "signature")
    keep("key-swapped", armour(envelope(Plain().public, key.held(signed_bytes()))), "signature")
    keep("key-short", armour(envelope(string(b"ssh-ed25519") + string(key.raw[:31]), key.held(signed_bytes()))), "format")
    keep("key-with-bytes-behind", armour(envelope(key.public + b"\0", key.held(signed_bytes()))), "format")
    keep(
        "key-open-to-all",
        armour(envelope(string(b"ssh-ed25519") + string(bytes(32)), string(b"ssh-ed25519") + string(bytes(64)))),
        "weak-key",
    )
    keep("key-of-no-kind", armour(envelope(string(b"") + string(key.raw), key.held(signed_bytes()))), "key-type")
    keep("key-ed448", armour(envelope(string(b"ssh-ed448") + string(bytes(57)), key.held(signed_bytes()))), "key-type")
    zeros = string(b"ssh-ed25519") + string(bytes(64))
    keep("signature-of-zeros", armour(envelope(key.public, zeros)), "signature")
    keep("signature-empty", armour(envelope(key.public, string(b"ssh-ed25519") + string(b""))), "signature")
    keep("signature-with-bytes-behind", armour(envelope(key.public, key.held(signed_bytes()) + b"\0")), "format")
    keep(
        "signature-of-another-kind",
        armour(envelope(key.public, key.held(signed_bytes()).replace(b"ssh-ed25519", b"ssh-ed25518"))),
        "format",
    )
    raw = key.private.sign(signed_bytes())
    shifted = int.from_bytes(raw[32:], "little") + ORDER
    keep(
        "signature-shifted-by-the-order",
        armour(envelope(key.public, string(b"ssh-ed25519") + string(raw[:32] + shifted.to_bytes(32, "little")))),
        "signature",
    )


def curves_and_numbers() -> None:
    """What can be odd in the numbers of ECDSA and RSA."""
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    short = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    kind = b"ecdsa-sha2-nistp256"
    r, s = decode_dss_signature(key.sign(signed_bytes(), ec.ECDSA(hashes.SHA256())))

    def made(curve: bytes, where: bytes, raw: bytes) -> bytes:
        return armour(envelope(string(kind) + string(curve) + string(where), string(kind) + string(raw)))

    keep("ecdsa-made-by-hand", made(b"nistp256", point, number(r) + number(s)))
    keep("ecdsa-point-compressed", made(b"nistp256", short, number(r) + number(s)), "format")
    keep("ecdsa-of-another-curve", made(b"nistp384", point, number(r) + number(s)), "format")
    keep("ecdsa-not-a-point", made(b"nistp256", b"\4" + b"\7" * 64, number(r) + number(s)), "format")
    keep("ecdsa-number-with-zero-before", made(b"nistp256", point, string(b"\0\0" + r.to_bytes(32, "big")) + number(s)), "format")
    keep("ecdsa-number-none", made(b"nistp256", point, string(b"") + number(s)), "format")
    keep("ecdsa-numbers-swapped", made(b"nistp256", point, number(s) + number(r)), "signature")
    keep("ecdsa-number-negative", made(b"nistp256", point, string(b"\xff" * 32) + number(s)), "format")
    large = rsa.generate_private_key(65537, 3072)
    numbers = large.public_key().public_numbers()
    public = string(b"ssh-rsa") + number(numbers.e) + number(numbers.n)
    for name, algorithm, digest, why in (
        ("sha1", b"ssh-rsa", hashes.SHA1(), "hash"),
        ("sha2-256", b"rsa-sha2-256", hashes.SHA256(), "hash"),
    ):
        held = string(algorithm) + string(large.sign(signed_bytes(), padding.PKCS1v15(), digest))
        keep(f"rsa-{name}", armour(envelope(public, held)), why)
    small = string(b"ssh-rsa") + number(1) + number(numbers.n)
    keep("rsa-exponent-one", armour(envelope(small, string(b"rsa-sha2-512") + string(b"x" * 384))), "format")


def tokens() -> None:
    """Keys of hardware tokens, acted by a plain key: touched or not, for SSH or for a web page."""
    key = Plain()
    for name, application, flags, why in (
        ("touched", b"ssh:", b"\1", ""), ("untouched", b"ssh:", b"\0", "signature"), ("of-a-web-page", b"https://example.org", b"\1", "format"),
        ("verified-but-untouched", b"ssh:", b"\4", "signature"),
    ):  # fmt: skip
        covered = sha256(application).digest() + flags + pack(">I", 7) + sha256(signed_bytes()).digest()
        kind = b"sk-ssh-ed25519@openssh.com"
        held = string(kind) + string(key.private.sign(covered)) + flags + pack(">I", 7)
        keep(f"token-{name}", armour(envelope(string(kind) + string(key.raw) + string(application), held)), why)


def main() -> None:
    """All files of this folder; those of an earlier run go."""
    for old in HERE.glob("*.sig"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        by_ssh_keygen(Path(folder))
    key = Plain()
    spellings(armour(key.blob()))
    envelopes(key)
    curves_and_numbers()
    tokens()
    lines = [f"{name}: {why}\n" for name, why in sorted(WHY.items())]
    (HERE / "expected.yaml").write_text("# Made by make.py: the one word of the fault.\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
