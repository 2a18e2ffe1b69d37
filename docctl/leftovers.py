"""Private temporary folders of docctl whose process was killed: found and removed. Must not know what they were for."""

from __future__ import annotations

import os
import re
import shutil
import stat

_NAME = re.compile(r"docctl-[a-z]+-([0-9]+)-[a-z0-9_]{8}")


def clear(folder: str) -> None:
    """Removes this user's workplaces in a folder whose processes are gone."""
    for place in abandoned(folder):
        shutil.rmtree(place, ignore_errors=True)


def abandoned(folder: str) -> list[str]:
    """This user's workplaces in a folder whose processes are gone; a link is never one."""
    found = []
    for name in sorted(os.listdir(folder)):
        named = _NAME.fullmatch(name)
        place = os.path.join(folder, name)
        if named and int(named[1]) != os.getpid() and not alive(int(named[1])) and _own(place):
            found.append(place)
    return found


def alive(process: int) -> bool:
    """Whether another process than this one may still be at work under a number."""
    if process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _own(place: str) -> bool:
    try:
        found = os.lstat(place)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
