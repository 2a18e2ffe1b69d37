"""Reading and judging SSH signatures: equal to stock ssh-keygen where that is strict enough, stricter where it is not."""

from __future__ import annotations

import subprocess
from base64 import b64decode, b64encode
from hashlib import sha256, sha512
from struct import pack
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from docctl.core.errors import Unreadable
from docctl.sshsig import RULES, STATEMENT, read_key, verify, verify_many
from docctl.sshsig.publickey import _OPEN_TO_ALL
from docctl.sshsig.wire import MAGIC, armour, string, unarmour

MESSAGE = '{"comment":"同意","document":"ITSM-P-05"}\n'.encode()
ACCEPTED = {
    "ed25519": ["-t", "ed25519"],
    "ecdsa-256": ["-t", "ecdsa", "-b", "256"],
    "ecdsa-384": ["-t", "ecdsa", "-b", "384"],
    "ecdsa-521": ["-t", "ecdsa", "-b", "521"],
    "rsa-3072": ["-t", "rsa", "-b", "3072"],
}
REFUSED = {"rsa-2048": ["-t", "rsa", "-b", "2048"], "dsa": ["-t", "dsa"]}


class Made(NamedTuple):
    """A key made by ssh-keygen, and its signature over MESSAGE."""

    path: str
    public: str
    signature: bytes


def keygen(*arguments, given=b""):
    return subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, check=False, timeout=60)


def signed(path, message=MESSAGE, namespace=STATEMENT, *options):
    ran = keygen("-Y", "sign", *options, "-n", namespace, "-f", path, given=message)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    made = {}
    for name, options in {**ACCEPTED, **REFUSED}.items():
        path = str(folder / name)
        if keygen("-q", *options, "-N", "", "-C", f"{name} 注释", "-f", path).returncode == 0:
            made[name] = Made(path, (folder / f"{name}.pub").read_text().rstrip("\n"), signed(path))
    return made


@pytest.fixture(scope="session")
def stock(tmp_path_factory):
    """Whether stock ssh-keygen calls a signature good, for a key or a certificate authority that it is told to trust."""
    folder = tmp_path_factory.mktemp("stock")

    def judge(armoured, public, message=MESSAGE, namespace=STATEMENT, option=""):
        trusted = " ".join(public.split(" ")[:2])
        (folder / "signers").write_text(f'cara {option}namespaces="{STATEMENT}" {trusted}\n')
        (folder / "sig").write_bytes(armoured)
        question = ["-Y", "verify", "-f", str(folder / "signers"), "-I", "cara", "-n", namespace, "-s", str(folder / "sig")]
        return keygen(*question, given=message).returncode == 0

    return judge


# What a forger can build without ssh-keygen: every part of the envelope chosen freely.


def envelope(key, signature, *, namespace=STATEMENT, reserved=b"", digest=b"sha512", version=1, after=b""):
    parts = [key, namespace.encode(), reserved, digest, signature]
    return armour(MAGIC + pack(">I", version) + b"".join(map(string, parts)) + after)


def to_be_signed(namespace=STATEMENT, digest="sha512", message=MESSAGE):
    hashed = sha512(message) if digest == "sha512" else sha256(message)
    return MAGIC + b"".join(map(string, [namespace.encode(), b"", digest.encode(), hashed.digest()]))


@pytest.fixture(scope="session")
def forger():
    private = ed25519.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes_raw()
    return private, string(b"ssh-ed25519") + string(raw)


def ed25519_signature(private, data, algorithm=b"ssh-ed25519"):
    return string(algorithm) + string(private.sign(data))


def token_signature(private, kind, data, flags=1, application=b"ssh:"):
    told = sha256(application).digest() + bytes([flags]) + pack(">I", 7) + sha256(data).digest()
    if kind.startswith(b"sk-ssh-ed25519"):
        raw = private.sign(told)
    else:
        r, s = decode_dss_signature(private.sign(told, ec.ECDSA(SHA256())))
        raw = string(mpint(r)) + string(mpint(s))
    return string(kind) + string(raw) + bytes([flags]) + pack(">I", 7)


def mpint(number):
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def token(kind, application=b"ssh:"):
    """A key as a hardware token has it, and its public bytes."""
    if kind.startswith(b"sk-ssh-ed25519"):
        private = ed25519.Ed25519PrivateKey.generate()
        body = string(private.public_key().public_bytes_raw())
    else:
        private = ec.generate_private_key(ec.SECP256R1())
        form = serialization.PublicFormat.UncompressedPoint
        body = string(b"nistp256") + string(private.public_key().public_bytes(serialization.Encoding.X962, form))
    return private, string(kind) + body + string(application)


SK_KINDS = [b"sk-ssh-ed25519@openssh.com", b"sk-ecdsa-sha2-nistp256@openssh.com"]


def text_of(blob):
    kind = blob[4 : 4 + blob[3]].decode()
    return f"{kind} {b64encode(blob).decode()}"


# Good signatures


@pytest.mark.parametrize("name", ACCEPTED)
def test_good_signature_is_good_for_both(keys, stock, name):
    verdict = verify(MESSAGE, keys[name].signature, STATEMENT)
    assert verdict.fault == ""
    assert verdict.namespace == STATEMENT
    assert verdict.key == " ".join(keys[name].public.split(" ")[:2])
    assert verdict.fingerprint == keygen("-l", "-f", keys[name].path).stdout.decode().split(" ")[1]
    assert stock(keys[name].signature, keys[name].public)


@pytest.mark.parametrize("kind", SK_KINDS)
def test_token_signature_needs_the_touch(stock, kind):
    private, blob = token(kind)
    good = envelope(blob, token_signature(private, kind, to_be_signed()))
    assert verify(MESSAGE, good, STATEMENT) == (text_of(blob), read_key(text_of(blob)).fingerprint, STATEMENT, "")
    assert stock(good, text_of(blob))
    untouched = envelope(blob, token_signature(private, kind, to_be_signed(), flags=0))
    assert verify(MESSAGE, untouched, STATEMENT).fault == "signature"
    assert stock(untouched, text_of(blob)), "why docctl looks itself"


def test_message_may_be_empty_or_large(keys):
    for message in (b"", b"x" * 1_000_000):
        assert verify(message, signed(keys["ed25519"].path, message), STATEMENT).fault == ""


def test_many_keep_their_order(keys):
    jobs = [
        (MESSAGE, keys["ed25519"].signature, STATEMENT),
        (b"other", keys["rsa-3072"].signature, STATEMENT),
        (MESSAGE, b"", RULES),
    ]
    assert [verdict.fault for verdict in verify_many(jobs)] == ["", "signature", "missing"]


# Altered signatures


@pytest.mark.parametrize("name", ACCEPTED)
def test_flipped_bytes_break_it_for_both(keys, stock, name):
    made = keys[name]
    blob = unarmour(made.signature)
    for at in range(0, len(blob), 3):
        bad = armour(blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :])
        assert verify(MESSAGE, bad, STATEMENT).fault
        assert at % 60 or not stock(bad, made.public)
    for at in range(0, len(made.signature), 5):
        assert verify(MESSAGE, made.signature[:at] + bytes([made.signature[at] ^ 4]) + made.signature[at + 1 :], STATEMENT).fault
    for at in range(0, len(MESSAGE), 7):
        bad = MESSAGE[:at] + bytes([MESSAGE[at] ^ 1]) + MESSAGE[at + 1 :]
        assert verify(bad, made.signature, STATEMENT).fault == "signature"
        assert at % 21 or not stock(made.signature, made.public, message=bad)


def test_other_namespace(keys, stock):
    verdict = verify(MESSAGE, signed(keys["ed25519"].path, namespace="git"), STATEMENT)
    assert (verdict.fault, verdict.namespace) == ("namespace", "git")
    assert verify(MESSAGE, keys["ed25519"].signature, RULES).fault == "namespace"
    assert not stock(keys["ed25519"].signature, keys["ed25519"].public, namespace=RULES)


def test_signature_of_another_key(keys, stock, forger):
    signature = unarmour(keys["ed25519"].signature)
    other = forger[1]
    moved = armour(signature.replace(b64decode(keys["ed25519"].public.split(" ")[1]), other))
    assert verify(MESSAGE, moved, STATEMENT).fault == "signature"
    assert not stock(moved, text_of(other))


def test_other_hashes(keys, forger):
    by_keygen = keygen("-Y", "sign", "-O", "hashalg=sha256", "-n", STATEMENT, "-f", keys["ed25519"].path, given=MESSAGE)
    faults = [verify(MESSAGE, by_keygen.stdout, STATEMENT).fault] if by_keygen.returncode == 0 else []
    signature = ed25519_signature(forger[0], to_be_signed(digest="sha256"))
    faults.append(verify(MESSAGE, envelope(forger[1], signature, digest=b"sha256"), STATEMENT).fault)
    assert set(faults) == {"hash"}


def test_rsa_with_a_shorter_hash(keys, stock):
    with open(keys["rsa-3072"].path, "rb") as file:
        private = serialization.load_ssh_private_key(file.read(), None)
    raw = private.sign(to_be_signed(), padding.PKCS1v15(), SHA256())
    public = b64decode(keys["rsa-3072"].public.split(" ")[1])
    bad = envelope(public, string(b"rsa-sha2-256") + string(raw))
    assert verify(MESSAGE, bad, STATEMENT).fault == "hash"
    assert stock(bad, keys["rsa-3072"].public), "why docctl looks itself"
    assert verify(MESSAGE, envelope(public, string(b"ssh-rsa") + string(raw)), STATEMENT).fault == "hash"


def test_certificates(keys, stock, tmp_path):
    made = keys["ed25519"]
    (tmp_path / "k.pub").write_text(made.public + "\n")
    assert keygen("-q", "-s", keys["ecdsa-256"].path, "-I", "x", "-n", "cara", str(tmp_path / "k.pub")).returncode == 0
    certificate = (tmp_path / "k-cert.pub").read_text().split(" ")
    plain, sealed = b64decode(made.public.split(" ")[1]), b64decode(certificate[1])
    bad = armour(unarmour(made.signature).replace(string(plain), string(sealed), 1))
    assert stock(bad, keys["ecdsa-256"].public, option="cert-authority,"), "why docctl looks itself"
    assert verify(MESSAGE, bad, STATEMENT) == ("", "", STATEMENT, "certificate")
    with pytest.raises(Unreadable, match="certificate"):
        read_key(" ".join(certificate[:2]))


@pytest.mark.parametrize(("name", "fault"), [("rsa-2048", "weak-key"), ("dsa", "key-type")])
def test_weak_keys(keys, stock, name, fault):
    if name not in keys:
        pytest.skip("this ssh-keygen makes no such keys any more")
    assert verify(MESSAGE, keys[name].signature, STATEMENT).fault == fault
    assert stock(keys[name].signature, keys[name].public), "why docctl looks itself"
    with pytest.raises(Unreadable, match="2048 bits" if name == "rsa-2048" else "ssh-dss"):
        read_key(keys[name].public)


def test_keys_that_anybody_can_sign_for():
    identity = (1).to_bytes(32, "little")
    blob = string(b"ssh-ed25519") + string(identity)
    forged = envelope(blob, string(b"ssh-ed25519") + string(identity + bytes(32)))
    assert verify(MESSAGE, forged, STATEMENT).fault == "weak-key"
    for height in _OPEN_TO_ALL:
        with pytest.raises(Unreadable, match="anybody"):
            read_key(text_of(string(b"ssh-ed25519") + string((height | 1 << 255).to_bytes(32, "little"))))


def test_points_beside_the_curve(forger):
    for curve, size in ((b"nistp256", 32), (b"nistp521", 66)):
        kind = b"ecdsa-sha2-" + curve
        blob = string(kind) + string(curve) + string(b"\4" + b"\1" * 2 * size)
        assert verify(MESSAGE, envelope(blob, string(kind) + string(string(b"\1") * 2)), STATEMENT).fault == "format"
    assert verify(MESSAGE, envelope(forger[1], string(b"ssh-ed25519") + string(b"short")), STATEMENT).fault == "signature"


ODD_ENVELOPES = {
    "reserved": {"reserved": b"x"},
    "version": {"version": 2},
    "after": {"after": b"\0"},
}


@pytest.mark.parametrize("odd", ODD_ENVELOPES)
def test_odd_envelopes(forger, odd):
    signature = ed25519_signature(forger[0], to_be_signed())
    assert verify(MESSAGE, envelope(forger[1], signature), STATEMENT).fault == ""
    assert verify(MESSAGE, envelope(forger[1], signature, **ODD_ENVELOPES[odd]), STATEMENT).fault == "format"


def test_odd_inner_parts(forger):
    good = ed25519_signature(forger[0], to_be_signed())
    assert verify(MESSAGE, envelope(forger[1], good + b"\0"), STATEMENT).fault == "format"
    assert verify(MESSAGE, envelope(forger[1] + b"\0", good), STATEMENT).fault == "format"
    other = ed25519_signature(forger[0], to_be_signed(), algorithm=b"sk-ssh-ed25519@openssh.com")
    assert verify(MESSAGE, envelope(forger[1], other), STATEMENT).fault == "format"
    assert verify(MESSAGE, envelope(string(b"ssh-rsa") + string(b"\3") * 2, good), STATEMENT).fault == "weak-key"


def test_one_spelling_of_numbers(keys):
    """A zero before r would be a second signature file that is just as good."""
    made = keys["ecdsa-256"]
    blob = b64decode(made.public.split(" ")[1])
    raw = unarmour(made.signature)[-200:]
    inner = raw[raw.index(string(b"ecdsa-sha2-nistp256")) :][23 + 4 :]
    longer = string(b"\0" + inner[4 : 4 + inner[3]]) + inner[4 + inner[3] :]
    assert verify(MESSAGE, envelope(blob, string(b"ecdsa-sha2-nistp256") + string(inner)), STATEMENT).fault == ""
    assert verify(MESSAGE, envelope(blob, string(b"ecdsa-sha2-nistp256") + string(longer)), STATEMENT).fault == "format"
