"""The sentence in two languages and the one error of docctl. Must not know who prints them, nor exit codes of a door."""

from __future__ import annotations

from docctl.core.lean import NamedTuple


class Words(NamedTuple):
    """One sentence in the two languages that every reader of docctl may choose from."""

    en: str
    zh: str

    def said(self, lang: str, **facts: object) -> str:
        """The sentence in `lang` ("zh", else English) with `facts` put in."""
        text = self.zh if lang == "zh" else self.en
        return text.format(**facts) if facts else text


def counted(number: int, one: str) -> str:
    """A number of things in English: "1 commit", "2 commits"."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


class DocctlError(Exception):
    """docctl cannot do its work: one sentence, and the mend. Exit 3 (could not check); never a traceback.

    `words` says what is wrong and where, `remedy` how to mend it.
    """

    exit_code = 3

    def __init__(self, words: Words, remedy: Words, code: str = "could-not-check") -> None:
        super().__init__(words.en)
        self.words = words
        self.remedy = remedy
        self.code = code

    def __reduce__(self) -> tuple[type[DocctlError], tuple[Words, Words, str]]:
        """Told from one process to another, it stays what it is."""
        return type(self), (self.words, self.remedy, self.code)

    def said(self, lang: str) -> str:
        """The sentence and the remedy on two lines, in `lang`."""
        return f"{self.words.said(lang)}\n  → {self.remedy.said(lang)}"


class Refusal(DocctlError):
    """An act that the rules of the library forbid right now. Exit 1 (breach or refusal); nothing was changed."""

    exit_code = 1


class Unreadable(ValueError):
    """A piece of text that cannot be read as what it claims to be: the line (1-based, 0 unknown) and why.

    Values of this kind become findings (DC101); they never leave the reader as exceptions.
    """

    def __init__(self, words: Words, line: int = 0) -> None:
        super().__init__(words.en)
        self.words = words
        self.line = line


TOO_DEEP = DocctlError(
    Words("folders are nested too deeply to be read", "文件夹嵌套过深，无法读取"),
    Words(
        "take the deepest folders out of this state (git ls-tree -r shows them)",
        "请从此状态中移除嵌套最深的文件夹（git ls-tree -r 可列出）",
    ),
    "too-deep",
)
