"""The source of operators over known values; what has no template of its own is what the table runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from besponsa_pa.expression import checked, fast_path
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.functions import Unknowns
from besponsa_pa.expression.generated.scopes import NoTemplateError, Scope
from besponsa_pa.expression.generated.searches import search
from besponsa_pa.types import BOOLEAN, CODE, DATE, DECIMAL, INTEGER, LONG, STRING, VALUE_SET, ListOf, Type, plain
from besponsa_pa.values import Missing, ValueSet

if TYPE_CHECKING:
    from besponsa_pa.expression.generated.writer import Writer

COMPARISONS = {
    "Equal": "==",
    "NotEqual": "!=",
    "Less": "<",
    "LessOrEqual": "<=",
    "Greater": ">",
    "GreaterOrEqual": ">=",
}
EQUALITIES = ("Equal", "NotEqual")
# What Python compares as CQL does, once both are known.
PLAIN = (INTEGER, LONG, DECIMAL, STRING)
WHOLE = (INTEGER, LONG)
ARITHMETIC = {
    "Add": ("+", fast_path.add), "Subtract": ("-", fast_path.subtract), "Multiply": ("*", fast_path.multiply),
    "Divide": ("", fast_path.divide),
}  # fmt: skip
MEASURES = {
    ("DurationBetween", "year"): fast_path.years_between, ("DurationBetween", "month"): fast_path.months_between,
    ("CalculateAgeInYearsAt", None): fast_path.years_between,
    ("CalculateAgeInMonthsAt", None): fast_path.months_between,
}  # fmt: skip


def operation(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    """The source of an operator over its operands; raises `NoTemplateError` for one that needs its closure."""
    name, operands = node.operator.name, node.operands
    kinds = [plain(each.type) for each in operands]
    match name:
        case "And" | "Or":
            word = f" {name.lower()} "
            return f"({word.join(writer.expression(each, scope) for each in _chain(node, name))})"
        case "Implies":
            return f"(not {writer.expression(operands[0], scope)} or {writer.expression(operands[1], scope)})"
        case "Not":
            return f"(not {writer.expression(operands[0], scope)})"
        case "IsNull" | "IsTrue" | "IsFalse":
            return _absence(writer, node)
        case "Exists" | "Count" if isinstance(operands[0], checked.Query):
            return search(writer, node, operands[0], scope)
        case _ if name in COMPARISONS and len(set(kinds)) == 1:
            return _comparison(writer, node, kinds[0], scope)
        case "In" if kinds in ([STRING, ListOf(STRING)], [CODE, VALUE_SET]):
            return _membership(writer, node, scope)
        case "Add" | "Subtract" | "Multiply" if kinds[0] in WHOLE and kinds == [kinds[0]] * 2:
            return _whole_number(writer, node, scope)
        case _ if kinds == [DATE, DATE] and (name, node.precision) in MEASURES:
            return _measure(writer, node, scope)
        case _:
            return _any_operation(writer, node, scope)


def _any_operation(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    """An operator whose operands are known is no more than what runs it."""
    if node.operator.unknowns is Unknowns.LAZY:
        raise NoTemplateError
    operands = [writer.expression(each, scope) for each in node.operands]
    if operands and (constant := writer.folded(node, operands)):
        return constant
    run = node.overload.run
    run = partial(run, precision=node.precision) if node.operator.takes_precision else run
    return writer.looked_at(f"{writer.thing(run)}({', '.join(operands)})", node.type)


def _absence(writer: Writer, node: checked.Operation) -> str:
    """Whether a fact is there, which a fact that is not there decides as well."""
    (fact,) = node.operands
    if not isinstance(fact, checked.Fact):
        raise NoTemplateError
    place = writer.constant(fact.name)
    value = f"(frame[{place}] if {place} in frame else {writer.thing(None)})"
    if node.operator.name != "IsNull":
        return f"({value} is {node.operator.name.removeprefix('Is')})"
    name = writer.local()
    return f"(({name} := {value}) is None or type({name}) is {writer.thing(Missing)})"


def _measure(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    """Years, the measure of most policies, where the end lies in a later year: as `fast_path.years_between`."""
    measure = MEASURES[node.operator.name, node.precision]
    start, end = (writer.operand(each, scope) for each in node.operands)
    if measure is not fast_path.years_between:
        return f"{writer.thing(measure)}({start}, {end})"
    first, last, years, month, before = (writer.local() for _ in range(5))
    is_later = f"({years} := ({last} := {end}).year - ({first} := {start}).year) > 0"
    months = f"({month} := {last}.month) < ({before} := {first}.month)"
    is_short = f"{months} or {month} == {before} and {last}.day < {first}.day"
    return f"(({years} - 1 if {is_short} else {years}) if {is_later} else {writer.thing(measure)}({first}, {last}))"


def _comparison(writer: Writer, node: checked.Operation, kind: Type, scope: Scope) -> str:
    name, (left, right) = node.operator.name, node.operands
    sign, is_order = COMPARISONS[name], name not in EQUALITIES
    if kind == DECIMAL:
        return _order(writer, left, sign, right, scope) if is_order else _numbers(writer, left, sign, right, scope)
    if kind == DATE:
        first, last = (f"{writer.thing(fast_path.day)}({writer.operand(each, scope)})" for each in (left, right))
        return f"({first} {sign} {last})"
    if kind == STRING and not is_order:
        return _text_equality(writer, node, scope)
    if kind not in PLAIN and (kind != BOOLEAN or is_order):
        return _any_operation(writer, node, scope)
    operand = writer.operand if is_order else writer.expression
    return f"({operand(left, scope)} {sign} {operand(right, scope)})"


def _text_equality(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    """Texts that are equal need no look: what is not known equals none."""
    text, other = node.operands
    if isinstance(text, checked.Constant):
        text, other = other, text
    other_text = writer.expression(other, scope)
    is_equal = _unless_unknown(writer, text, scope, f"== {other_text}")
    return is_equal if node.operator.name == "Equal" else f"(not {is_equal})"


def _unless_unknown(writer: Writer, text: Checked, scope: Scope, holds: str) -> str:
    """Whether something holds of a text, that holds of nothing that is not known."""
    name = writer.local()
    return f"(({name} := {writer.operand(text, scope)}) {holds} or type({name}) is not {writer.thing(str)} and leave())"


def _numbers(writer: Writer, left: Checked, sign: str, right: Checked, scope: Scope) -> str:
    """Equality of decimals: what is not known equals nothing, so each is looked at."""
    sides = [_rounded(writer, each, scope) or writer.expression(each, scope) for each in (left, right)]
    return f"({sides[0]} {sign} {sides[1]})"


def _order(writer: Writer, left: Checked, sign: str, right: Checked, scope: Scope) -> str:
    """The order of decimals. A result is rounded to 8 places only where that can matter.

    A number that has no more places lies on the same side of what is rounded, or is it. So where it is less than
    the exact result it is at most the rounded one, and where it is not less, it is not less than that either.
    """
    exact = [_exact(writer, each, scope) for each in (left, right)]
    if (exact[0] is None) == (exact[1] is None):
        sides = [_number(writer, each, scope) for each in (left, right)]
        return f"({sides[0]} {sign} {sides[1]})"
    names, either = (writer.local(), writer.local()), "or" if sign in ("<=", ">=") else "and"
    first, last = (each or _number(writer, side, scope) for each, side in zip(exact, (left, right), strict=True))
    again = [_quantized(writer, name) if each else name for name, each in zip(names, exact, strict=True)]
    return f"(({names[0]} := {first}) {sign} ({names[1]} := {last}) {either} {again[0]} {sign} {again[1]})"


def _number(writer: Writer, node: Checked, scope: Scope) -> str:
    """A number of which only its size is seen: without the look whether it has zeros at its end."""
    return _rounded(writer, node, scope) or writer.operand(node, scope)


def _rounded(writer: Writer, node: Checked, scope: Scope) -> str | None:
    """A number that is calculated, or that is a whole one; None for others."""
    if isinstance(node, checked.Conversion) and plain(node.operand.type) in WHOLE:
        return writer.expression(node.operand, scope)
    exact = _exact(writer, node, scope)
    return None if exact is None else _quantized(writer, exact)


def _quantized(writer: Writer, exact: str) -> str:
    return f"{writer.thing(fast_path.quantize)}({exact}, {writer.constant(fast_path.step)})"


def _exact(writer: Writer, node: Checked, scope: Scope) -> str | None:
    """The result of a calculation before it is rounded; None for what is none, or is the same in each case."""
    match node:
        case checked.Operation(operands=(left, right)) if node.operator.name in ARITHMETIC and {
            plain(left.type), plain(right.type)
        } == {DECIMAL}:  # fmt: skip
            with writer.deeper():
                operands = [_number(writer, left, scope), _number(writer, right, scope)]
            run = writer.thing(ARITHMETIC[node.operator.name][1])
            return None if writer.are_constant(operands) else f"{run}({', '.join(operands)})"
        case _:
            return None


def _whole_number(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    left, right = (writer.operand(each, scope) for each in node.operands)
    if folded := writer.folded(node, (left, right)):
        return folded
    name, sign, most = writer.local(), ARITHMETIC[node.operator.name][0], writer.constant(fast_path.SMALL)
    least = writer.constant(-fast_path.SMALL)
    return f"({name} if {least} < ({name} := {left} {sign} {right}) < {most} else leave())"


def _membership(writer: Writer, node: checked.Operation, scope: Scope) -> str:
    element, holder = node.operands[0], writer.expression(node.operands[1], scope)
    held = writer.value_of(holder)
    if isinstance(held, tuple) and all(type(each) is str for each in held):
        texts = writer.constant(frozenset(held) if len(held) > 3 else held)
        return _unless_unknown(writer, element, scope, f"in {texts}")
    if not isinstance(held, ValueSet) or not held.is_declared:
        return _any_operation(writer, node, scope)
    code, name, systems = writer.operand(element, scope), writer.local(), {system for system, _ in held.codes}
    if len(systems) != 1:
        return f"((({name} := {code}).system, {name}.code) in {writer.constant(held.codes)})"
    (system,) = systems
    codes = writer.constant(frozenset(code for _, code in held.codes))
    return f"(({name} := {code}).code in {codes} and {name}.system == {writer.thing(system)})"


def _chain(node: checked.Operation, name: str) -> list[Checked]:
    """The operands of the same operator beneath one another, from left to right."""
    found: list[Checked] = []
    waiting: list[Checked] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, checked.Operation) and current.operator.name == name:
            waiting.extend(reversed(current.operands))
        else:
            found.append(current)
    return found
