"""What does not fit a schema, said so that an author can mend it. Must not know how it was found, nor which schema it was."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from docctl.core.errors import Words
from docctl.core.lean import Any, NamedTuple, TypeAlias
from docctl.core.plaintext import hidden, spelt

Path: TypeAlias = tuple[str | int, ...]

KINDS = {
    "object": Words("fields, written name: value", "“名称: 值”形式的字段"),
    "array": Words("a list", "列表"),
    "string": Words("text", "文本"),
    "integer": Words("a whole number", "整数"),
    "boolean": Words("true or false", "true 或 false"),
}
_SHOWN = 60


class Fault(NamedTuple):
    """One thing that does not fit its schema: where, as names and places from 0, and the sentence."""

    path: Path
    words: Words


class Found(NamedTuple):
    """A fault while its path is still growing: the name of the field comes between `en[0]` and `en[1]`."""

    path: Path
    en: tuple[str, str]
    zh: tuple[str, str]


def told(found: Found) -> Fault:
    """The fault with its sentence made, now that the whole path is known."""
    name = label(found.path)
    en, zh = (name, name) if name else ("the whole text", "全文")
    return Fault(found.path, Words(en.join(found.en), zh.join(found.zh)))


def label(path: Path) -> str:
    """The name of a place for people: clauses[1].section, items counted from 1; "" for the whole."""
    parts = (f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path)
    return spelt("".join(parts).removeprefix("."))


def must(words: Words, value: object = None) -> Found:
    """Something must be what `words` say; the value is shown when it is text."""
    en, zh = (f", not '{_cut(value)}'", f"，而不是“{_cut(value)}”") if isinstance(value, str) else ("", "")
    return Found((), ("", f" must be {words.en}{en}"), ("", f" 必须是{words.zh}{zh}"))


def misfit(value: str, node: Mapping[str, Any]) -> Found:
    """Text that is not what the description of its schema says."""
    if not value:
        return wrong_length(value, 0)
    unseen = hidden(value)
    if unseen:
        return Found((), (f"forbidden character {unseen[1]} in ", ""), ("", f" 含有禁用字符 {unseen[1]}"))
    wanted = Words(node.get("description", "what its schema says"), node.get("x-zh", "格式规定的内容"))
    return must(wanted, value)


def wrong_length(value: str, most: int) -> Found:
    """Text that is empty, or longer than `most` characters."""
    if len(value) <= most:
        return Found((), ("", " must not be empty"), ("", " 不能为空"))
    en = f" is {len(value)} characters long; at most {most} are allowed"
    return Found((), ("", en), ("", f" 有 {len(value)} 个字符，最多 {most} 个"))


def unknown(name: str, known: Collection[str]) -> Found:
    """A field that the schema does not name; says the nearest known one."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1)
    fields = ", ".join(known)
    en = f"; did you mean {near[0]}?" if near else ""
    zh = f"；是否想写 {near[0]}？" if near else ""
    return Found((name,), ("unknown field ", f"{en}; known fields: {fields}"), ("未知字段 ", f"{zh}；可用字段：{fields}"))


def absent(name: str) -> Found:
    """A field that must be there and is not."""
    return Found((name,), ("", " is missing"), ("缺少 ", ""))


def either_of(names: Collection[str]) -> Found:
    """Exactly one of some fields must be there."""
    en, zh = " or ".join(names), " 或 ".join(names)
    return Found((), ("", f" must have either {en}, and only one of them"), ("", f" 必须有且只有其中之一：{zh}"))


def too_few(fewest: int) -> Found:
    """A list or mapping with fewer entries than are needed."""
    return Found((), ("", f" needs at least {fewest} {'entry' if fewest == 1 else 'entries'}"), ("", f" 至少需要 {fewest} 项"))


def too_many(most: int) -> Found:
    """A list with more entries than are allowed."""
    return Found((), ("", f" has more than {most} entries"), ("", f" 超过 {most} 项"))


def repeated(items: list[Any]) -> list[Found]:
    """Each item that is there a second time, by its place."""
    seen: set[str] = set()
    found = []
    for place, item in enumerate(items):
        spelled = _spelled(item)
        if spelled in seen:
            found.append(Found((place,), ("", " is there twice"), ("", " 重复出现")))
        seen.add(spelled)
    return found


def _spelled(item: Any) -> str:
    # repr tells 1 from true, as JSON does; names are sorted because their order does not count.
    if type(item) is dict:
        return repr(sorted((name, _spelled(below)) for name, below in item.items()))
    return repr([_spelled(below) for below in item]) if type(item) is list else repr(item)


def _cut(text: str) -> str:
    return spelt(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")
