"""Which path of a library belongs to whom, by its spelling alone. Must not know what the files say.

Every path under documents/, records/, statements/ and .docctl/ has an owner; what has none is a stray and is refused (I4).
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import lru_cache

from docctl.core.lean import NamedTuple, regex
from docctl.core.plaintext import UNSEEN, in_sight

SETTINGS = ".docctl/settings.yaml"
PEOPLE = ".docctl/people.yaml"
ROOT = ".docctl/root.json"
LOG = ".docctl/log"
STANDARDS = ".docctl/standards"
CONTROLLED = ("documents", "records", "statements", ".docctl")
RULE_FILES = (
    SETTINGS, PEOPLE, ROOT, "mkdocs.yml", ".gitattributes", ".gitmodules", ".gitlab-ci.yml", "Jenkinsfile",
    ".pre-commit-config.yaml", ".lfsconfig", "CODEOWNERS", ".drone.yml", ".travis.yml", ".cirrus.yml", "bitbucket-pipelines.yml",
)  # fmt: skip
RULE_FOLDERS = (
    "overrides", "theme", ".github", ".ci", ".gitea", ".forgejo", ".gitlab", ".woodpecker", ".circleci", ".buildkite", ".tekton",
    ".azure-pipelines", ".husky", STANDARDS,
)  # fmt: skip
RULE_PATTERNS = (  # of files at the top
    ".woodpecker*", ".gitlab-ci.*.yml", ".gitlab-ci*.yaml", "mkdocs.*.yml", "mkdocs.yaml", "azure-pipelines*", "*appveyor.yml",
)  # fmt: skip
_FOLDED = frozenset(path.casefold() for path in RULE_FILES)
LONGEST_PATH = 200  # R51: other systems stop at 260 with their own folder in front

_SLUG = r"(?:-(?:[a-z]|[^\x00-\x7f]).*)?"  # begins as no part of a number can, so a folder name is read in one way only
_NUMBER = regex(r"([A-Z0-9]+(?:-[A-Z0-9]+)+)" + _SLUG)
NUMBERED = rb"[A-Z0-9]++(?:-[A-Z0-9]++)++(?:-(?:[a-z]|[^\0-\x7f])[^\0\n]*+)?+"  # the same of a name's bytes, read in one go
_RECORD = regex(r"([A-Z0-9]+(?:-[A-Z0-9]+)*-20[0-9]{2}-[0-9]{3,6})" + _SLUG)
_STATEMENT = regex(r"([a-z][a-z0-9._-]{1,31})\.([a-z]+)\.([0-9a-f]{12})\.(json|sig)")
_LOG = regex(r"([0-9]{4})(?:\.json|\.([a-z][a-z0-9._-]{1,31})\.sig)")
_RESERVED = regex(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?")
_UNEVEN = regex(r"[^\x00-\x7f]|[\\:*?\"<>|]|[. ](?:/|$)")
_SHORT = regex(r"([a-z0-9_-]{6})~[0-9]+(?:\..*)?")
_BRANCH = regex(r"[A-Za-z0-9][A-Za-z0-9._/-]*")
_TAKEN = regex(r"(?i)HEAD|refs/.*|[0-9a-f]{40}|[0-9a-f]{64}")
_FORBIDDEN = regex(f'[<>:"\\\\|?*\\n\\t{UNSEEN}\ufffe\uffff\ud800-\udfff\ufe00-\ufe0f\U000e0100-\U000e01ef]')
_FORBIDDEN_SIGNS = frozenset('<>:"\\|?*\n\t')


class Owner(NamedTuple):
    """Who a path belongs to. `kind`: document, record, statement, log, rule, stray (refused) or other (not controlled).

    `number` is the document or record number, `folder` its folder, `name` the path below that folder. For statements `name` is
    the file name and `version` the folder name of the version ("record" for records).
    """

    kind: str
    number: str = ""
    folder: str = ""
    name: str = ""
    version: str = ""


@lru_cache(1024)  # every rule asks for the same few paths of a step
def owner(path: str) -> Owner:
    """The owner of one path of a library."""
    top, _, rest = path.partition("/")
    if top == "documents":
        return _in_document(path, rest)
    if top == "records":
        return _in_record(path, rest)
    if top == "statements":
        return _in_statements(path, rest)
    if path.startswith(LOG + "/"):
        name = path[len(LOG) + 1 :]
        return Owner("log", name=name) if _LOG.fullmatch(name) else Owner("stray", name=path)
    if is_rule_file(path):
        return Owner("rule", name=path)
    return Owner("stray" if top == ".docctl" or _twin(path) else "other", name=path)


def _twin(path: str) -> bool:
    """Whether a path is one of ours to some disk or to a reader (R49, I4)."""
    folded = _folded(path) if _UNEVEN.search(path) else path.casefold()
    top = folded.partition("/")[0]
    # A file or a link in the place of a folder of rules would bring in what no rules record covers.
    return top in CONTROLLED or folded in _FOLDED or folded in RULE_FOLDERS or is_rule_file(folded) or _short_name(top)


def _folded(path: str) -> str:
    """A path as the disks read it that do not tell letter cases apart, nor see signs that show nothing, streams and last dots."""
    parts = (_FORBIDDEN.sub("", part.partition(":")[0]).casefold() for part in path.split("/"))
    return "/".join(part.rstrip(". ") or part for part in parts)


def _short_name(top: str, names: Iterable[str] = (*CONTROLLED, *_FOLDED, *RULE_FOLDERS)) -> bool:
    """Whether a name is the one that Windows gives one of ours beside its own: DOCUME~1, DOCCTL~1."""
    found = _SHORT.fullmatch(top)
    return found is not None and any(ours.replace(".", "").replace(" ", "").startswith(found[1]) for ours in names)


def twins(name: str, beside: Iterable[str]) -> list[str]:
    """Those of some names in a folder that are one with another `name` there to some disk or to a reader (R49); sorted."""
    from unicodedata import normalize

    wanted = normalize("NFC", _folded(name))
    spelt = ((other, normalize("NFC", _folded(other))) for other in beside if other != name)
    return sorted(other for other, folded in spelt if folded == wanted or _short_name(folded, (wanted,)))


def is_rule_file(path: str) -> bool:
    """Whether the path is one of the files that a rules record covers (design 2.3, E10)."""
    if path in RULE_FILES:
        return True
    if "/" not in path:
        return any(fnmatchcase(path, pattern) for pattern in RULE_PATTERNS)
    if path.startswith(STANDARDS + "/"):
        return path.endswith(".yaml") and path.count("/") == 2
    return path.startswith(tuple(f"{folder}/" for folder in RULE_FOLDERS))


def branch_name(name: str) -> bool:
    """Whether a branch may have this name: plain ASCII, and nothing that git, or who fetches it, would take for something else."""
    return (
        bool(_BRANCH.fullmatch(name))
        and ".." not in name
        and not name.endswith((".lock", "/", "."))
        and not _TAKEN.fullmatch(name)
    )


def document_number(folder_name: str) -> str:
    """The document number that a folder name begins with, or ""."""
    found = _NUMBER.fullmatch(folder_name)
    return found[1] if found else ""


def not_numbered(folder_names: list[str]) -> list[str]:
    """Those of many folder names that begin with no document number: the folders of categories."""
    return [name for name, found in zip(folder_names, map(_NUMBER.fullmatch, folder_names), strict=True) if not found]


def record_number(folder_name: str) -> str:
    """The record number that a folder name begins with, or ""."""
    found = _RECORD.fullmatch(folder_name)
    return found[1] if found else ""


def counted_number(folder_name: str) -> str:
    """The record number of a folder as people count: 001 and 0001 are one (I10); "" where there is none."""
    run, _, running = record_number(folder_name).rpartition("-")
    return f"{run}-{running.lstrip('0')}" if run else ""


def statement_parts(name: str) -> tuple[str, str, str, str] | None:
    """Signer, decision, first 12 hex digits and ending (json, sig) out of a statement's file name."""
    found = _STATEMENT.fullmatch(name)
    return (found[1], found[2], found[3], found[4]) if found else None


def log_parts(name: str) -> tuple[int, str] | None:
    """Number of the rules record and the person who signed ("" for the record itself) out of a file name of the log."""
    found = _LOG.fullmatch(name)
    return (int(found[1]), found[2] or "") if found else None


def name_fault(path: str) -> str:
    """Why tools, file systems or readers would stumble over a path, as one English word; "" when nothing is wrong (I4, H07)."""
    from unicodedata import is_normalized

    # Marks that choose another shape of a letter are honest in texts; in names they only tell twins apart.
    if not (path.isascii() and in_sight(path) and _FORBIDDEN_SIGNS.isdisjoint(path)) and _FORBIDDEN.search(path):
        return "character"
    if len(path) > LONGEST_PATH or any(len(part.encode()) > 255 for part in path.split("/")):
        return "length"
    if not is_normalized("NFC", path):
        return "unicode-form"
    for part in path.split("/"):
        if part in {"", ".", ".."} or part[0] in "-. " or part[-1] in ". " or _RESERVED.fullmatch(part):
            return "name"
    return ""


def _in_document(path: str, rest: str) -> Owner:
    parts = rest.split("/")
    for place, part in enumerate(parts[:-1]):
        number = document_number(part)
        if number:
            return Owner("document", number, "/".join(["documents", *parts[: place + 1]]), "/".join(parts[place + 1 :]))
    return Owner("stray", name=path)


def _in_record(path: str, rest: str) -> Owner:
    parts = rest.split("/")
    number = record_number(parts[2]) if len(parts) > 3 else ""
    if not number:
        return Owner("stray", name=path)
    return Owner("record", number, "/".join(["records", *parts[:3]]), "/".join(parts[3:]))


def _in_statements(path: str, rest: str) -> Owner:
    parts = rest.split("/")
    if len(parts) != 3 or not statement_parts(parts[2]):
        return Owner("stray", name=path)
    return Owner("statement", parts[0], f"statements/{parts[0]}/{parts[1]}", parts[2], parts[1])
