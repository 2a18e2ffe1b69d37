"""Words of `typing` and `re` that hooks can afford: the type checker sees the real ones. Must not know anything of documents.

Loading `typing`, making a hundred of its named tuples and compiling every pattern costs more than starting Python. Here a named
tuple is a tuple with named places and nothing compiled for it, and a pattern is compiled when it is first asked.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import compile as regex
    from typing import IO, Any, Literal, NamedTuple, Self, TypeAlias, TypeVar, cast
else:
    from _collections import _tuplegetter

    # Named where types are told; nobody asks them anything.
    Any = Self = TypeAlias = object
    IO = Literal = type
    TypeVar = str

    def cast(_kind, value):
        """The value, which the type checker takes for one of a kind."""
        return value

    class regex:  # noqa: N801  it stands where a function would
        """A pattern with everything that can be asked of a compiled one."""

        def __init__(self, pattern, flags=0):
            self.pattern = pattern
            self._flags = flags

        def __getattr__(self, name):
            import re

            compiled = re.compile(self.pattern, self._flags)
            for each in ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"):
                setattr(self, each, getattr(compiled, each))
            return getattr(compiled, name)

    class _Row(tuple):
        """What named tuples have in common; they behave as those of `typing` do."""

        __slots__ = ()
        _fields = __match_args__ = ()
        _field_defaults = {}  # noqa: RUF012  shared by nobody: every kind has its own
        _size = 0

        def __new__(cls, *values, **named):
            if named or len(values) != cls._size:
                values = _filled(cls, values, named)
            return tuple.__new__(cls, values)

        @classmethod
        def _make(cls, values):
            return cls(*values)

        def _replace(self, **named):
            values = [named.pop(name, value) for name, value in zip(self._fields, self, strict=True)]
            if named:
                raise ValueError(f"Got unexpected field names: {list(named)!r}")
            return tuple.__new__(type(self), values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            values = ", ".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({values})"

        def __getnewargs__(self):
            return tuple(self)

    def _filled(cls, values, named):
        """The values of all places: those given in order, then by name, then the defaults."""
        left = cls._fields[len(values) :]
        if len(values) > cls._size or not named.keys() <= {*left}:
            raise TypeError(f"{cls.__name__} takes {cls._fields}, not {len(values)} values and {sorted(named)}")
        named = cls._field_defaults | named
        missing = [name for name in left if name not in named]
        if missing:
            raise TypeError(f"{cls.__name__} misses {missing}")
        return (*values, *(named[name] for name in left))

    class _Kind(type):
        """Turns the body of a class into a tuple with named places."""

        def __new__(mcs, name, bases, body):
            if not bases:
                return super().__new__(mcs, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = {field: body.pop(field) for field in fields if field in body}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            body |= {field: _tuplegetter(place, f"Alias for field number {place}") for place, field in enumerate(fields)}
            body |= {"__slots__": (), "_fields": fields, "__match_args__": fields}
            body |= {"_field_defaults": defaults, "_size": len(fields)}
            return type(name, (_Row,), body)

    class NamedTuple(metaclass=_Kind):
        """A tuple with named places."""


__all__ = ["IO", "TYPE_CHECKING", "Any", "Literal", "NamedTuple", "Self", "TypeAlias", "TypeVar", "cast", "regex"]
