"""The plain part of YAML that rule files and front matter are written in, read by pattern. Must not guess: it reads or it declines.

Blocks by indentation, one field in a line, lists of one item in a line, flow lists and mappings on one line, quotes without escapes.
Whatever else a text holds, and whatever is wrong with it, is left to libyaml, which reads these texts alike (tests compare both).
Loading libyaml's package alone costs a gate as much as starting Python.
"""

from __future__ import annotations

from docctl.core.lean import Any, NamedTuple, regex

# A plain scalar begins with no sign of YAML's, and holds neither a comment nor the end of a field name.
_BLOCK_TEXT = r"[^ \-?:,\[\]{}#&*!|>'\"%@`](?:[^ :#]|:(?=[^ :])|[ ](?=[^ #:]))*"
_FLOW_TEXT = r"[^ \-?:,\[\]{}#&*!|>'\"%@`](?:[^ :#,\[\]{}?]|:(?=[A-Za-z0-9_/])|[ ](?=[^ #:,\[\]{}?]))*"
_QUOTED = r"'[^']*'|\"[^\"\\]*\""
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
_LINE = regex(
    rf"([ ]{{0,60}})(-[ ])?(?:({_NAME}):(?:[ ]{{1,40}}|$))?"
    rf"(?:({_BLOCK_TEXT})|({_QUOTED})|([\[{{].*[\]}}]))?(?:[ ]{{1,40}}\#.*)?"
)
_EMPTY = regex(r"[ ]*(?:#.*)?")
_SIMPLE = rf"(?:{_FLOW_TEXT}|{_QUOTED})"
_PAIR = regex(rf"({_NAME}): ({_SIMPLE})")
_ITEM = regex(_SIMPLE)
_TOKEN = regex(rf"(?P<open>[\[{{])|(?P<close>[\]}}])|(?P<name>{_NAME}):[ ]|(?P<text>{_SIMPLE})|(?P<next>,[ ])")


class Declined(Exception):
    """The text holds something else than plain YAML; that says nothing about whether it is good."""


class _Line(NamedTuple):
    number: int
    indent: int
    item: bool
    name: str
    text: str | None  # None when the line holds no scalar
    flow: str | None


class Plain:
    """One text: its values, the line of each field and item, and how many names and values it holds; nothing lies deeper than allowed."""

    def __init__(self, text: str, first_line: int, deepest: int) -> None:
        self._deepest = deepest
        self.lines: dict[tuple[str | int, ...], int] = {}
        self.nodes = 0
        self._lines = _split(text, first_line)
        self._at = 0
        if not self._lines or self._lines[0].item or self._lines[0].indent or not self._lines[0].name:
            raise Declined
        self.values: dict[str, Any] = self._mapping((), 0, 1)
        if self._at < len(self._lines):
            raise Declined

    def _mapping(self, path: tuple[str | int, ...], indent: int, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        self.open(depth)
        while self._at < len(self._lines) and (line := self._lines[self._at]).indent == indent and not line.item:
            if not line.name or line.name in values:
                raise Declined
            self._at += 1
            below = (*path, line.name)
            self.lines[below] = line.number
            self.nodes += 1
            values[line.name] = self._value(line, below, indent, depth)
        return values

    def _value(self, line: _Line, path: tuple[str | int, ...], indent: int, depth: int) -> Any:
        if line.text is not None or line.flow is not None:
            return self._inline(line, path, depth)
        if self._at == len(self._lines):
            raise Declined
        following = self._lines[self._at]
        if following.item and following.indent >= indent:
            return self._list(path, following.indent, depth + 1)
        if not following.item and following.indent > indent:
            return self._mapping(path, following.indent, depth + 1)
        raise Declined

    def _list(self, path: tuple[str | int, ...], indent: int, depth: int) -> list[Any]:
        items: list[Any] = []
        self.open(depth)
        while self._at < len(self._lines) and (line := self._lines[self._at]).indent == indent and line.item:
            below = (*path, len(items))
            self.lines[below] = line.number
            if line.name:  # the first field of a mapping, which goes on where this field began
                self._lines[self._at] = line._replace(indent=indent + 2, item=False)
                items.append(self._mapping(below, indent + 2, depth + 1))
            else:
                self._at += 1
                items.append(self._inline(line, below, depth))
        return items

    def _inline(self, line: _Line, path: tuple[str | int, ...], depth: int) -> Any:
        if line.text is not None:
            self.nodes += 1
            return line.text
        if line.flow is None:
            raise Declined
        flat = self._flat(line.flow, path, depth + 1, line.number)
        if flat is not None:
            return flat
        return _Flow(self, line.flow, line.number).whole(path, depth)

    def _flat(self, flow: str, path: tuple[str | int, ...], depth: int, number: int) -> Any:
        """A collection of scalars alone; None when it is anything else: what was found must be all there is."""
        if flow[0] == "[":
            items = _ITEM.findall(flow)
            if flow != f"[{', '.join(items)}]":
                return None
            self.open(depth)
            self.nodes += len(items)
            self.lines.update(((*path, place), number) for place in range(len(items)))
            return [_scalar(item) for item in items]
        pairs = _PAIR.findall(flow)
        values = {name: _scalar(item) for name, item in pairs}
        if len(values) < len(pairs) or flow != f"{{{', '.join([f'{name}: {item}' for name, item in pairs])}}}":
            return None
        self.open(depth)
        self.nodes += 2 * len(pairs)
        self.lines.update(((*path, name), number) for name in values)
        return values

    def open(self, depth: int) -> None:
        """A collection begins."""
        self.nodes += 1
        if depth > self._deepest:
            raise Declined


class _Flow:
    """A flow collection on one line."""

    def __init__(self, plain: Plain, text: str, number: int) -> None:
        self._plain = plain
        self._text = text
        self._at = 0
        self._number = number

    def whole(self, path: tuple[str | int, ...], depth: int) -> Any:
        """The collection, which must end where the text does."""
        value = self._value(self._take(), path, depth)
        if self._at != len(self._text):
            raise Declined
        return value

    def _take(self) -> Any:
        found = _TOKEN.match(self._text, self._at)
        if not found:
            raise Declined
        self._at = found.end()
        return found

    def _value(self, found: Any, path: tuple[str | int, ...], depth: int) -> Any:
        kind = found.lastgroup
        if kind == "open":
            return self._collection(found[0], path, depth + 1)
        self._plain.nodes += 1
        if kind != "text":
            raise Declined
        return _scalar(found[0])

    def _collection(self, opened: str, path: tuple[str | int, ...], depth: int) -> Any:
        self._plain.open(depth)
        return self._list(path, depth) if opened == "[" else self._mapping(path, depth)

    def _list(self, path: tuple[str | int, ...], depth: int) -> list[Any]:
        items: list[Any] = []
        while (found := self._item("]", first=not items)) is not None:
            below = (*path, len(items))
            self._plain.lines[below] = self._number
            items.append(self._value(found, below, depth))
        return items

    def _mapping(self, path: tuple[str | int, ...], depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while (found := self._item("}", first=not values)) is not None:
            name = found["name"]
            if name is None or name in values:
                raise Declined
            below = (*path, name)
            self._plain.lines[below] = self._number
            self._plain.nodes += 1
            values[name] = self._value(self._take(), below, depth)
        return values

    def _item(self, end: str, *, first: bool) -> Any:
        """The beginning of the next item, None at the end of the collection."""
        found = self._take()
        if found["close"] == end:
            return None
        if first:
            return found
        if found["next"] is None:
            raise Declined
        return self._take()


def _scalar(written: str) -> str:
    return written[1:-1] if written[0] in "'\"" else written


def _split(text: str, first_line: int) -> list[_Line]:
    """The lines that say something; Declined when one of them is not plain."""
    if not text.replace("\n", " ").isprintable():
        raise Declined
    found: list[_Line] = []
    for number, line in enumerate(text.split("\n"), first_line):
        said = _LINE.fullmatch(line)
        if said and (said[2] or said[3]):
            indent, item, name, plain, quoted, flow = said.groups()
            found.append(_Line(number, len(indent), item is not None, name or "", quoted[1:-1] if quoted else plain, flow))
        elif not _EMPTY.fullmatch(line):
            raise Declined
    return found
