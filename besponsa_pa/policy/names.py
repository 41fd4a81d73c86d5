"""What may be a name in a policy, and that one name stands for one thing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Scalar
from besponsa_pa.expression import syntax
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.expression.parser import parse
from besponsa_pa.source import Excerpt, Span

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# keys that every case file has for itself, so that no fact can stand there
CASE_KEYS = frozenset({"case", "policy", "evidence", "judgments"})
# a word of CQL that the profile could do without (CQL 1.5, Appendix G: reservedWord)
RESERVED = frozenset({"all"})


@dataclass(frozen=True, slots=True)
class Named:
    """A name that expressions can use, what it stands for (`fact`, `definition` ...) and where it is declared."""

    name: str
    kind: str
    span: Span


@cache
def is_word(text: str) -> bool:
    """Whether a word has a meaning in the language, so that it is a name only in double quotes.

    The parser is asked, so that there is no second list of the grammar's words.
    """
    return text in RESERVED or not isinstance(parse(Excerpt.whole(text), Diagnostics()), syntax.Name)


def check_word(key: Scalar, name: str, kind: str, diagnostics: Diagnostics) -> None:
    """Report a name of which the first part has a meaning in the language.

    It can be used all the same in double quotes; whoever declares it in quotes knows that.
    """
    first = name.partition(".")[0]
    if not key.quoted and IDENTIFIER.fullmatch(first) and is_word(first):
        diagnostics.error(
            "E301", f"the {kind} `{name}` begins with a word of the language" if "." in name
            else f"the {kind} `{name}` has the name of a word of the language",
            key.span, help=f'choose another name, or write `"{first}"` in double quotes, here and in expressions',
        )  # fmt: skip


def check_fact_name(key: Scalar, diagnostics: Diagnostics) -> None:
    """Report a fact that no expression or no case could name."""
    first = key.text.partition(".")[0]
    if first in CASE_KEYS:
        message = f"no fact can be called `{key.text}`: `{first}` has a meaning of its own in every case"
        diagnostics.error("E302", message, key.span, help="choose another name")
        return
    check_word(key, key.text, "fact", diagnostics)


def check_parameter(key: Scalar, name: str, diagnostics: Diagnostics) -> None:
    """Report a parameter that is a word of the language: there are no quotes around it to mend that."""
    if IDENTIFIER.fullmatch(name) and is_word(name):
        message = f"the parameter `{name}` has the name of a word of the language"
        diagnostics.error("E301", message, key.span, help="choose another name")


def check_clashes(names: Iterable[Named], diagnostics: Diagnostics) -> list[Named]:
    """Report names that stand for two things, groups of facts that are values too, and hidden functions.

    The facts come first: of two names the later one is told to be the mistake, so what hides a fact, never the fact.
    Those that hide something are the answer: whoever uses such a name means what is hidden.
    """
    seen: dict[str, Named] = {}
    hiding: list[Named] = []
    for named in names:
        before = _taken(named, seen)
        if before is not None:
            _clash(named, before, diagnostics)
            hiding += [named] if named.kind != "fact" else []
        elif named.kind in ("definition", "table") and named.name in _functions():
            message = f"the {named.kind} `{named.name}` hides the function `{named.name}` of the language"
            diagnostics.error("E304", message, named.span, help="choose another name")
        for name in _prefixes(named):
            seen.setdefault(name, named)
    return hiding


def check_parameters(
    name: str, parameters: Iterable[str], span: Span, names: Mapping[str, Named], diagnostics: Diagnostics
) -> None:
    """Report parameters that hide a fact, a definition or another name of the policy."""
    for parameter in parameters:
        hidden = names.get(parameter)
        if hidden is not None:
            message = f"the parameter `{parameter}` of `{name}` hides the {hidden.kind} `{hidden.name}`"
            related = ((hidden.span, "declared here"),)
            diagnostics.error("E304", message, span, help="choose another name", related=related)


def by_first_part(names: Iterable[Named]) -> dict[str, Named]:
    """What the plain words of expressions stand for: `disease` for the fact `disease.cd22`."""
    result: dict[str, Named] = {}
    for named in names:
        result.setdefault(named.name.partition(".")[0] if named.kind == "fact" else named.name, named)
    return result


def _prefixes(named: Named) -> Iterator[str]:
    """A name, and for a fact the names of the groups that it is in."""
    parts = named.name.split(".") if named.kind == "fact" else [named.name]
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _taken(named: Named, seen: Mapping[str, Named]) -> Named | None:
    """What stands already for a name, or for a group that a fact is in."""
    for name in _prefixes(named):
        before = seen.get(name)
        if before is None:
            continue
        is_same_group = named.kind == before.kind == "fact" and name not in (named.name, before.name)
        if not is_same_group:
            return before
    return None


def _clash(named: Named, before: Named, diagnostics: Diagnostics) -> None:
    related = ((before.span, f"the {before.kind} is declared here"),)
    if named.kind == before.kind == "fact":
        group, part = sorted((named.name, before.name), key=len)
        message = f"`{group}` is a fact and cannot hold the fact `{part}` too"
        diagnostics.error("E303", message, named.span, help=f"give `{group}` another name", related=related)
        return
    message = f"the {named.kind} `{named.name}` has the name of the {before.kind} `{before.name}`"
    if before.kind == "fact" and before.name != named.name:
        message = f"the {named.kind} `{named.name}` hides the fact `{before.name}`"
    diagnostics.error("E304", message, named.span, help="choose another name", related=related)


@cache
def _functions() -> frozenset[str]:
    """The operators that are written as functions: only their names can be hidden."""
    return frozenset(name for name, rows in OPERATORS.items() if any(row.syntax.startswith(f"{name}(") for row in rows))
