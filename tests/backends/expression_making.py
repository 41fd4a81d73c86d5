"""Random expressions of every type over the facts of random policies, each with its parts, so that it can be made less.

All are well typed. What decides is at limits: decimals that round, leap days and ends of months, other units, fields
that an entry lacks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# What a policy may ask of a case, by name; a policy declares those that it reads.
FACTS: Mapping[str, Mapping[str, object]] = {
    "request.date": {"type": "Date"},
    **{name: {"type": "Boolean"} for name in ("b1", "b2", "b3")},
    **{name: {"type": "Integer"} for name in ("n1", "n2")},
    **{name: {"type": "Decimal"} for name in ("d1", "d2")},
    "weight.now": {"type": "Quantity", "unit": "kg"},
    "weight.before": {"type": "Quantity", "unit": "kg"},
    "labs.alt": {"type": "Quantity", "unit": "mg/dL"},
    "labs.limit": {"type": "Quantity", "unit": "mg/dL"},
    "s1": {"type": "String", "values": ["x", "y", "z"]},
    "s2": {"type": "String"},
    "born": {"type": "Date"},
    "given.on": {"type": "Date"},
    "diagnosis": {"type": "Code", "system": "ICD-10-CM"},
    "at_time": {"type": "Time"},
    "numbers": {"type": "List", "of": {"type": "Integer"}},
    "words": {"type": "List", "of": {"type": "String", "values": ["x", "y", "z"]}},
    "days_off": {"type": "List", "of": {"type": "Date"}},
    "codes": {"type": "List", "of": {"type": "Code", "system": "ICD-10-CM"}},
    "therapies": {
        "type": "List",
        "of": {
            "drug": {"type": "String"},
            "class": {"type": "String", "values": ["tki", "chemo", "other"]},
            "outcome": {"type": "String", "values": ["failure", "intolerance", "ongoing"]},
            "start": {"type": "Date"},
            "end": {"type": "Date"},
            "dose": {"type": "Quantity", "unit": "mg"},
            "cycles": {"type": "Integer"},
            "share": {"type": "Decimal"},
            "ok": {"type": "Boolean"},
        },
    },
}
VALUE_SETS = {
    "leukemia": {"system": "ICD-10-CM", "codes": ["C91.00", "C91.01"]},
    "many": [{"system": "ICD-10-CM", "codes": ["C91.02", "C92.00"]}, {"system": "SNOMED CT", "codes": ["91857003"]}],
}
TABLES = {
    "by_text": {"by": "s1", "values": {"x": 1, "y": 2}, "otherwise": 3},
    "by_number": {"by": "n1", "values": {"0": "1.5", "1": "2.25"}},
    "of_text": {"of": "String", "values": {"tki": "3 months", "chemo": "45 days"}, "otherwise": "1 year"},
    "of_class": {"of": "String", "values": {"tki": 2, "chemo": 4, "x": 1}},
}


@dataclass(frozen=True)
class Made:
    """An expression: its type, its text with a `%s` for each of its parts, and these. `within` is a name it needs."""

    kind: str
    template: str
    parts: tuple[Made, ...] = ()

    @property
    def text(self) -> str:
        """The expression as written."""
        return self.template % tuple(part.text for part in self.parts)

    @property
    def size(self) -> int:
        """How many expressions it is made of."""
        return 1 + sum(part.size for part in self.parts)

    def smaller(self) -> Iterator[Made]:
        """What might stand in its place and is less: a part of its type, itself with a smaller part, a plain one."""
        yield from (part for part in self.below() if part.kind == self.kind)
        if self.parts:
            yield from (Made(self.kind, leaf) for leaf in PLAIN.get(self.kind, ()))
        for at, part in enumerate(self.parts):
            for less in part.smaller():
                yield Made(self.kind, self.template, (*self.parts[:at], less, *self.parts[at + 1 :]))

    def below(self) -> Iterator[Made]:
        """All its parts, and theirs."""
        for part in self.parts:
            yield part
            yield from part.below()


PLAIN = {
    "Boolean": ("b1", "true"),
    "Integer": ("n1", "1"),
    "Decimal": ("d1", "1.5"),
    "Date": ("born", "@2024-02-29"),
    "kg": ("weight.now", "70 'kg'"),
    "mg/dL": ("labs.alt", "2 'mg/dL'"),
    "String": ("s1", "'x'"),
}
INTEGERS = ("0", "1", "2", "3", "5", "7", "12", "18", "100", "1000")
DECIMALS = ("0.5", "1.5", "2.5", "0.1", "0.33333333", "0.00000001", "1.0", "3.0", "99.99999999", "0.125", "7.0")
MASSES = ("70 'kg'", "0.5 'kg'", "100 'g'", "70000 'g'", "1500.5 'g'", "0.00000001 'kg'", "40 'mg'")
CONCENTRATIONS = ("2 'mg/dL'", "1.5 'mg/dL'", "0.02 'g/L'", "20 'mg/L'", "250 'ug/mL'")
DATES = ("@2024-02-29", "@2024-08-31", "@2023-02-28", "@2025-01-31", "@2026-11-20", "@2000-12-31", "@2025-03-01")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
ORDERS = ("before", "after", "same or before", "same or after", "=", "!=", "<", "<=", ">", ">=")
CALENDAR = ("years", "months", "weeks", "days")
SPANS = ("1 year", "6 months", "1 month", "30 days", "2 weeks", "0 days", "18 years", "13 months", "1 day", "12 months")
TIMINGS = (
    "%s {span} or less before %s", "%s {span} or more before %s", "%s less than {span} before %s",
    "%s more than {span} before %s", "%s {span} or less after %s", "%s within {span} of %s",
    "%s {span} or more after %s",
    "%s same month as %s", "%s same year as %s", "%s same month or before %s", "%s same year or after %s",
    "%s same day as %s", "%s {span} or less on or before %s", "%s before month of %s",
)  # fmt: skip


@dataclass
class ExpressionMaker:
    """Makes expressions by chance. `without` are the names of rules that are not to be used."""

    chance: random.Random
    without: frozenset[str] = frozenset()
    aliases: list[str] = field(default_factory=list)
    count: int = 0
    definitions: dict[str, Made] = field(default_factory=dict)

    def make(self, kind: str, depth: int = 3) -> Made:
        """An expression of a type, not deeper than so many steps."""
        rules = RULES[kind] if depth > 0 else LEAVES[kind]
        usable = [rule for rule in rules if rule.__name__ not in self.without]
        return self.pick(usable)(self, depth - 1)

    def pick(self, choices: Sequence) -> object:  # type: ignore[type-arg]
        return choices[int(self.chance.random() * len(choices))]

    def of(self, kind: str, template: str, *parts: Made) -> Made:
        return Made(kind, template, parts)

    def word(self, choices: Sequence[str], kind: str) -> Made:
        return Made(kind, str(self.pick(choices)).replace("%", "%%"))

    def new_alias(self) -> str:
        self.count += 1
        return f"T{self.count}"


Rule = Callable[[ExpressionMaker, int], Made]


def _fact_rule(kind: str, *names: str) -> Rule:
    def fact(m: ExpressionMaker, _: int) -> Made:
        return m.word(names, kind)

    return fact


def _field(m: ExpressionMaker, names: Sequence[str]) -> str | None:
    """A field of an entry, where one has a name here."""
    return f"{m.pick(m.aliases)}.{m.pick(names)}" if m.aliases and m.chance.random() < 0.7 else None


def _leaf(kind: str, facts: Sequence[str], fields: Sequence[str], literals: Sequence[str]) -> Rule:
    def leaf(m: ExpressionMaker, _: int) -> Made:
        name = _field(m, fields) if fields else None
        if name is not None:
            return Made(kind, name)
        return m.word(facts if m.chance.random() < 0.65 or not literals else literals, kind)

    return leaf


boolean_leaf = _leaf("Boolean", ("b1", "b2", "b3"), ("ok",), ())
integer_leaf = _leaf("Integer", ("n1", "n2"), ("cycles",), INTEGERS)
decimal_leaf = _leaf("Decimal", ("d1", "d2"), ("share",), DECIMALS)
date_leaf = _leaf("Date", ("born", "given.on", "request.date"), ("start", "end"), DATES)
mass_leaf = _leaf("kg", ("weight.now", "weight.before"), ("dose",), MASSES)
concentration_leaf = _leaf("mg/dL", ("labs.alt", "labs.limit"), (), CONCENTRATIONS)
text_leaf = _leaf(
    "String", ("s1", "s2"), ("drug", "class", "outcome"), ("'x'", "'tki'", "'other'", "'X'", "'Imatinib'")
)
ORDERED = ("Integer", "Decimal", "Date", "kg", "mg/dL")

# --- truth ---


def logic(m: ExpressionMaker, depth: int) -> Made:
    template = m.pick(("(%s and %s)", "(%s and %s)", "(%s or %s)", "(%s or %s)", "(%s xor %s)", "(%s implies %s)"))
    return m.of("Boolean", str(template), m.make("Boolean", depth), m.make("Boolean", depth))


def negation(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Boolean", "(not %s)", m.make("Boolean", depth))


def absence(m: ExpressionMaker, depth: int) -> Made:
    kind = str(m.pick(("Boolean", "Integer", "Date", "kg", "String")))
    return m.of("Boolean", str(m.pick(("(%s is null)", "(%s is not null)"))), m.make(kind, depth))


def truth_test(m: ExpressionMaker, depth: int) -> Made:
    template = m.pick(("(%s is true)", "(%s is false)", "(%s is not true)", "(%s is not false)"))
    return m.of("Boolean", str(template), m.make("Boolean", depth))


def comparison(m: ExpressionMaker, depth: int) -> Made:
    kind = str(m.pick(ORDERED))
    sign = m.pick(ORDERS if kind == "Date" else COMPARISONS)
    return m.of("Boolean", f"(%s {sign} %s)", m.make(kind, depth), m.make(kind, depth))


def mixed_comparison(m: ExpressionMaker, depth: int) -> Made:
    kinds = [m.pick(("Integer", "Decimal")) for _ in range(2)]
    parts = [m.make(str(kind), depth) for kind in kinds]
    return m.of("Boolean", f"(%s {m.pick((*COMPARISONS, '~', '!~'))} %s)", *parts)


def limit(m: ExpressionMaker, depth: int) -> Made:
    """A value against a fixed one, as most criteria are."""
    kind, words = m.pick(
        (("Integer", INTEGERS), ("Decimal", DECIMALS), ("Date", DATES), ("kg", MASSES), ("mg/dL", CONCENTRATIONS))
    )
    return m.of("Boolean", f"(%s {m.pick(COMPARISONS)} %s)", m.make(kind, depth), m.word(words, kind))


def text_comparison(m: ExpressionMaker, _: int) -> Made:
    sign = m.pick(("=", "!=", "~", "!~"))
    fact, word = m.pick((("s2", "'Imatinib'"), ("s2", "'other'"), ("s1", "'x'"), ("s1", "'y'")))
    name = _field(m, ("drug",))
    if name is not None:
        return m.of("Boolean", f"(%s {sign} 'Imatinib')", Made("String", name))
    return m.of("Boolean", f"({fact} {sign} {word})")


def field_text(m: ExpressionMaker, depth: int) -> Made:
    if not m.aliases:
        return text_comparison(m, depth)
    at, sign = m.pick(m.aliases), m.pick(("=", "=", "!=", "~"))
    part, word = m.pick((("class", "tki"), ("class", "chemo"), ("outcome", "failure"), ("outcome", "intolerance")))
    return m.of("Boolean", f"({at}.{part} {sign} '{word}')")


def membership(m: ExpressionMaker, _: int) -> Made:
    at = m.pick(m.aliases) if m.aliases else None
    options = ["(s1 in {'x', 'y'})", "(not (s1 in {'z'}))", "(s2 in {'other', 'Imatinib'})", "(n1 in {1, 2, 3})",
               "({1, 5} contains n2)", "(s1 in words)", "(words contains 'x')", "(numbers contains 3)",
               "(days_off contains @2024-02-29)", "(numbers contains n1)", "(n1 in numbers)"]  # fmt: skip
    if at is not None:
        options = [
            f"({at}.outcome in {{'failure', 'intolerance'}})",
            f"({at}.class in {{'tki'}})",
            f"({at}.cycles in numbers)",
        ]
    return m.of("Boolean", str(m.pick(options)))


def code_membership(m: ExpressionMaker, _: int) -> Made:
    options = ('(diagnosis in "leukemia")', '(diagnosis in "many")',
               "(exists (codes C where C in \"leukemia\"))", '(not (diagnosis in "leukemia"))')  # fmt: skip
    return m.of("Boolean", str(m.pick(options)))


def between(m: ExpressionMaker, depth: int) -> Made:
    kind = str(m.pick(ORDERED))
    word = m.pick(("between", "between", "properly between"))
    return m.of("Boolean", f"(%s {word} %s and %s)", *(m.make(kind, depth) for _ in range(3)))


def in_interval(m: ExpressionMaker, depth: int) -> Made:
    kind = str(m.pick(ORDERED))
    opening, closing = m.pick("[[[("), m.pick("]])")
    word = "during" if kind == "Date" and m.chance.random() < 0.4 else "in"
    return m.of("Boolean", f"(%s {word} Interval{opening}%s, %s{closing})", *(m.make(kind, depth) for _ in range(3)))


def fixed_interval(m: ExpressionMaker, depth: int) -> Made:
    template = str(
        m.pick(
            (
                "(%s in Interval[0, 5])",
                "(%s in Interval[1, 12))",
                "(%s in Interval(0, null])",
                "(%s in Interval[null, 3])",
            )
        )
    )
    return m.of("Boolean", template, m.make("Integer", depth))


def recent(m: ExpressionMaker, depth: int) -> Made:
    span = m.pick(SPANS)
    return m.of("Boolean", f"(%s in Interval[request.date - {span}, request.date])", m.make("Date", depth))


def timing(m: ExpressionMaker, depth: int) -> Made:
    template = str(m.pick(TIMINGS)).format(span=m.pick(SPANS))
    return m.of("Boolean", f"({template})", m.make("Date", depth), m.make("Date", depth))


def choice(kind: str) -> Rule:
    def choose(m: ExpressionMaker, depth: int) -> Made:
        if m.chance.random() < 0.7:
            return m.of(
                kind, "(if %s then %s else %s)", m.make("Boolean", depth), m.make(kind, depth), m.make(kind, depth)
            )
        parts = [m.make(each, depth) for each in ("Boolean", kind, "Boolean", kind, kind)]
        return m.of(kind, "(case when %s then %s when %s then %s else %s end)", *parts)

    choose.__name__ = "choice"
    return choose


def case_of_text(m: ExpressionMaker, depth: int) -> Made:
    parts = (m.make("Integer", depth), m.make("Integer", depth))
    return m.of("Integer", "(case s1 when 'x' then %s when 'y' then 4 else %s end)", *parts)


def coalesced(kind: str) -> Rule:
    def coalesce(m: ExpressionMaker, depth: int) -> Made:
        return m.of(kind, "Coalesce(%s, %s)", m.make(kind, depth), m.make(kind, depth))

    return coalesce


def defined(kind: str) -> Rule:
    def definition(m: ExpressionMaker, depth: int) -> Made:
        if m.aliases:
            return m.make(kind, depth)
        known = [name for name, made in m.definitions.items() if made.kind == kind]
        if not known or m.chance.random() < 0.3:
            name = f"named_{len(m.definitions) + 1}"
            made = m.make(kind, depth)
            name = f"named_{len(m.definitions) + 1}"
            m.definitions[name] = made
            known = [name]
        return Made(kind, str(m.pick(known)))

    return definition


# --- lists ---


def query(m: ExpressionMaker, depth: int, tail: str = "") -> tuple[str, Made]:
    """The template and the condition of a search in the therapies; the name of its element is put into `tail`."""
    alias = m.new_alias()
    m.aliases.append(alias)
    condition = m.make("Boolean", max(1, depth))
    m.aliases.pop()
    return f"therapies {alias} where %s" + tail.format(alias), condition


def exists(m: ExpressionMaker, depth: int) -> Made:
    template, condition = query(m, depth)
    return m.of("Boolean", f"(exists ({template}))", condition)


def exists_simple(m: ExpressionMaker, _: int) -> Made:
    options = ("(exists therapies)", "(exists numbers)", "(exists (numbers N where N > 2))",
               "(exists (words W where W = 'x'))",
               "(exists (days_off D where D before request.date))", "(not exists therapies)",
               "(exists (numbers N where N > n1))")  # fmt: skip
    return m.of("Boolean", str(m.pick(options)))


def any_true(m: ExpressionMaker, depth: int) -> Made:
    alias = m.new_alias()
    m.aliases.append(alias)
    condition = m.make("Boolean", depth)
    m.aliases.pop()
    return m.of("Boolean", f"{m.pick(('AnyTrue', 'AllTrue'))}(therapies {alias} return all %s)", condition)


def count(m: ExpressionMaker, depth: int) -> Made:
    template, condition = query(m, depth)
    return m.of("Integer", f"Count({template})", condition)


def count_distinct(m: ExpressionMaker, depth: int) -> Made:
    template, condition = query(m, depth, f" return {{0}}.{m.pick(('class', 'start', 'cycles', 'drug'))}")
    return m.of("Integer", f"Count({template})", condition)


def count_simple(m: ExpressionMaker, _: int) -> Made:
    return m.of("Integer", str(m.pick(("Count(numbers)", "Count(therapies)", "Count(words W where W != 'z')"))))


def aggregate(m: ExpressionMaker, depth: int) -> Made:
    how = m.pick(("Sum", "Min", "Max", "Sum"))
    template, condition = query(m, depth, " return all {0}.cycles")
    return m.of("Integer", str(m.pick((f"{how}({template})", f"{how}({template})"))), condition)


def aggregate_simple(m: ExpressionMaker, _: int) -> Made:
    return m.of("Integer", f"{m.pick(('Sum', 'Min', 'Max'))}(numbers)")


def aggregate_dates(m: ExpressionMaker, depth: int) -> Made:
    if m.chance.random() < 0.3:
        return m.of("Date", f"{m.pick(('Min', 'Max'))}(days_off)")
    template, condition = query(m, depth, f" return all {{0}}.{m.pick(('start', 'end'))}")
    return m.of("Date", f"{m.pick(('Min', 'Max'))}({template})", condition)


def average(m: ExpressionMaker, depth: int) -> Made:
    template, condition = query(m, depth, " return all {0}.share")
    return m.of("Decimal", f"{m.pick(('Avg', 'Sum', 'Max'))}({template})", condition)


def last(part: str, kind: str) -> Rule:
    def last_entry(m: ExpressionMaker, depth: int) -> Made:
        sort = m.pick((" sort by start", " sort by end desc", "", " sort by cycles"))
        template, condition = query(m, depth, str(sort))
        return m.of(kind, f"{m.pick(('First', 'Last'))}({template}).{part}", condition)

    return last_entry


# --- numbers ---


def integer_arithmetic(m: ExpressionMaker, depth: int) -> Made:
    sign = m.pick(("+", "-", "*", "+", "-", "div", "mod"))
    return m.of("Integer", f"(%s {sign} %s)", m.make("Integer", depth), m.make("Integer", depth))


def rounding(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Integer", f"{m.pick(('Ceiling', 'Floor', 'Truncate'))}(%s)", m.make("Decimal", depth))


def duration(m: ExpressionMaker, depth: int) -> Made:
    how = m.pick(("{0} between %s and %s", "{0} between %s and %s", "difference in {0} between %s and %s"))
    return m.of("Integer", f"({str(how).format(m.pick(CALENDAR))})", m.make("Date", depth), m.make("Date", depth))


def integer_sign(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Integer", str(m.pick(("(-%s)", "Abs(%s)"))), m.make("Integer", depth))


def looked_up(m: ExpressionMaker, _: int) -> Made:
    return m.of("Integer", str(m.pick(("by_text", "of_class(s1)", *(f"of_class({a}.class)" for a in m.aliases)))))


def component(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Integer", f"({m.pick(('year', 'month', 'day'))} from %s)", m.make("Date", depth))


def decimal_arithmetic(m: ExpressionMaker, depth: int) -> Made:
    sign = m.pick(("+", "-", "*", "/", "/"))
    kinds = [str(m.pick(("Decimal", "Decimal", "Integer"))) for _ in range(2)]
    if kinds == ["Integer", "Integer"] and sign != "/":
        kinds = ["Decimal", "Integer"]
    return m.of("Decimal", f"(%s {sign} %s)", *(m.make(kind, depth) for kind in kinds))


def rounded(m: ExpressionMaker, depth: int) -> Made:
    return m.of(
        "Decimal",
        str(m.pick(("Round(%s, 2)", "Round(%s)", "Round(%s, 0)", "Abs(%s)", "(-%s)"))),
        m.make("Decimal", depth),
    )


def number_of_quantity(m: ExpressionMaker, depth: int) -> Made:
    kind, unit = m.pick((("kg", "g"), ("mg/dL", "g/L")))
    return m.of("Decimal", f"(convert %s to '{unit}').value", m.make(kind, depth))


def number_table(m: ExpressionMaker, _: int) -> Made:
    return m.of("Decimal", "by_number")


def power(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Decimal", str(m.pick(("Power(%s, 2)", "Power(%s, 0.5)", "Ln(%s)"))), m.make("Decimal", depth))


# --- quantities, dates, texts ---


def quantity_arithmetic(kind: str) -> Rule:
    def arithmetic(m: ExpressionMaker, depth: int) -> Made:
        if m.chance.random() < 0.5:
            return m.of(kind, f"(%s {m.pick('+-')} %s)", m.make(kind, depth), m.make(kind, depth))
        number = m.make(str(m.pick(("Decimal", "Integer"))), min(depth, 1))
        if m.chance.random() < 0.3:
            return m.of(kind, "(%s / %s)", m.make(kind, depth), number)
        return m.of(kind, "(%s * %s)", number, m.make(kind, depth))

    arithmetic.__name__ = "quantity_arithmetic"
    return arithmetic


def date_arithmetic(m: ExpressionMaker, depth: int) -> Made:
    if m.chance.random() < 0.15:
        table = m.pick(("of_text(s1)", "of_text('tki')", *(f"of_text({alias}.class)" for alias in m.aliases)))
        return m.of("Date", f"(%s {m.pick('+-')} {table})", m.make("Date", depth))
    return m.of("Date", f"(%s {m.pick('+-')} {m.pick(SPANS)})", m.make("Date", depth))


def text_change(m: ExpressionMaker, depth: int) -> Made:
    return m.of("String", str(m.pick(("Lower(%s)", "Upper(%s)"))), m.make("String", depth))


def length(m: ExpressionMaker, depth: int) -> Made:
    return m.of("Integer", "Length(%s)", m.make("String", depth))


def text_test(m: ExpressionMaker, depth: int) -> Made:
    return m.of(
        "Boolean",
        str(m.pick(("StartsWith(%s, 'I')", "(%s ~ 'x')", "(Lower(%s) = 'imatinib')"))),
        m.make("String", depth),
    )


LEAVES: Mapping[str, Sequence[Rule]] = {
    "Boolean": (boolean_leaf, field_text, membership),
    "Integer": (integer_leaf,),
    "Decimal": (decimal_leaf,),
    "Date": (date_leaf,),
    "kg": (mass_leaf,),
    "mg/dL": (concentration_leaf,),
    "String": (text_leaf,),
}
RULES: Mapping[str, Sequence[Rule]] = {
    "Boolean": (
        boolean_leaf, logic, logic, logic, negation, absence, truth_test, comparison, comparison, mixed_comparison,
        limit, limit, limit, text_comparison, field_text, membership, code_membership, between, in_interval,
        fixed_interval, recent, timing, timing, choice("Boolean"), coalesced("Boolean"), exists, exists, exists_simple,
        any_true, text_test, defined("Boolean"),
    ),
    "Integer": (
        integer_leaf, integer_leaf, integer_arithmetic, integer_arithmetic, rounding, duration, duration, integer_sign,
        looked_up, component, count, count, count_distinct, count_simple, aggregate, aggregate_simple, case_of_text,
        choice("Integer"), coalesced("Integer"), last("cycles", "Integer"), length, defined("Integer"),
    ),
    "Decimal": (
        decimal_leaf, decimal_leaf, decimal_arithmetic, decimal_arithmetic, rounded, number_of_quantity, number_table,
        average, choice("Decimal"), coalesced("Decimal"), last("share", "Decimal"), power, defined("Decimal"),
    ),
    "Date": (
        date_leaf, date_leaf, date_arithmetic, date_arithmetic, aggregate_dates, choice("Date"), coalesced("Date"),
        last("start", "Date"), defined("Date"),
    ),
    "kg": (
        mass_leaf, mass_leaf, quantity_arithmetic("kg"), choice("kg"), last("dose", "kg"), coalesced("kg"),
        defined("kg"),
    ),
    "mg/dL": (
        concentration_leaf, concentration_leaf, quantity_arithmetic("mg/dL"), choice("mg/dL"), coalesced("mg/dL"),
    ),
    "String": (text_leaf, text_leaf, choice("String"), coalesced("String"), text_change, last("class", "String")),
}  # fmt: skip
