"""What the rules look at: a policy as written and as checked, each of its expressions once, and the files' nodes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from besponsa_pa.diagnostic import Diagnostic, Diagnostics
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import parse_document
from besponsa_pa.expression import checked, syntax
from besponsa_pa.expression.checked import Checked
from besponsa_pa.expression.checker import Checker
from besponsa_pa.expression.environment import Environment
from besponsa_pa.policy.environment import environment_of, parse_or_null
from besponsa_pa.policy.lint.code_lists import CodeList
from besponsa_pa.policy.lint.places import subject_at
from besponsa_pa.policy.model import CompiledPolicy, Criterion, GrantValue, Leaf, Policy, Table
from besponsa_pa.policy.parts import written
from besponsa_pa.source import Excerpt, Span


@dataclass(frozen=True, slots=True)
class Written:
    """An expression in the place where it is written: whose it is, its text, its tree as written and as checked.

    `of` is the name of the criterion, definition, table, fact, pathway or advisory. A definition with parameters has
    no types before it is used: `checked` is None for it, and its body is met inside the expressions that use it.
    """

    of: str
    excerpt: Excerpt
    tree: syntax.Expression
    checked: Checked | None


@dataclass(frozen=True, slots=True)
class Context:
    """A policy without errors, as the rules look at it.

    `told` are the warnings and remarks of loading and compiling. `expressions` are all of the policy and of what it
    imports, also those that nothing uses. `files` are the nodes of each file by its name, `slots` say over which list
    an alias goes, `codes` is there when codes are to be looked up. `kept` is what rules find out for one another.
    """

    compiled: CompiledPolicy
    told: tuple[Diagnostic, ...]
    codes: CodeList | None
    files: Mapping[str, MappingNode]
    environment: Environment
    expressions: tuple[Written, ...]
    slots: Mapping[str, Checked]
    kept: dict[str, object] = field(default_factory=dict, compare=False, repr=False)

    @property
    def policy(self) -> Policy:
        """The policy as written."""
        return self.compiled.policy

    def is_own(self, span: Span) -> bool:
        """Whether a place is in the policy's own file: what it imports is there for other policies too."""
        return span.source.name == self.policy.name

    def subject(self, span: Span) -> str:
        """The name of what a place belongs to: the criterion, definition, table, fact, pathway, advisory ..."""
        root = self.files.get(span.source.name)
        return "" if root is None else subject_at(root, span.start)

    def nodes(self) -> Iterator[Checked]:
        """Every part of every checked expression; that of a definition with parameters once for each use.

        `subject` of a node's span tells what it belongs to.
        """
        for each in self.expressions:
            if each.checked is not None:
                yield from _inside(each.checked)

    def fact_of(self, node: Checked) -> str | None:
        """The name of the fact that is read: `labs.alt`, or `therapies.outcome` for an element of a list."""
        match node:
            case checked.Fact():
                return node.name
            case checked.Conversion(operand):
                return self.fact_of(operand)
            case checked.Definition(body=body):
                return self.fact_of(body)
            case checked.Element(target, name):
                holder = self.list_of(target)
                return None if holder is None else f"{holder}.{name}"
            case _:
                return None

    def list_of(self, node: Checked) -> str | None:
        """The fact whose elements an alias, or what is searched, stands for."""
        match node:
            case checked.Local(slot) if slot in self.slots:
                return self.list_of(self.slots[slot])
            case checked.Fact():
                return node.name
            case checked.Definition(body=body):
                return self.list_of(body)
            case checked.Query(sources=((_, source),)):
                return self.list_of(source)
            case checked.Operation(operands=(first, *_)):
                return self.list_of(first)
            case _:
                return None


def context_of(compiled: CompiledPolicy, told: Iterable[Diagnostic], codes: CodeList | None) -> Context:
    """Read a policy once more for the rules: what they need is not kept where cases are decided."""
    policy, nothing = compiled.policy, Diagnostics()
    files = {source.name: parse_document(source, nothing) for source in policy.sources}
    roots = {name: root for name, root in files.items() if isinstance(root, MappingNode)}
    environment = environment_of(policy, nothing)
    checker = Checker(environment, nothing)
    expressions = tuple(_written(excerpt, roots, checker, has_types) for excerpt, has_types in excerpts_of(policy))
    context = Context(compiled, tuple(told), codes, roots, environment, expressions, {})
    slots = {slot: source for node in context.nodes() for slot, source in _sources(node)}
    return Context(compiled, tuple(told), codes, roots, environment, expressions, slots)


def _written(excerpt: Excerpt, roots: Mapping[str, MappingNode], checker: Checker, has_types: bool) -> Written:
    tree = parse_or_null(excerpt, Diagnostics())
    of = subject_at(roots[excerpt.source.name], excerpt.offsets[0])
    return Written(of, excerpt, tree, checker.check(tree) if has_types else None)


def _sources(node: Checked) -> Iterator[tuple[str, Checked]]:
    if isinstance(node, checked.Query):
        yield from node.sources
        yield from ((relation.slot, relation.source) for relation in node.relations)


def _inside(node: Checked) -> Iterator[Checked]:
    """An expression and what is in it, without what a plain definition or a table holds: that is written elsewhere."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        match current:
            case checked.Definition(arguments=()):
                continue
            case checked.Lookup(key=key):
                waiting.append(key)
            case _:
                waiting.extend(reversed(list(checked.children(current))))


# --- every expression of a policy ---


def excerpts_of(policy: Policy) -> Iterator[tuple[Excerpt, bool]]:
    """The text of every expression, and whether it has a type by itself: with parameters a definition has none."""
    yield from ((fact.must, True) for fact in policy.facts.values() if fact.must is not None)
    for table in policy.tables.values():
        yield from ((excerpt, True) for excerpt in _of_table(table))
    yield from ((each.body, not each.parameters) for each in policy.definitions.values())
    for criterion in written(policy):
        if isinstance(criterion, Criterion):
            yield from ((excerpt, True) for excerpt in _of_criterion(criterion))
    for pathway in policy.pathways:
        yield from ((excerpt, True) for excerpt in (pathway.when, *_of_grant(pathway.grant)) if excerpt is not None)
    yield from ((each.when, True) for each in policy.advisories if each.when is not None)
    yield from ((each.when, True) for each in policy.guarantees)


def _of_table(table: Table) -> Iterator[Excerpt]:
    yield from (excerpt for excerpt in (table.by, table.otherwise) if excerpt is not None)
    yield from (value for _, value in table.rows)


def _of_criterion(criterion: Criterion) -> Iterator[Excerpt]:
    if criterion.given is not None:
        yield criterion.given
    if isinstance(criterion.body, Leaf):
        yield criterion.body.check


def _of_grant(grant: Mapping[str, GrantValue]) -> Iterator[Excerpt]:
    for granted in grant.values():
        if isinstance(granted.value, Excerpt):
            yield granted.value
        elif not isinstance(granted.value, str):
            yield from _of_grant(granted.value)
