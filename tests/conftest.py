"""What every test stands on: clean surroundings for git, a guarded home, and a copy of the workshop's base library."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from .workshop import Workshop
from .workshop_base import make_base, make_keys

# A job in the background of a shell ignores Ctrl-C, and so would every program it starts; the tests press it on purpose.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

AUTHOR = {"NAME": "Wang Fang", "EMAIL": "wang@example.com"}


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory):
    """Nothing of the machine's or the user's git settings is seen, and nothing is left in a home."""
    home, template = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("template")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("GIT_", "DOCCTL_", "LC_"))]:
            patch.delenv(name)
        fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TEMPLATE_DIR": str(template)}
        fixed |= {f"GIT_{role}_{what}": text for role in ("AUTHOR", "COMMITTER") for what, text in AUTHOR.items()}
        for name, text in {**fixed, "HOME": str(home), "TZ": "UTC", "LANG": "C.UTF-8", "GIT_TERMINAL_PROMPT": "0"}.items():
            patch.setenv(name, text)
        patch.delenv("SSH_AUTH_SOCK", raising=False)
        yield
    left = {path.name for path in home.iterdir()}
    assert not left & {".gitconfig", ".ssh", ".docctl"}


@pytest.fixture(scope="session")
def keys(tmp_path_factory) -> Path:
    """Throwaway keys, made once."""
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder)
    return folder


@pytest.fixture(scope="session")
def base(tmp_path_factory, keys) -> Workshop:
    """The base library, built once through docctl's own acts."""
    return make_base(tmp_path_factory.mktemp("workshop") / "base", keys)


@pytest.fixture
def shop(base, keys, tmp_path) -> Workshop:
    """A copy of the base library for one test."""
    return Workshop.copied(base.folder, tmp_path / "shop", keys)
