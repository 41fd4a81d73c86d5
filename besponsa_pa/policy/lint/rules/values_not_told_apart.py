"""Values of a fact that decide alike, because no expression names them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.operand_help import EQUALITIES
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.lint.context import Context
from besponsa_pa.policy.lint.rule import Notice, Rule
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

# operators that hold a fact against the texts beside it
NAMING = frozenset((*EQUALITIES, "In", "Contains", "Includes", "IncludedIn", "ProperIn", "ProperContains"))
# operators to which all values are alike: they ask whether there is one, or how many
COUNTING = frozenset(("Exists", "Count", "IsNull"))


def check(context: Context) -> Iterator[Notice]:
    """Two or more values of a fact of the policy's own file that stand in no expression that reads the fact."""
    uses = _uses(context)
    for fact in context.policy.facts.values():
        for name, values in _listed(fact) if context.is_own(fact.span) else ():
            use = uses.get(name)
            alike = [value for value in values if use is not None and value not in use.named]
            if use is not None and not use.is_open and len(alike) > 1:
                listed = ", ".join(f"`{value}`" for value in alike)
                message = f"no expression names the values {listed} of `{name}`: they decide alike"
                help = "if the source tells them apart, a condition should too"
                yield Notice(name, fact.span, message, help)


def _listed(fact: FactDeclaration) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The values of a fact, or of each element of its entries, with the name of what may have them."""
    values = _values(fact.type)
    if values:
        yield fact.name, values
    if isinstance(fact.type, ListOf) and isinstance(fact.type.element, TupleOf):
        for element, kind in fact.type.element.elements:
            yield from ((f"{fact.name}.{element}", values) for values in (_values(kind),) if values)


def _values(kind: Type) -> tuple[str, ...]:
    inner = kind.element if isinstance(kind, ListOf) else kind
    return inner.values or () if isinstance(inner, Simple) else ()


# --- where a fact is read ---


@dataclass(slots=True)
class _Use:
    """The texts that a fact is held against; `is_open` when it is also used in a way that may tell any two apart."""

    named: set[str] = field(default_factory=set)
    is_open: bool = False


def _uses(context: Context) -> dict[str, _Use]:
    uses: dict[str, _Use] = {}
    for node in context.nodes():
        for child in _parts(node):
            name = _reader(context, child)
            if name is not None:
                _note(uses.setdefault(name, _Use()), node, child)
    bodies = {id(definition.body) for definition in context.policy.definitions.values()}
    for each in context.expressions:
        # granted as it is, or the value of a row: then every value gives something else
        if each.checked is not None and id(each.excerpt) not in bodies and (name := _reader(context, each.checked)):
            uses.setdefault(name, _Use()).is_open = True
    return uses


def _parts(node: Checked) -> Iterator[Checked]:
    return iter((node.key,)) if isinstance(node, checked.Lookup) else checked.children(node)


def _reader(context: Context, node: Checked) -> str | None:
    """The name of the fact or element with a list of values that a node reads."""
    if not _values(node.type):
        return None
    if isinstance(node, checked.Query):
        return _reader(context, node.result)
    return context.list_of(node) if isinstance(node, checked.Local) else context.fact_of(node)


def _note(use: _Use, node: Checked, child: Checked) -> None:
    """Keep what a node does with the fact that one of its parts reads."""
    match node:
        case checked.Conversion() | checked.Definition() | checked.Query():
            return  # what stands around it reads the same fact, or its elements do
        case checked.Lookup():
            use.named.update(str(key) for key, _ in node.rows)
        case checked.Operation() if node.operator.name in COUNTING:
            return
        case checked.Operation() if node.operator.name in NAMING:
            texts = [_texts(operand) for operand in node.operands if operand is not child]
            use.is_open = use.is_open or None in texts
            use.named.update(text for found in texts for text in found or ())
        case _:
            use.is_open = True


def _texts(node: Checked) -> list[str] | None:
    """The texts that a node is made of, or None when it is made of something else."""
    match node:
        case checked.Constant(value=str() as text):
            return [text]
        case checked.Constant(value=None):
            return []
        case checked.Conversion(operand):
            return _texts(operand)
        case checked.NewList(elements):
            found = [_texts(element) for element in elements]
            return None if None in found else [text for texts in found for text in texts or ()]
        case _:
            return None


RULE = Rule("values-not-told-apart", "I708", check)
