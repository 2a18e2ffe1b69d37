"""Evidence: verdicts know no order, no noise and no machine; nobody sits twice, nobody judges their own work, each day has one answer."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from docctl.core.document import Document
from docctl.core.evidence import Evidence
from docctl.core.matrix import STRICT_LEVELS, matrix_of
from docctl.core.state import STATES, release_state, state_of
from docctl.core.statement import DECISIONS, Signed
from docctl.core.waiting import wanted  # type: ignore[import-not-found]

from ..core.builders import ROLE_OF, document, evidence, filed, mandate, settings, statement
from .effort import effort
