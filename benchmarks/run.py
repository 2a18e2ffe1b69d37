"""`make bench`: what docctl costs, as ratios within one run, beside the budgets. Must not assert anything: machines differ.

Each result stands by wall time and by processor time; the budget is held against processor time, which a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable

import cases
import library
import sites
from cases import Row
from library import Recipe

COLUMNS = f"{'':68} {'wall':>9} {'cpu':>9} {'budget':>9}"


def main() -> int:
    """Measures what was asked for and prints it as it comes."""
    asked = _asked()
    rows: list[Row] = []
    if not asked.json:
        print(COLUMNS)
    for name, measured in _parts(asked).items():
        if asked.only and name not in asked.only:
            continue
        for row in measured():
            rows.append(row)
            if not asked.json:
                print(_line(row), flush=True)
    if asked.json:
        print(json.dumps([{**row._asdict(), "verdict": row.verdict} for row in rows], indent=1))
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="up to 110,000 files, 50,000 commits and 20,000 signatures (an hour)")
    parser.add_argument("--json", action="store_true", help="one JSON list in place of the table")
    parser.add_argument("--keep", default=library.CACHE, metavar="DIR", help="where synthetic libraries are kept")
    parser.add_argument("--only", nargs="*", metavar="PART", help="commit, push, check, verify, signature, site")
    return parser.parse_args()


def _parts(asked: argparse.Namespace) -> dict[str, Callable[[], Iterable[Row]]]:
    full, keep = asked.full, asked.keep
    large = [Recipe(10), Recipe(1000), cases.FILES_110_000 if full else Recipe(10_000)]
    servers = [Recipe(10, commits=1000), Recipe(10, commits=5000), Recipe(10_000, commits=1000)]
    servers += [Recipe(10_000, commits=50_000)] if full else []
    return {
        "commit": lambda: cases.commits(large, keep),
        "push": lambda: cases.pushes(servers, keep),
        "check": lambda: cases.checks([1000, 10_000] if full else [1000], keep),
        "verify": lambda: cases.verifies(list(cases.FULL_SIZES if full else cases.SIZES), keep),
        "signature": lambda: cases.signatures(20_000 if full else 1000, 1000 if full else 100),
        "site": lambda: sites.sites(1000 if full else 200, keep),
    }


def _line(row: Row) -> str:
    budget = f"{row.budget:>7.4g} {row.unit:2}" if row.budget is not None else ""
    return f"{row.name:68} {row.wall:>6.4g} {row.unit:2} {row.cpu:>6.4g} {row.unit:2} {budget:10} {row.verdict}".rstrip()


if __name__ == "__main__":
    sys.exit(main())
