"""Expressions made of others by chance, over facts of every type, and the facts known a little and then better.

The beginnings are the examples of the table of operators, searches over the facts below, and HL7's tests where they
are there; words are changed, left out, put in and moved from one to another.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.expression import checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.expression.evaluator import evaluator
from besponsa_pa.expression.frames import Failure
from besponsa_pa.expression.functions import CHAPTERS
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt
from besponsa_pa.terminology import system_names
from besponsa_pa.types import (
    BOOLEAN,
    CODE,
    DATE,
    DATETIME,
    DECIMAL,
    INTEGER,
    LONG,
    STRING,
    TIME,
    ListOf,
    Simple,
    TupleOf,
    Type,
    with_unit,
)  # fmt: skip
from besponsa_pa.values import (
    Code,
    Date,
    DateTime,
    Missing,
    Quantity,
    Time,
    TupleValue,
    Value,
    ValueSet,
    from_fact,
)  # fmt: skip

ROOT = Path(__file__).parent.parent.parent
SUITE = Path(os.environ.get("CQL_TESTS") or ROOT.parent / "shared" / "conformance") / "cql-tests.jsonl"

OUTCOME = Simple("String", values=("failure", "response"))
THERAPY = TupleOf((("drug", STRING), ("outcome", OUTCOME), ("begin", DATE), ("doses", INTEGER)))
FACTS: Mapping[str, Type] = {
    "born": DATE, "asked": DATE, "seen": DATETIME, "hour_of_visit": TIME, "count": INTEGER, "serial": LONG,
    "share": DECIMAL, "weight": with_unit("kg"), "name": STRING, "is_adult": BOOLEAN, "is_pregnant": BOOLEAN,
    "diagnosis": CODE, "doses": ListOf(INTEGER), "visits": ListOf(DATE), "therapies": ListOf(THERAPY),
}  # fmt: skip
ENVIRONMENT = Environment(
    facts=FACTS,
    value_sets={"ALL": ValueSet("ALL", frozenset([("ICD-10-CM", "C91.00"), ("ICD-10-CM", "C91.01")]))},
    code_systems=system_names(),
)

OVER_FACTS = (
    "years between born and asked >= 18", "born before asked", "asked - 6 months", "months between born and asked",
    "exists (therapies T where T.outcome = 'failure' and T.begin 12 months or less before asked)",
    "Count(therapies T where T.drug = 'imatinib' return T.doses) >= 2", "Sum(therapies T return all T.doses)",
    "(therapies T where T.doses > count sort by begin desc)", "Max(visits)", "visits union {asked}", "distinct doses",
    "First((therapies T sort by begin))", "from therapies A, therapies B where A.begin < B.begin return A.drug",
    "therapies T with visits V such that T.begin same or before V", "doses D aggregate R starting 0: R + D",
    "weight > 70 'kg'", "weight * 2.0 + 500 'g'", 'diagnosis in "ALL"', "diagnosis ~ Code 'C91.00' from \"ICD-10-CM\"",
    "if is_adult then count else doses[0]", "case when count > 1 then 'many' when count = 1 then 'one' else name end",
    "is_adult implies is_pregnant", "is_adult xor is_pregnant", "not is_adult or count > 2", "name + 'x' = 'ax'",
    "Interval[born, asked] overlaps Interval[asked - 1 year, asked]", "seen during day of Interval[born, asked]",
    "asked in Interval[born, born + 18 years)", "asked within 30 days of born", "hour_of_visit < @T12:00",
    "share between 0.1 and 0.5", "serial div 3L", "Interval[count, count + 3] includes 5", "date from seen = asked",
    "CalculateAgeInYearsAt(born, asked) between 1 and 17", "therapies[0].drug", "singleton from doses",
    "AllTrue(therapies T return all T.doses > 1)", "{count, doses[0]} contains 3", "{1, 2} intersect doses",
    "expand Interval[born, asked] per year", "collapse {Interval[born, asked], Interval[asked, seen]}",
    "flatten {doses, {count}}", "Median(doses)", "IndexOf(doses, count)", "Take(doses, count)", "successor of count",
    "count is not null", "Coalesce(count, 0)", "year from born", "ToString(count)", "convert weight to 'g'",
)  # fmt: skip

WORD = re.compile(r"'(?:[^'\\]|\\.)*'|\"[^\"]*\"|@[0-9T:.\-+Z]+|\w+|\s+|.", re.DOTALL)


@cache
def beginnings() -> tuple[tuple[str, ...], ...]:
    """Every expression to begin with, in its words."""
    texts = [text for rows in CHAPTERS.values() for row in rows for text, _ in row.examples]
    suite = SUITE.read_text("utf-8").splitlines() if SUITE.is_file() else []
    texts += [json.loads(line)["expression"] for line in suite]
    return tuple(tuple(WORD.findall(text)) for text in (*OVER_FACTS * 8, *texts))


@cache
def words() -> tuple[str, ...]:
    """Every word that may come in; names of facts often."""
    return tuple(word for one in beginnings() for word in one) + tuple(FACTS) * 60


# Words that may stand for one another; numbers, texts, dates and facts of one type may too.
LIKE = [
    "= != ~ !~ < <= > >=", "and or xor implies", "before after", "starts ends overlaps meets", "start end",
    "union intersect except", "+ -", "* / div mod ^", "in contains", "includes", "during", "all distinct", "asc desc",
    "year month day hour minute second millisecond", "years months weeks days hours minutes seconds milliseconds",
    "Sum Count Min Max Avg Median First Last Product Mode StdDev Variance", "AllTrue AnyTrue", "exists not",
    "Floor Ceiling Truncate Round Abs Ln Exp", "Skip Take", "with without", "( [", ") ]", "true false null",
]  # fmt: skip


def chance_from(seed: int) -> random.Random:
    """Chance that takes the same way every time."""
    return random.Random(seed)  # noqa: S311 - nothing here is secret


CHANGES = ("like",) * 5 + ("replace", "delete", "insert", "move", "move")


@cache
def peers() -> Mapping[str, Sequence[str]]:
    """By a word, those that may stand for it."""
    groups = [group.split() for group in LIKE]
    groups += [[name for name in FACTS if FACTS[name] == kind] for kind in FACTS.values()]
    for pattern in (r"[0-9]+", r"'.*'", r"@[0-9].*", r"@T.*", r"[0-9]+L"):
        groups.append(sorted({word for word in words() if re.fullmatch(pattern, word)}))
    return {word: group for group in groups for word in group if len(group) > 1}


def mutated(chance: random.Random, beginning: tuple[str, ...] | None = None) -> str:
    """An expression with up to three of its words changed, most often each for one like it."""
    changed = list(beginning or chance.choice(beginnings()))
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(changed) + 1)
        match chance.choice(CHANGES):
            case "like":
                alike = [at for at, word in enumerate(changed) if word in peers()]
                if alike:
                    at = chance.choice(alike)
                    changed[at] = chance.choice(peers()[changed[at]])
            case "replace":
                changed[place : place + 1] = [chance.choice(words())]
            case "delete":
                del changed[place : place + 1]
            case "insert":
                changed.insert(place, chance.choice(words()))
            case _:
                other = chance.choice(beginnings())
                start = chance.randrange(len(other))
                changed[place : place + chance.choice((0, 1, 3))] = other[start : start + chance.randint(1, 9)]
    return "".join(changed)


# --- loaded and evaluated ---


@dataclass(frozen=True, slots=True)
class Loaded:
    """An expression that was not refused; whether it asks if something is known, and whether it has powers."""

    text: str
    node: checked.Checked
    sees_absence: bool
    has_power: bool


def loaded(text: str) -> Loaded | None:
    """An expression as checked, or None when it is refused, as it must be: with words, and a place for each."""
    diagnostics = Diagnostics()
    tree = parse(Excerpt.whole(text), diagnostics)
    node = None if tree is None else Checker(ENVIRONMENT, diagnostics).check(tree)
    if node is None or diagnostics.has_errors:
        errors = [each for each in diagnostics if each.severity is Severity.ERROR]
        assert errors, "it is refused without a word"
        assert all(each.message and each.span is not None and each.span.end <= len(text) for each in errors)
        return None
    sees_absence = any(each.code == "I215" for each in diagnostics)
    return Loaded(text, node, sees_absence, has_power="^" in text or "Power" in text)


def result_of(expression: Loaded, frame: Mapping[str, Value]) -> Value | Failure:
    """The value of an expression for a case, or its failure."""
    try:
        return evaluator(expression.node)(dict(frame))
    except Failure as failure:
        return failure


# --- what is known of the facts ---


def _missing(place: str) -> Missing:
    return Missing(frozenset([place]))


def _dates(place: str, date: Date) -> tuple[Value, ...]:
    """A date not known, then by its year, by its month, wholly."""
    return _missing(place), from_fact(Date(date.year), place), from_fact(Date(date.year, date.month), place), date


def _therapies(parts: Sequence[tuple[str, str, Date, int]]) -> tuple[Value, ...]:
    """Therapies not known at all, then each in part, then wholly."""
    steps: list[list[Value]] = [[], [], []]
    for index, (drug, outcome, begin, doses) in enumerate(parts):
        place = f"therapies[{index}]"
        unknown = {name: _missing(f"{place}.{name}") for name in ("drug", "outcome", "begin", "doses")}
        known: dict[str, Value] = {"drug": drug, "outcome": outcome, "begin": begin, "doses": doses}
        partly = {**known, "outcome": unknown["outcome"], "begin": from_fact(Date(begin.year), f"{place}.begin")}
        for step, elements in zip(steps, ({**unknown, "drug": drug}, partly, known), strict=True):
            step.append(TupleValue(elements))
    return (_missing("therapies"), *map(tuple, steps))


THERAPIES = [
    [("imatinib", "failure", Date(2024, 5, 2), 3), ("dasatinib", "response", Date(2026, 1, 31), 1)],
    [("imatinib", "response", Date(2026, 11, 20), 0)],
    [],
]
DATES = (Date(1984, 2, 29), Date(2024, 12, 31), Date(2026, 11, 20))


def ladder(name: str, chance: random.Random) -> tuple[Value, ...]:
    """What may be known of a fact, from nothing to all of it."""
    match name:
        case "born" | "asked":
            return _dates(name, chance.choice(DATES))
        case "seen":
            moment = DateTime(2026, 11, 20, 9, 30, 0, 0, chance.choice((None, 0, -300)))
            return _missing(name), from_fact(DateTime(2026, 11), name), from_fact(DateTime(2026, 11, 20), name), moment
        case "hour_of_visit":
            return _missing(name), from_fact(Time(11), name), Time(11, 59, 0, 0)
        case "therapies":
            return _therapies(chance.choice(THERAPIES))
        case "visits":
            early, late = _dates("visits[0]", Date(2026, 2, 1)), _dates("visits[1]", Date(2026, 2, 28))
            return (_missing(name), *map(tuple, zip(early, late, strict=True)))
        case "doses":
            known = chance.choice(((), (1,), (3, 1, 3)))
            unknown = tuple(_missing(f"doses[{index}]") for index in range(len(known)))
            return _missing(name), unknown, (*known[:1], *unknown[1:]), known
        case _:
            return _missing(name), chance.choice(WHOLE[name])


WHOLE: Mapping[str, Sequence[Value]] = {
    "count": (0, 1, 3, 2**31 - 1), "serial": (0, 3, -(2**63)), "share": (Decimal("0.10"), Decimal(0), Decimal(-2)),
    "weight": (Quantity(Decimal("70.0"), "kg"), Quantity(Decimal(71000), "g")), "name": ("a", "", "it's"),
    "is_adult": (True, False), "is_pregnant": (True, False),
    "diagnosis": (Code("C91.00", "ICD-10-CM"), Code("C91.00", "SNOMED CT"), Code("Z00", "ICD-10-CM")),
}  # fmt: skip


def two_frames(chance: random.Random) -> tuple[dict[str, Value], dict[str, Value]]:
    """The same case known a little, and better: what the first one knows, the second one knows too."""
    less: dict[str, Value] = {}
    more: dict[str, Value] = {}
    for name in FACTS:
        steps = ladder(name, chance)
        first = chance.randrange(len(steps))
        less[name], more[name] = steps[first], steps[chance.randrange(first, len(steps))]
    return less, more
