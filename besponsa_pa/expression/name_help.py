"""What mends a name that there is none of: misspelt, called otherwise elsewhere, or left out on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from besponsa_pa.diagnostic import did_you_mean
from besponsa_pa.expression.reading_help import ABSENT, small_letters
from besponsa_pa.types import ListOf, Simple, TupleOf, Type

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
    "CalculateAgeInMonths": (EVERY_DAY, "say when: `CalculateAgeInMonthsAt(patient.birth_date, request.date)`"),
    "Message": ("an expression has a value and sends no messages", "an advisory is told with every outcome"),
    "Slice": ("CQL 1.5 does not have it", "write `Take(Skip(list, 2), 3)`"),
    "Children": ("parts of unlike kinds have no common type", "name the part: `therapy.drug`"),
    "Descendents": ("parts of unlike kinds have no common type", "name the part: `therapy.drug`"),
}

# what stands in expressions without quotes
NAME = re.compile(r"[A-Za-z_][\w.]*")
# functions of spreadsheets and databases, and what says the same here
FUNCTIONS_FOR = {
    "yearfrac": "years between a and b", "datedif": "months between a and b", "datediff": "days between a and b",
    "edate": "request.date + 6 months", "iif": "if ... then ... else ...", "isnull": "a is null",
    "isblank": "a is null", "ifnull": "Coalesce(a, b)", "nvl": "Coalesce(a, b)", "len": "Length(text)",
    "countif": "Count(list L where ...)", "roundup": "Ceiling(a)", "rounddown": "Floor(a)",
}  # fmt: skip
# what people write for a search, by what it asks
SEARCHES_FOR = {
    **dict.fromkeys(
        ("any", "some", "one", "each", "exist", "has"), "write `exists`; it asks whether a search finds any"
    ),
    **dict.fromkeys(("all", "every"), "write `not exists (... where not (...))`: none without it"),
    **dict.fromkeys(("no", "none"), "write `not exists`; it asks whether a search finds none"),
}


# --- names ---


def name_help(name: str, candidates: Sequence[str], facts: Mapping[str, Type]) -> str:
    """What was meant by a name that nothing declares; "" where nothing is near."""
    if name in _texts(facts):
        return f"a text stands in single quotes: `'{name}'`"
    if any(name.lower() == each.lower() for each in candidates):
        return did_you_mean(name, candidates)
    if name.lower() in ("true", "yes", "false", "no"):
        return f"write `{'true' if name.lower() in ('true', 'yes') else 'false'}`"
    if name.lower() in ABSENT:
        return "what a case does not say is found by `is null`"
    if help := small_letters(name):
        return help
    if inside := sorted(each for each in candidates if each.startswith(f"{name}.")):
        return f"under `{name}` there are " + ", ".join(f"`{each}`" for each in inside[:6])
    if parts := sorted(each for each in candidates if each.endswith(f".{name}")):
        return f"did you mean `{parts[0]}`?"
    return _near_name(name, candidates)


def _near_name(name: str, candidates: Sequence[str]) -> str:
    """What was misspelt: of a name in a known group only the rest is compared."""
    group, dot, rest = name.rpartition(".")
    beside = [each for each in candidates if each.startswith(f"{group}.")]
    if dot and beside:
        near = did_you_mean(rest, (each.removeprefix(f"{group}.") for each in beside))
        listed = ", ".join(f"`{each}`" for each in sorted(beside)[:6])
        return near.replace("`", f"`{group}.", 1) or f"under `{group}` there are {listed}"
    if dot and len(group) == 1:
        return f"`{group}` is known only inside its search; after `sort by`, `{rest}` stands alone"
    if dot:
        return did_you_mean(name, candidates)
    plain_names = (each if NAME.fullmatch(each) else f'"{each}"' for each in candidates if "." not in each)
    last_parts = {each.rpartition(".")[2]: each for each in sorted(candidates, reverse=True) if "." in each}
    if near := did_you_mean(name, plain_names):
        return near
    near = did_you_mean(name, last_parts, quote="")
    if near:
        return f"did you mean `{last_parts[near.removeprefix('did you mean ').removesuffix('?')]}`?"
    return f"if it is a text, it stands in single quotes: `'{name}'`"


def _texts(facts: Mapping[str, Type]) -> set[str]:
    """Every text that a fact may be."""
    kinds: list[Type] = list(facts.values())
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


# --- functions ---


def function_help(name: str, candidates: Iterable[str]) -> str:
    """What was meant by a function that there is none of."""
    form = FUNCTIONS_FOR.get(name.lower())
    help = SEARCHES_FOR.get(name.lower()) or (f"here it is written `{form}`" if form else "")
    if help := help or did_you_mean(name, candidates, cutoff=0.7):
        return help
    if name.lower().startswith("age"):
        return "an age is written `years between patient.birth_date and request.date`"
    return "declare it as a definition with parameters, or use a function of the language"
