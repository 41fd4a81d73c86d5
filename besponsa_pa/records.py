"""Frozen dataclasses that are made quickly.

The standard library writes and compiles six methods for each of them, which for the hundred that one case needs takes
longer than the case. Here a class is made with what all can share, and only `__init__` is written, when its first
object is made. Nothing else differs: `fields`, `replace`, comparison, hash, `match` and the type checker see a
dataclass. One that is not both frozen and slotted is left to the standard library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, replace
from functools import cache
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, ParamSpec, TypeVar

__all__ = ["assembler", "dataclass", "field", "fields", "is_dataclass", "maker", "parameters", "replace", "replacer"]

Taken = ParamSpec("Taken")
Made = TypeVar("Made")

NO_DEFAULT = dataclasses.MISSING


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> type | Callable[[type], type]:
    """As `dataclasses.dataclass`."""

    def made(cls: type) -> type:
        if not (frozen and slots) or cls.__bases__ != (object,):
            return dataclasses.dataclass(cls, frozen=frozen, slots=slots, eq=eq)
        return _frozen(cls, eq)

    return made if cls is None else made(cls)


def _frozen(cls: type, eq: bool) -> type:
    names: tuple[str, ...] = tuple(get_annotations(cls))
    defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
    body = {name: value for name, value in cls.__dict__.items() if name not in (*names, "__dict__", "__weakref__")}
    compared = [each for each in names if _is_compared(defaults.get(each))]
    taken = [each for each in names if getattr(defaults.get(each), "init", True)]
    body |= {
        **_SHARED,
        "__slots__": names,
        "__match_args__": tuple(taken),
        "__init__": _first_init,
        "__dataclass_fields__": _Fields(defaults),
        "__qualname__": cls.__qualname__,
    }
    if eq:
        body |= _comparison(compared)
    return type(cls)(cls.__name__, cls.__bases__, body)


def _is_compared(default: object) -> bool:
    return not isinstance(default, dataclasses.Field) or default.compare


class _Fields:
    """The fields as the standard library describes them, made when somebody asks."""

    def __init__(self, defaults: Mapping[str, object]) -> None:
        self.defaults = defaults
        self._made: Mapping[str, dataclasses.Field[object]] | None = None

    def __get__(self, _: object, cls: type) -> Mapping[str, dataclasses.Field[object]]:
        if self._made is None:
            twin = type(cls.__name__, (), {"__annotations__": cls.__annotations__, **self.defaults})
            self._made = dataclasses.dataclass(twin).__dataclass_fields__  # type: ignore[attr-defined]
        return self._made


# --- what all share ---


def _first_init(self: object, *values: object, **named: object) -> None:
    """Makes the `__init__` of a class when its first object is made."""
    cls = type(self)
    cls.__init__ = _init_of(cls)  # type: ignore[method-assign]
    cls.__init__(self, *values, **named)


def _init_of(cls: type) -> Callable[..., None]:
    defaults: Mapping[str, object] = cls.__dict__["__dataclass_fields__"].defaults
    known: dict[str, object] = {}
    parameters, lines = ["self"], []
    for name in cls.__annotations__:
        taken, kept = _parameter(name, defaults, known)
        known[f"_set_{name}"] = getattr(cls, name).__set__
        parameters += taken
        lines += [f"_set_{name}(self, {each})" for each in kept]
    lines += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else []
    text = f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"])
    exec(text, known)  # noqa: S102 - nothing but the names of a class's own fields
    made: Callable[..., None] = known["__init__"]  # type: ignore[assignment]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _parameter(name: str, defaults: Mapping[str, object], known: dict[str, object]) -> tuple[list[str], list[str]]:
    """What `__init__` takes for a field, and what it keeps: of each one or nothing."""
    if name not in defaults:
        return [name], [name]
    described = defaults[name]
    if not isinstance(described, dataclasses.Field):
        known[f"_default_{name}"] = described
        return [f"{name}=_default_{name}"], [name]
    known |= {f"_default_{name}": described.default, f"_make_{name}": described.default_factory}
    if described.default_factory is not NO_DEFAULT:
        made = f"_make_{name}()"
        is_left_out = f"{name} is _default_{name}"
        return (
            ([f"{name}=_default_{name}"], [f"{made} if {is_left_out} else {name}"]) if described.init else ([], [made])
        )
    if described.default is NO_DEFAULT:
        return ([name], [name]) if described.init else ([], [])
    return ([f"{name}=_default_{name}"], [name]) if described.init else ([], [f"_default_{name}"])


def maker(cls: Callable[Taken, Made]) -> Callable[Taken, Made]:
    """What makes objects of a frozen and slotted class twice as quickly as the class.

    For the few places that make very many. A frozen object lets nobody set its fields, and going round that costs more
    than all else; so an object of a class like it, but for that, is filled and then turned into one of this class.
    """
    assert isinstance(cls, type)
    defaults: Mapping[str, object] = cls.__dict__["__dataclass_fields__"].defaults
    known: dict[str, object] = {"_cls": cls, "_Open": type(cls.__name__, (), {"__slots__": tuple(cls.__annotations__)})}
    parameters, lines = [], ["self = _Open()"]
    for name in cls.__annotations__:
        taken, kept = _parameter(name, defaults, known)
        parameters += taken
        lines += [f"self.{name} = {each}" for each in kept]
    lines += ["self.__class__ = _cls", *(["self.__post_init__()"] if hasattr(cls, "__post_init__") else [])]
    text = f"def made({', '.join(parameters)}):\n " + "\n ".join([*lines, "return self"])
    exec(text, known)  # noqa: S102 - nothing but the names of a class's own fields
    return known["made"]  # type: ignore[return-value]


def replacer(cls: type[Made], *names: str) -> Callable[..., Made]:
    """What makes of an object of a frozen and slotted class one that differs in some fields: `(object, *values)`.

    As `replace`, at a tenth of its cost; made as `maker` makes it.
    """
    known: dict[str, object] = {"_cls": cls, "_Open": type(cls.__name__, (), {"__slots__": tuple(cls.__annotations__)})}
    kept = (f"{name} = {'' if name in names else 'other.'}{name}" for name in cls.__annotations__)
    lines = ["self = _Open()", *(f"self.{each}" for each in kept), "self.__class__ = _cls", "return self"]
    exec(f"def made({', '.join(('other', *names))}):\n " + "\n ".join(lines), known)  # noqa: S102 - as above
    return known["made"]  # type: ignore[return-value]


@cache
def assembler(cls: type) -> Callable[[Sequence[object]], object]:
    """What makes an object of a frozen and slotted class from the values of its `parameters`, in their order.

    As the class itself, but without an `__init__`: to write one takes longer than the few objects that a start makes of
    most classes.
    """
    defaults: Mapping[str, object] = cls.__dict__["__dataclass_fields__"].defaults
    taken = [getattr(cls, name).__set__ for name, _ in parameters(cls)]
    others = [(name, each) for name, each in defaults.items() if isinstance(each, dataclasses.Field) and not each.init]
    kept = [(getattr(cls, name).__set__, each.default) for name, each in others]

    def assembled(values: Sequence[object]) -> object:
        made: object = object.__new__(cls)
        for put, value in zip(taken, values, strict=True):
            put(made, value)
        for put, value in kept:
            put(made, value)
        return made

    return assembled


def parameters(cls: type) -> Iterator[tuple[str, str]]:
    """The fields by which an object of a frozen class is made, with their annotations as written."""
    defaults: Mapping[str, object] = cls.__dict__["__dataclass_fields__"].defaults
    for name, annotation in cls.__annotations__.items():
        if getattr(defaults.get(name), "init", True):
            yield name, annotation


def _refuse_to_set(_: object, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(_: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


@recursive_repr()
def _repr(self: object) -> str:
    shown = (each for each in fields(self) if each.repr)  # type: ignore[arg-type]
    return f"{type(self).__qualname__}({', '.join(f'{each.name}={getattr(self, each.name)!r}' for each in shown)})"


def _state(self: object) -> list[object]:
    return [getattr(self, name) for name in type(self).__slots__]  # type: ignore[attr-defined]


def _set_state(self: object, state: list[object]) -> None:
    for name, value in zip(type(self).__slots__, state, strict=True):  # type: ignore[attr-defined]
        object.__setattr__(self, name, value)


_SHARED: Mapping[str, object] = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__repr__": _repr,
    "__getstate__": _state,
    "__setstate__": _set_state,
}


def _comparison(names: list[str]) -> Mapping[str, object]:
    """Comparison and hash by some fields."""
    only = attrgetter(*names) if names else lambda _: ()
    values = only if len(names) > 1 or not names else lambda self: (only(self),)

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    return {"__eq__": equal, "__hash__": lambda self: hash(values(self))}


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - for others to import
else:
    dataclass = _dataclass
