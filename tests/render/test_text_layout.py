"""Lines of a page are broken as the standard library breaks them."""

from __future__ import annotations

import textwrap

from hypothesis import example, given
from hypothesis import strategies as st

from besponsa_pa.render.layout import visible, wrapped

TEXTS = st.lists(st.text("ab-é\u00a0\u3000 ", max_size=12), max_size=12).map(" ".join)


@given(TEXTS, st.integers(1, 40), st.sampled_from(["", "  name  "]), st.sampled_from([None, "", "    "]))
@example("as of 2026-11-20, case\u00a0A-1001", 24, "", None)
@example("a \u00a0 b", 24, "", None)
@example("", 24, "  ", None)
@example("aaaa bbbb", 1, "a name that is longer than the width", "")
def test_a_text_is_wrapped_as_the_standard_library_wraps_it(
    text: str, width: int, first: str, rest: str | None
) -> None:
    assert wrapped(text, width, first, rest) == textwrap.wrap(
        visible(text),
        max(width, len(first) + 20),
        initial_indent=first,
        subsequent_indent=" " * len(first) if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
