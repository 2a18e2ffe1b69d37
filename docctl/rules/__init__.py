"""The rules of document control, one or more files per family. Must not know git, disks, clocks, or who asks."""

from docctl.rules import (
    approval,
    attachments,
    authority,
    filing,
    form,
    history,
    lifecycle,
    records,
    registry,
    revision,
    sealing,
    signing,
    tracing,
    withdrawal,
)

__all__ = [
    "approval",
    "attachments",
    "authority",
    "filing",
    "form",
    "history",
    "lifecycle",
    "records",
    "registry",
    "revision",
    "sealing",
    "signing",
    "tracing",
    "withdrawal",
]
