"""What a name means: a fact with its question, a definition, a table, a value set, an operator of the language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.functions import OPERATORS, Operator
from besponsa_pa.facts import FactDeclaration
from besponsa_pa.policy.model import (
    CheckedCriterion,
    CheckedLeaf,
    CompiledPolicy,
    Policy,
    Reference,
    criteria_of,
)
from besponsa_pa.render.declarations import (
    cited,
    codes_of,
    definition_row,
    mark_of,
    one_line,
    question_of,
    reference_text,
    rows_of,
)
from besponsa_pa.render.layout import columns, fitting
from besponsa_pa.render.reference import OPERANDS, forms
from besponsa_pa.types import Simple
from besponsa_pa.values import CALENDAR_UNITS, ValueSet

# an operator that takes a precision is shown by the day
DAYS = {word: "days" if word.endswith("s") else "day" for unit in CALENDAR_UNITS for word in (unit, f"{unit}s")}


# --- names of a policy ---


def lines_from_name(name: str, compiled: CompiledPolicy, width: int) -> list[str]:
    """What a policy says of a name that it declares, which criteria read it, and what they cite; [] for no such name.

    `width` is that of the terminal in columns.
    """
    policy = compiled.policy
    declared = list(_declared(name, policy))
    if not declared:
        return []
    readers = {each.id: each for pathway in compiled.pathways for each in criteria_of(pathway) if _reads(each, name)}
    rows = [*declared, *(("criterion", _criterion(each, policy)) for each in readers.values())]
    names = {citation.reference for each in readers.values() for citation in each.cite}
    rows += [_reference(each) for each in policy.references.values() if each.name in names]
    return columns(rows, fitting(width))


def _declared(name: str, policy: Policy) -> Iterator[tuple[str, str]]:
    if name in policy.facts:
        yield from _fact(policy.facts[name])
    elif name in policy.definitions:
        yield definition_row(policy.definitions[name])
    elif name in policy.tables:
        yield "table", rows_of(policy.tables[name])
    elif name in policy.value_sets:
        yield "codes", codes_of(policy.value_sets[name])


def _fact(fact: FactDeclaration) -> Iterator[tuple[str, str]]:
    yield "fact", question_of(fact)
    if isinstance(fact.type, Simple) and (fact.type.unit or fact.type.system):
        yield ("unit", fact.type.unit) if fact.type.unit else ("system", fact.type.system or "")
    if fact.must is not None:
        yield "must", one_line(fact.must)


def _reads(criterion: CheckedCriterion, name: str) -> bool:
    leaf = [criterion.body.check] if isinstance(criterion.body, CheckedLeaf) else []
    conditions = [*leaf, *([] if criterion.given is None else [criterion.given])]
    return any(_name_of(node) == name for each in conditions for node in checked.walk(each.expression))


def _name_of(node: Checked) -> str | None:
    match node:
        case checked.Fact() | checked.Definition():
            return node.name
        case checked.Lookup():
            return node.table
        case checked.Constant(value=ValueSet() as value_set):
            return value_set.name
        case _:
            return None


def _criterion(criterion: CheckedCriterion, policy: Policy) -> str:
    return f"{criterion.id}: {criterion.title}{cited(criterion.cite, policy.references)}"


def _reference(reference: Reference) -> tuple[str, str]:
    return mark_of(reference), reference_text(reference)


# --- operators ---


def operators_named(text: str) -> list[Operator]:
    """The operators of a name, or those that are written with these words, such as `months between` or `on or before`.

    Capitals make no difference.
    """
    wanted = [DAYS.get(word, word) for word in text.casefold().split()]
    rows = [row for name in OPERATORS for row in OPERATORS[name]]
    named = [row for row in rows if [row.name.casefold()] == wanted]
    return named or [row for row in rows if wanted and any(_has(form.split(), wanted) for form in forms(row))]


def _has(words: list[str], wanted: list[str]) -> bool:
    words = [word for word in words if word not in OPERANDS]
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def lines_from_operators(operators: Iterable[Operator], width: int) -> list[str]:
    """How operators are written, what they do, what they take and give, with examples and the section of CQL."""
    blocks = ["\n".join(_operator(each, fitting(width))) for each in operators]
    return "\n\n".join(blocks).splitlines()


def _operator(row: Operator, width: int) -> Iterator[str]:
    yield row.name
    takes = dict.fromkeys(f"{', '.join(map(str, each.parameters))} -> {each.result}" for each in row.overloads)
    rows = [
        ("written", ", ".join(forms(row))),
        ("does", row.doc),
        ("takes", "; ".join(takes)),
        *(("example", f"{example} is {result}") for example, result in row.examples),
        ("section", row.section),
    ]
    yield from columns(rows, width)
