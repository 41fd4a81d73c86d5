"""What a checked policy knows of its expressions that their texts do not say: types, possible values, what is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.policy.conditions import conditions_that_decide, conditions_that_tell
from besponsa_pa.policy.model import (
    CheckedGroup,
    CheckedPathway,
    CompiledPolicy,
    GroupKind,
    criteria_of,
)
from besponsa_pa.source import Span
from besponsa_pa.types import ListOf, Simple, Type
from besponsa_pa.values import ValueSet

# the file, and where in it
Place = tuple[str, int, int]


def place_of(span: Span) -> Place:
    """A place that can be looked up: two readings of a file have the same."""
    return span.source.name, span.start, span.end


@dataclass(frozen=True, slots=True)
class Hints:
    """What stands where: the type of a part of an expression, the texts that a constant is chosen from.

    `used` are the names of facts, definitions, tables and value sets that any condition of the policy comes upon,
    `criteria` those that a pathway holds; `against` those whose being met speaks against a request.
    """

    types: dict[Place, Type] = field(default_factory=dict)
    values: dict[Place, tuple[str, ...]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    criteria: set[str] = field(default_factory=set)
    against: set[str] = field(default_factory=set)


def hints_of(compiled: CompiledPolicy) -> Hints:
    """Everything that is known of the expressions of a policy which any condition of it comes upon."""
    hints = Hints()
    for condition in (*conditions_that_decide(compiled), *conditions_that_tell(compiled)):
        _read(condition.expression, hints)
    for pathway in compiled.pathways:
        hints.criteria.update(criterion.id for criterion in criteria_of(pathway))
        hints.against.update(_against(pathway))
    _read_musts(compiled, hints)
    return hints


def _against(pathway: CheckedPathway) -> Iterator[str]:
    """The criteria in all that is excluded or reviewed, or of which none may be met."""
    waiting = [(each, True) for each in (*pathway.exclude, *pathway.review)]
    waiting += [] if pathway.require is None else [(pathway.require, False)]
    while waiting:
        criterion, is_against = waiting.pop()
        if is_against:
            yield criterion.id
        if isinstance(criterion.body, CheckedGroup):
            is_against = is_against or criterion.body.kind is GroupKind.NONE
            waiting += [(child, is_against) for child in criterion.body.children]


def _read_musts(compiled: CompiledPolicy, hints: Hints) -> None:
    """What holds for a fact that is used matters too, and with it the facts that are used there."""
    waiting = dict(compiled.musts)
    while ready := [name for name in waiting if name in hints.used]:
        for name in ready:
            _read(waiting.pop(name).expression, hints)


def _read(expression: Checked, hints: Hints) -> None:
    for node in checked.walk(expression):
        hints.types[place_of(node.span)] = node.type
        match node:
            case checked.Fact(name=name) | checked.Definition(name=name) | checked.Lookup(table=name):
                hints.used.add(name)
            case checked.Constant(value=ValueSet(name=name)):
                hints.used.add(name)
            case checked.Operation():
                _read_values(node, hints)
            case _:
                pass


def _read_values(node: checked.Operation, hints: Hints) -> None:
    """The texts among which a constant is chosen: those of what it is held against."""
    for operand in node.operands:
        values = _values(operand.type)
        if values is not None:
            for other in node.operands:
                for constant in _constants(other):
                    hints.values[place_of(constant.span)] = values


def _values(kind: Type) -> tuple[str, ...] | None:
    inner = kind.element if isinstance(kind, ListOf) else kind
    return inner.values if isinstance(inner, Simple) else None


def _constants(node: Checked) -> Iterator[checked.Constant]:
    match node:
        case checked.Constant(value=str()):
            yield node
        case checked.NewList():
            for element in node.elements:
                yield from _constants(element)
        case checked.Conditional():
            for _, result in node.items:
                yield from _constants(result)
            yield from _constants(node.alternative)
        case _:
            return
