"""The frame of commands: click that speaks both languages and loads a command when it is called. Must not know any command."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from docctl.cli.words import LANGUAGES, lang, said
from docctl.core.errors import Words

if TYPE_CHECKING:
    _Kind: TypeAlias = click.ParamType[str]
else:
    _Kind = click.ParamType  # generic from click 8.4 on only

_Function = TypeVar("_Function", bound=Callable[..., Any])
_DAY = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


class Misused(click.UsageError):
    """A wrong use of a command that is worded in the reader's language already."""


class OneOf(_Kind):
    """One of a few words."""

    name = "word"

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002  older click gives no ctx
        """The words themselves, as the help shows them."""
        return "|".join(self.words)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, or a usage error that names the ones there are."""
        if value not in self.words:
            known = ", ".join(self.words)
            self.fail(said(f"{value!r} is none of: {known}", f"{value!r} 不在可选值之中：{known}"), param, ctx)
        return str(value)


class Day(_Kind):
    """A day, YYYY-MM-DD, that exists."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The day as it was typed ("" for none), or a usage error."""
        from datetime import date

        text = str(value)
        if not text:
            return ""
        try:
            date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            self.fail(
                said(f"{text!r} is no day; write it as 2026-03-01", f"{text!r} 不是有效日期；请写成 2026-03-01"), param, ctx
            )
        return text


_PLACES = ("FILE", "DIR", "[DIR]")  # names of files may hold any bytes
_STRANGE = re.compile("[\ud800-\udfff]")


class Option(click.Option):
    """An option whose help is said in the reader's language."""

    def __init__(self, *names: Any, says: Words, **more: Any) -> None:
        super().__init__(*names, **more)
        self.says = says

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        self.help = self.says.said(lang()) + (said(" (needed)", "（必填）") if self.required else "")
        record = super().get_help_record(ctx)
        return (record[0], record[1].removesuffix("[required]").rstrip()) if record else None


def _place_options(*, placed: bool) -> list[click.Parameter]:
    """The options that every command takes, before or behind its name."""
    language = Words("language of messages: en or zh", "消息语言：en 或 zh")
    folder = Words("a folder of the repository (default: here)", "仓库中的文件夹（默认当前文件夹）")
    library = Words("the library's folder in the repository, where it is not the whole", "受控库在仓库中的文件夹（非整个仓库时）")
    found = [_remembered(["--lang"], language, type=OneOf(LANGUAGES))]
    if placed:
        found.append(_remembered(["-C", "--repository"], folder, metavar="DIR"))
        found.append(_remembered(["--library"], library, metavar="DIR"))
    return [*found]


def _remembered(names: list[str], says: Words, **more: Any) -> Option:
    """An option whose value every command of the run can ask for by `remembered`."""

    def keep(context: click.Context, param: click.Parameter, value: Any) -> None:
        if value is not None:
            context.meta[f"docctl.{param.name}"] = value

    return Option(names, says=says, expose_value=False, callback=keep, **more)


def remembered(name: str, default: str = "") -> str:
    """What this run was told by an option of every command (repository, library, format)."""
    return str(click.get_current_context().meta.get(f"docctl.{name}", default))


def _require_text(param: click.Parameter, value: Any, ctx: click.Context) -> None:
    """Refuses words that are no text: bytes of another encoding than the one this system reads them in."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str) and _STRANGE.search(each):
            name = _named(param)
            en, zh = f"{name} is not text in this system's encoding", f"{name} 不是本系统编码下的文字"
            raise Misused(
                said(f"{en}; use a UTF-8 locale (LC_ALL=C.UTF-8)", f"{zh}；请使用 UTF-8 区域设置（LC_ALL=C.UTF-8）"), ctx
            )


class Command(click.Command):
    """A command that speaks both languages; `placed` commands take the place of the library."""

    def __init__(self, *words: Any, says: Words, placed: bool = True, **more: Any) -> None:
        super().__init__(*words, **more)
        self.says = says
        self.params += _place_options(placed=placed)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        rest = super().parse_args(ctx, args)
        for param in self.get_params(ctx):
            if param.metavar not in _PLACES:
                _require_text(param, ctx.params.get(param.name or ""), ctx)
        return rest

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  a line is never cut
        """The first sentence of the help."""
        return self.says.said(lang()).partition("\n")[0]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self.options_metavar = said("[OPTIONS]", "[选项]")
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=said("Usage: ", "用法："))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's own form
        formatter.write_paragraph()
        with formatter.indentation():
            for part in self.says.said(lang()).split("\n"):
                formatter.write_text(part)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [
            record for param in self.get_params(ctx) if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        with formatter.section(said("Options", "选项")):
            formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = said("this help", "显示本帮助")
        return option


class Group(Command, click.Group):
    """Commands under one word; `later` names the module and function of each, which is loaded when it is called."""

    def __init__(self, *words: Any, says: Words, later: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(*words, says=says, callback=_help_alone, invoke_without_command=True, **more)
        self._later = dict(later or {})
        self.subcommand_metavar = "COMMAND …"

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's own form
        return [*self._later, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's own form
        if cmd_name in self._later:
            from importlib import import_module

            module, _, name = self._later[cmd_name].partition(":")
            found: click.Command = getattr(import_module(module), name)
            return found
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        found = self.get_command(ctx, args[0])
        if found is None:
            raise Misused(_unknown(args[0], self.list_commands(ctx)), ctx)
        return args[0], found, args[1:]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [
            (name, command.get_short_help_str()) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))
        ]
        with formatter.section(said("Commands", "命令")):
            formatter.write_dl(rows)


def _help_alone() -> None:
    """Shows the help of a group that was called without a command."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, 3)
    asked = said(f"no command {name!r}", f"没有命令 {name!r}")
    return asked + (said(f"; did you mean {', '.join(near)}?", f"；是否要用 {'、'.join(near)}？") if near else "")


def command(en: str, zh: str, name: str | None = None, *, placed: bool = True) -> Callable[[_Function], Command]:
    """Makes a function a command with its help in both languages."""
    return click.command(name, cls=Command, says=Words(en, zh), placed=placed)


def option(*names: str, en: str, zh: str, **more: Any) -> Callable[[_Function], _Function]:
    """An option with its help in both languages."""
    return click.option(*names, cls=Option, says=Words(en, zh), **more)


def reporting(*formats: str) -> Callable[[_Function], _Function]:
    """The option --format with the formats a command can report in, text first."""
    says = {"en": f"how to report: {', '.join(formats)}", "zh": f"输出格式：{'、'.join(formats)}"}

    def keep(context: click.Context, _param: click.Parameter, value: str) -> str:
        context.meta["docctl.format"] = value
        return value

    return option("--format", "form", type=OneOf(formats), default=formats[0], callback=keep, metavar="FORMAT", **says)


def usage_words(error: click.UsageError) -> str:
    """What is wrong with the words of a command, in the reader's language."""
    if isinstance(error, Misused):
        return error.message
    if isinstance(error, click.NoSuchOption):
        return _no_option(error)
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = _named(error.param)
        missing = isinstance(error, click.MissingParameter)
        return said(f"{name} is missing", f"缺少 {name}") if missing else f"{name}: {error.message}"
    extra = re.search(r"extra argument\w* \((.*)\)", error.message)
    if extra:
        return said(f"too many words: {extra[1]}", f"多余的词：{extra[1]}")
    return said(error.message, f"用法有误：{error.message}")


def _no_option(error: click.NoSuchOption) -> str:
    known = [name for param in (error.ctx.command.params if error.ctx else []) for name in param.opts]
    near = get_close_matches(error.option_name, known, 3)
    asked = said(f"no option {error.option_name}", f"没有选项 {error.option_name}")
    return asked + (said(f"; did you mean {', '.join(near)}?", f"；是否要用 {'、'.join(near)}？") if near else "")


def _named(param: click.Parameter) -> str:
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name
