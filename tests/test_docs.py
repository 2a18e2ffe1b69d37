"""The texts for users and developers are true: the READMEs' commands run as typed, names exist, nothing of a machine is in them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from docctl.cli.root import COMMANDS, root

HOUSE = Path(__file__).parent.parent
READMES = {"en": HOUSE / "README.md", "zh": HOUSE / "README.zh-CN.md"}
TEXTS = [*READMES.values(), *(HOUSE / name for name in ("CONTRIBUTING.md", "DECISIONS.md", "CHANGELOG.md", "SECURITY.md"))]
FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@@"


class Step(NamedTuple):
    """One block of a tour: what is typed, whether the last command must refuse, and the lines that must be seen."""

    typed: str
    refused: bool
    seen: list[str]


def steps(text: str) -> list[Step]:
    """The blocks of a README marked `sh tour`, each with the `text` block that follows it."""
    blocks = FENCE.findall(text)
    found = []
    for place, (info, body) in enumerate(blocks):
        if info.split()[:2] == ["sh", "tour"]:
            after = blocks[place + 1] if place + 1 < len(blocks) else ("", "")
            found.append(Step(body, info.split()[2:] == ["refused"], after[1].splitlines() if after[0] == "text" else []))
    return found


def script(tour: list[Step]) -> str:
    """One shell session that types every block in order; a refused block's code is noted, any other failure ends it."""
    lines = ["exec 2>&1"]
    for step in tour:
        lines += [f"echo {MARK}", "set +e" if step.refused else "set -e", step.typed, 'echo "code $?"' if step.refused else ""]
    return "\n".join(lines)


def typed(text: str, folder: Path) -> tuple[int, list[str]]:
    """The exit code of the session and what each block said."""
    home = folder / "home"
    home.mkdir()
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    # Its own home and language, as on a machine that never saw docctl; nothing of the developer's git or keys.
    surroundings = {"HOME": str(home), "PATH": path, "LANG": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1", "TZ": "UTC"}
    work = folder / "work"
    work.mkdir()
    said = subprocess.run(
        ["bash"], input=script(steps(text)), cwd=work, env=surroundings, capture_output=True, text=True, check=False, timeout=300
    )
    return said.returncode, said.stdout.split(f"{MARK}\n")[1:]


def shown(line: str) -> re.Pattern[str]:
    """A line of a `text` block: … stands for what differs each time."""
    return re.compile(".*".join(re.escape(part) for part in line.rstrip().split("…")))


@pytest.mark.parametrize("lang", READMES)
def test_the_tour_runs_as_typed(lang, tmp_path):
    text = READMES[lang].read_text(encoding="utf-8")
    code, said = typed(text, tmp_path)
    tour = steps(text)
    assert len(said) == len(tour), said[-1]
    assert code == 0, said[-1]
    for step, words in zip(tour, said, strict=True):
        lines = iter(line.rstrip() for line in words.splitlines())
        for line in step.seen:
            assert any(shown(line).fullmatch(each) for each in lines), f"not seen (in order): {line}\n{words}"
        assert ("code 1" in words.splitlines()) == step.refused, words


def names(text: str) -> list[list[str]]:
    """Every docctl command typed in a tour: its words and the names of its options, without what is said in a language."""
    found = []
    for step in steps(text):
        plain = re.sub(r"<<'END'.*?^END$", "", step.typed.replace("\\\n", " "), flags=re.MULTILINE | re.DOTALL)
        for line in re.findall(r"^docctl .*", plain, re.MULTILINE):
            bare = re.sub(r'"[^"]*"', "…", line)
            found.append([word for word in bare.split() if not word.startswith("#")])
    return found


def test_both_readmes_show_the_same_commands():
    english, chinese = (names(path.read_text(encoding="utf-8")) for path in READMES.values())
    assert english == chinese
    assert len(english) > 12


def test_both_readmes_have_the_same_parts():
    def parts(path: Path) -> list[int]:
        plain = FENCE.sub("", path.read_text(encoding="utf-8"))
        return [len(found) for found in re.findall(r"^(#+) ", plain, re.MULTILINE)]

    assert parts(READMES["en"]) == parts(READMES["zh"])


def every_command() -> set[str]:
    """Each command as a user types it, groups with their own commands."""
    found = set()
    for name in COMMANDS:
        group = root.get_command(None, name).commands if hasattr(root.get_command(None, name), "commands") else {}
        found |= {f"docctl {name} {each}" for each in group} or {f"docctl {name}"}
    return found


@pytest.mark.parametrize("lang", READMES)
def test_every_command_stands_in_the_table(lang):
    table = re.findall(r"^\| `(docctl [^`]+)` \|", READMES[lang].read_text(encoding="utf-8"), re.MULTILINE)
    assert len(table) == len(set(table))
    assert set(table) == every_command()


def test_words_of_the_glossary_exist_in_the_code():
    text = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| .+ \| .*[\u4e00-\u9fff].* \| `(\w+)` \|$", text, re.MULTILINE)
    code = "\n".join(path.read_text(encoding="utf-8") for path in (HOUSE / "docctl").rglob("*.py"))
    assert len(words) >= 35
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_links_and_files_that_are_named_exist(path):
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    linked = [found for found in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) if "://" not in found]
    named = [found for found in re.findall(r"`(tests/[\w/.]+|docctl/[\w/.]+)`", text) if "*" not in found]
    assert [name for name in (*linked, *named) if not (HOUSE / name).exists()] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_nothing_of_a_machine_is_in_the_texts(path):
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:work|tmp|home|root|Users|srv|opt)/\S*", text) == []
    assert re.findall(r"https?://\S+|index.url|pypi\S*", text) == []
    assert [found for found in re.findall(r"\S+@\S+\.\w+", text) if not re.search(r"@example\.com|@docctl", found)] == []


def test_make_knows_what_the_texts_ask_for():
    rules = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for path in TEXTS:
        asked = set(re.findall(r"(?:^|`)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE))
        assert asked <= rules, path.name


@pytest.mark.skipif(not (HOUSE / "RULES.md").exists(), reason="RULES.md is made by `make rules`")
def test_rules_page_is_fresh():
    command = [str(Path(sys.executable).parent / "docctl"), "explain", "--markdown"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    assert made.stdout == (HOUSE / "RULES.md").read_text(encoding="utf-8"), "stale: run `make rules`"
