"""The reference pages in `docs/`, from what the program itself reads: the table of operators, the diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from besponsa_pa.diagnostic import CATALOGUE
from besponsa_pa.expression.functions import CHAPTERS, Operator, Unknowns
from besponsa_pa.expression.functions.table import Overload
from besponsa_pa.policy.lint import NAMES, RULES

# --- operators ---

OPERATORS_HEAD = """\
# Operators

Every operator and function of the language, by the chapters of HL7's Clinical Quality Language 1.5 (CQL). How they work
together is shown in [expressions](expressions.md). `a`, `b` and `c` stand for the operands. `T` is any type, the same
wherever it stands in one line. A whole number is taken where a decimal is wanted, a date where a date with time is, a
code where a concept is, a value set where a list of codes is.

How an operator meets null ("has no value") and missing facts ("not known"):

- *spread*: one operand that is null makes the result null. One that is missing makes the result missing, with the facts
  that would tell. Null comes first: no answer would help.
- *spread, within bounds*: the same. An operand that is known within bounds, such as a partial date, gives a result
  within bounds.
- *sees nulls*: what it does with null is said of it. Missing facts spread.
- *decides*: it decides itself, as is said of it. The result is missing only where a missing fact can still change it.
- *decides, in order*: the same. An operand that is not needed is not looked at.
"""
OPERANDS = "abcdefgh"


def operators_page() -> str:
    """The page of all operators, as Markdown.

    Each has its forms, what it does, its signatures, how it meets nulls and missing facts, examples with their
    results, which run as tests, and the place in the CQL specification.
    """
    return "\n".join(_operators_lines())


def _operators_lines() -> Iterator[str]:
    yield OPERATORS_HEAD
    yield "\n".join(f"- [{chapter}](#{_anchor(chapter)})" for chapter in CHAPTERS) + "\n"
    for chapter, rows in CHAPTERS.items():
        yield f"## {chapter}\n"
        for row in rows:
            yield from _operator(row)


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _operator(row: Operator) -> Iterator[str]:
    yield f"### {row.name}\n"
    yield ", ".join(f"`{form}`" for form in forms(row)) + "\n"
    yield row.doc + "\n"
    yield "| takes | gives |"
    yield "|---|---|"
    for overload in row.overloads:
        yield _table_row(_types(overload), str(overload.result))
    yield ""
    yield "| example | result |"
    yield "|---|---|"
    for example, result in row.examples:
        yield _table_row(example, result)
    yield ""
    yield f"Nulls and missing facts: {_unknowns(row)}. {row.section}.\n"


def forms(row: Operator) -> tuple[str, ...]:
    """How an operator is written, with letters for its operands: without a precision, and by the day."""
    plain = _form(row, None)
    if not row.takes_precision:
        return (plain,)
    if "{precision" in row.syntax:
        return (_form(row, "year"), _form(row, "day"))
    return (plain, _form(row, "day"))


def _form(row: Operator, precision: str | None) -> str:
    return row.syntax.format(
        *OPERANDS,
        precision=precision,
        precisions=f"{precision}s",
        of_precision=f"{precision} of " if precision else "",
        spaced_precision=f"{precision} " if precision else "",
    )


def _types(overload: Overload) -> str:
    return ", ".join(map(str, overload.parameters))


def _table_row(*cells: str) -> str:
    return "| " + " | ".join("`" + cell.replace("|", "\\|") + "`" for cell in cells) + " |"


def _unknowns(row: Operator) -> str:
    words = {
        Unknowns.SPREAD: "spread",
        Unknowns.NULLS: "sees nulls",
        Unknowns.OWN: "decides",
        Unknowns.LAZY: "decides, in order",
    }[row.unknowns]
    if row.unknowns is Unknowns.SPREAD and any(set(overload.directions) & {"+", "-"} for overload in row.overloads):
        words += ", within bounds"
    if row.sees_absence:
        words += "; a missing fact counts as null, and `check` points out each use (`I215`)"
    return words


# --- diagnostics ---

DIAGNOSTIC_CHAPTERS = {
    "1": "Reading a file", "2": "Expressions", "3": "Policies", "4": "Cases", "5": "Finding a policy",
    "6": "Tests of a policy", "7": "Lint of a policy", "8": "Batches of cases",
}  # fmt: skip
SEVERITIES = {"E": "error", "W": "warning", "I": "remark"}


def diagnostics_page(introduction: str) -> str:
    """The page of all diagnostics, as Markdown: the introduction, which people write, and the codes by chapters."""
    lines = [introduction.rstrip()]
    for digit, codes in groupby(sorted(CATALOGUE, key=lambda code: (code[1:], code)), lambda code: code[1]):
        lines += ["", f"## {DIAGNOSTIC_CHAPTERS[digit]}", "", "| code | | what |", "|---|---|---|"]
        for code in codes:
            page = f" See [{NAMES[code]}](lint/{NAMES[code]}.md)." if code in NAMES else ""
            lines.append(f"| `{code}` | {SEVERITIES[code[0]]} | {_sentence(code)}{page} |")
    return "\n".join(lines) + "\n"


def lint_page(introduction: str) -> str:
    """The page of all rules of lint, as Markdown: the introduction, which people write, and a row for each rule."""
    lines = [introduction.rstrip(), "", "## The rules", "", "| rule | code | | what it finds |", "|---|---|---|---|"]
    for rule in RULES:
        notes = [" Mended by `--fix`."] * rule.mends + [" With `--codes` only."] * rule.needs_codes
        severity = SEVERITIES[rule.code[0]]
        name = f"[`{rule.name}`]({rule.name}.md)"
        lines.append(f"| {name} | `{rule.code}` | {severity} | {_sentence(rule.code)}{''.join(notes)} |")
    return "\n".join(lines) + "\n"


def _sentence(code: str) -> str:
    sentence = CATALOGUE[code].rstrip(".")
    return f"{sentence[0].upper()}{sentence[1:]}."
