"""How many examples a property is tried on: a few, always the same, or very many with HYPOTHESIS_PROFILE=long.

The short profile fits into every run of the tests. Must not change the settings of other tests, so no profile is loaded.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PROFILES = {
    "ci": settings(derandomize=True, deadline=None, database=None, print_blob=True, suppress_health_check=_QUIET),
    "long": settings(derandomize=False, deadline=None, print_blob=True, suppress_health_check=_QUIET),
}
NAME = os.environ.get("HYPOTHESIS_PROFILE", "ci")
TIMES = {"ci": 1, "long": 20}


def effort(examples: int) -> settings:
    """Settings for a property that is tried on `examples` examples in the short profile, on twenty times as many in the long one."""
    return settings(PROFILES[NAME], max_examples=examples * TIMES[NAME])
