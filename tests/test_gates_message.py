"""The gate at the message, what gates may cost, and how they live beside other hooks (threats R66, R68)."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from docctl import hooks
from docctl.trailers import with_trailers

from .workshop import Workshop

COMMENTS = "# Please enter the commit message for your changes.\n#\n# On branch main\n"


# -- trailers ------------------------------------------------------------------------------------------------------------


def message(shop: Workshop) -> str:
    return shop.git("log", "-1", "--format=%B").rstrip("\n")


@pytest.fixture
def topic(shop):
    """A topic branch with an open change of ITSM-P-02 A/2."""
    shop.git("checkout", "-q", "-b", "topic")
    shop.next("ITSM-P-02", "A/2")
    shop.edit("ITSM-P-02", "^status: approved$", "status: draft")
    shop.git("add", "-A")
    return shop


def test_a_commit_names_its_documents(topic):
    topic.git("commit", "-m", "改进\n\n说明。")
    assert message(topic) == "改进\n\n说明。\n\nDocument: ITSM-P-02 A/2"
    assert topic.git("log", "-1", "--format=%(trailers:key=Document,valueonly)").strip() == "ITSM-P-02 A/2"


def test_an_amended_commit_names_them_once(topic):
    topic.git("commit", "-m", "one")
    topic.edit("ITSM-P-02", r"\Z", "\n又改。\n")
    topic.git("commit", "-a", "--amend", "--no-edit")
    assert message(topic) == "one\n\nDocument: ITSM-P-02 A/2"


def test_several_documents_and_other_trailers(topic):
    topic.edit("ITSM-P-03", r"\Z", "\n好。\n")
    topic.git("add", "-A")
    topic.git("commit", "-m", "x\n\nSigned-off-by: Li Ming <li@example.com>")
    assert message(topic) == "x\n\nSigned-off-by: Li Ming <li@example.com>\nDocument: ITSM-P-02 A/2\nDocument: ITSM-P-03 A/0"


def test_the_editor_s_comments_stay_apart(topic, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "from the editor\\n" | cat - "$1" > "$1.new"\ncp "$1" seen.txt\nmv "$1.new" "$1"\n')
    editor.chmod(0o755)
    topic.git("commit", "-v", GIT_EDITOR=str(editor))
    assert message(topic) == "from the editor\n\nDocument: ITSM-P-02 A/2"


def test_who_empties_the_message_calls_the_commit_off(topic, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\n: > "$1"\n')
    editor.chmod(0o755)
    before = topic.head()
    assert topic.tried("git", "commit", GIT_EDITOR=str(editor)).code != 0
    assert topic.head() == before


def test_a_merge_names_what_it_brings(topic):
    topic.git("commit", "-m", "one")
    topic.git("checkout", "-q", "-b", "other", "main")
    topic.put("README.md")
    topic.git("add", "-A")
    topic.git("commit", "-m", "readme")
    topic.git("merge", "-m", "join", "topic")
    assert message(topic) == "join\n\nDocument: ITSM-P-02 A/2"


def test_other_files_bring_no_trailer(shop):
    shop.put("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-m", "readme")
    assert message(shop) == "readme"


def test_the_message_s_gate_refuses_nothing(topic, tmp_path):
    """Whatever keeps it from reading is told, and git goes on: judging is the business of other gates."""
    (topic.office / ".git/hooks/pre-commit").unlink()
    topic.edit("ITSM-P-02", "^title: .*$", "title: [")
    topic.git("add", "-A")
    topic.git("commit", "-m", "x")
    assert message(topic) == "x"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\n", "a\n\nDocument: X-1 A/1\n"),
        ("a", "a\n\nDocument: X-1 A/1\n"),
        ("a\n\nb: c\n", "a\n\nb: c\nDocument: X-1 A/1\n"),
        ("fix: b\n", "fix: b\n\nDocument: X-1 A/1\n"),
        ("a\n\nDocument: X-1 A/1\n", "a\n\nDocument: X-1 A/1\n"),
        ("a\n\nDocument: X-1 A/0\n", "a\n\nDocument: X-1 A/1\n"),
        ("a\n\nDocument: X-2 A/0\n", "a\n\nDocument: X-2 A/0\nDocument: X-1 A/1\n"),
        ("a\n\n" + COMMENTS, "a\n\nDocument: X-1 A/1\n\n" + COMMENTS),
        ("a\n" + COMMENTS, "a\n\nDocument: X-1 A/1\n\n" + COMMENTS),
        (COMMENTS.replace("#", ";") + "", COMMENTS.replace("#", ";")),
        ("a\n\n" + COMMENTS.replace("#", ";"), "a\n\nDocument: X-1 A/1\n\n" + COMMENTS.replace("#", ";")),
        ("", ""),
        ("\n\n", "\n\n"),
        (COMMENTS, COMMENTS),
        ("\n" + COMMENTS, "\n" + COMMENTS),
        ("#12 is mended\n", "#12 is mended\n\nDocument: X-1 A/1\n"),
        ("a\n\n#12 too\n", "a\n\n#12 too\n\nDocument: X-1 A/1\n"),
        ("a\n# ------------------------ >8 ------------------------\n+x\n",
         "a\n\nDocument: X-1 A/1\n\n# ------------------------ >8 ------------------------\n+x\n"),
        ("a\n\nb\u2028c: d\n", "a\n\nb\u2028c: d\n\nDocument: X-1 A/1\n"),
    ],
)  # fmt: skip
def test_where_a_trailer_goes(before, after):
    assert with_trailers(before, "Document", {"X-1": "A/1"}) == after
    assert with_trailers(after, "Document", {"X-1": "A/1"}) == after


# -- what a gate costs ---------------------------------------------------------------------------------------------------


def counting(folder: Path) -> dict[str, str]:
    """Surroundings in which every start of git leaves a line."""
    wrapper = folder / "bin/git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {folder}/started\nexec {shutil.which("git")} "$@"\n')
    wrapper.chmod(0o755)
    return {"PATH": f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"}


def started(folder: Path) -> list[str]:
    path = folder / "started"
    return path.read_text().splitlines() if path.exists() else []


def landed(shop):
    """A landing of ITSM-P-02 A/2 as a merge, staged nowhere yet: its commit, fetched by the server under another name."""
    shop.git("checkout", "-q", "-b", "topic")
    shop.evidence(shop.next("ITSM-P-02", "A/2"))
    shop.commit()
    shop.git("checkout", "-q", "main")
    shop.git("merge", "-q", "--no-ff", "--no-verify", "-m", "land", "topic")
    assert shop.land(to="refs/heads/topic").code == 0
    return shop.head()


def test_few_git_processes_per_gate(topic, tmp_path):
    shop, env = topic, counting(tmp_path)
    hook = shop.office / ".git/hooks"
    letter = tmp_path / "letter"
    letter.write_text("x\n")
    for name, words in (("pre-commit", ()), ("commit-msg", (str(letter),))):
        assert shop.tried(str(hook / name), *words, **env).code == 0
        assert 1 < len(started(tmp_path)) <= 3, started(tmp_path)
        assert (
            sum("diff-index" in words for words in started(tmp_path)) == 1
        )  # in a large library, looking costs more than judging
        (tmp_path / "started").unlink()
    shop.git("reset", "-q", "--hard")
    shop.git("checkout", "-q", "main")
    old, new = shop.head(), landed_again(shop)
    for name, at, line in (
        ("pre-receive", shop.server, f"{old} {new} refs/heads/main\n"),
        ("pre-push", shop.office, f"refs/heads/main {new} refs/heads/main {old}\n"),
    ):
        more = {"GIT_DIR": "."} if at == shop.server else {}
        folder = shop.server / "hooks" if at == shop.server else hook
        ran = shop.tried(str(folder / name), at=at, feed=line.encode(), **env, **more)
        assert ran.code == 0, ran.said
        assert 1 < len(started(tmp_path)) <= 3, started(tmp_path)
        (tmp_path / "started").unlink()


def landed_again(shop):
    shop.git("branch", "-q", "-D", "topic")
    return landed(shop)


def test_nothing_controlled_staged_starts_no_python(shop, tmp_path):
    env = counting(tmp_path)
    for hook in (shop.office / ".git/hooks").iterdir():
        hook.write_text(hook.read_text().replace(sys.executable, "/nowhere/python"))
    shop.put("README.md")
    shop.git("add", "-A")
    for name in ("pre-commit", "commit-msg", "pre-merge-commit"):
        assert shop.tried(str(shop.office / ".git/hooks" / name), "x", **env).code == 0
        assert len(started(tmp_path)) == 1
        (tmp_path / "started").unlink()


HEAVY = (
    "git",
    "jsonschema",
    "click",
    "markdown_it",
    "mkdocs",
    "frontmatter",
    "rich",
    "jieba",
    "xlsxwriter",
    "yaml",
    "subprocess",
)
HEAVY_FOR_A_DRAFT = (
    "cryptography",
    "threading",
    "zoneinfo",
    "datetime",
    "sqlite3",
    "dataclasses",
    "inspect",
    "pathlib",
    "tempfile",
)
TELL = "; import sys; sys.stderr.write('loaded: ' + ' '.join(sorted({name.partition('.')[0] for name in sys.modules})) + '\\\\n')"


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg", "pre-push", "pre-receive"])
def test_a_plain_change_loads_nothing_heavy(topic, tmp_path, name):
    shop = topic
    if name in {"pre-commit", "commit-msg"}:
        letter = tmp_path / "letter"
        letter.write_text("x\n")
        ran = asked(shop, name, [str(letter)])
    else:
        shop.git("reset", "-q", "--hard")
        shop.git("checkout", "-q", "main")
        old, new = shop.head(), landed_again(shop)
        line = f"{old} {new} refs/heads/main" if name == "pre-receive" else f"refs/heads/main {new} refs/heads/main {old}"
        ran = asked(shop, name, ["--rehearsal"], f"{line}\n".encode(), shop.server if name == "pre-receive" else None)
    assert ran.code == 0, ran.said
    loaded = ran.said.rpartition("loaded: ")[2].split()
    assert "docctl" in loaded
    assert not set(HEAVY) & set(loaded)


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_an_edited_draft_loads_next_to_nothing(shop, tmp_path, name):
    shop.git("checkout", "-q", "-b", "topic")
    shop.edit("ITSM-P-03", r"\Z", "\n好。\n")
    shop.git("add", "-A")
    letter = tmp_path / "letter"
    letter.write_text("x\n")
    ran = asked(shop, name, [str(letter)])
    assert ran.code == 0, ran.said
    loaded = ran.said.rpartition("loaded: ")[2].split()
    assert "docctl" in loaded
    assert {*HEAVY, *HEAVY_FOR_A_DRAFT} & set(loaded) == set()
    assert letter.read_text() == ("x\n\nDocument: ITSM-P-03 A/0\n" if name == "commit-msg" else "x\n")


def asked(shop, name, words, feed=b"", at=None):
    """One gate as its hook starts it, telling at the end what it loaded."""
    code = f"import sys; from docctl.gates import main; code = main(sys.argv[1:]){TELL}; sys.exit(code)"
    env = {"GIT_DIR": "."} if at else {}
    return shop.tried(sys.executable, "-I", "-c", code.replace("\\\\n", "\\n"), name, *words, at=at, feed=feed, **env)


# -- beside other hooks --------------------------------------------------------------------------------------------------


@pytest.fixture
def foreign(shop):
    """Hooks of another program, where docctl's are to be installed."""
    folder = shop.office / ".git/hooks"
    hooks.remove(str(folder), hooks.CLIENT)
    for name in hooks.CLIENT:
        path = folder / name
        path.write_text(f'#!/bin/sh\ncat > .git/seen-{name}\n[ ! -e stop ] || {{ echo "stopped by {name}"; exit 7; }}\n')
        path.chmod(0o755)
    return shop


def texts(shop):
    folder = shop.office / ".git/hooks"
    return {path.name: (path.read_bytes(), path.stat().st_mode) for path in folder.iterdir()}


def test_a_foreign_hook_is_kept_asked_first_and_comes_back(foreign):
    shop, folder, before = foreign, str(foreign.office / ".git/hooks"), texts(foreign)
    for _ in range(2):
        assert {(hook.state, hook.chained) for hook in hooks.install(folder, hooks.CLIENT)} == {("installed", True)}
    shop.put("README.md")
    shop.git("add", "-A")
    shop.git("commit", "-m", "x")
    shop.git("push", "-q", "origin", "main")
    assert (shop.office / ".git/seen-pre-push").read_bytes().startswith(b"refs/heads/main ")
    shop.put("stop")
    shop.edit("ITSM-P-01")
    shop.git("add", "-A")
    assert "stopped by pre-commit" in shop.tried("git", "commit", "-m", "x").said
    (shop.office / "stop").unlink()
    shop.stopped("commit", "-a", "-m", "x", says=["DC301"])
    hooks.remove(folder, hooks.CLIENT)
    assert texts(shop) == before


def test_a_second_foreign_hook_is_never_overwritten(foreign):
    folder = foreign.office / ".git/hooks"
    hooks.install(str(folder), hooks.CLIENT)
    (folder / "pre-commit").write_text("#!/bin/sh\n# another program came later\n")
    before = texts(foreign)
    with pytest.raises(hooks.DocctlError, match="both foreign hooks"):
        hooks.install(str(folder), hooks.CLIENT)
    assert texts(foreign) == before
    assert hooks.status(str(folder), ("pre-commit",))[0].state == "foreign"


def test_a_linked_hook_is_foreign(shop, tmp_path):
    folder = shop.office / ".git/hooks"
    other = tmp_path / "theirs"
    other.write_text("#!/bin/sh\n" + hooks.MARK)
    (folder / "pre-commit").unlink()
    (folder / "pre-commit").symlink_to(other)
    assert hooks.status(str(folder), ("pre-commit",))[0].state == "foreign"
    hooks.install(str(folder), hooks.CLIENT)
    assert other.read_text() == "#!/bin/sh\n" + hooks.MARK


def test_states_of_hooks(shop):
    folder = shop.office / ".git/hooks"
    (folder / "pre-commit").chmod(0o644)
    (folder / "commit-msg").unlink()
    (folder / "pre-push").write_text((folder / "pre-push").read_text() + "# older\n")
    found = {hook.name: hook.state for hook in hooks.status(str(folder), hooks.CLIENT)}
    assert found == {
        "pre-commit": "not-executable",
        "commit-msg": "missing",
        "pre-push": "stale",
        "pre-merge-commit": "installed",
    }
    assert {hook.state for hook in hooks.install(str(folder), hooks.CLIENT)} == {"installed"}
    assert {hook.state for hook in hooks.remove(str(folder), hooks.CLIENT)} == {"missing"}


def test_an_unknown_gate_stays_shut(shop):
    ran = shop.tried(sys.executable, "-I", "-m", "docctl.gates", "pre-everything", "--library")
    assert ran.code == 3
    assert "no gate named 'pre-everything'" in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize("line", ["", "x", "a b", "a b c d e", "\xff", "0 0 refs/heads/main"])
def test_nonsense_from_git_stays_shut(shop, line):
    ran = shop.tried(str(shop.server / "hooks/pre-receive"), at=shop.server, feed=line.encode("latin-1"), GIT_DIR=".")
    assert ran.code == (0 if not line else 3) or "DC602" in ran.said
    assert "Traceback" not in ran.said


def test_in_the_reader_s_language(shop):
    shop.edit("ITSM-P-01")
    said = shop.stopped("commit", "-a", "-m", "x", LANG="zh_CN.UTF-8", LC_ALL="zh_CN.UTF-8")
    assert "已发布；其内容" in said
    said = shop.stopped("commit", "-a", "-m", "x", LC_ALL="C")
    assert "differs from what was approved" in said
