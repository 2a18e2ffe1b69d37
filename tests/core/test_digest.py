"""docctl.core.digest gives what hashlib gives, little or much."""

from __future__ import annotations

import hashlib
import sys

import pytest

from docctl.core import digest


@pytest.fixture(autouse=True)
def not_loaded(monkeypatch):
    """As in a hook, where nobody has loaded OpenSSL yet."""
    monkeypatch.delitem(sys.modules, "hashlib")


@pytest.mark.parametrize("left", [digest.LITTLE, 0])
@pytest.mark.parametrize("data", [b"", b"a", b"\0" * 5000])
def test_equal_to_hashlib(monkeypatch, left, data):
    monkeypatch.setitem(digest._left, "bytes", left)
    assert digest.sha256(data).hexdigest() == hashlib.sha256(data).hexdigest()
    for kind in ("sha1", "sha256"):
        found = digest.begun(kind, len(data), b"start")
        found.update(data)
        assert found.hexdigest() == hashlib.new(kind, b"start" + data).hexdigest()


def test_much_is_left_to_openssl(monkeypatch):
    monkeypatch.setitem(digest._left, "bytes", 10)
    assert type(digest.sha256(b"12345")) is not type(hashlib.sha256())
    assert type(digest.sha256(b"123456")) is type(hashlib.sha256())
    monkeypatch.setitem(digest._left, "bytes", 10)
    assert type(digest.sha256(b"1")) is type(hashlib.sha256())  # loaded by now


def test_a_python_without_digests_of_its_own(monkeypatch):
    monkeypatch.setitem(digest._left, "bytes", digest.LITTLE)
    for name in ("_sha1", "_sha2", "_sha256"):
        monkeypatch.setitem(sys.modules, name, None)
    assert digest.begun("sha1", 1, b"a").hexdigest() == hashlib.sha1(b"a").hexdigest()
    assert digest.sha256(b"a").hexdigest() == hashlib.sha256(b"a").hexdigest()
