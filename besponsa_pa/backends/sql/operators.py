"""The operators of the language in SQL, by their names; what is not in the table is refused by its name.

Each does exactly what the operator's row in `expression.functions` does, for values within the limits of the columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sqlglot import exp

from besponsa_pa.backends.sql import dates, lists
from besponsa_pa.backends.sql.meanings import Fixed, Items, Meaning, Range, Rows
from besponsa_pa.backends.sql.quantities import factor_between, in_unit, same_unit
from besponsa_pa.backends.sql.terms import (
    FALSE,
    TRUE,
    RefusedError,
    Term,
    all_of,
    any_of,
    binary,
    case,
    is_cql_null,
    is_known,
    is_null,
    is_set,
    mask_of,
    not_,
    number,
    text,
    union,
    when,
)
from besponsa_pa.backends.sql.translation import Scope, constant
from besponsa_pa.expression import checked
from besponsa_pa.types import BOOLEAN, DECIMAL, INTEGER, QUANTITY, Simple
from besponsa_pa.units.conversion import product
from besponsa_pa.values import Code, ValueSet

Compare = Callable[[exp.Expression, exp.Expression], exp.Expression]


# --- truth ---


def truth(value: exp.Expression, terms: list[Term], scope: Scope, hint: str) -> Term:
    """A truth made of others: while it is NULL, the facts of those that are not known are missing."""
    value = scope.translation.hoisted(hint, value)
    return Term(BOOLEAN, value, mask=when(is_null(value), union(*(term.mask for term in terms))),
                is_nullable=any(term.is_nullable for term in terms))  # fmt: skip


def and_(scope: Scope, *terms: Term) -> Term:
    """False where one is; the facts of all that are not known where it is not known."""
    kept = [scope.kept(term, "truth") for term in terms if term.low != TRUE]
    if any(term.low == FALSE for term in kept):
        return Term(BOOLEAN, FALSE)
    if len(kept) <= 1:
        return kept[0] if kept else Term(BOOLEAN, TRUE)
    return truth(all_of(term.low for term in kept), kept, scope, "all_hold")


def or_(scope: Scope, *terms: Term) -> Term:
    """True where one is."""
    return negation(and_(scope, *(negation(term) for term in terms)))


def negation(term: Term) -> Term:
    """The opposite, as open as it is."""
    inner = term.low
    return replace(term, low=inner.this.unnest() if isinstance(inner, exp.Not) else not_(inner))


def _and(scope: Scope, node: checked.Operation) -> Term:
    return and_(scope, *map(scope.term, node.operands))


def _or(scope: Scope, node: checked.Operation) -> Term:
    return or_(scope, *map(scope.term, node.operands))


def _not(scope: Scope, node: checked.Operation) -> Term:
    return negation(scope.term(node.operands[0]))


def _implies(scope: Scope, node: checked.Operation) -> Term:
    left, right = map(scope.term, node.operands)
    return or_(scope, negation(left), right)


def _xor(scope: Scope, node: checked.Operation) -> Term:
    left, right = (scope.kept(scope.term(operand), "truth") for operand in node.operands)
    value = binary(exp.NEQ, left.low, right.low)
    return Term(BOOLEAN, value, mask=mask_of([left, right]), is_nullable=left.is_nullable or right.is_nullable)


# --- comparison ---


def compared(scope: Scope, left: Term, right: Term, operator: type[exp.Binary]) -> Term:
    """`<` or `<=` of points and numbers: decided by the bounds where those agree."""
    if left.unit is not None or right.unit is not None:
        left, right = same_unit(scope, left, right)
    nullable = left.is_nullable or right.is_nullable
    if left.high is None and right.high is None:
        return Term(BOOLEAN, binary(operator, left.low, right.low), mask=mask_of([left, right]), is_nullable=nullable)
    surely = binary(operator, left.top, right.low)
    perhaps = binary(operator, left.low, right.top)
    value = scope.translation.hoisted("compared", case([(surely, TRUE), (not_(perhaps), FALSE)]))
    return Term(BOOLEAN, value, mask=when(is_null(value), mask_of([left, right])), is_nullable=nullable)


def equal(scope: Scope, left: Term, right: Term) -> Term:
    """`=`: null when either side is; values between bounds that do not meet differ."""
    if left.unit is not None or right.unit is not None:
        left, right = same_unit(scope, left, right)
    nullable = left.is_nullable or right.is_nullable
    if left.high is None and right.high is None:
        return Term(BOOLEAN, binary(exp.EQ, left.low, right.low), mask=mask_of([left, right]), is_nullable=nullable)
    known = all_of([is_known(left), is_known(right)])
    apart = any_of([binary(exp.LT, left.top, right.low), binary(exp.LT, right.top, left.low)])
    value = case([(known, binary(exp.EQ, left.low, right.low)), (apart, FALSE)])
    value = scope.translation.hoisted("compared", value)
    return Term(BOOLEAN, value, mask=when(is_null(value), mask_of([left, right])), is_nullable=nullable)


ORDERED = ("Integer", "Decimal", "Date", "Quantity")


def _ordered(swapped: bool, operator: type[exp.Binary]) -> Callable[[Scope, checked.Operation], Meaning]:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        _require(node, ORDERED)
        left, right = (_of_operand(scope, operand) for operand in node.operands)
        return compared(scope, right, left, operator) if swapped else compared(scope, left, right, operator)

    return translate


def _of_operand(scope: Scope, node: checked.Checked) -> Term:
    return scope.kept(scope.term(node), "operand")


def _require(node: checked.Operation, kinds: tuple[str, ...]) -> None:
    for operand in node.operands:
        if str(operand.type) not in kinds:
            raise RefusedError(f"`{node.operator.name}` of `{operand.type}` cannot be said in SQL")


def _equal(scope: Scope, node: checked.Operation) -> Term:
    left, right = (scope.meaning(operand) for operand in node.operands)
    if isinstance(left, Fixed) or isinstance(right, Fixed):
        return _equal_codes(scope, left, right)
    _require(node, (*ORDERED, "String", "Boolean"))
    assert isinstance(left, Term)
    assert isinstance(right, Term)
    return equal(scope, scope.kept(left, "operand"), scope.kept(right, "operand"))


def _equal_codes(scope: Scope, left: Meaning, right: Meaning) -> Term:
    """A code of a case has neither version nor display, so it equals a code that has none of them by its text alone."""
    term, fixed = (left, right) if isinstance(left, Term) else (right, left)
    match term, fixed:
        case Term(), Fixed(Code(code, system, None, None)) if _system(term) == system:
            return equal(scope, term, Term(term.type, text(code)))
        case _:
            raise RefusedError("`Equal` of these codes cannot be said in SQL")


def _system(term: Term) -> str | None:
    return term.type.system if isinstance(term.type, Simple) else None


def _not_equal(scope: Scope, node: checked.Operation) -> Term:
    return negation(_equal(scope, node))


def _equivalent(scope: Scope, node: checked.Operation) -> Term:
    """Texts without regard to capitals and spaces. A row with letters beyond ASCII is refused: databases fold them apart."""
    _require(node, ("String",))
    left, right = (_folded(scope, scope.term(operand)) for operand in node.operands)
    if left.is_nullable or right.is_nullable:
        raise RefusedError("`Equivalent` of what may be null cannot be said in SQL")
    return Term(BOOLEAN, binary(exp.EQ, left.low, right.low), mask=mask_of([left, right]))


def _folded(scope: Scope, term: Term) -> Term:
    if isinstance(term.low, exp.Literal):
        if not term.low.name.isascii():
            raise RefusedError("`Equivalent` of letters beyond ASCII cannot be said in SQL")
        return replace(term, low=text(" ".join(term.low.name.casefold().split())))
    folded = exp.Lower(this=scope.dialect.collapsed_spaces(ascii_only(scope, term.low)))
    return replace(term, low=scope.translation.hoisted("folded", folded))


def ascii_only(scope: Scope, written: exp.Expression) -> exp.Expression:
    """The text, of which the row is refused when it has a letter beyond ASCII."""
    scope.guard(not_(scope.dialect.is_ascii(written)), "a text has letters beyond ASCII")
    return written


def _between(scope: Scope, node: checked.Operation) -> Term:
    _require(node, ORDERED)
    value, low, high = (_of_operand(scope, operand) for operand in node.operands)
    return and_(scope, compared(scope, low, value, exp.LTE), compared(scope, value, high, exp.LTE))


# --- numbers ---


def _arithmetic(operator: type[exp.Binary]) -> Callable[[Scope, checked.Operation], Meaning]:
    def translate(scope: Scope, node: checked.Operation) -> Meaning:
        left, right = (_of_operand(scope, operand) for operand in node.operands)
        kinds = str(node.operands[0].type), str(node.operands[1].type)
        if kinds == ("Date", "Quantity"):
            return dates.moved(scope, left, right, 1 if operator is exp.Add else -1)
        if "Quantity" in kinds and operator is not exp.Mul:
            left, right = _same_exactly(left, right)
        elif kinds not in (("Integer", "Integer"), ("Decimal", "Decimal")) and "Quantity" not in kinds:
            raise RefusedError(f"`{node.operator.name}` of `{kinds[0]}` and `{kinds[1]}` cannot be said in SQL")
        return _combined(scope, node, left, right, operator)

    return translate


def _same_exactly(left: Term, right: Term) -> tuple[Term, Term]:
    if left.unit != right.unit:
        raise RefusedError(f"`{left.unit}` with `{right.unit}` is not added in SQL")
    return left, right


def _combined(
    scope: Scope, node: checked.Operation, left: Term, right: Term, operator: type[exp.Binary]
) -> Term:
    """The result of `+`, `-` or `*`, between the bounds of what is uncertain; exact, then rounded to 8 places."""
    is_product = operator is exp.Mul
    limit = left.limit * right.limit if is_product else left.limit + right.limit
    places = left.places + right.places if is_product else max(left.places, right.places)
    check_digits(scope, limit, places)
    if str(node.type) == "Integer" and limit > 2**31 - 1:
        raise RefusedError(f"`{node.operator.name}` of numbers that may leave 32 bits cannot be said in SQL")
    low, high = (_product(scope, left, right), None) if is_product else _bounds(left, right, operator)
    unit = _unit(left, right) if is_product else left.unit
    term = Term(node.type, low, high, mask_of([left, right]), left.is_nullable or right.is_nullable, limit, places, unit)
    return rounded(term)


def check_digits(scope: Scope, limit: Decimal, places: int) -> None:
    """Raise `RefusedError` where a number may have more digits than the dialect's exact numbers."""
    if len(str(int(limit))) + places > scope.dialect.digits:
        raise RefusedError("numbers of so many digits cannot be said in SQL")


def _bounds(left: Term, right: Term, operator: type[exp.Binary]) -> tuple[exp.Expression, exp.Expression | None]:
    if left.high is None and right.high is None:
        return binary(operator, left.low, right.low), None
    if operator is exp.Sub:
        return binary(operator, left.low, right.top), binary(operator, left.top, right.low)
    return binary(operator, left.low, right.low), binary(operator, left.top, right.top)


def _product(scope: Scope, left: Term, right: Term) -> exp.Expression:
    if left.high is not None or right.high is not None:
        raise RefusedError("a product of what is known in part cannot be said in SQL")
    return scope.dialect.product(left.low, left.digits, right.low, right.digits)


def _unit(left: Term, right: Term) -> str | None:
    if left.unit is None and right.unit is None:
        return None
    unit = product(left.unit or "1", right.unit or "1", 1)
    if unit is None:
        raise RefusedError(f"`{left.unit}` times `{right.unit}` cannot be said in SQL")
    return unit


def rounded(term: Term) -> Term:
    """A decimal rounded to the 8 places of the language, half away from zero."""
    if term.places <= 8:
        return term
    low = exp.Round(this=term.low, decimals=number(8))
    high = None if term.high is None else exp.Round(this=term.high, decimals=number(8))
    return replace(term, low=low, high=high, places=8)


def _divide(scope: Scope, node: checked.Operation) -> Term:
    left, right = (_of_operand(scope, operand) for operand in node.operands)
    if left.high is not None or right.high is not None:
        raise RefusedError("`Divide` of what is known in part cannot be said in SQL")
    limit = left.limit * 10**right.places
    check_digits(scope, left.limit, left.places + 8 + right.places + 1)
    check_digits(scope, limit, 8)
    unit = None
    if left.unit is not None or right.unit is not None:
        unit = product(left.unit or "1", right.unit or "1", -1)
        if unit is None:
            raise RefusedError(f"`{left.unit}` by `{right.unit}` cannot be said in SQL")
    value = scope.translation.hoisted("quotient", scope.dialect.quotient(left.low, left.digits, right.low, right.digits))
    return Term(node.type, value, None, mask_of([left, right]), True, limit, 8, unit)


def _power(scope: Scope, node: checked.Operation) -> Term:
    """A constant square or cube as a product that is rounded once."""
    base = _of_operand(scope, node.operands[0])
    exponent = scope.term(node.operands[1]).low
    times = int(Decimal(exponent.name)) if isinstance(exponent, exp.Literal) and Decimal(exponent.name) in (1, 2, 3) else 0
    if not times or base.high is not None:
        raise RefusedError("`Power` other than a constant square or cube cannot be said in SQL")
    value = base
    for _ in range(times - 1):
        limit, places = value.limit * base.limit, value.places + base.places
        check_digits(scope, limit, places)
        value = replace(value, low=_product(scope, value, base), limit=limit, places=places)
    return replace(rounded(value), type=node.type)


def _negate(scope: Scope, node: checked.Operation) -> Term:
    term = scope.term(node.operands[0])
    if isinstance(term.low, exp.Literal):
        return replace(term, low=exp.Neg(this=term.low))
    low = exp.Neg(this=exp.Paren(this=term.top))
    return replace(term, low=low, high=None if term.high is None else exp.Neg(this=exp.Paren(this=term.low)))


# --- quantities ---


def _convert_quantity(scope: Scope, node: checked.Operation) -> Term:
    term = _of_operand(scope, node.operands[0])
    unit = scope.term(node.operands[1]).low
    if not isinstance(unit, exp.Literal):
        raise RefusedError("`ConvertQuantity` to a unit that is not constant cannot be said in SQL")
    converted = in_unit(scope, term, unit.name)
    check_digits(scope, converted.limit, converted.places)
    return replace(rounded(converted), type=Simple("Quantity", unit=unit.name))


def _quantity_value(scope: Scope, node: checked.Operation) -> Term:
    if not isinstance(node.operands[0], checked.Operation):
        raise RefusedError("`.value` of a quantity that is not converted cannot be said in SQL")
    return replace(scope.term(node.operands[0]), type=DECIMAL, unit=None)


# --- membership ---


def _in(scope: Scope, node: checked.Operation) -> Term:
    element, container = (scope.meaning(operand) for operand in node.operands)
    return _contained(scope, element, container, node)


def _contains(scope: Scope, node: checked.Operation) -> Term:
    container, element = (scope.meaning(operand) for operand in node.operands)
    return _contained(scope, element, container, node)


def _contained(scope: Scope, element: Meaning, container: Meaning, node: checked.Operation) -> Term:
    if not isinstance(element, Term):
        raise RefusedError(f"`{node.operator.name}` of these cannot be said in SQL")
    if node.precision is not None:
        raise RefusedError(f"`{node.operator.name}` with a precision cannot be said in SQL")
    match container:
        case Range():
            return _in_range(scope, scope.kept(element, "operand"), container)
        case Fixed(ValueSet() as value_set):
            return _in_codes(element, value_set)
        case Fixed(tuple() as values):
            return _in_values(scope, element, [constant(value, element.type) for value in values])
        case Items(elements):
            return _in_values(scope, element, list(elements))
        case Rows():
            return lists.any_row(scope, container, lambda inner, one: inner.same(one, element))
        case _:
            raise RefusedError(f"`{node.operator.name}` of these cannot be said in SQL")


def _in_codes(element: Term, value_set: ValueSet) -> Term:
    """Codes of another system than the element's can never be it."""
    codes = sorted(code for system, code in value_set.known_codes if system == _system(element))
    if element.is_nullable:
        raise RefusedError("`In` of a code that may be null cannot be said in SQL")
    is_in = exp.In(this=element.low, expressions=[text(code) for code in codes]) if codes else None
    none = case([(not_(is_null(element.low)), FALSE)])
    return Term(BOOLEAN, none if is_in is None else is_in, mask=element.mask)


def _in_values(scope: Scope, element: Term, values: list[Meaning]) -> Term:
    """Whether it is one of some values that are known when the policy is compiled, or each for itself."""
    terms = [value for value in values if isinstance(value, Term)]
    if len(terms) < len(values) or element.is_nullable or any(term.is_nullable for term in terms):
        raise RefusedError("`In` of these values cannot be said in SQL")
    is_plain = element.high is None and element.unit is None
    if is_plain and terms and all(isinstance(term.low, exp.Literal) for term in terms):
        return Term(BOOLEAN, exp.In(this=element.low, expressions=[term.low for term in terms]), mask=element.mask)
    kept = scope.kept(element, "operand")
    return or_(scope, *(equal(scope, kept, term) for term in terms))


def _in_range(scope: Scope, point: Term, interval: Range) -> Term:
    """Between the bounds. A row in which the interval ends before it starts is refused: that is a failure."""
    low, high = scope.kept(interval.low, "bound"), scope.kept(interval.high, "bound")
    if low.is_nullable or high.is_nullable or point.is_nullable:
        raise RefusedError("an interval with a bound that may be null cannot be said in SQL")
    if low.unit is not None:
        (point, low), high = same_unit(scope, point, low), same_unit(scope, point, high)[1]
    operator = exp.LT if interval.low_closed and interval.high_closed else exp.LTE
    if not (isinstance(low.low, exp.Literal) and isinstance(high.low, exp.Literal)):
        empty = binary(operator, high.top, low.low)
        scope.guard(empty, "an interval ends before it starts")
        perhaps = binary(operator, high.low, low.top)
        if low.high is not None or high.high is not None:
            scope.guard(perhaps, "an interval may end before it starts")
    above = compared(scope, low, point, exp.LTE if interval.low_closed else exp.LT)
    below = compared(scope, point, high, exp.LTE if interval.high_closed else exp.LT)
    return and_(scope, above, below)


def _bound(first: bool) -> Callable[[Scope, checked.Operation], Meaning]:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        interval = scope.meaning(node.operands[0])
        closed = isinstance(interval, Range) and (interval.low_closed if first else interval.high_closed)
        if not isinstance(interval, Range) or not closed:
            raise RefusedError(f"`{node.operator.name}` of this interval cannot be said in SQL")
        return interval.low if first else interval.high

    return translate


# --- absence ---


def _is_null(scope: Scope, node: checked.Operation) -> Term:
    meaning = scope.meaning(node.operands[0])
    if isinstance(meaning, Rows):
        return Term(BOOLEAN, meaning.is_missing)
    if not isinstance(meaning, Term):
        raise RefusedError("`IsNull` of this cannot be said in SQL")
    return Term(BOOLEAN, is_null(meaning.low))


def _is_truth(wanted: bool) -> Callable[[Scope, checked.Operation], Meaning]:
    def translate(scope: Scope, node: checked.Operation) -> Term:
        term = scope.term(node.operands[0])
        value = term.low if wanted else not_(term.low)
        return Term(BOOLEAN, exp.Coalesce(this=value, expressions=[FALSE]))

    return translate


def _coalesce(scope: Scope, node: checked.Operation) -> Term:
    terms = [_of_operand(scope, operand) for operand in node.operands]
    if any(term.unit != terms[0].unit for term in terms):
        raise RefusedError("`Coalesce` of quantities of different units cannot be said in SQL")
    low = exp.Coalesce(this=terms[0].low, expressions=[term.low for term in terms[1:]])
    ranged = any(term.high is not None for term in terms)
    high = exp.Coalesce(this=terms[0].top, expressions=[term.top for term in terms[1:]]) if ranged else None
    mask = when(is_null(low), union(*(term.mask for term in terms)))
    for place, term in enumerate(terms):
        if term.high is not None:  # the first that has a value is only known in part
            before = [is_null(each.low) for each in terms[:place]]
            mask = union(mask, when(all_of([*before, not_(is_null(term.low))]), term.mask))
    return Term(node.type, low, high, mask, all(term.is_nullable for term in terms),
                max(term.limit for term in terms), max(term.places for term in terms), terms[0].unit)  # fmt: skip


# --- texts ---


def _lower(scope: Scope, node: checked.Operation) -> Term:
    term = scope.term(node.operands[0])
    function = exp.Lower if node.operator.name == "Lower" else exp.Upper
    return replace(term, low=function(this=ascii_only(scope, term.low)), type=Simple("String"))


def _begins(scope: Scope, node: checked.Operation) -> Term:
    """`StartsWith` and `EndsWith`, by the length of a part that is constant."""
    whole, part = (scope.term(operand) for operand in node.operands)
    if not isinstance(part.low, exp.Literal):
        raise RefusedError(f"`{node.operator.name}` of what is not constant cannot be said in SQL")
    length = number(len(part.low.name))
    function = exp.Left if node.operator.name == "StartsWith" else exp.Right
    value = exp.EQ(this=function(this=whole.low, expression=length), expression=part.low)
    return Term(BOOLEAN, value, mask=whole.mask, is_nullable=whole.is_nullable)


OPERATORS_IN_SQL: dict[str, Callable[[Scope, checked.Operation], Meaning]] = {
    "And": _and,
    "Or": _or,
    "Not": _not,
    "Implies": _implies,
    "Xor": _xor,
    "Equal": _equal,
    "NotEqual": _not_equal,
    "Equivalent": _equivalent,
    "NotEquivalent": lambda scope, node: negation(_equivalent(scope, node)),
    "Less": _ordered(False, exp.LT),
    "LessOrEqual": _ordered(False, exp.LTE),
    "Greater": _ordered(True, exp.LT),
    "GreaterOrEqual": _ordered(True, exp.LTE),
    "Between": _between,
    "Add": _arithmetic(exp.Add),
    "Subtract": _arithmetic(exp.Sub),
    "Multiply": _arithmetic(exp.Mul),
    "Divide": _divide,
    "Power": _power,
    "Negate": _negate,
    "ConvertQuantity": _convert_quantity,
    "QuantityValue": _quantity_value,
    "In": _in,
    "Contains": _contains,
    "Start": _bound(True),
    "End": _bound(False),
    "IsNull": _is_null,
    "IsTrue": _is_truth(True),
    "IsFalse": _is_truth(False),
    "Coalesce": _coalesce,
    "Lower": _lower,
    "Upper": _lower,
    "StartsWith": _begins,
    "EndsWith": _begins,
    **dates.OPERATORS,
    **lists.OPERATORS,
}
_ = (INTEGER, QUANTITY, factor_between, is_cql_null, is_set)
