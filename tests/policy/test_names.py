from __future__ import annotations

import re

import pytest

from besponsa_pa.expression.parse_table import expression_parser
from besponsa_pa.policy.names import is_word
from besponsa_pa.shipped import grammar_text


@pytest.mark.parametrize("word", sorted(expression_parser().keywords))
def test_every_keyword_of_the_grammar_is_a_word_of_the_language(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["days", "year", "start", "ends", "during", "null", "true", "date", "all", "Code"])
def test_words_that_people_might_take_for_names(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize(
    "name", ["age", "drug", "Days", "class", "start_date", "today", "in_remission", "_x", "duration2"]
)
def test_names_that_only_look_like_words_of_the_language(name: str) -> None:
    assert not is_word(name)


def test_the_grammar_has_no_name_in_it_that_the_check_lets_through() -> None:
    words = set(re.findall(r'"([a-zA-Z]+)"', grammar_text("expression.lark")))
    assert words
    assert {word for word in words if not is_word(word)} == set()
