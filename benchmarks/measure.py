"""Measures processes side by side: wall time, processor time as medians, and peak memory. Must not know what is measured.

Machines differ and are shared, so runs take turns (A B A B) and only ratios within one run say anything.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import NamedTuple

PYTHON = sys.executable
DOCCTL = os.path.join(os.path.dirname(sys.executable), "docctl")


_PEAK = """
import resource, sys
from docctl.cli import main
main(sys.argv[1:])
try:
    with open("/proc/self/status") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
except OSError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stderr.write(f"\\n{peak}")
"""  # getrusage alone would also count the memory of whoever started the process


class Cost(NamedTuple):
    """What one run took: wall and processor time in seconds, all of its own processes included."""

    wall: float
    cpu: float

    def over(self, other: Cost) -> Cost:
        """This as a multiple of another."""
        return Cost(self.wall / other.wall, self.cpu / other.cpu)

    def beyond(self, other: Cost) -> Cost:
        """What this takes more than another."""
        return Cost(self.wall - other.wall, self.cpu - other.cpu)

    def times(self, factor: float) -> Cost:
        """This, scaled."""
        return Cost(self.wall * factor, self.cpu * factor)


def environment(**more: str) -> dict[str, str]:
    """The environment measured programs run in: nothing of Python's or git's own settings comes through."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "GIT_", "DOCCTL_"))}
    return kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"} | more


def run(command: Sequence[str], folder: str, given: bytes = b"", fine: Sequence[int] = (0,), **variables: str) -> Cost:
    """The cost of one program; its answers are thrown away. Ends the benchmark when its exit code is not among `fine`."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment(**variables), stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    if given and process.stdin:
        process.stdin.write(given)
        process.stdin.close()
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        raise SystemExit(f"{' '.join(command)[:200]}: exit {process.returncode}\n{said.decode(errors='replace')[-2000:]}")
    return Cost(wall, used.ru_utime + used.ru_stime)


def peak(words: Sequence[str], folder: str, **variables: str) -> float:
    """The most memory that a docctl command held, in MB; that of an idle Python is left out."""
    idle, busy = (
        subprocess.run([PYTHON, "-c", _PEAK, *each], cwd=folder, env=environment(**variables), capture_output=True, check=True)
        for each in (["--version"], words)
    )
    return (int(busy.stderr.split()[-1]) - int(idle.stderr.split()[-1])) / 1024


def side_by_side(cases: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, Cost]:
    """The median cost of each case, the cases taking turns; of more than one round the first is not counted."""
    found: dict[str, list[Cost]] = {name: [] for name in cases}
    for turn in range(rounds):
        for name, case in cases.items():
            cost = case()
            if turn or rounds == 1:
                found[name].append(cost)
    return {name: Cost(*(median(values) for values in zip(*costs, strict=True))) for name, costs in found.items()}


class Line(NamedTuple):
    """A straight line fitted through costs by size: what each one more takes, what the start takes, the worst deviation (a share)."""

    each: float
    start: float
    off: float


def fitted(points: Sequence[tuple[float, float]]) -> Line:
    """The least-squares line through (size, cost), for two points or more."""
    count, mean_x, mean_y = len(points), sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    each = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if count > 1 else mean_y / mean_x
    start = mean_y - each * mean_x
    return Line(each, start, max(abs(y - start - each * x) / y for x, y in points))
