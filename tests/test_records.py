"""A frozen class made quickly is a dataclass like those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from besponsa_pa import records
from besponsa_pa.policy.storable import CLASSES


@records.dataclass(frozen=True, slots=True)
class Quick:
    name: str
    number: int = 3
    parts: list[str] = records.field(default_factory=list, compare=False)
    hidden: str | None = records.field(default=None, init=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Plain:
    name: str
    number: int = 3
    parts: list[str] = dataclasses.field(default_factory=list, compare=False)
    hidden: str | None = dataclasses.field(default=None, init=False, repr=False)


def test_it_shows_compares_and_hashes_as_one_of_the_standard_library() -> None:
    assert repr(Quick("a", parts=["b"])) == repr(Plain("a", parts=["b"])).replace("Plain", "Quick")
    assert Quick("a", parts=["b"]) == Quick("a", 3)
    assert hash(Quick("a", parts=["b"])) == hash(Quick("a", 3))
    assert Quick("a") != Quick("b")
    assert Quick("a") != Plain("a")


def test_its_fields_are_those_of_the_standard_library() -> None:
    ours, theirs = dataclasses.fields(Quick), dataclasses.fields(Plain)
    told = [(each.name, each.type, each.default, each.init, each.repr, each.compare) for each in ours]
    assert told == [(each.name, each.type, each.default, each.init, each.repr, each.compare) for each in theirs]
    assert dataclasses.is_dataclass(Quick)
    assert Quick.__match_args__ == Plain.__match_args__


def test_nothing_can_be_set_deleted_or_added() -> None:
    quick = Quick("a")
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        quick.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del quick.name
    with pytest.raises(dataclasses.FrozenInstanceError):
        quick.other = 1  # type: ignore[attr-defined]


def test_each_object_has_a_default_of_its_own() -> None:
    assert Quick("a").parts is not Quick("a").parts


def test_what_is_wanted_must_be_given_and_no_more() -> None:
    with pytest.raises(TypeError):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Quick("a", hidden="b")  # type: ignore[call-arg]


def test_one_is_replaced_copied_and_pickled() -> None:
    quick = dataclasses.replace(Quick("a", 1), number=2)
    assert quick == Quick("a", 2) == copy.deepcopy(quick) == pickle.loads(pickle.dumps(quick))  # noqa: S301


def test_a_pattern_takes_it_apart() -> None:
    match Quick("a", 7):
        case Quick(name, number):
            assert (name, number) == ("a", 7)


def test_one_is_made_of_another_with_some_fields_replaced() -> None:
    quick, renamed = Quick("a", 1, ["b"]), records.replacer(Quick, "name", "number")
    made = renamed(quick, "c", 2)
    assert type(made) is Quick
    assert (made, made.parts, made.hidden) == (Quick("c", 2), quick.parts, None)
    assert quick == Quick("a", 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.name = "d"  # type: ignore[misc]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: str(kind.__name__))
def test_what_it_is_made_by_is_what_the_standard_library_says(kind: type) -> None:
    wanted = [(each.name, each.type) for each in dataclasses.fields(kind) if each.init]
    assert list(records.parameters(kind)) == wanted


# --- those of which many are made, or few at once ---


def test_a_maker_makes_what_the_class_makes() -> None:
    make = records.maker(Quick)
    assert make("a", parts=["b"]) == Quick("a", parts=["b"])
    assert repr(make("a", 4)) == repr(Quick("a", 4))
    assert type(make("a")) is Quick
    assert make("a").hidden is None
    assert make("a").parts is not make("a").parts
    with pytest.raises(dataclasses.FrozenInstanceError):
        make("a").name = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        make()  # type: ignore[call-arg]


def test_an_assembler_takes_the_values_of_the_parameters() -> None:
    assemble = records.assembler(Quick)
    made = assemble(["a", 4, ["b"]])
    assert made == Quick("a", 4)
    assert type(made) is Quick
    assert made.hidden is None
    with pytest.raises(ValueError, match="zip"):
        assemble(["a", 4])
