"""From a policy's file and its imports to the policy as written.

The way through: `files` finds and parses, `declarations` and `criteria` read what the keys say, `names` and
`resolution` hold against one another what they declare. Every mistake is reported, none stops the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar
from besponsa_pa.policy.criteria import (
    read_acceptance,
    read_advisory,
    read_criterion,
    read_guarantee,
    read_otherwise,
    read_pathway,
)
from besponsa_pa.policy.declarations import (
    Declared,
    Reader,
    known_system,
    read_definition,
    read_fact,
    read_reference,
    read_section,
    read_table,
    read_value_set,
)
from besponsa_pa.policy.digests import digest_of
from besponsa_pa.policy.extensions import extended
from besponsa_pa.policy.files import File, Files, Resolve
from besponsa_pa.policy.model import Drug, NamedExpression, Policy
from besponsa_pa.policy.names import Named, by_first_part, check_clashes, check_parameters
from besponsa_pa.policy.nodes import entries, full_date, get, items, scalar, text, texts
from besponsa_pa.policy.resolution import check_resolution
from besponsa_pa.source import Source, Span

T = TypeVar("T")


def load(source: Source, resolve: Resolve, diagnostics: Diagnostics) -> Policy | None:
    """Read a policy and everything that it imports.

    `resolve` finds the file that an import names (see `files.Resolve`): the core touches no file itself. The
    policy that comes back has been held against the schema and its names against one another; its expressions
    are text as yet. It may come back although there are errors, so that the compiler can report those inside
    expressions in the same run. None comes back when so little can be read that nothing more could be said of it.
    """
    files = Files(resolve, diagnostics)
    root = files.read(source)
    if root is None or not _is_policy(root, files, diagnostics):
        return None
    policy = _Merger(files.found, diagnostics, files.complete).policy(root, source)
    if not files.complete:
        return None
    check_resolution(policy, diagnostics)
    return policy


def load_variant(files: Sequence[File], diagnostics: Diagnostics) -> Policy:
    """A policy from its files as parsed, its own last: for one of which a part is changed, to see who notices.

    What the files say has been held against the schema when the policy itself was loaded, and is not once more.
    """
    policy = _Merger(list(files), diagnostics).policy(files[-1].root, files[-1].source)
    check_resolution(policy, diagnostics)
    return policy


def _is_policy(root: Mapping, files: Files, diagnostics: Diagnostics) -> bool:
    if root.key("policy") is not None:
        return True
    if files.complete:
        first = root.entries[0][0].span if root.entries else root.span
        message = "this is no policy: it has no key `policy`"
        help = "add `policy:` with the policy's name; a file without it can only be imported by a policy"
        diagnostics.error("E313", message, first, help=help)
    return False


@dataclass(slots=True)
class _Merger:
    """Puts what several files declare into one policy, each name once."""

    files: list[File]
    diagnostics: Diagnostics
    complete: bool = True
    _named: list[Named] = field(default_factory=list)

    def policy(self, root: Mapping, source: Source) -> Policy:
        """The policy of the last file, with what the others declare."""
        references = self._section("references", read_reference, "reference")
        facts = extended(
            self._section("facts", read_fact, "fact"), self.files, self.diagnostics, complete=self.complete
        )
        value_sets = self._section("value_sets", read_value_set, "value set")
        tables = self._section("tables", read_table, "table")
        definitions = self._section("definitions", read_definition, "definition")
        criteria = self._section("criteria", read_criterion, "criterion")
        hiding = self._check_names(definitions.values())
        effective, place = get(root, "effective"), root.key("policy")
        policy = Policy(
            id=text(root.get("policy")) or "",
            title=text(root.get("title")) or "",
            program=text(root.get("program")),
            version=text(root.get("version")) or "",
            effective_from=full_date(get(effective, "from"), self.diagnostics),
            effective_to=full_date(get(effective, "to"), self.diagnostics),
            drug=self._drug(root.get("drug")),
            references=references,
            facts=facts,
            value_sets=_without(value_sets, "value set", hiding),
            tables=_without(tables, "table", hiding),
            definitions=_without(definitions, "definition", hiding),
            criteria=criteria,
            pathways=tuple(
                _present(read_pathway(key, node, self.diagnostics) for key, node in entries(root.get("pathways")))
            ),
            otherwise=read_otherwise(root.get("otherwise"), _place(root, "otherwise")),
            advisories=tuple(_present(read_advisory(node) for node in items(root.get("advisories")))),
            guarantees=tuple(_present(read_guarantee(node) for node in items(root.get("guarantees")))),
            accept=tuple(
                _present(read_acceptance(node) for file in self.files for node in items(file.root.get("accept")))
            ),
            sources=tuple(file.source for file in self.files),
            name=source.name,
            digest=digest_of((file.written, file.source.text) for file in self.files),
            span=place.span if place is not None else root.span,
        )
        self._check_days(policy, effective)
        return policy

    def _section(self, key: str, reader: Reader[T], kind: str) -> dict[str, T]:
        """What all files declare under one key, what is imported first; a name declared twice is reported."""
        found: dict[str, Declared[T]] = {}
        for file in self.files:
            for declared in read_section(file.root.get(key), reader, self.diagnostics):
                if declared.name in found:
                    self._twice(declared, found[declared.name], kind)
                found.setdefault(declared.name, declared)
        if key not in ("references", "criteria"):
            self._named += [Named(each.name, kind, each.span) for each in found.values()]
        return {name: declared.value for name, declared in found.items()}

    def _twice(self, declared: Declared[T], first: Declared[T], kind: str) -> None:
        message = f"the {kind} `{declared.name}` is declared twice"
        help = "delete one of them, or give it another name"
        related = ((first.span, "declared here too"),)
        self.diagnostics.error("E305", message, declared.span, help=help, related=related)

    def _check_names(self, definitions: Iterable[NamedExpression]) -> set[tuple[str, str]]:
        """Hold the names of all sections against one another; those that hide another one come back, by kind."""
        hiding = check_clashes(self._named, self.diagnostics)
        order = {file.source.name: number for number, file in enumerate(self.files)}
        for definition in definitions:
            # a shared file cannot know the facts of the policies that import it, and names none of them
            before = (each for each in self._named if order[_file(each)] <= order[definition.span.source.name])
            names = by_first_part(before) if definition.parameters else {}
            check_parameters(definition.name, definition.parameters, definition.span, names, self.diagnostics)
        return {(named.kind, named.name) for named in hiding}

    def _drug(self, node: Node | None) -> Drug | None:
        if not isinstance(node, Mapping):
            return None
        codes = {
            known_system(system, self.diagnostics): tuple(code.text for code in texts(listed))
            for system, listed in entries(node.get("codes"))
        }
        return Drug(text(node.get("brand")), text(node.get("generic")), codes)

    def _check_days(self, policy: Policy, effective: Node | None) -> None:
        first, last, place = policy.effective_from, policy.effective_to, scalar(get(effective, "to"))
        if first is not None and last is not None and place is not None and last.parts < first.parts:
            message = f"the policy ends on {last}, before it begins on {first}"
            self.diagnostics.error("E315", message, place.span, help="swap the two dates, or mend one of them")


def _place(root: Mapping, name: str) -> Span:
    key: Scalar | None = root.key(name)
    return root.span if key is None else key.span


def _file(named: Named) -> str:
    return named.span.source.name


def _without(section: dict[str, T], kind: str, hiding: set[tuple[str, str]]) -> dict[str, T]:
    """A section without the names that hide another one: whoever uses such a name means what it hides."""
    return {name: value for name, value in section.items() if (kind, name) not in hiding}


def _present(found: Iterable[T | None]) -> Iterator[T]:
    return (each for each in found if each is not None)
