"""What the checker says of a mistake: found and wanted, in the analyst's words, with help that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.source import Span
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    QUANTITY,
    RATIO,
    STRING,
    TIME,
    VALUE_SET,
    IntervalOf,
    ListOf,
    Simple,
    TupleOf,
    Type,
    plain,
)  # fmt: skip
from besponsa_pa.values import PRECISIONS

NUMBERS = (INTEGER, LONG, DECIMAL)

TYPE_NAMES = {
    ANY: "null", BOOLEAN: "true or false", INTEGER: "a whole number", LONG: "a long whole number",
    DECIMAL: "a decimal number", STRING: "a text", DATE: "a date", DATETIME: "a date with time", TIME: "a time of day",
    QUANTITY: "a quantity with a unit", RATIO: "a ratio", CODE: "a code", CONCEPT: "a concept", VALUE_SET: "a value set",
}  # fmt: skip

# Weeks are counted, but no date has a week to compare by (CQL 1.5, Date and Time Precisions).
COUNTS_WEEKS = ("DurationBetween", "DifferenceBetween")

# What the language leaves out on purpose, why, and what to write instead.
EVERY_DAY = "the same case must give the same answer on every day"
LEFT_OUT = {
    "Today": (EVERY_DAY, "the date is a fact of the case: `request.date`"),
    "Now": (EVERY_DAY, "the time is a fact of the case: `request.date`"),
    "TimeOfDay": (EVERY_DAY, "the time is a fact of the case"),
    "AgeInYears": (EVERY_DAY, "say at which date: `CalculateAgeInYearsAt(patient.birth_date, request.date)`"),
    "AgeInMonths": (EVERY_DAY, "say at which date: `CalculateAgeInMonthsAt(patient.birth_date, request.date)`"),
    "AgeInYearsAt": (EVERY_DAY, "name the birth date: `CalculateAgeInYearsAt(patient.birth_date, request.date)`"),
    "AgeInMonthsAt": (EVERY_DAY, "name the birth date: `CalculateAgeInMonthsAt(patient.birth_date, request.date)`"),
    "CalculateAgeInYears": (EVERY_DAY, "say at which date: `CalculateAgeInYearsAt(patient.birth_date, request.date)`"),
    "CalculateAgeInMonths": (EVERY_DAY, "say at which date: `CalculateAgeInMonthsAt(patient.birth_date, request.date)`"),
    "Message": ("an expression has a value and sends no messages", "an advisory is told with every outcome"),
    "Slice": ("CQL 1.5 does not have it", "write `Take(Skip(list, 2), 3)`"),
    "Children": ("parts of unlike kinds have no common type", "name the part: `therapy.drug`"),
    "Descendents": ("parts of unlike kinds have no common type", "name the part: `therapy.drug`"),
}


def name_of_type(kind: Type) -> str:
    """A type in the analyst's words."""
    match kind:
        case ListOf(element):
            return "a list" if plain(element) == ANY else f"a list of {_plural(element)}"
        case IntervalOf(point):
            return f"an interval of {_plural(point)}"
        case TupleOf():
            return "a group of named values"
        case Simple():
            return TYPE_NAMES[plain(kind)]  # type: ignore[index]
        case _:
            return str(kind)


def _plural(kind: Type) -> str:
    words = {
        DATE: "dates", BOOLEAN: "true or false values", QUANTITY: "quantities with a unit", DATETIME: "dates with time",
        TIME: "times of day", ANY: "values",
    }  # fmt: skip
    if isinstance(kind, TupleOf):
        return "groups of named values"
    if isinstance(kind, IntervalOf):
        return f"intervals of {_plural(kind.point)}"
    if isinstance(kind, ListOf):
        return f"lists of {_plural(kind.element)}"
    if plain(kind) in words:
        return words[plain(kind)]  # type: ignore[index]
    return name_of_type(kind).removeprefix("an ").removeprefix("a ") + "s"


class Complaints:
    """Reports what is wrong with expressions over a set of facts."""

    def __init__(self, facts: Mapping[str, Type], diagnostics: Diagnostics) -> None:
        self._facts = facts
        self._diagnostics = diagnostics

    # --- names ---

    def unknown_name(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A name that nothing declares; perhaps a text that lacks its quotes."""
        help = did_you_mean(name, candidates)
        if name in self._texts():
            help = f"a text stands in single quotes: `'{name}'`"
        elif not help and any(fact.startswith(f"{name}.") for fact in self._facts):
            inside = sorted(fact for fact in self._facts if fact.startswith(f"{name}."))
            help = f"facts under `{name}` are " + ", ".join(f"`{fact}`" for fact in inside[:6])
        self._diagnostics.error("E206", f"there is no `{name}`", span, label="not a fact or a definition", help=help)

    def _texts(self) -> set[str]:
        kinds: list[Type] = list(self._facts.values())
        texts: set[str] = set()
        for kind in kinds:
            match kind:
                case Simple(values=values) if values is not None:
                    texts.update(values)
                case ListOf(inner):
                    kinds.append(inner)
                case TupleOf(elements):
                    kinds.extend(inner for _, inner in elements)
                case _:
                    pass
        return texts

    def unknown_system(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A code system that is not known: a code of it would never match."""
        candidates = list(candidates)
        help = did_you_mean(name, candidates) or "known are " + ", ".join(f"`{each}`" for each in candidates[:12])
        self._diagnostics.error("E206", f"there is no code system `{name}`", span, help=help)

    def unknown_function(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A function that there is none of, or none on purpose."""
        if name in LEFT_OUT:
            reason, help = LEFT_OUT[name]
            self._diagnostics.error("E213", f"`{name}` is left out: {reason}", span, help=help)
            return
        self._diagnostics.error("E206", f"there is no function `{name}`", span, help=did_you_mean(name, candidates))

    def no_element(self, name: str, kind: Type, span: Span) -> None:
        """A name after a dot that what stands before the dot does not have."""
        if isinstance(kind, ListOf) and isinstance(kind.element, TupleOf):
            help = f"search the list: `exists (... T where T.{name} ...)`"
            self._diagnostics.error("E206", f"a list has no `{name}`, its elements may", span, help=help)
            return
        names = [element for element, _ in kind.elements] if isinstance(kind, TupleOf) else []
        help = did_you_mean(name, names) or (f"it has {', '.join(f'`{n}`' for n in names)}" if names else "")
        self._diagnostics.error("E206", f"{name_of_type(kind)} has no `{name}` here", span, help=help)

    def hidden_name(self, name: str, span: Span) -> None:
        """An alias that hides another (CQL 1.5 forbids it)."""
        self._diagnostics.error("E209", f"`{name}` is a name already in use here", span, help="use another name")

    def recursive(self, ring: Sequence[str], span: Span, place: Span) -> None:
        """A definition that is defined by itself."""
        way = " uses ".join(f"`{name}`" for name in ring)
        self._diagnostics.error("E212", f"a definition uses itself: {way}", place, related=((span, "used here"),))

    def needs_arguments(self, name: str, parameters: Sequence[str], span: Span) -> None:
        """A definition with parameters that is used without them."""
        self._diagnostics.error("E210", f"`{name}` needs a value", span, help=f"write `{name}({', '.join(parameters)})`")

    def argument_count(self, name: str, parameters: Sequence[str], found: int, span: Span, place: Span) -> None:
        """A definition used with too many or too few values."""
        wanted = f"`{name}({', '.join(parameters)})` takes {len(parameters)}, here are {found}"
        self._diagnostics.error("E210", wanted, span, related=((place, "defined here"),))

    def table_use(self, name: str, is_function: bool, span: Span) -> None:
        """A table used as a name that is a function, or the other way round."""
        help = f"write `{name}(...)` with the value to look up" if is_function else f"write `{name}` alone"
        what = "looks up one value that you give it" if is_function else "looks its value up by itself"
        self._diagnostics.error("E210", f"the table `{name}` {what}", span, help=help)

    def too_large(self, span: Span) -> None:
        """An expression that its definitions blow up."""
        message = "the expression is too large with the definitions that it uses"
        self._diagnostics.error("E202", message, span, help="use fewer definitions inside one another")

    # --- types ---

    def no_fit(self, operator: str, kinds: Sequence[Type], span: Span, precision: str | None = None) -> None:
        """An operator that does not take operands of these types."""
        rows = OPERATORS.get(operator, ())
        form = rows[0].syntax if rows else operator
        sign = " ".join(re.sub(r"\{\w*\}", " ", form).split()) or form
        sign = form.split("(")[0] if form.startswith(f"{operator}(") else sign
        found = " and ".join(name_of_type(kind) for kind in kinds) or "nothing"
        wanted = sorted({len(overload.parameters) for row in rows for overload in row.overloads})
        if rows and len(kinds) not in wanted:
            counts = " or ".join(map(str, wanted))
            self._diagnostics.error("E210", f"`{sign}` takes {counts} values, here are {len(kinds)}", span)
            return
        if operator in ("Not", "Exists") and kinds and plain(kinds[0]) != BOOLEAN:
            help = _prefix_help(operator)
        else:
            help = _mixing_help(operator, [plain(kind) for kind in kinds])
        at = f" at the precision of a {precision}" if precision is not None else ""
        self._diagnostics.error("E207", f"`{sign}` does not take {found}{at}", span, help=help)

    def wrong_result(self, what: str, wanted: Type, found: Checked) -> None:
        """An expression whose value is of another type than its place needs."""
        help = ""
        if wanted == BOOLEAN and plain(found.type) == STRING and isinstance(found, checked.Fact):
            help = f"compare it: `{found.name} = '...'`"
        message = f"{what} is {name_of_type(found.type)}, wanted {name_of_type(wanted)}"
        self._diagnostics.error("E211", message, found.span, help=help)

    def not_alike(self, first: Type, second: Type, span: Span) -> None:
        """Parts of one list, interval, `if` or `case` that are of different types."""
        message = f"{name_of_type(second)} stands beside {name_of_type(first)}: both must be of one kind"
        self._diagnostics.error("E207", message, span)

    def interval_of(self, kind: Type, span: Span) -> None:
        """An interval of what has no order."""
        if plain(kind) in (BOOLEAN, CODE, CONCEPT, VALUE_SET) or isinstance(kind, (ListOf, TupleOf, IntervalOf)):
            self._diagnostics.error("E207", f"there is no interval of {_plural(kind)}", span)

    def no_extent(self, extent: str, kind: Type, span: Span) -> None:
        """`minimum` or `maximum` of a type that has none."""
        self._diagnostics.error("E207", f"{name_of_type(kind)} has no {extent}", span)

    def precision_fits(self, operator: str, precision: str, kinds: Sequence[Type], span: Span) -> bool:
        """Whether dates have the component that a phrase compares; reports it where they do not."""
        for kind in kinds:
            point = plain(kind.point if isinstance(kind, IntervalOf) else kind)
            finer = precision in PRECISIONS[3:]
            if precision not in PRECISIONS:
                if operator in COUNTS_WEEKS:
                    continue
                self._diagnostics.error("E214", f"dates are not compared by the {precision}", span)
                return False
            if (point == DATE and finer) or (point == TIME and not finer):
                message = f"{name_of_type(point)} has no {precision}"
                self._diagnostics.error("E214", message, span)
                return False
            if point not in (DATE, DATETIME, TIME, ANY) and isinstance(kind, (Simple, IntervalOf)):
                message = f"{name_of_type(kind)} has no {precision}: only dates and times are compared by it"
                self._diagnostics.error("E214", message, span)
                return False
        return True

    # --- values and units ---

    def no_value(self, holder: Checked, values: Sequence[str], constant: checked.Constant) -> None:
        """A text that a fact can never be."""
        text = str(constant.value)
        name = _name_of(holder)
        self._diagnostics.error(
            "E204",
            f"`{name}` has no value `{text}`",
            constant.span,
            label=f"not one of {', '.join(values)}",
            help=did_you_mean(text, values, quote="'"),
        )

    def no_unit(self, unit: str, span: Span) -> None:
        """A unit that UCUM does not know."""
        help = "units are UCUM codes, such as `mg/dL`, `10*9/L`, `kg/m2`; a calendar duration has no quotes: `6 months`"
        self._diagnostics.error("E208", f"`{unit}` is no unit", span, help=help)

    def no_duration(self, problem: str, span: Span) -> None:
        """A quantity that cannot be added to a date, or taken from it."""
        self._diagnostics.error("E208", problem, span)

    def units_differ(self, first: str, second: str, span: Span) -> None:
        """Two units that do not convert into one another."""
        self._diagnostics.error("E208", f"`{first}` and `{second}` do not convert into one another", span)

    def number_too_large(self, number: int, span: Span) -> None:
        """A whole number past the largest one."""
        help = f"a decimal is written with a point: `{number}.0`"
        self._diagnostics.error("E203", f"`{number}` is larger than a whole number can be", span, help=help)

    def sees_absence(self, form: str, span: Span) -> None:
        """The use of an operator that decides on what the case does not say."""
        sign = form.replace("{0}", "").replace(", {1}", "").strip().removesuffix("()")
        message = f"`{sign}` decides on what the case does not say"
        help = "leave it out where a missing fact should be asked for"
        self._diagnostics.information("I215", message, span, help=help)


def _name_of(holder: Checked) -> str:
    match holder:
        case checked.Fact():
            return holder.name
        case checked.Element():
            return holder.name
        case checked.Definition():
            return holder.name
        case _:
            return "this"


def _prefix_help(operator: str) -> str:
    if operator == "Not":
        return "`not` binds tighter than a comparison: write `not (a = b)`"
    return "`exists` binds tighter than a comparison and takes a list: write `exists (therapies T where ...)`"


def _mixing_help(operator: str, kinds: Sequence[Type]) -> str:
    """What usually mends operands of different kinds."""
    if CODE in kinds and (STRING in kinds or ListOf(STRING) in kinds):
        return "hold a code against a value set, `... in \"name\"`, or a code, `... ~ Code 'C91.00' from \"ICD-10-CM\"`"
    if QUANTITY in kinds and any(number in kinds for number in NUMBERS):
        return "a quantity is compared with a quantity: give the number its unit, `3 'mg'` or `3 months`"
    if STRING in kinds and any(date in kinds for date in (DATE, DATETIME)):
        return "a date is written `@2026-11-20`"
    if STRING in kinds and any(number in kinds for number in NUMBERS):
        return "a number has no quotes"
    if any(isinstance(kind, ListOf) for kind in kinds) and operator not in ("In", "Contains"):
        return "a list is searched: `exists (therapies T where ...)`, or counted: `Count(therapies)`"
    if BOOLEAN in kinds and operator in ("And", "Or", "Implies", "Xor"):
        return "both sides must be true or false: repeat the comparison, `a = 'x' or a = 'y'`, or write `a in {'x', 'y'}`"
    return ""


__all__ = ["Complaints", "name_of_type"]
