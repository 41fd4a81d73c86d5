"""Suggested tests as the text of a `tests.yaml`: whole where there is none, else what is to be added to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.case import Case
from besponsa_pa.document import yaml_by_hand, yaml_text
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS
from besponsa_pa.policytest.entries import Written, text_from_entries, written, written_change
from besponsa_pa.policytest.items import Item
from besponsa_pa.policytest.suggesting import Goal, Suggestion, Suggestions, Unreached

WIDTH = 118
# as many additions are told of a test
MOST_TOLD = 4


def text_from_suggestions(suggestions: Suggestions) -> str:
    """The tests that are lacking, below the keys of a `tests.yaml`, each with a remark on what it adds.

    With a `base` it is a whole file; otherwise what stands below `tests:` and `unreachable:` is to be copied.
    """
    parts = []
    if suggestions.base is not None:
        parts.append(f"policy: {suggestions.compiled.policy.id}\n")
        parts.append(_base_text(suggestions))
    if suggestions.tests:
        parts.append("tests:\n" + "\n".join(text_of_tests(suggestions)))
    if any(each.is_sure for each in suggestions.unreached):
        remark = "# What no case reached. Confirm each, and say why it is so.\n"
        parts.append(f"{remark}unreachable:\n{text_of_unreachable(suggestions)}")
    parts += [text for text in [_not_found(suggestions.unreached)] if text]
    return "\n".join(parts)


def text_of_tests(suggestions: Suggestions) -> Iterator[str]:
    """Each test as it stands below `tests:`, with its remark."""
    for each in suggestions.tests:
        remarks = "".join(f"  # {line}\n" for line in _additions(each, suggestions.compiled))
        yield remarks + text_from_entries([each.entry])


def text_of_unreachable(suggestions: Suggestions) -> str:
    """The items that cannot be reached, as they stand below `unreachable:`."""
    listed = [{"item": each.item.text, "reason": each.reason} for each in suggestions.unreached if each.is_sure]
    return "".join(f"  {line}\n" for line in yaml_text(listed).splitlines())


def _additions(suggestion: Suggestion, compiled: CompiledPolicy) -> Iterator[str]:
    """What a test adds, the most telling first."""
    told = [_told(goal, compiled) for goal in suggestion.adds]
    yield from told[:MOST_TOLD]
    more = len(told) - MOST_TOLD
    if more > 0:
        yield f"and {more} more"


def _told(goal: Goal, compiled: CompiledPolicy) -> str:
    if not isinstance(goal, Item):
        return goal.text
    name = goal.span.source.name
    line = f"line {goal.span.line}"
    return f"{goal.text} ({line})" if name == compiled.policy.name else f"{goal.text} ({name}, {line})"


def _not_found(unreached: Iterable[Unreached]) -> str:
    lines = [f"#   {each.item.text}: {each.reason}\n" for each in unreached if not each.is_sure]
    remark = "# No case was found for these, though there may be one. Write their tests, or list them as unreachable:\n"
    return "".join([remark, *lines]) if lines else ""


# --- the base ---


def _base_text(suggestions: Suggestions) -> str:
    base = suggestions.base
    assert base is not None
    approved = f"# An approved case, found for the pathway `{base.pathway}`.\n"
    remark = approved if base.pathway is not None else "# No case was found that is approved.\n"
    lines = yaml_by_hand(base_structure(base.case, suggestions.compiled)).splitlines()
    return remark + "base:\n" + "".join(f"  {line}\n" for line in lines)


def base_structure(case: Case, compiled: CompiledPolicy) -> dict[str, Written]:
    """A case as data: its facts in their groups, its evidence and its judgments."""
    facts = compiled.policy.facts
    found: dict[str, Written] = {} if case.id is None else {"case": case.id}
    for name in sorted(case.facts, key=list(facts).index):
        _put(found, name, written(case.facts[name], facts[name].type))
    for group, statements in ((EVIDENCE, case.evidence), (JUDGMENTS, case.judgments)):
        if statements:
            found[group] = {key: written_change(key, value, compiled) for key, value in statements.items()}
    return found


def _put(found: dict[str, Written], name: str, value: Written) -> None:
    """Put a fact below the groups that its name has; as it is where one of these is a fact itself."""
    *groups, last = name.split(".")
    place = found
    for group in groups:
        inner = place.setdefault(group, {})
        if not isinstance(inner, dict):
            found[name] = value
            return
        place = inner
    place[last] = value
