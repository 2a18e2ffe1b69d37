"""All layers, one after the other: what the client's gate, the server, verify and the site's build say to one hostile state.

Each layer is asked on its own, as if the ones before it were not there, and each must leave everything as it was.
"""

from __future__ import annotations

from collections.abc import Sequence

from .faultroom import docctl, look
from .workshop import Workshop, told

OLD_SITE = {".docctl-site": "", "index.html": "the site of before"}


def client(shop: Workshop, *codes: str, says: Sequence[str] = (), staged: bool = False) -> str:
    """The client's gate stops a plain `git commit`: exit 1, no commit; index, files and branches as before. What was said."""
    if not staged:
        shop.git("add", "-A")
    before = look(shop.office)
    ran = shop.tried("git", "commit", "-m", "typed by the user", DOCCTL_LANG="en")
    assert ran.code == 1, ran.said
    assert look(shop.office) == before
    return told(ran.said, *codes, *says)


def refused(
    shop: Workshop, *codes: str, about: Sequence[str] = (), says: Sequence[str] = (), staged: bool = False, message: str = "x"
) -> str:
    """The client's gate, the server and verify each refuse what lies in the office; what was said by the server.

    `staged` takes what is in the index as it is and leaves the office's files aside.
    """
    client(shop, *codes, says=[*about, *says], staged=staged)
    shop.git("commit", "-q", "--no-verify", "-m", message)
    return shop.refused(*codes, about=about, says=says)


def unbuilt(shop: Workshop, *says: str) -> str:
    """The site of the office's main is not built: one sentence and a remedy, and the site of before stays. What was said."""
    target = shop.folder / "site"
    target.mkdir()
    for name, text in OLD_SITE.items():
        (target / name).write_text(text)
    ran = docctl(shop, "site", "build", "--output", str(target), XDG_CACHE_HOME=str(shop.folder / "cache"))
    assert ran.code == 3, ran.said
    assert {path.name: path.read_text() for path in target.iterdir()} == OLD_SITE
    assert [path.name for path in shop.folder.iterdir() if "site" in path.name] == ["site"]
    return told(ran.said, *says)
