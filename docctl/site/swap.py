"""Exchanges two folders in one step of the file system, where the system can. Must not know what they hold."""

from __future__ import annotations

import os
import sys

_LINUX = ("renameat2", -100, 2)  # the call, "from the current folder", and "exchange"
_APPLE = ("renameatx_np", -2, 2)


def swap(one: str, other: str) -> bool:
    """Exchanges two folders of one disk, so that each name always stands for a whole one; False where that cannot be done."""
    import ctypes

    name, here, exchange = _APPLE if sys.platform == "darwin" else _LINUX
    call = getattr(ctypes.CDLL(None, use_errno=True), name, None) if os.name == "posix" else None
    if call is None:
        return False
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    call.restype = ctypes.c_int
    return bool(call(here, os.fsencode(os.path.abspath(one)), here, os.fsencode(os.path.abspath(other)), exchange) == 0)
