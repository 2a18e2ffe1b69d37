"""docctl.core.matrix: the seats that a list of slots makes for a document."""

from __future__ import annotations

import pytest

from docctl.core.matrix import seats
from docctl.core.settings import EACH, Slot

from .builders import document


def departments(slots, **head):
    return [(seat.slot.decision, seat.department) for seat in seats(document(**head), tuple(slots))]


DEPT = Slot(1, "cosign", "department-head", "distribution", EACH)


@pytest.mark.parametrize(
    ("slots", "head", "expected"),
    [
        ([Slot(1, "approve", "r", "", 1)], {}, [("approve", "")]),
        ([Slot(1, "approve", "r", "", 3)], {}, [("approve", "")] * 3),
        ([Slot(1, "approve", "r", "", EACH)], {}, [("approve", "")]),
        ([Slot(1, "review", "r", "owner", 2)], {}, [("review", "ops")] * 2),
        ([Slot(1, "review", "r", "owner", EACH)], {}, [("review", "ops")]),
        ([Slot(1, "review", "r", "owner", 1)], {"department": ""}, [("review", "-")]),  # nobody heads no department
        ([Slot(1, "review", "r", "desk", 1)], {}, [("review", "desk")]),
        ([DEPT], {}, []),
        ([DEPT], {"distribution": ["ops"]}, []),
        ([DEPT], {"distribution": ["dev", "ops", "desk"]}, [("cosign", "dev"), ("cosign", "desk")]),
        ([DEPT._replace(count=2)], {"distribution": ["dev"]}, [("cosign", "dev")] * 2),
        ([DEPT], {"department": "", "distribution": ["ops"]}, [("cosign", "ops")]),
        (
            [Slot(3, "approve", "r", "", 1), Slot(1, "review", "r", "", 1), Slot(2, "cosign", "r", "", 1)],
            {},
            [("review", ""), ("cosign", ""), ("approve", "")],
        ),
        ([], {}, []),
    ],
)
def test_slots_become_seats_by_step(slots, head, expected):
    assert departments(slots, **head) == expected
