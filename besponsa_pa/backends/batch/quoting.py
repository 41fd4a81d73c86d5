"""Names and texts as DuckDB's SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable


def identifier(name: str) -> str:
    """A name in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """A list of texts."""
    return "[" + ", ".join(map(literal, texts)) + "]"


def all_of(conditions: Iterable[str]) -> str:
    """Conditions that must all hold."""
    return " AND ".join(f"({each})" for each in conditions) or "TRUE"


def any_of(conditions: Iterable[str]) -> str:
    """Conditions of which one must hold."""
    return " OR ".join(f"({each})" for each in conditions) or "FALSE"


def count_of(conditions: Iterable[str]) -> str:
    """How many of some conditions hold."""
    return " + ".join(f"({each})::INTEGER" for each in conditions) or "0"


def path(names: Iterable[str]) -> str:
    """The place of a value in a JSON text."""
    return "$" + "".join('."' + name + '"' for name in names)


def colons(text: str) -> str:
    """How many colons a text has. JSON has one for each key, and what stands inside of quotes."""
    return f"(len(string_split({text}, ':')) - 1)"
