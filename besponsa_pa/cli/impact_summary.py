"""The impact of a policy: told as text, and as data and a page where wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from besponsa_pa.backends.batch.impact import Impact, Moves
from besponsa_pa.backends.batch.inputs import Input
from besponsa_pa.cli.batch_summary import Wanted, write_file
from besponsa_pa.cli.impact_examples import shown_path_of
from besponsa_pa.cli.terminal import width, write
from besponsa_pa.policy.model import CompiledPolicy, criteria_of
from besponsa_pa.render.impact_page import page_from_impact
from besponsa_pa.render.impact_structure import structure_from_impact
from besponsa_pa.render.impact_text import text_from_impact
from besponsa_pa.render.impacted import NEW, OLD, Change, Example, Impacted, Moved, NamedPolicy, order
from besponsa_pa.render.structure import json_text

Meanings = Mapping[str, str]


def tell(impact: Impacted, wanted: Wanted) -> None:
    """Tell what changes, as wanted."""
    write(text_from_impact(impact, width()))
    if wanted.summary is not None:
        write_file(wanted.summary, "--summary", json_text(structure_from_impact(impact)))
    if wanted.report is not None:
        write_file(wanted.report, "--report", page_from_impact(impact))


def impacted(
    impact: Impact,
    policies: tuple[CompiledPolicy, CompiledPolicy],
    engine: str,
    files: Sequence[Input],
    examples: Sequence[Example],
) -> Impacted:
    """The counts with what they mean, most frequent first; of the policies the old one comes first."""
    old, new = policies
    alike = sorted(impact.alike.items(), key=lambda each: (-each[1], order(each[0][0]), each[0][1]))
    titles, questions = (_titles(old), _titles(new)), (_questions(old), _questions(new))
    criteria = (_moved(name, effect, titles, moves) for (name, effect), moves in impact.effects.items())
    return Impacted(
        old=_policy(old),
        new=_policy(new),
        engine=engine,
        files=tuple(map(shown_path_of, files)),
        changes=tuple(
            Change(before, after, count)
            for (before, after), count in sorted(
                impact.changes.items(), key=lambda each: (order(each[0][0]), order(each[0][1]))
            )
        ),
        alike=tuple((state, what, count) for (state, what), count in alike),
        differing=impact.differing,
        criteria=_most_first(criteria),
        missing=_most_first(_moved(fact, "", questions, moves) for fact, moves in impact.missing.items()),
        examples=tuple(examples),
    )


def _policy(compiled: CompiledPolicy) -> NamedPolicy:
    policy = compiled.policy
    return NamedPolicy(policy.id, policy.title, policy.version, policy.digest, policy.name)


def _titles(compiled: CompiledPolicy) -> Meanings:
    return {each.id: each.title for pathway in compiled.pathways for each in criteria_of(pathway)}


def _questions(compiled: CompiledPolicy) -> Meanings:
    return {name: fact.ask or "" for name, fact in compiled.policy.facts.items()}


def _moved(name: str, effect: str, meanings: tuple[Meanings, Meanings], moves: Moves) -> Moved:
    old, new = meanings
    only_in = None if (name in old) == (name in new) else OLD if name in old else NEW
    return Moved(
        name,
        effect,
        new.get(name, old.get(name, "")),
        only_in,
        moves.newly,
        moves.newly_decided,
        moves.no_longer,
        moves.no_longer_decided,
    )


def _most_first(moves: Iterable[Moved]) -> tuple[Moved, ...]:
    return tuple(sorted(moves, key=lambda each: (-(each.newly + each.no_longer), each.name, each.effect)))
