"""Random small policies, as text that the loader reads, and as trees that can be made less where engines differ."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from expression_making import FACTS, TABLES, VALUE_SETS, ExpressionMaker, Made

from besponsa_pa import CompiledPolicy
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.source import Source

Tree: TypeAlias = "None | int | str | Made | list[Tree] | dict[str, Tree]"
Policy = dict[str, Tree]
TRIES = 9
GRADES = ("attestation", "documentation", "claims")
GRANTED = ("Integer", "Decimal", "kg", "String", "Boolean", "Date")
# what has to stand where it does
KEPT = {"id", "pathways", "check", "judgment", "all", "any", "none", "at_least", "count", "of", "decision"}


class PolicyMaker:
    """Makes policies by chance, of expressions that are not deeper than `depth`.

    `accepts` says whether an expression is wanted, with the definitions that it may name; after some tries one is
    taken all the same. `without` are rules of expressions that are not to be used.
    """

    def __init__(
        self,
        chance: random.Random,
        accepts: Callable[[Made, Mapping[str, Made]], bool] = lambda *_: True,
        depth: int = 3,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.chance, self.accepts, self.depth = chance, accepts, depth
        self.expressions = ExpressionMaker(chance, without)
        self.criteria = 0

    def policy(self) -> Policy:
        """Another policy."""
        self.expressions.definitions, self.criteria = {}, 0
        pathways: Policy = {f"p{at}": self._pathway() for at in range(self.chance.choice((1, 1, 1, 2, 3)))}
        made: Policy = {"pathways": pathways}
        otherwise = self.chance.choice((None, "deny", "pend"))
        if otherwise is not None:
            made["otherwise"] = {"decision": otherwise}
        if self.expressions.definitions:
            made["definitions"] = dict(self.expressions.definitions)
        if self.chance.random() < 0.3:
            made["evidence"] = {name: self.chance.choice(GRADES) for name in FACTS if self.chance.random() < 0.3}
        return made

    def _condition(self, less: int = 0) -> Made:
        return self._expression("Boolean", max(1, self.depth - less))

    def _expression(self, kind: str, depth: int) -> Made:
        """One that is accepted. What is tried last is plain, for that is seldom refused."""
        before = dict(self.expressions.definitions)
        for tries in range(TRIES):
            made = self.expressions.make(kind, max(0, depth - tries // 3))
            if self.accepts(made, self.expressions.definitions):
                break
            self.expressions.definitions = dict(before)
        return made

    def _pathway(self) -> Policy:
        chance = self.chance
        pathway: Policy = {}
        if chance.random() < 0.5:
            pathway["when"] = self._condition(1)
        if chance.random() < 0.85:
            pathway["require"] = self._criterion(2, required=True)
        for key in ("exclude", "review"):
            if chance.random() < 0.3:
                pathway[key] = [self._criterion(1) for _ in range(chance.choice((1, 1, 2)))]
        if chance.random() < 0.35:
            pathway["grant"] = self._grant()
        return pathway or {"require": self._criterion(0, required=True)}

    def _grant(self) -> Policy:
        made: Policy = {}
        for name in ("quantity", "until", "inner")[: self.chance.choice((1, 1, 2, 3))]:
            value = self._expression(self.chance.choice(GRANTED), 2)
            made[name] = {"part": value} if name == "inner" else value
        return made

    def _criterion(self, depth: int, *, required: bool = False) -> Policy:
        chance = self.chance
        self.criteria += 1
        made: Policy = {"id": f"c{self.criteria}"}
        kinds = ("check",) * 5 + ("judgment",) + (("all", "all", "any", "none", "at_least") if depth else ())
        kind = chance.choice(kinds)
        if chance.random() < 0.2:
            made["given"] = self._condition(1)
        if required and chance.random() < 0.3:
            made["on_unmet"] = chance.choice(("pend", "deny"))
        if chance.random() < 0.1:
            made["evidence"] = chance.choice(GRADES)
        if kind == "check":
            return {**made, "check": self._condition()}
        if kind == "judgment":
            return {**made, "judgment": "Is it so?"}
        within = required and kind != "none"
        children: list[Tree] = [self._criterion(depth - 1, required=within) for _ in range(chance.choice((1, 2, 2, 3)))]
        if kind != "at_least":
            return {**made, kind: children}
        return {**made, kind: {"count": chance.randint(1, len(children)), "of": children}}


# --- as the engine reads it ---


def text_of(policy: Policy) -> str:
    """The policy as the loader reads it, with the facts, tables and value sets that it names."""
    evidence = policy.get("evidence", {})
    assert isinstance(evidence, dict)
    body = "\n".join(_lines({key: part for key, part in policy.items() if key != "evidence"}, ""))
    tables = {name: table for name, table in TABLES.items() if re.search(rf"\b{name}\b", body)}
    said = body + json.dumps(tables)
    facts = {
        name: {**fact, **({"evidence": evidence[name]} if name in evidence else {})}
        for name, fact in FACTS.items()
        if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", said)
    }
    head = ["policy: random", "title: Random", 'version: "1"', f"facts: {json.dumps(facts)}"]
    if tables:
        head.append(f"tables: {json.dumps(tables)}")
    if 'in "' in body:
        head.append(f"value_sets: {json.dumps(VALUE_SETS)}")
    return "\n".join([*head, body, ""])


def _lines(tree: Mapping[str, Tree], indent: str) -> Iterator[str]:
    """A group of a policy as YAML; expressions are folded texts, which need no quotes."""
    for key, part in tree.items():
        match part:
            case Made():
                yield f"{indent}{key}: >-\n{indent}  {part.text}"
            case dict():
                yield f"{indent}{key}:"
                yield from _lines(part, indent + "  ")
            case list():
                yield f"{indent}{key}:"
                for each in part:
                    assert isinstance(each, dict)
                    first, *rest = _lines(each, indent + "    ")
                    yield f"{indent}  - {first.lstrip()}"
                    yield from rest
            case _:
                yield f"{indent}{key}: {part}"


def compiled_of(policy: Policy) -> CompiledPolicy | None:
    """The policy as checked; None where the checker refuses it, which is no mistake of an engine."""
    diagnostics = Diagnostics()
    written = load(Source(text_of(policy), "policy.yaml"), lambda *_: None, diagnostics)
    return None if written is None else compile_policy(written, diagnostics)


def complaints_of(policy: Policy) -> list[str]:
    """What the checker says of a policy."""
    diagnostics = Diagnostics()
    written = load(Source(text_of(policy), "policy.yaml"), lambda *_: None, diagnostics)
    if written is not None:
        compile_policy(written, diagnostics)
    return [each.message for each in diagnostics if each.severity is Severity.ERROR]


# --- made less ---


def smaller(tree: Tree) -> Iterator[Tree]:
    """Trees with something left out or made plainer, the greatest steps first; some of them are no policies."""
    match tree:
        case Made():
            yield from tree.smaller()
        case dict():
            yield from _smaller_group(tree)
        case list():
            if len(tree) > 1:
                yield from ([*tree[:at], *tree[at + 1 :]] for at in range(len(tree)))
            for at, part in enumerate(tree):
                yield from ([*tree[:at], less, *tree[at + 1 :]] for less in smaller(part))


def _smaller_group(tree: Mapping[str, Tree]) -> Iterator[Tree]:
    for inside in ("all", "any", "none"):
        children = tree.get(inside)
        if isinstance(children, list):
            yield from children
    for key in tree:
        if key not in KEPT:
            yield {name: part for name, part in tree.items() if name != key}
    for key, part in tree.items():
        yield from ({**tree, key: less} for less in smaller(part))
