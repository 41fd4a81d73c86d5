"""Suggested tests as the text of a `tests.yaml`: whole where there is none, else what is to be added to it."""

from __future__ import annotations

from collections.abc import Iterator

from besponsa_pa.case import Case
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence, yaml_by_hand, yaml_text
from besponsa_pa.policy.formatting import formatted
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS
from besponsa_pa.policytest.entries import Written, text_from_entries, written, written_change
from besponsa_pa.policytest.items import Item
from besponsa_pa.policytest.suggesting import Goal, Suggestion, Suggestions
from besponsa_pa.source import Source

# as many additions are told of a test
MOST_TOLD = 4
# by this line the layout knows what it is for
SCHEMA = "# yaml-language-server: $schema=tests.schema.json\n"


def text_from_suggestions(suggestions: Suggestions) -> str:
    """The tests that are lacking, below the keys of a `tests.yaml`, each with a remark on what it adds.

    With a `base` it is a whole file; otherwise what stands below `tests:` and `unreachable:` is to be copied.
    """
    parts = [] if suggestions.base is None else [f"policy: {suggestions.compiled.policy.id}\n"]
    parts += [*_sections(suggestions).values(), _not_found(suggestions)]
    return "\n".join(part for part in parts if part)


def text_with_suggestions(source: Source, root: Node, suggestions: Suggestions) -> str | None:
    """The text of a `tests.yaml` with what is lacking; every line that it has stays as it is, where it is.

    None for a file in brackets, as JSON is: where its lines would end is no matter of the text alone.
    """
    tests = root.get("tests") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(tests, Sequence) or _is_in_brackets(source, tests):
        return None
    text = source.text if source.text.endswith("\n") else f"{source.text}\n"
    put: list[tuple[int, str]] = []
    for key, section in _sections(suggestions).items():
        place = root.get(key)
        if key == "base":
            before = root.key("tests")
            put.append((_line_start(text, before.span.start if before else 0), f"{section}\n"))
        elif isinstance(place, Sequence) and not _is_in_brackets(source, place):
            put.append((_line_end(text, _end(source, place)), _below(section, _indent(text, place))))
        else:
            put.append((len(text), f"\n{section}"))
    put.append((len(text), f"\n{remark}" if (remark := _not_found(suggestions)) else ""))
    for at, added in sorted(put, key=lambda each: each[0], reverse=True):
        text = text[:at] + added + text[at:]
    return text


# --- what is written ---


def _sections(suggestions: Suggestions) -> dict[str, str]:
    """What there is to say under each key."""
    found: dict[str, str] = {}
    if suggestions.base is not None:
        found["base"] = _base_text(suggestions)
    if suggestions.tests:
        found["tests"] = "tests:\n" + "\n".join(_tests(suggestions))
    listed = [{"item": each.item.text, "reason": each.reason} for each in suggestions.unreached if each.is_sure]
    if listed:
        remark = "# What no case reached. Confirm each, and say why it is so.\n"
        lines = yaml_text(listed).splitlines()
        found["unreachable"] = f"{remark}unreachable:\n" + "".join(f"  {line}\n" for line in lines)
    return {key: _laid_out(text) for key, text in found.items()}


def _laid_out(text: str) -> str:
    """The text in the one layout of all files."""
    found = formatted(Source(SCHEMA + text, "tests.yaml"), Diagnostics())
    return text if found is None else found.removeprefix(SCHEMA).lstrip("\n")


def _tests(suggestions: Suggestions) -> Iterator[str]:
    """Each test as it stands below `tests:`, with its remark."""
    for each in suggestions.tests:
        remarks = "".join(f"  # {line}\n" for line in _additions(each, suggestions.compiled))
        yield remarks + text_from_entries([each.entry])


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


def _not_found(suggestions: Suggestions) -> str:
    lines = [f"#   {each.item.text}: {each.reason}\n" for each in suggestions.unreached if not each.is_sure]
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


# --- where it is put ---


def _is_in_brackets(source: Source, node: Node) -> bool:
    return source.text[node.span.start : node.span.start + 1] in ("[", "{")


def _end(source: Source, node: Node) -> int:
    """Where what is written of a node ends, without the empty lines and remarks after it."""
    match node:
        case Sequence() if node.items and not _is_in_brackets(source, node):
            return _end(source, node.items[-1])
        case Mapping() if node.entries and not _is_in_brackets(source, node):
            return max(_end(source, part) for part in node.entries[-1])
        case Scalar() if node.is_block:
            return node.span.start + len(source.text[node.span.start : node.span.end].rstrip())
        case _:
            return node.span.end


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Where the next line begins after a place."""
    found = text.find("\n", max(at - 1, 0))
    return len(text) if found < 0 else found + 1


def _indent(text: str, listed: Sequence) -> str:
    """What stands before the dashes of a list."""
    line = text[_line_start(text, listed.items[0].span.start) :] if listed.items else "  - "
    return line[: len(line) - len(line.lstrip(" "))]


def _below(section: str, indent: str) -> str:
    """What stands below the key of a section, after an empty line, at the indentation of the list it is added to."""
    lines = section.splitlines()
    first = next(index for index, line in enumerate(lines) if line and not line.startswith("#")) + 1
    added = [f"{indent}{line[2:]}".rstrip() if line else "" for line in lines[first:]]
    return "\n" + "\n".join(added) + "\n"
