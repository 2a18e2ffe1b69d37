"""The strict YAML that docctl reads and writes: text, lists and mappings only. Must not know what a field means, nor files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from docctl.core.errors import Unreadable, Words
from docctl.core.lean import Any, NamedTuple, TypeAlias, regex
from docctl.core.plaintext import fault_at, read_text, refuse_hidden, spelt
from docctl.core.plainyaml import Declined, Plain

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Path: TypeAlias = tuple[str | int, ...]
Lines: TypeAlias = dict[Path, int]

_COLON = regex(" *:")
_OPENED_ABOVE = ("flow", "quoted", "simple key")


class Limits(NamedTuple):
    """What a text is called in messages, and how large it may be: bytes, nested collections, nodes (names count too)."""

    name: Words
    size: int = 64 * 1024
    depth: int = 6
    nodes: int = 2000


FRONT_MATTER = Limits(Words("front matter", "文件头"))
RULE_FILE = Limits(Words("the file", "文件"), depth=10, nodes=20_000)


class Reading(NamedTuple):
    """The values of a text, all scalars as text, and the file line on which each field or item stands."""

    values: dict[str, Value]
    lines: Lines


class Span(NamedTuple):
    """Where a top-level field stands in a text: places (from 0) of its name, of the name's end and of its value."""

    name: int
    name_end: int
    value: int
    value_end: int


def read_yaml(text: str, limits: Limits = FRONT_MATTER, first_line: int = 1) -> Reading:
    """The mapping that `text` holds; `first_line` is the file line of its first line. Raises Unreadable."""
    _refuse(text, limits, first_line)
    return _plainly(text, limits, first_line) or _Reader(text, limits, first_line).read().reading


def read_file(data: bytes, limits: Limits = RULE_FILE) -> Reading:
    """The mapping that a whole YAML file holds, judged as plain text first. Raises Unreadable."""
    return read_yaml(read_text(data, limits.size, limits.name, Words("fields", "字段")), limits)


def line_at(lines: Lines, path: Path) -> int:
    """The line of the field at `path`, or of the nearest field around it; 0 when there is none."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 0)


def spans(text: str, limits: Limits = FRONT_MATTER, first_line: int = 1) -> dict[str, Span]:
    """Where each top-level field of `text` stands, in the order written. Raises Unreadable, also for a flow mapping on top."""
    _refuse(text, limits, first_line)
    if (read := _Reader(text, limits, first_line).read()).flow:
        en, zh = "fields in braces cannot be changed; write one field per line", "无法修改花括号内的字段；请每行写一个字段"
        raise fault_at(en, zh, first_line)
    ends = {key: len(text[: span.value_end].rstrip(" \t\n")) for key, span in read.spans.items()}
    return {key: span._replace(value_end=max(span.value, ends[key])) for key, span in read.spans.items()}


def write_yaml(mapping: Mapping[str, object]) -> str:
    """`mapping` as block YAML in its own order, short collections on one line; equal input gives equal bytes.

    Raises Unreadable when the strict reader would not read the same values again.
    """
    values = {str(name): as_text(value) for name, value in mapping.items()}
    return _proved(dumped(values), values)


def as_text(value: object) -> Value:
    """`value` as the strict reader would give it: numbers and booleans as text, collections copied."""
    if isinstance(value, Mapping):
        return {str(name): as_text(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def dumped(values: Mapping[str, Value], flow: bool | None = None) -> str:
    """`values` as YAML text; `flow` None puts innermost collections on one line, False gives every item its own."""
    import yaml

    text: str = yaml.dump(values, Dumper=_dumper(), sort_keys=False, allow_unicode=True, default_flow_style=flow, width=1 << 30)
    return text


@cache
def _dumper() -> Any:
    import yaml

    class Plain(yaml.SafeDumper):
        """Writes text for the strict reader, for which nothing looks like anything but text."""

        def represent(self, data: Any) -> None:
            """The whole stands in block form, whatever its parts do."""
            node: Any = self.represent_data(data)
            node.flow_style = False
            self.serialize(node)

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 PyYAML calls it so
            """Lists stand further in than their name."""
            super().increase_indent(flow, False)

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 PyYAML calls it so
            """Equal values are written again, never as aliases."""
            return True

    Plain.yaml_implicit_resolvers = {}
    Plain.add_representer(str, _scalar_node)
    return Plain


def _proved(text: str, values: Mapping[str, Value]) -> str:
    if read_yaml(text, RULE_FILE).values != values:
        raise Unreadable(Words("these values cannot be written as YAML", "这些值无法写成 YAML"))
    return text


def _scalar_node(dumper: Any, text: str) -> Any:
    # A block that begins or ends with empty lines would need marks that run on to the end of the document.
    block = "|" if text.strip() and text[0] not in " \n" and not text.endswith("\n\n") else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=block if "\n" in text else None)


def _refuse(text: str, limits: Limits, first_line: int) -> None:
    refuse_hidden(text, first_line)
    if len(text) * 4 > limits.size and (size := len(text.encode("utf-8"))) > limits.size:
        en = f"{limits.name.en} is {size:,} bytes long; the limit is {limits.size:,} bytes"
        raise Unreadable(Words(en, f"{limits.name.zh}有 {size:,} 字节，上限为 {limits.size:,} 字节"), first_line)


def _plainly(text: str, limits: Limits, first_line: int) -> Reading | None:
    """The values of a text that is plain and good; None leaves it to libyaml, also to say what is wrong."""
    try:
        plain = Plain(text, first_line, limits.depth)
    except Declined:
        return None
    return Reading(plain.values, plain.lines) if plain.nodes <= limits.nodes else None


class _Reader:
    """One pass over libyaml's events; recursion is bounded by the depth limit."""

    def __init__(self, text: str, limits: Limits, first_line: int) -> None:
        import yaml

        self.yaml: Any = yaml
        self.text = text
        self.limits = limits
        self.first_line = first_line
        self.reading = Reading({}, {})
        self.spans: dict[str, Span] = {}
        self.flow = False
        self._next: Callable[[], Any] = self.yaml.cyaml.CParser(text).get_event
        self._asks = "?" in text
        self._nodes = 0
        self._line = 0
        self._end = 0

    def read(self) -> _Reader:
        """Itself, when the whole text has been read into `reading` and `spans`."""
        try:
            self._stream()
        except self.yaml.YAMLError as error:
            raise self._not_yaml(error) from None
        return self

    def _stream(self) -> None:
        yaml, name = self.yaml, self.limits.name
        self._next()
        event = self._next()
        if type(event) is yaml.StreamEndEvent:
            raise Unreadable(Words(f"{name.en} is empty", f"{name.zh}是空的"), self.first_line)
        if event.version or event.tags:
            raise self._fault("YAML directives (%) are not allowed", "不允许使用 YAML 指令（%）", event)
        event = self._next()
        if type(event) is not yaml.MappingStartEvent:
            zh = f"{name.zh}必须由“名称: 值”形式的字段组成"
            raise self._fault(f"{name.en} must hold fields, written name: value", zh, event)
        self.flow = event.flow_style
        self.reading.values.update(self._mapping(event, (), 1))
        event = self._next()
        if event.explicit:
            raise self._fault("the document end ... is not allowed", "不允许使用文档结束标记 ...", event)
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise self._fault("a second document (---) is not allowed", "不允许第二个文档（---）", event)

    def _mapping(self, start: Any, path: Path, depth: int) -> dict[str, Value]:
        values: dict[str, Value] = {}
        end = self.yaml.MappingEndEvent
        self._open(start, depth)
        while type(event := self._next()) is not end:
            key = self._key(event, start.flow_style)
            below = (*path, key)
            if key in values:
                raise self._twice(key, self.reading.lines[below], event)
            self.reading.lines[below] = event.start_mark.line + self.first_line
            value = self._next()
            values[key] = self._node(value, below, depth)
            if depth == 1:
                marks = event.start_mark.index, event.end_mark.index, value.start_mark.index
                self.spans[key] = Span(*marks, self._end)
        self._close(start, event)
        return values

    def _list(self, start: Any, path: Path, depth: int) -> list[Value]:
        items: list[Value] = []
        end = self.yaml.SequenceEndEvent
        self._open(start, depth)
        while type(event := self._next()) is not end:
            below = (*path, len(items))
            self.reading.lines[below] = event.start_mark.line + self.first_line
            items.append(self._node(event, below, depth))
        self._close(start, event)
        return items

    def _node(self, event: Any, path: Path, depth: int) -> Value:
        kind, yaml = type(event), self.yaml
        if kind is yaml.ScalarEvent:
            return self._scalar(event)
        if kind is yaml.MappingStartEvent:
            return self._mapping(event, path, depth + 1)
        if kind is yaml.SequenceStartEvent:
            return self._list(event, path, depth + 1)
        raise self._fault("anchors and aliases are not allowed", "不允许使用锚点和别名", event)

    def _scalar(self, event: Any) -> str:
        self._count(event)
        self._end = event.end_mark.index
        text: str = event.value
        if event.style == '"':  # escapes can name what the plain text check did not see
            refuse_hidden(text, event.start_mark.line + self.first_line)
        return text

    def _key(self, event: Any, flow: bool) -> str:
        if type(event) is not self.yaml.ScalarEvent:
            raise self._fault("a field name must be plain text", "字段名必须是文本", event)
        name = self._scalar(event)
        if name == "<<":
            raise self._fault("merge key << is not allowed", "不允许使用合并键 <<", event)
        before = self.text[: event.start_mark.index].rstrip(None if flow else " \t")[-1:] if self._asks else ""
        if before == "?" or not _COLON.match(self.text, event.end_mark.index):
            zh = "字段必须写成“名称: 值”，名称与冒号在同一行"
            raise self._fault("a field must be written name: value on one line", zh, event)
        return name

    def _open(self, start: Any, depth: int) -> None:
        self._count(start)
        if depth > self.limits.depth:
            raise self._fault(f"nested more than {self.limits.depth} levels deep", f"嵌套超过 {self.limits.depth} 层", start)

    def _close(self, start: Any, end: Any) -> None:
        if start.flow_style:
            self._end = end.end_mark.index

    def _count(self, event: Any) -> None:
        self._line = event.start_mark.line
        self._nodes += 1
        if self._nodes > (most := self.limits.nodes):
            raise self._fault(f"more than {most} names and values", f"名称和值超过 {most} 个", event)
        if event.anchor is not None:
            raise self._fault("anchors and aliases are not allowed", "不允许使用锚点和别名", event)
        if event.tag is not None:
            tag = spelt(event.tag)
            raise self._fault(f"tag {tag} is not allowed", f"不允许使用标签 {tag}", event)

    def _fault(self, en: str, zh: str, event: Any) -> Unreadable:
        return fault_at(en, zh, event.start_mark.line + self.first_line)

    def _twice(self, key: str, line: int, event: Any) -> Unreadable:
        again, name, key = event.start_mark.line + self.first_line, self.limits.name, spelt(key)
        en = f"{name.en} has {key} twice (lines {line} and {again})"
        return Unreadable(Words(en, f"{name.zh}中 {key} 出现两次（第 {line} 行和第 {again} 行）"), again)

    def _not_yaml(self, error: Any) -> Unreadable:
        from docctl.core.yamlfault import not_yaml

        mark = getattr(error, "problem_mark", None)
        if any(word in (getattr(error, "context", None) or "") for word in _OPENED_ABOVE):
            mark = error.context_mark  # where the bracket or quote was opened, not where its end was missed
        row = self._line if mark is None or mark.line >= self.text.count("\n") else mark.line
        return Unreadable(not_yaml(row + self.first_line, getattr(error, "problem", None)), row + self.first_line)
