"""The clauses of a policy: what in its expressions is true or false by itself, chooses a row, or is granted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Evaluate
from besponsa_pa.policy.candidates.words import written
from besponsa_pa.policy.conditions import conditions_of_pathway, conditions_that_tell, granted_values
from besponsa_pa.policy.model import CompiledPolicy, Condition
from besponsa_pa.types import BOOLEAN, DECIMAL, INTEGER, QUANTITY, ListOf, TupleOf, Type, plain
from besponsa_pa.values import Value

CONNECTIVES = frozenset({"And", "Or", "Not", "Implies", "Xor"})
# operators that do so for numbers above 0, beside those that their row says it of
ONE_WAY = frozenset(
    {"Multiply", "Divide", "Power", "Round", "Floor", "Ceiling", "Truncate", "Exp", "Ln", "Log", "ConvertQuantity"}
)
NUMBERS = (INTEGER, DECIMAL, QUANTITY)


def conditions_of(compiled: CompiledPolicy) -> Iterator[Condition]:
    """Every condition of a policy, what it decides by first, then what it grants, tells and holds to be true."""
    for pathway in compiled.pathways:
        yield from conditions_of_pathway(pathway)
    for pathway in compiled.pathways:
        yield from (value for _, value in granted_values(pathway.grant))
    yield from conditions_that_tell(compiled)
    yield from compiled.musts.values()
    yield from (guarantee.when for guarantee in compiled.guarantees)


@dataclass(frozen=True, slots=True)
class Alias:
    """What stands in a slot while a query runs: an element of a list, or (`is_single`) a value.

    `entries_of` is the list fact of which the elements are entries as they are, if they are.
    """

    source: Checked
    is_single: bool
    entries_of: str | None
    evaluate: Evaluate


Aliases = Mapping[str, Alias]


@dataclass(frozen=True)
class Clause:
    """A part of an expression that is true or false and is not joined of others.

    `table` is there when it is the key of one: then the rows are what it chooses among. A clause of another type than
    Boolean is a number that is granted, of which it matters whether it is more than nothing.
    `facts` are those that it reads, also through the `slots` that queries around it fill, `sides` those of each side
    of a comparison; `fields` are the fields of their entries; `direct` are those facts and fields that it reads outside
    of other clauses in it, a fact with the field None; `choices` decide which of several values count in it.
    `is_in_sight` says that the slots stand for entries of list facts, and not for what a query makes of them.
    """

    expression: Checked
    table: checked.Lookup | None
    facts: tuple[str, ...]
    fields: frozenset[tuple[str, str]]
    direct: frozenset[tuple[str, str | None]]
    choices: tuple[Clause, ...]
    constants: tuple[Value, ...]
    slots: tuple[str, ...]
    is_in_sight: bool
    sides: tuple[frozenset[str], ...]

    @cached_property
    def choosing(self) -> frozenset[str]:
        """The facts that decide which of several values count in it."""
        return frozenset(fact for choice in self.choices for fact in choice.facts)

    @cached_property
    def reads_a_list(self) -> bool:
        """Whether it looks at a list as a whole."""
        return any(
            isinstance(node, checked.Fact) and isinstance(node.type, ListOf) for node in checked.walk(self.expression)
        )

    @cached_property
    def inside(self) -> frozenset[int]:
        """The parts of its expression, itself left out, by their `id`."""
        return frozenset(map(id, list(checked.walk(self.expression))[1:]))

    def is_within(self, other: Clause) -> bool:
        """Whether it is another clause, or stands in it."""
        return self.expression is other.expression or id(self.expression) in other.inside

    def reads_only(self, fact: str, field: str | None) -> bool:
        """Whether it reads nothing but a fact, or one field of its entries."""
        return self.facts == (fact,) and {name for _, name in self.fields} <= {field}

    @cached_property
    def text(self) -> str:
        """The clause as written, in quotes."""
        return written(self.expression.span)

    @cached_property
    def evaluate(self) -> Evaluate:
        """What computes the clause."""
        return evaluator(self.expression)

    @cached_property
    def operands(self) -> tuple[Evaluate, ...]:
        """What computes each side of a comparison."""
        return tuple(evaluator(side) for side in _sides(self.expression)) if self.sides else ()

    @cached_property
    def precision(self) -> str | None:
        """The component at which dates are compared, where it says one."""
        return self.expression.precision if isinstance(self.expression, checked.Operation) else None

    def is_plain_for(self, fact: str) -> bool:
        """Whether it goes one way with a fact, so that its limits are found without looking around."""
        return self._is_even and fact not in self.choosing

    @cached_property
    def _is_even(self) -> bool:
        """Whether it goes one way with each fact that chooses nothing."""
        sides = _sides(self.expression) if self.sides else (self.expression,)
        is_told = bool(self.operands) or plain(self.expression.type) in NUMBERS
        nodes = (node for side in sides for node in _outside(side) if plain(node.type) != BOOLEAN)
        return is_told and all(map(_goes_one_way, nodes))


@dataclass(slots=True)
class Clauses:
    """The clauses of a policy in its order, each once however often it is used, and the aliases of its queries."""

    all: list[Clause] = field(default_factory=list)
    aliases: dict[str, Alias] = field(default_factory=dict)
    queries: list[checked.Query] = field(default_factory=list)

    def add(self, root: Checked, *, is_granted: bool = False) -> None:
        """Take an expression apart."""
        entered = {id(clause.expression) for clause in self.all}
        nodes = list(checked.walk(root))
        for node in nodes:
            if isinstance(node, checked.Query) and all(node is not query for query in self.queries):
                self.queries.append(node)
                self.aliases.update(_aliases(node))
        for node in nodes:
            for part, table in _parts(node):
                if id(part) not in entered:
                    entered.add(id(part))
                    self._keep(part, table)
        if is_granted and plain(root.type) in NUMBERS and id(root) not in entered:
            self._keep(root, None)

    def reading(self, fact: str) -> tuple[Clause, ...]:
        """The clauses that read a fact."""
        return tuple(clause for clause in self.all if fact in clause.facts)

    def naming(self, fact: str, field: str | None = None) -> tuple[Value, ...]:
        """What a fact, or a field of its entries, is held against: what the smallest clauses that read it name."""
        return tuple(constant for clause in self.smallest(fact, field) for constant in clause.constants)

    def smallest(self, fact: str, field: str | None = None) -> tuple[Clause, ...]:
        """The clauses that read a fact, or a field of its entries, in which no other clause does."""
        reading = [c for c in self.reading(fact) if field is None or (fact, field) in c.fields]
        return tuple(c for c in reading if not any(id(other.expression) in c.inside for other in reading))

    def facts_in(self, node: Checked) -> tuple[str, ...]:
        """The facts that an expression reads, also through the aliases of queries around it."""
        return tuple(dict.fromkeys(self._facts(node, set())))

    def _facts(self, node: Checked, seen: set[str]) -> Iterator[str]:
        for part in checked.walk(node):
            if isinstance(part, checked.Fact):
                yield part.name
            elif isinstance(part, checked.Local) and part.slot in self.aliases and part.slot not in seen:
                seen.add(part.slot)
                yield from self._facts(self.aliases[part.slot].source, seen)

    def clause(self, part: Checked, table: checked.Lookup | None = None) -> Clause | None:
        """A part of an expression as a clause, or None when it reads no fact or stands where it cannot be asked."""
        facts = self.facts_in(part)
        slots = self.slots_of(part)
        if not facts or any(slot not in self.aliases for slot in slots):
            return None
        aliases = [self.aliases[slot] for slot in slots]
        nodes = list(checked.walk(part))
        named = chain(_constants(nodes), *(_constants(checked.walk(alias.source)) for alias in aliases))
        rows = () if table is None else (value for value, _ in table.rows)
        return Clause(
            part,
            table,
            facts,
            frozenset(self._fields(nodes)),
            frozenset(self._direct(part)),
            tuple(choice for node in nodes for choice in self._choices(node, part)),
            tuple({(type(value), value): value for value in (*named, *rows)}.values()),
            slots,
            all(alias.is_single or alias.entries_of is not None for alias in aliases),
            () if table is not None else tuple(frozenset(self.facts_in(side)) for side in _sides(part)),
        )

    def _keep(self, part: Checked, table: checked.Lookup | None) -> None:
        clause = self.clause(part, table)
        if clause is not None:
            self.all.append(clause)

    def slots_of(self, part: Checked) -> tuple[str, ...]:
        """The slots that queries around a part fill, each after those that it is filled from."""
        nodes = list(checked.walk(part))
        inside = {slot for node in nodes if isinstance(node, checked.Query) for slot in _own_slots(node)}
        found: dict[str, None] = {}
        for node in nodes:
            if isinstance(node, checked.Local) and node.slot not in inside and node.slot not in found:
                alias = self.aliases.get(node.slot)
                found.update(dict.fromkeys(self.slots_of(alias.source)) if alias is not None else {})
                found[node.slot] = None
        return tuple(found)

    def _fields(self, nodes: Iterable[Checked]) -> Iterator[tuple[str, str]]:
        for node in nodes:
            if isinstance(node, checked.Element):
                yield from ((fact, node.name) for fact in self.facts_in(node.target))

    def _direct(self, part: Checked) -> Iterator[tuple[str, str | None]]:
        """The facts, and the fields of entries, that a part reads outside of other clauses in it."""
        nodes = list(_outside(part))
        yield from self._fields(nodes)
        for node in nodes:
            if isinstance(node, (checked.Fact, checked.Local)):
                yield from ((fact, None) for fact in self.facts_in(node))

    def _choices(self, node: Checked, whole: Checked) -> Iterator[Clause]:
        match node:
            case checked.Conditional() if node is not whole:
                found = [self.clause(condition) for condition, _ in node.items]
            case checked.Lookup() if node is not whole:
                found = [self.clause(node.key, node)]
            case _:
                return
        yield from (choice for choice in found if choice is not None and not choice.slots)


def clauses_of(compiled: CompiledPolicy) -> Clauses:
    """The clauses of all the expressions of a policy."""
    clauses = Clauses()
    grants = [value for pathway in compiled.pathways for _, value in granted_values(pathway.grant)]
    for condition in conditions_of(compiled):
        clauses.add(condition.expression, is_granted=any(condition is each for each in grants))
    return clauses


def entry_type(kind: Type) -> TupleOf | None:
    """What the entries of a list are made of, where they have fields."""
    return kind.element if isinstance(kind, ListOf) and isinstance(kind.element, TupleOf) else None


def _parts(node: Checked) -> Iterator[tuple[Checked, checked.Lookup | None]]:
    if isinstance(node, checked.Lookup):
        yield node.key, node
    if plain(node.type) == BOOLEAN and not _is_joined(node):
        yield node, None


def _outside(part: Checked) -> Iterator[Checked]:
    """A part and what is in it, without what other clauses in it hold; each definition is entered once."""
    waiting = [part]
    entered: set[int] = set()
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, checked.Definition):
            if id(node.body) in entered:
                continue
            entered.add(id(node.body))
        keys = [id(node.key)] if isinstance(node, checked.Lookup) else []
        children = (child for child in checked.children(node) if id(child) not in keys)
        waiting.extend(child for child in children if plain(child.type) != BOOLEAN or _is_joined(child))


def _is_joined(node: Checked) -> bool:
    """Whether a part is told by others inside it."""
    match node:
        case checked.Operation():
            return node.operator.name in CONNECTIVES
        case checked.Definition() | checked.Conditional() | checked.Constant() | checked.Lookup():
            return True
        case _:
            return False


def _sides(node: Checked) -> tuple[Checked, ...]:
    is_clause = isinstance(node, checked.Operation) and plain(node.type) == BOOLEAN
    return node.operands if is_clause and isinstance(node, checked.Operation) else ()


def _goes_one_way(node: Checked) -> bool:
    """Whether a value grows or falls with what it is made of, all along."""
    match node:
        case checked.Operation():
            return bool(node.overload.directions.strip("0")) or node.operator.name in ONE_WAY
        case checked.Query() | checked.TypeTest() | checked.Cast():
            return False
        case _:
            return True


def _own_slots(query: checked.Query) -> Iterator[str]:
    yield from (slot for slot, _ in query.sources)
    yield from (slot for slot, _ in query.lets)
    yield from (relation.slot for relation in query.relations)
    yield query.element
    if query.aggregate is not None:
        yield query.aggregate.slot


def _aliases(query: checked.Query) -> Iterator[tuple[str, Alias]]:
    for slot, source in query.sources:
        yield slot, Alias(source, not query.is_list, _list_behind(source), evaluator(source))
    for slot, value in query.lets:
        yield slot, Alias(value, True, None, evaluator(value))
    for relation in query.relations:
        yield relation.slot, Alias(relation.source, False, _list_behind(relation.source), evaluator(relation.source))


def _list_behind(node: Checked) -> str | None:
    """The list fact of which all elements of a list are entries, as far as that can be seen."""
    match node:
        case checked.Fact(name, ListOf()):
            return name
        case checked.Definition():
            return _list_behind(node.body)
        case checked.Query(sources=((slot, source),), result=checked.Local(slot=result)) if slot == result:
            return _list_behind(source)
        case checked.Operation() if node.operands and node.operands[0].type == node.type:
            return _list_behind(node.operands[0])
        case _:
            return None


def _constants(nodes: Iterable[Checked]) -> Iterator[Value]:
    for node in nodes:
        if isinstance(node, checked.Constant) and node.value is not None:
            yield node.value
        elif isinstance(node, checked.Lookup):
            yield from (value for value, _ in node.rows)
