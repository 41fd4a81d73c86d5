"""What the checker says of a mistake: found and wanted, in the analyst's words, with help that mends it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from besponsa_pa import units
from besponsa_pa.diagnostic import HERE_TOO, Diagnostics, Severity, did_you_mean
from besponsa_pa.expression import checked
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.date_help import date_written_otherwise
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.expression.literals import calendar_unit
from besponsa_pa.expression.name_help import LEFT_OUT, function_help, name_help
from besponsa_pa.expression.operand_help import name_of_type, operand_help, plural_of_type
from besponsa_pa.source import Span
from besponsa_pa.types import (
    ANY,
    BOOLEAN,
    CODE,
    CONCEPT,
    DATE,
    DATETIME,
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

# Weeks are counted, but no date has a week to compare by (CQL 1.5, Date and Time Precisions).
COUNTS_WEEKS = ("DurationBetween", "DifferenceBetween")


class Complaints:
    """Reports what is wrong with expressions over a set of facts."""

    def __init__(self, facts: Mapping[str, Type], diagnostics: Diagnostics) -> None:
        self._facts = facts
        self._diagnostics = diagnostics

    # --- names ---

    def unknown_name(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A name that nothing declares; perhaps a text that lacks its quotes."""
        help = name_help(name, list(candidates), self._facts) or "declare it as a fact, or mend its name"
        is_quoted = span.source.text[span.start : span.start + 1] == '"'
        label = "not a value set, a definition or a fact" if is_quoted else "not a fact or a definition"
        self._diagnostics.error_once("E206", f"there is no `{name}`", span, label=label, help=help)

    def hyphenated(self, name: str, meant: str, span: Span) -> None:
        """A name with a hyphen, which is read as a subtraction."""
        message = f"`{name}` is read as a subtraction"
        self._diagnostics.error("E206", message, span, help=f"did you mean `{meant}`?")

    def unknown_system(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A code system that is not known: a code of it would never match."""
        candidates = list(candidates)
        written = f'"{name}"'
        near = did_you_mean(written, (f'"{each}"' for each in candidates))
        help = near or "known are " + ", ".join(f"`{each}`" for each in candidates[:12])
        at = span.source.text.find(written, span.start, span.end)
        place = span if at < 0 else Span(span.source, at, at + len(written))
        self._diagnostics.error("E206", f"there is no code system `{name}`", place, help=help)

    def unknown_function(self, name: str, span: Span, candidates: Iterable[str]) -> None:
        """A function that there is none of, or none on purpose."""
        if name in LEFT_OUT:
            reason, help = LEFT_OUT[name]
            self._diagnostics.error("E213", f"`{name}` is left out: {reason}", span, help=help)
            return
        help = function_help(name, candidates)
        self._diagnostics.error_once("E206", f"there is no function `{name}`", span, help=help)

    def no_element(self, name: str, kind: Type, span: Span) -> None:
        """A name after a dot that what stands before the dot does not have."""
        if isinstance(kind, ListOf) and isinstance(kind.element, TupleOf):
            help = f"search the list: `exists (... T where T.{name} ...)`"
            self._diagnostics.error("E206", f"a list has no `{name}`, its elements may", span, help=help)
            return
        names = [element for element, _ in kind.elements] if isinstance(kind, TupleOf) else []
        help = did_you_mean(name, names) or (f"it has {', '.join(f'`{n}`' for n in names)}" if names else "")
        if plain(kind) in (DATE, DATETIME) and name in PRECISIONS:
            help = f"write `{name} from ...`"
        elif isinstance(kind, Simple):
            help = "it has no parts: compare it as it is"
        self._diagnostics.error("E206", f"{name_of_type(kind)} has no `{name}`", span, help=help)

    def number_of_any_unit(self, span: Span) -> None:
        """The number of a quantity whose unit the case may choose."""
        help = "convert it first: `(convert patient.weight to 'kg').value`"
        self._diagnostics.error("E207", "without its unit the number of a quantity says nothing", span, help=help)

    def hidden_name(self, name: str, span: Span) -> None:
        """An alias that hides another (CQL 1.5 forbids it)."""
        self._diagnostics.error("E209", f"`{name}` is a name already in use here", span, help="use another name")

    def recursive(self, ring: Sequence[str], span: Span, place: Span) -> None:
        """A definition that is defined by itself."""
        way = " uses ".join(f"`{name}`" for name in ring)
        help = f"say what `{ring[0]}` is without the use of `{ring[0]}`"
        message = f"a definition uses itself: {way}"
        self._diagnostics.error("E212", message, place, help=help, related=((span, "used here"),))

    def needs_arguments(self, name: str, parameters: Sequence[str], span: Span) -> None:
        """A definition with parameters that is used without them."""
        self._diagnostics.error(
            "E210",
            f"`{name}` needs a value",
            span,
            help=f"put it in parentheses behind the name: `{name}({', '.join(parameters)})`",
        )

    def argument_count(self, name: str, parameters: Sequence[str], found: int, span: Span, place: Span) -> None:
        """A definition used with too many or too few values."""
        form = f"{name}({', '.join(parameters)})" if parameters else name
        message = f"`{form}` takes {_counted([len(parameters)])}, found {found or 'none'}"
        help = "" if parameters else f"write `{name}` alone"
        if len(parameters) == 1 and found > 1:
            help = f"use it for each value: `{name}(...) and {name}(...)`"
        elif parameters:
            help = f"give it a value for each of {', '.join(f'`{each}`' for each in parameters)}"
        self._diagnostics.error("E210", message, span, help=help, related=((place, "defined here"),))

    def table_use(self, name: str, is_function: bool, span: Span) -> None:
        """A table used as a name that is a function, or the other way round."""
        help = f"write `{name}(...)` with the value to look up" if is_function else f"write `{name}` alone"
        what = "looks up one value that you give it" if is_function else "looks its value up by itself"
        self._diagnostics.error("E210", f"the table `{name}` {what}", span, help=help)

    def too_large(self, span: Span) -> None:
        """An expression that its definitions blow up."""
        message = "the expression is too large with the definitions that it uses"
        self._diagnostics.error("E202", message, span, help="use fewer definitions inside one another")

    def wrong_key(self, wanted: Type, found: Type, span: Span) -> None:
        """A key of a table that can never be what the table depends on."""
        help = "a table depends on a single value" if isinstance(wanted, ListOf) else ""
        message = f"the table depends on {name_of_type(wanted)}, and this is {name_of_type(found)}"
        self._diagnostics.error("E207", message, span, help=help)

    # --- types ---

    def no_fit(
        self,
        operator: str,
        kinds: Sequence[Type],
        span: Span,
        precision: str | None = None,
        argument: Span | None = None,
    ) -> None:
        """An operator that does not take operands of these types.

        Inside a definition with parameters the mistake stands where it is used: `argument` is the value given there.
        """
        rows = OPERATORS.get(operator, ())
        if not rows:
            self._diagnostics.error("E213", f"`{operator.lower()}` is left out of the language", span)
            return
        sign = _sign(operator, rows[0].syntax)
        counts = sorted({len(overload.parameters) for row in rows for overload in row.overloads})
        if len(kinds) not in counts:
            message = f"`{sign}` takes {_counted(counts)}, found {len(kinds) or 'none'}"
            self._diagnostics.error("E210", message, span)
            return
        found = " and ".join(name_of_type(kind) for kind in kinds) or "nothing"
        at = f" at the precision of a {precision}" if precision is not None else ""
        message = f"`{sign}` does not take {found}{at}"
        if argument is not None:
            self._no_argument(message, span, argument)
            return
        if self._is_mistaken(span) or (any(plain(kind) in (DATE, DATETIME) for kind in kinds) and self._no_date(span)):
            return
        help = operand_help(operator, kinds, span.source.text[span.start : span.end])
        if not help and precision is not None:
            help = f"only dates and times are compared by the {precision}"
        self._diagnostics.error("E207", message, span, help=help)

    def _no_argument(self, message: str, span: Span, argument: Span) -> None:
        """A value that a definition with parameters was given, and that does not fit where it is used in there."""
        if not self._is_mistaken(argument):
            help = "give the definition a value of the kind that it is held against"
            self._diagnostics.error("E207", message, argument, help=help, related=((span, "used here"),))

    def _no_date(self, span: Span) -> bool:
        """A date without its sign, in quotes, or in another order than year, month and day; whether there is one."""
        # `@1984-3-2` is taken for `@1984-3` less 2: the date goes on behind what does not fit
        date = date_written_otherwise(span.source.text[span.start : span.end + len("-31")])
        if date is None or span.start + date.start >= span.end:
            return False
        place = Span(span.source, span.start + date.start, span.start + date.end)
        message = f"`{place.source.text[place.start : place.end]}` is no date here"
        self._diagnostics.error("E203", message, place, label=date.reading, help=f"write `{date.meant}`")
        return True

    def wrong_result(self, what: str, wanted: Type, found: Checked) -> None:
        """An expression whose value is of another type than its place needs.

        Not told of one that holds a mistake: what it would be without that is not known.
        """
        if self._is_mistaken(found.span):
            return
        words = "true or false" if wanted == BOOLEAN else name_of_type(wanted)
        message = f"{what} is {name_of_type(found.type)}, wanted {words}"
        help = _condition_help(found) if wanted == BOOLEAN else ""
        self._diagnostics.error("E211", message, found.span, help=help)

    def _is_mistaken(self, span: Span) -> bool:
        errors = (each for each in self._diagnostics if each.severity is Severity.ERROR and each.span is not None)
        return any(
            place is not None and place.source is span.source and span.start <= place.start <= place.end <= span.end
            for each in errors
            for place in (each.span, *(other for other, label in each.related if label == HERE_TOO))
        )

    def not_alike(self, first: Type, second: Type, span: Span) -> None:
        """Parts of one list, interval, `if` or `case` that are of different types."""
        message = f"{name_of_type(second)} stands beside {name_of_type(first)}: both must be of one kind"
        self._diagnostics.error("E207", message, span)

    def interval_of(self, kind: Type, span: Span) -> None:
        """An interval of what has no order."""
        if plain(kind) in (BOOLEAN, CODE, CONCEPT, VALUE_SET) or isinstance(kind, (ListOf, TupleOf, IntervalOf)):
            self._diagnostics.error("E207", f"there is no interval of {plural_of_type(kind)}", span)

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
                help = "a date ends with its day; a fact with a time is of the type `DateTime`" if point == DATE else ""
                self._diagnostics.error("E214", message, span, help=help)
                return False
            if point not in (DATE, DATETIME, TIME, ANY) and isinstance(kind, (Simple, IntervalOf)):
                message = f"{name_of_type(kind)} has no {precision}: only dates and times are compared by it"
                self._diagnostics.error("E214", message, span)
                return False
        return True

    # --- values and units ---

    def compared_with_null(self, form: str, span: Span) -> None:
        """A comparison with null, which never comes to true or false."""
        message = f"`{_sign('', form)}` with `null` is never true and never false"
        help = "what a case does not say is found by `is null`, or `is not null`"
        self._diagnostics.warning("W216", message, span, help=help)

    def fact_in_quotes(self, name: str, span: Span) -> None:
        """The name of a fact between the quotes of a text."""
        message = f"`'{name}'` is a text, not the fact `{name}`"
        self._diagnostics.warning("W217", message, span, help=f"a fact stands without quotes: `{name}`")

    def no_value(self, holder: Checked, values: Sequence[str], constant: checked.Constant) -> None:
        """A text that a fact can never be."""
        text = str(constant.value)
        name = _name_of(holder)
        joined = next((each for each in values if text in re.split(r"[\s;|/]+", each)), None)
        help = did_you_mean(text, values, quote="'") or f"write one of them, or add `{text}` to the values of `{name}`"
        if joined is not None:
            help = f"`{joined}` is one value of `{name}`: a comma divides it into several"
        label = f"not one of {', '.join(values)}"
        self._diagnostics.error_once("E204", f"`{name}` has no value `{text}`", constant.span, label=label, help=help)

    def no_unit(self, unit: str, span: Span) -> None:
        """A unit that UCUM does not know."""
        near = units.ucum_for(unit)
        written = span.source.text[span.start : span.end]
        meant = written.replace(f"'{unit}'", f"'{near}'") if f"'{unit}'" in written else near
        help = f"did you mean `{meant}`?" if near else "units are UCUM codes, such as `mg/dL`, `10*9/L`, `kg/m2`"
        if calendar_unit(unit) is not None:
            help = f"a calendar duration has no quotes: `6 {unit}`"
        self._diagnostics.error("E208", f"`{unit}` is no unit", span, help=help)

    def no_duration(self, problem: str, span: Span) -> None:
        """A quantity that cannot be added to a date, or taken from it."""
        self._diagnostics.error("E208", problem, span, help="a date moves by such as `6 months` or `90 days`")

    def units_differ(self, first: str, second: str, span: Span) -> None:
        """Two units that do not convert into one another."""
        near = [
            f"there is also the unit `{meant}`"
            for each in (second, first)
            if (meant := units.ucum_for(each)) is not None
        ]
        message = f"`{first}` and `{second}` do not convert into one another"
        help = next(iter(near), f"give it in `{first}`, or in a unit that converts into it")
        self._diagnostics.error("E208", message, span, help=help)

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
        case checked.Element(checked.Local(slot)):
            return f"{slot.partition('#')[0]}.{holder.name}"
        case checked.Element():
            return holder.name
        case checked.Definition():
            return holder.name
        case _:
            return "this"


def _sign(operator: str, form: str) -> str:
    """How an operator is written, without its operands."""
    if form.startswith(f"{operator}("):
        return operator
    without_precision = re.sub(r"\{(?!precisions)[a-z]\w*\}", " ", form).replace("{precisions}", "years")
    words = " ".join(re.sub(r"\{\w*\}", " ... ", without_precision).split())
    return words.removeprefix("... ").removesuffix(" ...") or form


def _counted(counts: Sequence[int]) -> str:
    """How many values are wanted: one of some numbers."""
    *most, last = [str(count) if count else "no" for count in counts]
    words = f"{', '.join(most)} or {last}" if most else last
    return f"{words} value{'s' if counts[-1] > 1 else ''}"


def _condition_help(found: Checked) -> str:
    """How what is no condition becomes one."""
    name = found.name if isinstance(found, (checked.Fact, checked.Definition)) else ""
    if isinstance(found.type, ListOf):
        return f"ask whether it holds something: `exists ({name or 'list'} T where ...)`"
    if not name or (isinstance(found, checked.Definition) and found.arguments):
        return "compare it with something: `... = ...`"
    if plain(found.type) == STRING:
        return f"compare it: `{name} = '{_first_value(found.type)}'`"
    return f'compare it: `{name} in "a value set"`' if plain(found.type) == CODE else f"compare it: `{name} >= ...`"


def _first_value(kind: Type) -> str:
    values = kind.values if isinstance(kind, Simple) else None
    return values[0] if values else "..."
