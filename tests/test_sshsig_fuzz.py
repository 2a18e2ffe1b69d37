"""Any bytes at all get a verdict from the reader of SSH signatures, and any text is one of the accepted keys or refused."""

from __future__ import annotations

import subprocess
from base64 import b64decode, b64encode
from struct import pack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docctl.core.errors import Unreadable
from docctl.sshsig import STATEMENT, read_key, verify
from docctl.sshsig.wire import MAGIC, armour, string, unarmour

MESSAGE = b"one line\n"
MADE = {"ed25519": "256", "ecdsa": "384", "rsa": "3072"}
SK_ED25519, SK_ECDSA = b"sk-ssh-ed25519@openssh.com", b"sk-ecdsa-sha2-nistp256@openssh.com"
KINDS = [b"ssh-ed25519", b"ssh-rsa", b"ecdsa-sha2-nistp256", b"ssh-dss", SK_ED25519, SK_ECDSA]
PLAIN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def keygen(*arguments, given=b""):
    return subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, check=False, timeout=60)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="session")
def keys(folder):
    """The public line and a signature over MESSAGE, for each kind of key."""
    made = {}
    for kind, bits in MADE.items():
        path = str(folder / kind)
        assert keygen("-q", "-t", kind, "-b", bits, "-N", "", "-C", f"{kind} 注释", "-f", path).returncode == 0
        signature = keygen("-Y", "sign", "-n", STATEMENT, "-f", path, given=MESSAGE).stdout
        made[kind] = ((folder / f"{kind}.pub").read_text().rstrip("\n"), signature)
    return made


def stock_says_good(folder, armoured, public):
    (folder / "signers").write_text("cara " + " ".join(public.split(" ")[:2]) + "\n")
    (folder / "sig").write_bytes(armoured)
    question = ["-f", str(folder / "signers"), "-I", "cara", "-n", STATEMENT, "-s", str(folder / "sig")]
    return keygen("-Y", "verify", *question, given=MESSAGE).returncode == 0


@pytest.mark.parametrize("name", MADE)
def test_key_is_read_without_its_comment(keys, name):
    kind, encoded, *_ = keys[name][0].split(" ")
    key = read_key(keys[name][0])
    assert key == read_key(f"{kind} {encoded}") == (kind, f"{kind} {encoded}", b64decode(encoded), key.fingerprint)


def sk_key(kind, application):
    body = string(b"\7" * 32) if kind == SK_ED25519 else string(b"nistp256") + string(b"\4" + b"\7" * 64)
    return f"{kind.decode()} {b64encode(string(kind) + body + string(application)).decode()}"


@pytest.mark.parametrize("kind", [SK_ED25519, SK_ECDSA])
def test_token_key_is_read(kind):
    assert read_key(sk_key(kind, b"ssh:docctl")).kind == kind.decode()
    with pytest.raises(Unreadable, match="damaged"):
        read_key(sk_key(kind, b"https://example.org"))


ODD_ARMOURS = {
    "crlf": lambda good: good.replace(b"\n", b"\r\n"),
    "doubled": lambda good: good + good,
    "text after": lambda good: good + b"x",
    "blank line after": lambda good: good + b"\n",
    "text before": lambda good: b"x\n" + good,
    "no line break at the end": lambda good: good[:-1],
    "cut": lambda good: good[:-40],
    "first half": lambda good: good[: len(good) // 2],
    "one long line": lambda good: armour(unarmour(good)).replace(b"\n", b"").replace(b"-----", b"-----\n").lstrip(b"\n"),
    "blanks inside": lambda good: good.replace(b"A\n", b"A \n", 1) if b"A\n" in good else good.replace(b"\n", b" \n", 1),
    "other title": lambda good: good.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
    "byte order mark": lambda good: b"\xef\xbb\xbf" + good,
    "empty inside": lambda good: good[:30] + good[-28:],
    "beyond the limit": lambda good: armour(bytes(100_000)),
    "one line break": lambda good: b"\n",
}


@pytest.mark.parametrize("odd", ODD_ARMOURS)
def test_odd_armours(keys, odd):
    for _, signature in keys.values():
        assert verify(MESSAGE, ODD_ARMOURS[odd](signature), STATEMENT).fault in {"armour", "format"}


def test_missing_signature():
    assert verify(MESSAGE, b"", STATEMENT) == ("", "", "", "missing")


@pytest.mark.parametrize("name", MADE)
def test_every_truncation_is_refused(keys, name):
    blob = unarmour(keys[name][1])
    for length in range(len(blob)):
        assert verify(MESSAGE, armour(blob[:length]), STATEMENT).fault in {"armour", "format"}


def spelt(kind, *parts):
    return f"{kind} {b64encode(b''.join(map(string, [kind.encode(), *parts]))).decode()}"


ODD_KEYS = [
    "",
    "{kind}",
    "{kind} ",
    " {kind} {body}",
    "{kind}  {body}",
    "{kind}\t{body}",
    "{kind} {body}\n",
    "{kind} {body} a\nb",
    "{kind} {body}\r",
    "{kind} {body}=",
    "{kind} {body}!",
    "{kind} {body}AAAA",
    "ssh-rsa {body}",
    "SSH-ED25519 {body}",
    "{body}",
    "{kind} 钥匙",
    "{kind} {body} \u202eabc",
    'from="*" {kind} {body}',
    "{kind} {body} " + "x" * 9000,
    "{kind} AAAA",
    "{kind} ====",
    spelt("ssh-ed25519", bytes(31)),
    spelt("ssh-ed25519", b"\xff" * 32),
    spelt("ssh-ed25519", b"\7" * 32, b""),
    spelt("ecdsa-sha2-nistp256", b"nistp384", b"\4" + bytes(96)),
    spelt("ecdsa-sha2-nistp256", b"nistp256", b"\2" + bytes(32)),
    spelt("ssh-rsa", b"\2", b"\1" * 384),
    spelt("ssh-rsa", b"\3", b"\1" * 4096),
    spelt("ssh-rsa", b"\3", b"\x81" * 384),
]


@pytest.mark.parametrize("odd", ODD_KEYS)
def test_odd_keys(keys, odd):
    kind, body, *_ = keys["ed25519"][0].split(" ")
    with pytest.raises(Unreadable) as caught:
        read_key(odd.format(kind=kind, body=body))
    assert all(caught.value.words)


@PLAIN
@given(st.binary(max_size=400), st.binary(max_size=200), st.text(max_size=20))
def test_any_bytes_get_a_verdict(noise, message, namespace):
    for bad in (noise, armour(noise), armour(MAGIC + pack(">I", 1) + noise)):
        assert verify(message, bad, namespace).fault


@PLAIN
@given(key=st.binary(max_size=80), rest=st.lists(st.binary(max_size=80), min_size=4, max_size=4), kind=st.sampled_from(KINDS))
def test_any_parts_get_a_verdict(key, rest, kind):
    bad = MAGIC + pack(">I", 1) + b"".join(map(string, [string(kind) + key, *rest]))
    assert verify(MESSAGE, armour(bad), STATEMENT).fault


@PLAIN
@given(st.text(max_size=80), st.binary(max_size=120))
def test_any_text_is_a_key_or_unreadable(text, blob):
    for odd in (text, f"ssh-rsa {b64encode(blob).decode()}", f"ssh-ed25519 {b64encode(blob).decode()} {text}"):
        with pytest.raises(Unreadable):
            read_key(odd)


@PLAIN
@given(data=st.data(), name=st.sampled_from(sorted(MADE)))
def test_no_mutation_is_good_unless_stock_says_so(folder, keys, data, name):
    public, signature = keys[name]
    blob = unarmour(signature)
    start = data.draw(st.integers(0, len(blob)))
    end = data.draw(st.integers(start, min(len(blob), start + 40)))
    piece = data.draw(st.one_of(st.binary(max_size=8), st.just(blob[start:end] * 2), st.just(blob[start:end][::-1])))
    changed = armour(blob[:start] + piece + blob[end:])
    fault = verify(MESSAGE, changed, STATEMENT).fault
    assert fault or changed == signature or stock_says_good(folder, changed, public)


@PLAIN
@given(data=st.data(), name=st.sampled_from(sorted(MADE)))
def test_no_second_spelling_of_the_file_is_good(keys, data, name):
    signature = keys[name][1]
    at = data.draw(st.integers(0, len(signature)))
    piece = data.draw(st.one_of(st.binary(max_size=4), st.sampled_from([b"\n", b"\r\n", b" ", b"=", b"\0", b"A"])))
    changed = signature[:at] + piece + signature[at + data.draw(st.integers(0, 2)) :]
    assert changed == signature or verify(MESSAGE, changed, STATEMENT).fault
