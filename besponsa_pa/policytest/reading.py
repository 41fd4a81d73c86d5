"""Reads the tests that stand beside a policy: cases in the analyst's words, and what must be decided of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Node, Scalar, Sequence, load_schema, validate
from besponsa_pa.facts import declared_name
from besponsa_pa.policy.model import Citation, CompiledPolicy, criteria_of
from besponsa_pa.policy.nodes import citations
from besponsa_pa.source import Span

ERROR = "error"
# keys of a test that name things of the policy, several of them
LISTS = ("because", "asks", "advises")
# keys that say something of a determination, so nothing of a case that is refused
DECIDED = (*LISTS, "pend", "pathway", "grant")
# what the names under a key are names of
KINDS = {
    "because": "criterion",
    "asks": "fact",
    "advises": "advisory",
    "pathway": "pathway",
    "cites": "criterion or advisory",
    "references": "reference",
}
# the name under which `cites` means what the policy says when no pathway applies
OTHERWISE = "otherwise"


@dataclass(frozen=True, slots=True)
class PolicyTest:
    """One test: a case, and what is expected of it.

    `expected` holds by its key (`because`, `asks` ...) what the test says, lists without an order, a grant with
    its names joined by dots. `cites` holds by the name of a criterion or an advisory what it cites, as
    `cited_text` writes it. What a test does not say is not looked at.
    """

    name: str
    case: MappingNode
    decision: str
    expected: dict[str, str | frozenset[str] | dict[str, str]]
    says: str | None
    span: Span
    cites: Mapping[str, frozenset[str]] = field(default_factory=dict)


def cited_text(citation: Citation) -> str:
    """A citation in words: `label at Background`, or only `label`."""
    return citation.reference if citation.at is None else f"{citation.reference} at {citation.at}"


def read_tests(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> tuple[PolicyTest, ...]:
    """The tests of a file, held against its schema and the names of the policy.

    Every mistake is reported with its place, for a misspelt name would test nothing. The tests that can be run
    come back all the same.
    """
    validate(node, load_schema("tests.schema.json"), diagnostics, "tests")
    if not isinstance(node, MappingNode):
        return ()
    reader = _Reader(compiled, diagnostics)
    _check_policy(node.get("policy"), compiled, diagnostics)
    base = reader.base(node.get("base"))
    tests = (reader.test(each, base) for each in _items(node.get("tests")))
    return tuple(test for test in tests if test is not None)


def read_equivalent_mutants(node: Node) -> tuple[tuple[Scalar, Scalar], ...]:
    """The changes of a policy that decide nothing otherwise, as its analyst lists them, each with the reason.

    No test can tell them from the policy, so none is expected to. What has no such shape is left out: the schema
    tells of it when the tests are read.
    """
    listed = _items(node.get("equivalent_mutants")) if isinstance(node, MappingNode) else ()
    pairs = ((each.get("mutant"), each.get("reason")) for each in listed if isinstance(each, MappingNode))
    return tuple((mutant, why) for mutant, why in pairs if isinstance(mutant, Scalar) and isinstance(why, Scalar))


def _check_policy(node: Node | None, compiled: CompiledPolicy, diagnostics: Diagnostics) -> None:
    if isinstance(node, Scalar) and node.text != compiled.policy.id:
        message = f"these are tests of `{node.text}`, and the policy beside them is `{compiled.policy.id}`"
        diagnostics.error("E605", message, node.span, help="mend the name, or move the file beside its policy")


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def _scalars(node: Node | None) -> tuple[Scalar, ...]:
    return tuple(item for item in _items(node) if isinstance(item, Scalar))


def _text_of(node: Node | None) -> str | None:
    return node.text if isinstance(node, Scalar) else None


Entries = dict[str, tuple[Scalar, Node]]


@dataclass(slots=True)
class _Reader:
    """Reads tests, and holds what they name against the policy."""

    compiled: CompiledPolicy
    diagnostics: Diagnostics
    _groups: frozenset[str] = field(init=False)
    _known: dict[str, frozenset[str]] = field(init=False)
    _names: dict[str, Span] = field(default_factory=dict)

    def __post_init__(self) -> None:
        facts = self.compiled.policy.facts
        names = [*facts, *(f"evidence.{name}" for name in facts)]
        self._groups = frozenset(
            {".".join(name.split(".")[:length]) for name in names for length in range(1, name.count(".") + 1)}
            | {"evidence", "judgments"}
        )
        criteria = (criterion for pathway in self.compiled.pathways for criterion in criteria_of(pathway))
        self._known = {
            "because": frozenset(criterion.id for criterion in criteria),
            "asks": frozenset(facts),
            "advises": frozenset(advisory.id for advisory in self.compiled.advisories),
            "pathway": frozenset(pathway.name for pathway in self.compiled.pathways),
            "references": frozenset(self.compiled.policy.references),
        }
        otherwise = frozenset() if self.compiled.otherwise is None else frozenset({OTHERWISE})
        self._known["cites"] = self._known["because"] | self._known["advises"] | otherwise

    def base(self, node: Node | None) -> MappingNode | None:
        """The case to begin with, if there is one in which nothing is wrong."""
        if not isinstance(node, MappingNode):
            return None
        found = Diagnostics()
        case_from_node(node, self.compiled, found)
        self.diagnostics.extend(found)
        return None if found.has_errors else node

    def test(self, node: Node, base: MappingNode | None) -> PolicyTest | None:
        """One test, or None when it cannot be run."""
        if not isinstance(node, MappingNode):
            return None
        name, decision = node.get("name"), _text_of(node.get("expect"))
        if not isinstance(name, Scalar) or decision is None:
            return None
        self._check_name(name)
        self._check_keys(node, decision)
        case = self._case(node, base, name)
        expected = {
            what: value
            for what in DECIDED
            if (found := node.get(what)) is not None and (value := self._expected(what, found)) is not None
        }
        says = _text_of(node.get("says"))
        cites = dict(self._cites(node.get("cites")))
        return None if case is None else PolicyTest(name.text, case, decision, expected, says, name.span, cites)

    def _check_name(self, name: Scalar) -> None:
        first = self._names.setdefault(name.text, name.span)
        if first is not name.span:
            related = ((first, "the first one"),)
            self.diagnostics.error("E603", "two tests have the same name", name.span, related=related)

    def _check_keys(self, node: MappingNode, decision: str) -> None:
        """Report keys that say nothing of what is expected: they would never fail."""
        idle = (*DECIDED, "cites") if decision == ERROR else ("says",)
        for key, _ in node.entries:
            if key.text in idle:
                message = f"`{key.text}` says nothing when `expect` is `{decision}`"
                self.diagnostics.error("E604", message, key.span, help="delete it, or mend `expect`")

    # --- what is expected ---

    def _expected(self, what: str, node: Node) -> str | frozenset[str] | dict[str, str] | None:
        if what in LISTS:
            named = _scalars(node)
            self._check_known(what, named)
            return frozenset(each.text for each in named)
        if what == "grant":
            return dict(_flat_texts(node))
        if isinstance(node, Scalar):
            self._check_known(what, (node,))
        return _text_of(node)

    def _cites(self, node: Node | None) -> Iterator[tuple[str, frozenset[str]]]:
        for name, listed in node.entries if isinstance(node, MappingNode) else ():
            cited = citations(listed)
            self._check_known("cites", (name,))
            for each in cited:
                if each.reference:  # what names none has been reported
                    self._check_name_known("references", each.reference, each.span)
            yield name.text, frozenset(map(cited_text, cited))

    def _check_known(self, what: str, named: Iterable[Scalar]) -> None:
        for each in named:
            self._check_name_known(what, each.text, each.span)

    def _check_name_known(self, what: str, name: str, span: Span) -> None:
        known = self._known.get(what)
        if known is not None and name not in known:
            message = f"the policy has no {KINDS[what]} `{name}`"
            self.diagnostics.error("E601", message, span, help=did_you_mean(name, known))

    # --- the case ---

    def _case(self, node: MappingNode, base: MappingNode | None, name: Scalar) -> MappingNode | None:
        """The case of a test: its own or the base, with what is different and without what is not known."""
        own = node.get("case")
        begun = own if isinstance(own, MappingNode) else base
        if begun is None:
            if own is None and base is None:
                self._report_no_case(name)
            return None
        entries = self._flat(begun)
        changes = node.get("with")
        for changed, entry in (self._flat(changes) if isinstance(changes, MappingNode) else {}).items():
            self._remove(changed, entries)
            entries[changed] = entry
        for each in _scalars(node.get("without")):
            if self._is_known(each):
                self._remove(each.text, entries)
        return _nested(entries, begun.span)

    def _report_no_case(self, name: Scalar) -> None:
        if not self.diagnostics.has_errors:
            message = "this test has no case to begin with"
            help = "put a case under `base:` for all tests, or under `case:` for this one"
            self.diagnostics.error("E602", message, name.span, help=help)

    def _flat(self, node: MappingNode) -> Entries:
        """What a case says, by the full names of the facts."""
        entries: Entries = {}
        for name, key, value in self._walk(node, ""):
            if name in entries:
                related = ((entries[name][0].span, "the first time"),)
                self.diagnostics.error("E403", f"`{name}` is given twice", key.span, related=related)
            entries[name] = (key, value)
        return entries

    def _walk(self, node: MappingNode, prefix: str) -> Iterator[tuple[str, Scalar, Node]]:
        for key, value in node.entries:
            name = prefix + key.text
            if name in self._groups and isinstance(value, MappingNode):
                yield from self._walk(value, f"{name}.")
            else:
                yield name, key, value

    def _remove(self, name: str, entries: Entries) -> None:
        """Take out a fact, or all facts of a group."""
        for each in [each for each in entries if each == name or each.startswith(f"{name}.")]:
            del entries[each]

    def _is_known(self, name: Scalar) -> bool:
        facts = self.compiled.policy.facts
        text = name.text.removeprefix("evidence.")
        if text in facts or name.text in self._groups or name.text.startswith("judgments."):
            return True
        if name.text.startswith("evidence.") and declared_name(text) in facts:
            return True
        message = f"the policy has no fact `{name.text}`"
        self.diagnostics.error("E601", message, name.span, help=did_you_mean(name.text, facts))
        return False


def _nested(entries: Entries, span: Span) -> MappingNode:
    """The case of which these are the entries: facts by their full names, evidence and judgments below their keys."""
    parts: list[tuple[Scalar, Node]] = []
    inside: dict[str, list[tuple[Scalar, Node]]] = {}
    for name, (key, value) in entries.items():
        group, _, rest = name.partition(".")
        if group in ("evidence", "judgments") and rest:
            inside.setdefault(group, []).append((replace(key, text=rest), value))
        else:
            parts.append((replace(key, text=name), value))
    for group, listed in inside.items():
        parts.append((replace(listed[0][0], text=group), MappingNode(tuple(listed), span)))
    return MappingNode(tuple(parts), span)


def _flat_texts(node: Node, around: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            yield from _flat_texts(value, f"{around}.{key.text}" if around else key.text)
    elif isinstance(node, Scalar):
        yield around, node.text
