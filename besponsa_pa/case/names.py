"""Finding the facts that the keys of a case name, and what was meant by a key that names none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from besponsa_pa.case.reading import LISTED_LIMIT, Reading, is_null, listed, nearest, shortened, sign
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.facts import Facts, declared_name
from besponsa_pa.records import dataclass, field
from besponsa_pa.types import ListOf


@dataclass(frozen=True, slots=True)
class Named:
    """A fact that a case names, with the key and the value as written."""

    name: str
    key: Scalar
    value: Node


@dataclass(slots=True)
class Names:
    """The names that a case may use: facts, the groups before their dots, and the keys with a meaning of their own."""

    facts: Facts
    reserved: tuple[str, ...]
    reading: Reading
    groups: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in self.facts:
            parts = name.split(".")
            self.groups.update((".".join(parts[:length]), None) for length in range(1, len(parts)))

    def named(
        self, keys: Mapping, is_name: Callable[[str], bool], *, values_have_keys: bool = False
    ) -> Iterator[Named]:
        """The facts that keys name, nested by dots or written flat, each once.

        Reports keys that name none, facts named twice, and groups that are not followed by keys. What stands below an
        unknown key may be facts of a group with another name, unless `values_have_keys` of their own.
        """
        first: dict[str, Scalar] = {}
        for found in self._found(keys, is_name, "", not values_have_keys):
            if found.name in first:
                self._report_twice(found, first[found.name])
            else:
                first[found.name] = found.key
                yield found

    def _found(self, keys: Mapping, is_name: Callable[[str], bool], prefix: str, inside: bool) -> Iterator[Named]:
        for key, value in keys.entries:
            name = prefix + key.text
            if is_name(name):
                yield Named(name, key, value)
                continue
            group = name if name in self.groups else self._unknown(name, key, value, inside)
            if group is None or is_null(value):
                continue
            if isinstance(value, Mapping):
                yield from self._found(value, is_name, f"{group}.", inside)
            else:
                known = f"known in `{group}`: {self._known_in(group)}"
                self.reading.wrong_shape(group, value, "keys of its own", known)

    def _unknown(self, name: str, key: Scalar, value: Node, inside: bool) -> str | None:
        """Report a key that names nothing; the group as which what stands below it can be read all the same."""
        meant = self._meant(name)
        if inside and meant is None and self._holds_facts(name, value):
            return name
        message = f"no fact is called `{shortened(name)}`"
        self.reading.error("E402", message, key.span, help=self._help(name, meant))
        return meant if inside and meant in self.groups and isinstance(value, Mapping) else None

    def _holds_facts(self, group: str, value: Node) -> bool:
        """Whether keys below an unknown group were probably meant for facts; its first keys tell."""
        below = value.entries[:LISTED_LIMIT] if isinstance(value, Mapping) else ()
        return any(self._meant(f"{group}.{key.text}") is not None for key, _ in below)

    def _report_twice(self, found: Named, first: Scalar) -> None:
        self.reading.error(
            "E403",
            f"`{found.name}` is given twice",
            found.key.span,
            label="the second time",
            help="keep one of them",
            related=((first.span, "the first time"),),
        )

    # --- what was meant ---

    def _help(self, name: str, meant: str | None) -> str:
        place = declared_name(name)
        if meant is None and place in self.facts and isinstance(self.facts[place].type, ListOf):
            return f"`{place}` is a list: write its entries below `{place}:`, each after a `-`"
        if meant is not None:
            return f"did you mean `{meant}`?"
        group = name.rpartition(".")[0]
        if group in self.groups:
            return f"known in `{group}`: {self._known_in(group)}"
        return f"known here: {listed(self._siblings(''))}"

    def _meant(self, name: str) -> str | None:
        """The fact or group that a key was probably meant for.

        The last part of a name says more than the group before it: `liver.cd22` is `disease.cd22` in a wrong place.
        """
        if "[" in name:
            return None
        group, _, last = name.rpartition(".")
        written = [known for known in self.facts if sign(known) == sign(name)]
        if written:
            return written[0]
        same = [known for known in self.facts if sign(_last(known)) == sign(last)]
        if same:
            return nearest(name, same, 0.0)
        near = nearest(last, (_last(known) for known in self._siblings(group)))
        if near is not None:
            return f"{group}.{near}" if group else near
        near = nearest(last, map(_last, self.facts), 0.75)
        return None if near is None else nearest(name, (known for known in self.facts if _last(known) == near), 0.0)

    def _siblings(self, group: str) -> list[str]:
        """What stands directly in a group, or at the outermost level."""
        names: Iterable[str] = [*self.groups, *self.facts] if group else [*self.groups, *self.facts, *self.reserved]
        return list(dict.fromkeys(name for name in names if name.rpartition(".")[0] == group))

    def _known_in(self, group: str) -> str:
        return listed(_last(name) for name in self._siblings(group))


def _last(name: str) -> str:
    return name.rpartition(".")[2]
