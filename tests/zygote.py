"""Runs docctl in forked children that have everything loaded, so that a kill falls into its work and not into its start.

Reads one order (JSON) a line: words, folder, environment, where output goes, and perhaps the boundary of the file system (a count
of writes, renames and processes begun) before which the child and all of its own processes are killed, or the line of code (and the
how-manieth time it is gone through) before which somebody presses Ctrl-C.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

_CHANGES = {
    "os.rename",
    "os.remove",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
    "os.chmod",
    "subprocess.Popen",
}

_READY = ("acts.release", "acts.rules", "cli.check", "cli.doctor", "cli.record", "cli.rules", "cli.sign", "cli.site", "cli.status",
          "cli.verify", "doctor", "site.publish")  # fmt: skip


def _boundaries(kill_before: int, told: str) -> None:
    count = 0

    def heard(event: str, facts: tuple[Any, ...]) -> None:
        nonlocal count
        writes = event == "open" and isinstance(facts[2], int) and facts[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not (writes or event in _CHANGES) or facts[0] == told:
            return
        count += 1
        if kill_before and count == kill_before:
            os.killpg(0, signal.SIGKILL)
        if not kill_before:
            with open(told, "w", encoding="ascii") as file:
                file.write(str(count))

    sys.addaudithook(heard)


_WRITING = ("/docctl/workspace/", "/docctl/acts/", "/docctl/cli/", "/git/cmd.py")
_CLEANING = tuple(f"/{name}.py" for name in ("contextlib", "tempfile", "shutil", "subprocess", "weakref"))


def _lines(stop_before: tuple[str, int], told: str) -> Callable[[], None]:
    """Notes the lines that an act goes through where it writes and cleans up; Ctrl-C reaches docctl and its git before one.

    What is given back tells all the lines at the end.
    """
    places: list[str] = []
    left = stop_before[1]
    wanted: dict[CodeType, bool] = {}

    def line(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if event == "line":
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
            places.append(place)
            left -= place == stop_before[0]
            if not left and place == stop_before[0]:
                sys.settrace(None)
                os.killpg(0, signal.SIGINT)
        return line

    def called(frame: FrameType, _event: str, _: object) -> Any:
        code = frame.f_code
        if code not in wanted:
            wanted[code] = any(part in code.co_filename for part in _WRITING) or code.co_filename.endswith(_CLEANING)
        return line if wanted[code] else None

    def told_all() -> None:
        sys.settrace(None)
        if told:
            with open(told, "w", encoding="utf-8") as file:
                file.write("\n".join(places))

    sys.settrace(called)
    return told_all


def _child(order: dict[str, Any]) -> None:
    os.setpgid(0, 0)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None
    out = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    from docctl.cli import main

    end: Callable[[], None] = lambda: None  # noqa: E731  most commands have nothing to tell
    if order.get("count"):
        _boundaries(0, order["count"])
    elif order.get("boundary"):
        _boundaries(order["boundary"], "")
    elif order.get("line") or order.get("lines"):
        end = _lines(order.get("line", ("", 0)), order.get("lines", ""))
    sys.argv = ["docctl", *order["words"]]
    code = main()
    end()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve() -> None:
    """Answers each order with the child's process id, then with how it ended."""
    for name in _READY:
        import_module(f"docctl.{name}")
    from docctl.workspace.runner import library

    library()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            try:
                _child(order)
            finally:
                os._exit(70)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
