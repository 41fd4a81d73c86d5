"""Every small change of a policy, from the top of its file to the end, then of what it uses of the files it imports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from besponsa_pa.document import Mapping, Scalar
from besponsa_pa.document import Sequence as SequenceNode
from besponsa_pa.policy.files import File
from besponsa_pa.policy.model import CompiledPolicy, Policy
from besponsa_pa.policy.parts import citations as cited_by
from besponsa_pa.policytest.mutants.criteria import against, citations, criterion, evidence, requirement
from besponsa_pa.policytest.mutants.edits import Edit, Edits, Spot
from besponsa_pa.policytest.mutants.hints import Hints, hints_of
from besponsa_pa.policytest.mutants.kinds import OTHER_DECISION, Kind
from besponsa_pa.policytest.mutants.mutant import Mutant
from besponsa_pa.policytest.mutants.steps import other_code, other_text
from besponsa_pa.policytest.mutants.trees import renamed


def mutants_of(compiled: CompiledPolicy, files: Sequence[File]) -> tuple[Mutant, ...]:
    """Every small change of a policy, in the order of its files; what it does not use is not changed.

    `files` are those of the policy as parsed, its own last. A change may turn out to be none: one that the checker
    refuses, or that leaves the policy what it was.
    """
    hints = hints_of(compiled)
    references = _references(compiled.policy, files[-1].root)
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for file in [files[-1], *files[:-1]]:
        edits = sorted(_edits(file.root, hints, references), key=lambda edit: edit.span.start)
        for edit in edits:
            name = _id(edit)
            seen[name] += 1
            if isinstance(edit.root, Mapping):
                number = f" ({seen[name]})" if seen[name] > 1 else ""
                found.append(
                    Mutant(name + number, edit.kind, edit.span, edit.before, edit.after, file.source.name, edit.root)
                )
    return tuple(found)


def _references(policy: Policy, root: Mapping) -> tuple[str, ...]:
    """The references that a policy declares itself or cites: what it might cite by mistake, in the order declared."""
    own, cited = root.get("references"), {each.reference for each in cited_by(policy)}
    declared = own.keys() if isinstance(own, Mapping) else ()
    return tuple(name for name in policy.references if name in declared or name in cited)


def _id(edit: Edit) -> str:
    """The change in words: `criteria.age.check: `x >= 1` becomes `x > 1``."""
    if not edit.after:
        return f"{edit.where}: `{edit.before}` left out"
    if not edit.before:
        return f"{edit.where}: `{edit.after}` put in"
    return f"{edit.where}: `{edit.before}` becomes `{edit.after}`"


def _edits(root: Mapping, hints: Hints, references: Iterable[str]) -> Edits:
    for key, _ in root.entries:
        spot = Spot(root, (key.text,), key.text, key.span, hints)
        match key.text:
            case "facts":
                yield from _used(spot, hints.used, _fact)
            case "value_sets":
                yield from _used(spot, hints.used, _value_set)
            case "tables":
                yield from _used(spot, hints.used, _table)
            case "definitions":
                yield from _used(spot, hints.used, _definition)
            case "criteria":
                for each in spot.entries():
                    if each.path[-1] in hints.criteria:
                        yield from criterion(each, references, on_unmet=each.path[-1] not in hints.against)
            case "pathways":
                for each in spot.entries():
                    yield from _pathway(each, references, is_only=len(list(spot.entries())) == 1)
            case "otherwise":
                yield from _otherwise(spot, references)
            case "advisories":
                for each in spot.items():
                    yield from _advisory(each, references)
            case _:
                pass


def _used(spot: Spot, used: Iterable[str], change: Callable[[Spot], Edits]) -> Edits:
    """The changes of what a section declares and the policy uses."""
    for each in spot.entries():
        name = str(each.path[-1]).partition("(")[0].strip()
        if name in used:
            yield from change(each)


# --- what is declared ---


def _fact(spot: Spot) -> Edits:
    must, grade = spot.below("must"), spot.below("evidence")
    if must is not None:
        yield must.left_out(Kind.MUST, "must", spot.where)
        yield from must.expression(is_condition=True)
    if grade is not None:
        yield from evidence(grade)


def _definition(spot: Spot) -> Edits:
    yield from spot.expression()


def _value_set(spot: Spot) -> Edits:
    """Each code left out; one that is the only one of its set becomes another, for a set cannot be empty."""
    groups = spot.items() or (spot,)
    for group in groups:
        codes = group.below("codes")
        listed = _codes(codes) if codes is not None else ()
        for code in listed:
            name = str(code.path[-1]) if isinstance(code.path[-1], str) else code.text() or ""
            if len(listed) > 1:
                yield code.left_out(Kind.CODE, name, spot.where)
            elif len(groups) > 1:
                yield replace(group.left_out(Kind.CODE, name, spot.where), span=code.key)
            else:
                yield _other_code(code, name, spot.where)


def _other_code(code: Spot, name: str, where: str) -> Edit:
    other = other_code(name)
    if isinstance(code.path[-1], int):
        return replace(code.replaced(Kind.CODE, other), where=where)
    return Edit(Kind.CODE, where, code.key, name, other, renamed(code.root, code.path, other))


def _codes(spot: Spot) -> tuple[Spot, ...]:
    """The codes of a list, or the keys beside which stands what they say."""
    return spot.items() if isinstance(spot.node, SequenceNode) else tuple(spot.entries())


def _table(spot: Spot) -> Edits:
    by, values, otherwise = spot.below("by"), spot.below("values"), spot.below("otherwise")
    if by is not None:
        yield from by.expression()
    rows = list(values.entries()) if values is not None else []
    for row in rows:
        if len(rows) > 1:
            yield row.left_out(Kind.ROW, str(row.path[-1]), f"{spot.where}.values")
        yield from row.expression()
    if otherwise is not None:
        yield otherwise.left_out(Kind.ROW, "otherwise", spot.where)
        yield from otherwise.expression()


# --- what is decided ---


def _pathway(spot: Spot, references: Iterable[str], *, is_only: bool) -> Edits:
    if not is_only:
        yield spot.left_out(Kind.PATHWAY, str(spot.path[-1]), "pathways")
    for key in spot.entries():
        match key.path[-1]:
            case "when":
                yield from _when(key, Kind.PATHWAY, spot.where)
            case "require":
                yield from requirement(key, references)
            case "exclude" | "review" as part:
                yield from against(key, part, references)
            case "grant":
                yield from _granted(key)
            case "cite":
                yield from citations(key, references)
            case _:
                pass


def _when(spot: Spot, kind: Kind, where: str) -> Edits:
    if not spot.is_always():
        yield spot.left_out(kind, "when", where)
    yield from spot.expression(is_condition=True)


def _granted(spot: Spot) -> Edits:
    """Each granted value left out or replaced; with the only one goes the key around it."""
    keys = list(spot.entries())
    for key in keys:
        name = str(key.path[-1])
        yield (key if len(keys) > 1 else spot).left_out(Kind.GRANT, name, spot.where)
        node = key.node
        if isinstance(node, Mapping):
            yield from _granted(key)
        elif _is_in_quotes(node):
            yield key.replaced(Kind.GRANT, other_text(key.text() or ""))
        else:
            yield from key.expression()


def _is_in_quotes(node: object) -> bool:
    return isinstance(node, Scalar) and node.span.source.text[node.span.start] in "'\""


def _otherwise(spot: Spot, references: Iterable[str]) -> Edits:
    decision, cite = spot.below("decision"), spot.below("cite")
    if decision is not None and (text := decision.text()) in OTHER_DECISION:
        yield decision.replaced(Kind.OTHERWISE, OTHER_DECISION[text or ""])
    if cite is not None:
        yield from citations(cite, references)


def _advisory(spot: Spot, references: Iterable[str]) -> Iterator[Edit]:
    named = spot.below("id")
    name = (named.text() if named is not None else None) or ""
    yield spot.left_out(Kind.ADVISORY, name)
    inner = replace(spot, where=f"{spot.where}.{name}")
    when, cite = inner.below("when"), inner.below("cite")
    if when is not None:
        yield from _when(when, Kind.ADVISORY, inner.where)
    if cite is not None:
        yield from citations(cite, references)
