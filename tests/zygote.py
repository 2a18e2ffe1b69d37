"""Runs docctl in forked children that have everything loaded, so that a kill falls into its work and not into its start.

Reads one order (JSON) a line: words, folder, environment, where output goes, and perhaps the boundary of the file system (a count
of writes, renames and processes begun) before which the child and all of its own processes are killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from importlib import import_module
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

    if order.get("count"):
        _boundaries(0, order["count"])
    elif order.get("boundary"):
        _boundaries(order["boundary"], "")
    code = main(order["words"])
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
