"""Sentences for suggested tests: what is different in a case, and what is decided of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from besponsa_pa.determination.findings import Decision, Determination, Pend
from besponsa_pa.policytest.attempts import EVIDENCE, JUDGMENTS, Option

# as many names as a sentence can carry
MOST_NAMES = 3
# how the words for a list go on that is counted
AT_A_LIMIT = ("just ", "exactly ", "on the limit ", "where ")


def sentence(changes: Mapping[str, Option], determination: Determination | None, told: Collection[str] = ()) -> str:
    """What is different from the base, and what comes of it; `told` are the advisories that the test is about.

    Evidence that is only added stands in no sentence: without it the case would be about something else.
    """
    missing = [name for name, option in changes.items() if option.is_missing]
    asked = () if determination is None else tuple(each.fact for each in determination.missing)
    if len(changes) == len(missing) == 1 and missing == list(asked):
        return f"a missing `{missing[0]}` is asked for"
    decided = _decided(determination, asked)
    spoken = [f"`{each.id}`" for each in (() if determination is None else determination.advisories) if each.id in told]
    if spoken:
        decided += f", and {_joined(spoken)} {'is' if len(spoken) == 1 else 'are'} told"
    circumstances = _circumstances(changes)
    return f"{circumstances}, {decided}" if circumstances else decided.replace("the request", "the base case", 1)


def _circumstances(changes: Mapping[str, Option]) -> str:
    there: list[str] = []
    gone: list[str] = []
    for name, option in changes.items():
        group, _, key = name.partition(".")
        if group == EVIDENCE:
            gone += [f"evidence for `{key}`"] if option.is_missing else []
        elif group == JUDGMENTS:
            (gone if option.is_missing else there).append(
                f"an answer to `{key}`" if option.is_missing else _answer(key, option)
            )
        elif option.is_missing:
            gone.append(f"`{name}`")
        else:
            there.append(_value(name, option))
    parts = [f"with {_joined(there)}"] if there else []
    parts += [f"without {_joined(gone)}"] if gone else []
    return " and ".join(parts)


def _value(name: str, option: Option) -> str:
    """A fact with the words for its value, which go on from `with`."""
    if option.value == ():
        return f"no `{name}`"
    words = option.says
    if words.startswith("with "):
        which, _, field = words.removeprefix("with ").partition(", ")
        joint = ", " if field.startswith(AT_A_LIMIT) else " with "
        words = f"having {which}{joint}{field}" if field else f"having {which}"
    elif words.startswith("in "):
        words = f"having {words.replace(', ', ' ', 1)}"
    elif words.startswith("`"):
        words = f"as {words}"
    return f"`{name}` {words}{option.apart}"


def _answer(criterion: str, option: Option) -> str:
    return f"`{criterion}` answered with {option.says}"


def _decided(determination: Determination | None, asked: Iterable[str]) -> str:
    if determination is None:
        return "the case is refused"
    reasons = _named(determination.reasons)
    match determination.decision, determination.pend:
        case Decision.APPROVE, _:
            return "the request is approved"
        case Decision.DENY, _:
            return f"the request is denied for {reasons}" if reasons else "the request is denied"
        case _, Pend.INFORMATION:
            facts = list(asked)
            return f"{_named(facts)} {'is' if len(facts) == 1 else 'are'} asked for"
        case _, Pend.DOCUMENTATION:
            return f"the request waits for documents on {_named(asked)}"
        case _:
            return f"the request goes to a clinician for {reasons}" if reasons else "the request goes to a clinician"


def _named(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    more = len(quoted) - MOST_NAMES
    return _joined([*quoted[:MOST_NAMES], f"{more} more"] if more > 1 else quoted)


def _joined(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def made_unique(name: str, taken: Collection[str]) -> str:
    """The sentence, or the sentence with a number that no other has."""
    number = 2
    unique = name
    while unique in taken:
        unique, number = f"{name} ({number})", number + 1
    return unique
