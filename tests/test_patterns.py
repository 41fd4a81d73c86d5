"""An expression that is compiled when it is first used is the expression."""

from __future__ import annotations

import re

import pytest

from besponsa_pa.patterns import pattern


def test_it_finds_what_the_compiled_one_finds() -> None:
    late, known = pattern("a(?P<rest>.)", re.IGNORECASE), re.compile("a(?P<rest>.)", re.IGNORECASE)
    for text in ("ab", "xAb", "", "a\n"):
        assert str(late.search(text)) == str(known.search(text))
        assert late.sub("-", text) == known.sub("-", text)
    assert (late.pattern, late.flags, late.groupindex) == (known.pattern, known.flags, known.groupindex)


def test_it_is_compiled_when_it_is_first_used_and_a_wrong_one_is_told_then() -> None:
    wrong = pattern("(")
    with pytest.raises(re.error):
        wrong.search("a")
