"""The lists worth trying for a list fact: none, one entry, the base's with one changed, and as many as are counted."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import TypeAlias

from besponsa_pa.expression.frames import Frame
from besponsa_pa.policy.candidates.answers import words
from besponsa_pa.policy.candidates.candidate import Candidate
from besponsa_pa.policy.candidates.clauses import Clause
from besponsa_pa.policy.candidates.entries import Entries, Search
from besponsa_pa.policy.candidates.limits import Limits
from besponsa_pa.policy.candidates.places import Place, entries_of, listed
from besponsa_pa.policy.candidates.varying import MOST_ENTRIES, Setting, once
from besponsa_pa.policy.candidates.words import NOT_KNOWN, ordinal, spoken
from besponsa_pa.types import ANY
from besponsa_pa.values import Value

# As many lists as a person will read; beyond them every clause has had its turn before any has its second.
MOST_CANDIDATES = 40
LONGEST_LIST = 12

Found: TypeAlias = tuple[Search, Value]


def list_candidates(entries: Entries) -> list[Candidate]:
    """The lists worth trying for a fact, at most `MOST_CANDIDATES` of them.

    None at all, and one for each search; each entry of the base, and one alone that each search finds, with each of
    its fields at every value that matters and not known; the base less each of its entries and with one more; and as
    many entries as it takes for every count to be met just below, at and just above its limit.
    """
    witnesses = [(search, entries.witness(search)) for search in entries.searches()]
    found: list[Found] = [(search, witness) for search, witness in witnesses if witness is not None]
    allowed = [each for each in found if not each[0].is_forbidden]
    groups = [
        list(_together(entries, allowed)),
        list(_shorter(entries)),
        *(
            list(_alone(entries, alike))
            for alike in _alike([*allowed, *(each for each in found if each not in allowed)])
        ),
        *(list(_changed(entries, index)) for index in range(min(len(entries.given), MOST_ENTRIES))),
        *(list(_counted(entries, clause, allowed)) for clause in entries.whole),
        list(_longer(entries, allowed)),
    ]
    return once([Candidate((), f"without {spoken(entries.fact)}"), *_in_turn(groups)])[:MOST_CANDIDATES]


def _together(entries: Entries, found: list[Found]) -> Iterator[Candidate]:
    """An entry for each search."""
    witnesses = list(dict.fromkeys(witness for _, witness in found))
    if len(witnesses) > 1:
        yield Candidate(listed(entries.fact, witnesses), "with an entry for each that is looked for")


def _shorter(entries: Entries) -> Iterator[Candidate]:
    given = entries.given
    for index in range(len(given) if len(given) > 1 else 0):
        left = (*given[:index], *given[index + 1 :])
        yield Candidate(listed(entries.fact, left), f"without the {ordinal(index)} entry")


def _longer(entries: Entries, found: list[Found]) -> Iterator[Candidate]:
    """The base with one more entry, told apart from those that it has by its dates."""
    for search, witness in found[:2]:
        one_more = entries.another(search, witness, entries.given)
        at = next((at for at, entry in enumerate(entries.given) if entry == witness), None)
        says = "with one more entry" if at is None else f"with one more entry like the {ordinal(at)}"
        yield Candidate(listed(entries.fact, (*entries.given, one_more)), says)


def _alone(entries: Entries, alike: list[Found]) -> Iterator[Candidate]:
    """One entry that several searches find, as it is and with each of its fields changed."""
    search, witness = alike[0]
    frame = entries.alone(search, witness)
    count = len(entries_of(frame[entries.fact]))
    which = "with one entry alone" if count == 1 else "with two entries, in the first"
    yield Candidate(frame[entries.fact], f"with {'one entry alone' if count == 1 else 'two entries'}")
    within = entries.around(search for search, _ in alike)
    places = entries.places(within=within)
    yield from _in_turn([list(_at_place(entries, place, which, frame, within)) for place in places])


def _changed(entries: Entries, index: int) -> Iterator[Candidate]:
    """The base with one entry changed."""
    frame = entries.within(*entries.given)
    which = f"in the {ordinal(index)} entry"
    yield from _in_turn([list(_at_place(entries, place, which, frame)) for place in entries.places(index)])


def _at_place(
    entries: Entries, place: Place, which: str, frame: Frame, within: tuple[Clause, ...] = ()
) -> Iterator[Candidate]:
    """The list in a frame with each value that matters at a place, and with none there."""
    field = f" {spoken(place.field)}" if place.field is not None else ""
    values = entries.values(place, frame, within)
    for each in (*values[:1], Candidate(place.missing, NOT_KNOWN), *values[1:]):
        put = entries.real(place.put(frame, each.value), place)
        yield Candidate(listed(place.fact, entries_of(put[place.fact])), f"{which},{field} {each.says}")


# --- counting ---


def _counted(entries: Entries, clause: Clause, found: list[Found]) -> Iterator[Candidate]:
    """Lists on both sides of each limit of a clause that counts entries."""
    searches = [each for each in found if each[0].is_in(clause)]
    if not searches:
        searches = [(Search(), next((witness for _, witness in found), entries.seed))]
    for setting in entries.varying.settings(clause, entries.fact, entries.frame, entries.known):
        for search, witness in searches:
            yield from _lengths(entries, clause, search, witness, setting)


def _lengths(entries: Entries, clause: Clause, search: Search, witness: Value, setting: Setting) -> Iterator[Candidate]:
    """Lists of entries that a search finds, one shorter and one as long as it takes for the clause to answer anew."""
    longest = min(LONGEST_LIST, 2 + max((n for n in clause.constants if type(n) is int), default=2))
    several = entries.several(search, witness, longest)
    place = Place(entries.fact, ANY)
    limits = Limits(clause, entries.clauses.aliases, place, setting.frame, entries.varying.anchor)
    lists = [listed(entries.fact, several[:length]) for length in range(longest + 1)]
    answers = [limits.answer(each) for each in lists]
    for length in range(1, longest + 1):
        before, after = answers[length - 1], answers[length]
        if before is None or after is None or before == after:
            continue
        for at, said, other in ((length - 1, before, after), (length, after, before)):
            entry = "entry" if at == 1 else "entries"
            yield Candidate(lists[at], f"with {at} {entry}, {words(clause, place, said, other)}{setting.says}")


def _alike(found: list[Found]) -> list[list[Found]]:
    """The searches that find the same entry, or the same pair."""
    groups: dict[tuple[Value, bool], list[Found]] = {}
    for search, witness in found:
        groups.setdefault((witness, search.is_paired), []).append((search, witness))
    return list(groups.values())


def _in_turn(groups: list[list[Candidate]]) -> Iterator[Candidate]:
    """The first of each group, then the second of each, and so on."""
    return (each for each in chain.from_iterable(zip_longest(*groups)) if each is not None)
