"""Opening repositories, hostile and broken ones, and reading objects: real git throughout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docctl.core.errors import DocctlError
from docctl.repository import Repository, history
from docctl.repository.process import LOCAL, QUIET, binary

IDENTITY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Li Ming",
    "GIT_AUTHOR_EMAIL": "li@example.com",
    "GIT_COMMITTER_NAME": "Li Ming",
    "GIT_COMMITTER_EMAIL": "li@example.com",
}


@pytest.fixture(autouse=True)
def quiet_git(monkeypatch):
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)


def git(folder, *words, **more):
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, **more)
    return done.stdout.decode("utf-8", "surrogateescape").strip()


def write(folder, files):
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


@pytest.fixture(params=["sha1", "sha256"])
def repo(tmp_path, request):
    folder = tmp_path / "库"
    git(tmp_path, "init", "-q", "-b", "main", f"--object-format={request.param}", str(folder))
    write(folder, {"README.md": "hello\n", "documents/信息 安全/ITSM-P-01/index.md": "一\n", "documents/a\nb.md": "odd\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "one")
    return folder


def code_of(call, *words):
    with pytest.raises(DocctlError) as caught:
        call(*words)
    assert caught.value.words.zh
    assert caught.value.remedy.zh
    return caught.value.code


def test_open_finds_the_top_from_below(repo):
    with Repository.open(str(repo / "documents")) as opened:
        assert opened.top == str(repo)
        assert opened.git_dir == opened.common_dir == str(repo / ".git")
        assert not opened.bare
        assert not opened.shallow
        assert opened.has_commits()
        assert opened.head_branch() == "main"
        assert opened.resolve("HEAD") == git(repo, "rev-parse", "HEAD")
        assert opened.resolve("nothing") is opened.resolve("") is opened.resolve("a\nb") is opened.resolve("-x") is None
        assert opened.config("user.none") is None
        assert opened.config("core.bare") == "false"


def test_no_repository_is_named(tmp_path):
    assert code_of(Repository.open, str(tmp_path)) == "not-a-repository"
    with pytest.raises(DocctlError, match="nowhere"):
        Repository.open(str(tmp_path / "nowhere"))


def test_bare_worktree_detached_and_unborn(repo, tmp_path):
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    with Repository.open(str(tmp_path / "bare.git")) as bare:
        assert bare.bare
        assert bare.top is None
        assert len(bare.tree("HEAD")) == 3
    git(repo, "worktree", "add", "-q", "-b", "doc/X", str(tmp_path / "tree"))
    with Repository.open(str(tmp_path / "tree")) as linked:
        assert linked.head_branch() == "doc/X"
        assert linked.common_dir == str(repo / ".git")
        assert linked.git_dir != linked.common_dir
        assert set(linked.branches()) == {"main", "doc/X"}
    git(repo, "checkout", "-q", "--detach")
    with Repository.open(str(repo)) as detached:
        assert detached.head_branch() is None
    git(tmp_path, "init", "-q", "-b", "长", "new")
    with Repository.open(str(tmp_path / "new")) as unborn:
        assert unborn.head_branch() == "长"
        assert not unborn.has_commits()
        assert unborn.branches() == {}


def test_branches_hold_remote_ones(repo, tmp_path):
    git(repo, "branch", "doc/ITSM-P-01/A-1")
    git(tmp_path, "clone", "-q", str(repo), "copy")
    with Repository.open(str(tmp_path / "copy")) as copy:
        assert set(copy.branches()) == {"main", "origin/main", "origin/doc/ITSM-P-01/A-1"}


def test_shallow_and_partial_clones_prove_nothing(repo, tmp_path):
    git(repo, "commit", "-q", "--allow-empty", "-m", "two")
    with Repository.open(str(repo)) as whole:
        whole.require_full_history()
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{repo}", "shallow")
    with Repository.open(str(tmp_path / "shallow")) as cut:
        assert cut.shallow
        assert code_of(cut.require_full_history) == "shallow"
    git(repo, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repo}", "partial")
    canary = tmp_path / "ran"
    git(tmp_path / "partial", "config", "remote.origin.uploadpack", f"touch {canary};git-upload-pack")
    with Repository.open(str(tmp_path / "partial")) as partial:
        assert code_of(partial.require_full_history) == "partial"
        assert code_of(partial.tree("HEAD").__getitem__, "README.md") == "damaged"
    assert not canary.exists()


def test_inherited_pointers_are_dropped_outside_hooks(repo, tmp_path, monkeypatch):
    assert set(git(repo, "rev-parse", "--local-env-vars").split()) <= LOCAL
    git(tmp_path, "init", "-q", "other")
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_NAMESPACE", "x")
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "evil")
    with Repository.open(str(repo)) as opened:
        assert opened.top == str(repo)
        assert len(opened.tree("HEAD")) == 3
        assert opened.staged()[1] == []
        assert opened.config("user.name") is None


def test_hostile_settings_run_nothing(repo, tmp_path):
    canary = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{canary}'\ncat\n")
    program.chmod(0o755)
    programs = "core.fsmonitor diff.external core.sshCommand core.pager pager.log diff.x.textconv diff.x.command filter.x.smudge"
    for name in f"{programs} filter.x.clean filter.x.process gpg.program core.editor core.askPass".split():
        git(repo, "config", name, str(program))
    values = "log.showSignature=true log.diffMerges=off diff.renames=copies log.follow=true diff.orderFile=x log.showRoot=false"
    for setting in f"{values} core.abbrev=5 diff.noprefix=true".split():
        git(repo, "config", *setting.split("="))
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        shutil.copy(program, hooks / hook)
    git(repo, "config", "core.hooksPath", str(hooks))
    write(repo, {".git/info/attributes": "* diff=x filter=x\n"})
    with Repository.open(str(repo)) as opened:
        assert [len(step.changes) for step in opened.history("HEAD")] == [3]
        assert len(list(opened.tree("HEAD").read(opened.tree("HEAD")))) == 3
        assert opened.staged()[1] == []
        assert len(opened.changes(None, "HEAD")) == 3
        opened.branches()
    assert not canary.exists()


def test_replacements_grafts_and_forged_graphs_are_not_seen(repo):
    good = git(repo, "rev-parse", "HEAD:README.md")
    evil = git(repo, "hash-object", "-w", "--stdin", input=b"EVIL")
    git(repo, "replace", good, evil)
    with Repository.open(str(repo)) as opened:
        assert opened.tree("HEAD")["README.md"].data == b"hello\n"
        assert opened.objects.get("HEAD:README.md").data == b"hello\n"
    assert "core.commitGraph=false" in QUIET


def test_a_foreign_owner_is_explained(repo):
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(repo, 12345, 12345)
    os.chown(repo / ".git", 12345, 12345)
    with pytest.raises(DocctlError, match="dubious ownership") as caught:
        Repository.open(str(repo))
    assert "git config --global --add safe.directory" in caught.value.remedy.en


def test_git_missing_or_too_old(repo, tmp_path, monkeypatch):
    binary.cache_clear()
    monkeypatch.setenv("PATH", f"bin{os.pathsep}{tmp_path}")
    assert code_of(Repository.open, str(repo)) == "git-missing"
    old = tmp_path / "git"
    old.write_text("#!/bin/sh\necho git version 2.17.1\n")
    old.chmod(0o755)
    with pytest.raises(DocctlError, match=r"git 2\.30 or newer needed, found 2\.17\.1"):
        Repository.open(str(repo))
    binary.cache_clear()


def test_objects_by_any_name(repo):
    with Repository.open(str(repo)) as opened:
        objects = opened.objects
        path = "documents/信息 安全/ITSM-P-01/index.md"
        key = git(repo, "rev-parse", f"HEAD:{path}")
        assert objects.get(f"HEAD:{path}") == objects.get(key) == (key, "blob", "一\n".encode())
        assert objects.get("HEAD:documents/a\nb.md").data == b"odd\n"
        assert objects.get("HEAD:documents").kind == "tree"
        assert (
            objects.get("HEAD:none")
            is objects.get("none:README.md")
            is objects.get("no\nne:x")
            is objects.get("HEAD:a\nb")
            is None
        )
        assert code_of(objects.get, "1" * len(key)) == "damaged"
        assert objects.get(key).key == key


def test_thousands_of_objects_and_nested_readers(repo):
    many = {f"records/{n:04}.md": f"{n}\n" * (1 + n % 700) for n in range(2500)}
    write(repo, many)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "many")
    with Repository.open(str(repo)) as opened:
        tree = opened.tree("HEAD")
        for path, blob in tree.read(many):
            assert blob.data.decode() == many[path]
            if path.endswith("00.md"):
                assert tree["README.md"].data == b"hello\n"
                assert next(tree.read(["none", "records/0007.md"]))[1].data == b"7\n" * 8
        keys = [blob.key for _, blob in tree.read(many)]
        assert [found.key for found in opened.objects.many(keys)] == keys
        with pytest.raises(DocctlError):
            list(opened.objects.many([keys[0], "2" * len(keys[0]), keys[1]]))


def test_damage_is_never_absence(repo):
    inner = git(repo, "rev-parse", "HEAD:documents")
    blob = git(repo, "rev-parse", "HEAD:README.md")
    other = git(repo, "rev-parse", "HEAD:documents/a\nb.md")
    place = repo / ".git" / "objects"
    loose = place / blob[:2] / blob[2:]
    loose.chmod(0o644)
    shutil.copy(place / other[:2] / other[2:], loose)
    with Repository.open(str(repo)) as opened:
        with pytest.raises(DocctlError, match="damaged"):
            opened.tree("HEAD")["README.md"]
        loose.write_bytes(b"rubbish")
        assert code_of(opened.objects.get, blob) == "damaged"
        assert opened.objects.get("HEAD:documents/a\nb.md").data == b"odd\n"
        (place / inner[:2] / inner[2:]).unlink()
    with Repository.open(str(repo)) as opened:
        assert code_of(opened.objects.get, "HEAD:documents/x.md") == "damaged"
        assert code_of(opened.tree("HEAD").under, "") == "damaged"
        assert code_of(lambda: list(opened.history("HEAD"))) == "damaged"


def test_reading_for_a_gate_loads_nothing_heavy():
    heavy = (
        "git",
        "jsonschema",
        "click",
        "markdown_it",
        "mkdocs",
        "shutil",
        "tempfile",
        "pathlib",
        "yaml",
        "dataclasses",
        "logging",
    )
    ask = f"import sys, docctl.repository; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-S", "-c", ask], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[1]).stdout.strip() == "[]"  # fmt: skip


ODD = ["documents/变更.md", 'documents/"quoted".md', "documents/back\\slash.md", "documents/tab\tand\nline.md", "documents/\x07\x08\x0b\x0c\r.md",
       "documents/\x01\x7f.md", "documents/plain with blanks.md", "documents/\\346.md", "documents/é\u200b.md"]  # fmt: skip


def test_a_listing_handed_on_in_lines_is_the_one_that_git_gives(repo):
    write(repo, dict.fromkeys(ODD, "x"))
    git(repo, "add", "-A")
    git(repo, "rm", "-q", "--cached", next(iter(git(repo, "ls-files", "-z", "--", ":!documents").split("\0"))))
    asked = ("diff-index", "--cached", *history.RAW, "HEAD", "--")
    raw = subprocess.run(["git", *asked], cwd=repo, capture_output=True, check=True).stdout
    words = [word for word in asked if word != "-z"]
    lines = subprocess.run(["git", "-c", "core.quotePath=true", *words], cwd=repo, capture_output=True, check=True).stdout
    assert lines.isascii()
    assert history.unquoted(lines) == raw
    with Repository.open(str(repo)) as opened:
        (tree, changes), (other, others) = opened.staged(), opened.staged(handed=lines)
        assert changes == others
        assert {*ODD} <= {item.path for item in changes}
        assert list(tree) == list(other)
