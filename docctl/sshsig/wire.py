"""The bytes of an SSH signature: counted strings, numbers and the armour. Must not know keys, algorithms or programs."""

from __future__ import annotations

from base64 import b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64
from struct import Struct

MAGIC = b"SSHSIG"
LONGEST_ARMOUR = 16_384  # the largest RSA key that OpenSSH knows fills less than half of this

_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_COLUMNS = 70  # what ssh-keygen writes; another width is another spelling of the same signature
_UINT32 = Struct(">I")


class Broken(ValueError):
    """Bytes that end too early, go on too long, or spell a value in another way than the one allowed."""


class Reader:
    """Reads one value after the other out of `data`; whoever reads says with `end` that nothing may be left."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self._at = at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise Broken("ends too early")
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def uint32(self) -> int:
        """The next four bytes as a number."""
        number: int = _UINT32.unpack(self.take(4))[0]
        return number

    def string(self) -> bytes:
        """The next counted string, without its count."""
        return self.take(self.uint32())

    def number(self) -> int:
        """The next counted positive number; longer spellings than needed and negative ones are broken."""
        spelt = self.string()
        if not spelt or spelt[0] & 0x80 or (spelt[0] == 0 and (len(spelt) == 1 or not spelt[1] & 0x80)):
            raise Broken("not a positive number in its shortest spelling")
        return int.from_bytes(spelt, "big")

    def end(self) -> None:
        """Holds when every byte was read."""
        if self._at != len(self._data):
            raise Broken("goes on too long")


def string(data: bytes) -> bytes:
    """`data` as a counted string."""
    return _UINT32.pack(len(data)) + data


def armour(blob: bytes) -> bytes:
    """`blob` between the two marker lines, spelt as ssh-keygen spells it."""
    text = b64encode(blob)
    lines = [text[i : i + _COLUMNS] for i in range(0, len(text), _COLUMNS)]
    return _BEGIN + b"\n".join(lines) + b"\n" + _END


def unarmour(armoured: bytes) -> bytes:
    """The blob inside one armour. Broken when the bytes are anything else than what `armour` makes of that blob."""
    if len(armoured) > LONGEST_ARMOUR or not (armoured.startswith(_BEGIN) and armoured.endswith(_END)):
        raise Broken("not an armour")
    try:
        blob = a2b_base64(armoured[len(_BEGIN) : -len(_END)])
    except NotBase64 as error:
        raise Broken("not base64") from error
    if armour(blob) != armoured:
        raise Broken("another spelling of the armour")
    return blob
