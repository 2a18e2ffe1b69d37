"""The rules of document control, one file per family. Must not know git, disks, clocks, or who asks."""

from docctl.rules import approval, authority, form, history, lifecycle, record, tracing

__all__ = ["approval", "authority", "form", "history", "lifecycle", "record", "tracing"]
