"""What somebody might do above a library that is a folder of a repository (threats I4, R49)."""

from __future__ import annotations

import pytest

from docctl import hooks
from docctl.assurance import verify
from docctl.repository import Repository

from .workshop import told

MAIN = "refs/heads/main"


def below(shop, folder):
    """The same history with the library in a folder of the repository, at the office and on the server."""
    last = ""
    for commit in shop.git("rev-list", "--first-parent", "--reverse", "main").split():
        key = shop.git("rev-parse", f"{commit}^{{tree}}")
        for part in reversed(folder.split("/")):
            key = shop.git("mktree", feed=f"040000 tree {key}\t{part}\n".encode())
        last = shop.git("commit-tree", key, "-m", "x", *(("-p", last) if last else ()))
    shop.git("update-ref", MAIN, last)
    shop.git("update-ref", "refs/remotes/origin/main", last)
    shop.git("reset", "-q", "--hard")
    shop.git("fetch", "-q", str(shop.office), f"+{MAIN}:{MAIN}", at=shop.server)
    hooks.install(str(shop.server / "hooks"), hooks.SERVER, folder, rehearsal=True)
    hooks.install(str(shop.office / ".git/hooks"), hooks.CLIENT, folder)
    return shop


def pushed(shop, *items):
    """A push onto main of one state with more of `mode id path`; how it ended, and its commit."""
    shop.git("read-tree", "HEAD")
    shop.git("update-index", "-z", "--index-info", feed=("\0".join(items) + "\0").encode())
    commit = shop.git("commit-tree", shop.git("write-tree"), "-p", "HEAD", "-m", "x")
    return shop.land(commit), commit


def bytes_of(shop, text="x"):
    return shop.git("hash-object", "-w", "--stdin", feed=text.encode())


def verified(shop, commit, folder):
    with Repository.open(str(shop.office)) as repository:
        return verify(repository, commit, prefix=folder)


TWINS = [
    ("lib", "LIB/documents/procedures/ITSM-P-01/index.md", "LIB"),
    ("lib", "Lib", "Lib"),
    ("lib", "lib./x", "lib."),
    ("lib", "li\u200bb/x", "li"),
    ("lib", "lib:x", "lib:x"),
    ("company/manual", "COMPANY/x", "COMPANY"),
    ("company/manual", "company/Manual", "company/Manual"),
    ("company/our manual", "company/OURMAN~1", "company/OURMAN~1"),
    ("Qualität/文件", "Qualita\u0308t/x", "Qualit"),
    ("受控/Ｍ", "受控/ｍ/x", "受控/ｍ"),
]


@pytest.mark.parametrize(("folder", "path", "shown"), TWINS)
def test_to_set_another_folder_beside_the_library_s_own(shop, folder, path, shown):
    """On a disk that does not tell the two apart, its files take the place of the library's in everybody's clone."""
    below(shop, folder)
    before = shop.refs()
    ran, commit = pushed(shop, f"100644 {bytes_of(shop)}\t{path}")
    assert ran.code == 1, ran.said
    assert shop.refs() == before
    told(ran.said, "DC602", shown, "takes it for the library's own folder")
    report = verified(shop, commit, folder)
    assert report.bad == commit
    assert [finding.code for finding in report.findings] == ["DC602"]


@pytest.mark.parametrize("mode", ["120000", "160000"])
def test_to_lead_elsewhere_beside_the_library(shop, mode):
    """A link or a submodule: there the working folder of the library would be another one."""
    below(shop, "lib")
    key = bytes_of(shop, "../elsewhere") if mode == "120000" else shop.head()
    ran, _ = pushed(shop, f"{mode} {key}\tLIB")
    assert ran.code == 1
    told(ran.said, "DC602", "LIB")


@pytest.mark.parametrize("kind", ["gone", "moved", "link", "submodule"])
def test_to_put_something_else_in_the_library_s_place(shop, kind):
    below(shop, "company/manual")
    listed = [line for line in shop.git("ls-tree", "-rz", "HEAD").split("\0") if line]
    items = [f"0 {'0' * 40}\t{line.partition(chr(9))[2]}" for line in listed]
    if kind in {"moved", "link"}:
        items += [line.replace(" blob ", " ").replace("\tcompany/", "\telsewhere/") for line in listed]
    if kind == "link":
        items += [f"120000 {bytes_of(shop, 'elsewhere')}\tcompany"]
    if kind == "submodule":
        items += [f"160000 {shop.head()}\tcompany"]
    ran, _ = pushed(shop, *items)
    assert ran.code == 1
    told(ran.said, "DC601", ".docctl/log/0001.json")


@pytest.mark.parametrize("path", ["README.md", "library/x", "libs", "li/b", "src/LIB/x", "documents/x", "LIB-old/x", "lib~1"])
def test_other_projects_of_the_repository_go_on(shop, path):
    below(shop, "lib")
    ran, commit = pushed(shop, f"100644 {bytes_of(shop)}\t{path}")
    assert ran.code == 0, ran.said
    assert verified(shop, commit, "lib").fine
