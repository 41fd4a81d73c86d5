"""The page of constructs: each of C01 to C50 once, its example decides as the page says, and its policies are there.

`UPDATE=1` records what is decided; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from pages import DOCS, ROOT, Block, Row, blocks, rows

from besponsa_pa.api import lint_policy, load_case, load_policy
from besponsa_pa.determination import determine
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, parse_document, read_source
from besponsa_pa.policy.nodes import text
from besponsa_pa.render.structure import plain
from besponsa_pa.values import Date

PAGE = DOCS / "constructs.md"
HEAD = re.compile(r"^## (?P<id>\S+) (?P<name>.+)$")
# the examples leave out what a whole policy has, and what each of them would only repeat
LEFT_OUT = {"W331"}


@dataclass(frozen=True, slots=True)
class Construct:
    """A section of the page: its examples, which are versions of one policy, and its cases."""

    id: str
    name: str
    text: str
    examples: tuple[Block, ...]
    cases: tuple[Row, ...]


def constructs() -> list[Construct]:
    lines = PAGE.read_text("utf-8").splitlines()
    heads = [(number, found) for number, line in enumerate(lines, 1) if (found := HEAD.match(line))]
    ends = [number for number, _ in heads[1:]] + [len(lines) + 1]
    examples, cases = blocks(PAGE, "yaml"), rows(PAGE, "case", "decision")
    return [
        Construct(
            found["id"],
            found["name"],
            "\n".join(lines[begin - 1 : end - 1]),
            tuple(each for each in examples if begin < each.line < end),
            tuple(each for each in cases if begin < each.line < end),
        )
        for (begin, found), end in zip(heads, ends, strict=True)
    ]
