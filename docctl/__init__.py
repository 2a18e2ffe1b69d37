"""docctl: document control built around a git repository. Knows its own version; must not import anything."""

__version__ = "0.1.0"
