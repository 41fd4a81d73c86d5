"""Attacks on parser, checker and evaluator: expressions changed by chance, of which none may crash, hang or grow.

Which expressions are worth changing again is learned on the way: those that come to a way through the code, told by
their nodes, operators and ending, that none before them came to.
"""

from __future__ import annotations

import json
import random
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "properties"))

from expression_corpus import WORD, beginnings, chance_from, loaded, mutated, result_of, two_frames

from besponsa_pa.expression import checked
from besponsa_pa.expression.frames import Failure

CORPUS = Path(__file__).parent / "corpus.jsonl"
# how long one expression may take, of the processor's time, and by how much the process may grow in all
SECONDS, MEGABYTES = 1.0, 500
# what is put between characters: signs of the language, and what comes out of word processors
CHARACTERS = "'\"`(){}[]<>@.,:;~!=+-*/^&|$%# \n\t0179abTZ\u2019\u00e9\u2265\ufeff\x00\U0001f600"


class Hang(Exception):  # noqa: N818 - it is told as what it is
    """An expression takes too long."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An expression that no writer should be able to write, and what comes of it."""

    text: str
    what: str


def attack(text: str, chance: random.Random) -> tuple[Problem | None, object]:
    """Load an expression and evaluate it for two cases: a problem if there is one, and the way that it went."""
    try:
        with _limited():
            expression = loaded(text)
            results = [] if expression is None else [result_of(expression, frame) for frame in two_frames(chance)]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
        return Problem(text, f"{type(error).__name__}: {error}"), None
    if expression is None:
        return None, None
    nodes = frozenset(_name(node) for node in checked.walk(expression.node))
    return None, (nodes, *(type(result).__name__ for result in results if not isinstance(result, Failure)))


def _name(node: checked.Checked) -> str:
    return node.operator.name if isinstance(node, checked.Operation) else type(node).__name__


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_: int, __: object) -> None:
        raise Hang(f"it takes longer than {SECONDS} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def size() -> float:
    """How large the process has been at most, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)


def corpus() -> list[str]:
    """The expressions that were found worth keeping."""
    return [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]


def keep(texts: list[str]) -> None:
    """Write the expressions that are worth keeping, the short ones first."""
    lines = (json.dumps(text) for text in sorted(set(texts), key=lambda text: (len(text), text)))
    CORPUS.write_text("\n".join(lines) + "\n", "utf-8")


@dataclass(slots=True)
class Attacker:
    """Changes expressions again and again; `pool` holds those that are worth changing."""

    chance: random.Random
    pool: list[str] = field(default_factory=corpus)
    ways: dict[object, str] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    count: int = 0

    def step(self) -> Problem | None:
        """Try one more expression: a problem, if it has one of a new kind."""
        text = self._changed()
        self.count += 1
        problem, way = attack(text, self.chance)
        if problem is None:
            if way is not None and way not in self.ways:
                self.ways[way] = text
                self.pool.append(text)
            return None
        kind = problem.what.split(":")[0] + problem.what[-20:]
        if kind in self.problems:
            return None
        self.problems[kind] = problem
        return problem

    def _changed(self) -> str:
        if self.chance.random() < 0.5 or not self.pool:
            return mutated(self.chance)
        text = self.chance.choice(self.pool)
        match self.chance.randrange(4):
            case 0:
                return self._characters(text)
            case 1:
                return self._nested(text)
            case _:
                return mutated(self.chance, tuple(WORD.findall(text)))

    def _characters(self, text: str) -> str:
        for _ in range(self.chance.randint(1, 4)):
            place = self.chance.randrange(len(text) + 1)
            text = text[:place] + self.chance.choice(CHARACTERS) + text[place + self.chance.randrange(2) :]
        return text

    def _nested(self, text: str) -> str:
        """An expression in another one, or many times in itself."""
        other = self.chance.choice(self.pool)
        forms = ("({0}) = ({1})", "{{{0}, {1}}}", "if {0} then {1} else {0}", "({0}) and ({1})", "Interval[{0}, {1}]")
        forms += ("({{{0}}}) X where {1} return X", "Tuple {{ a: {0}, b: {1} }}", "Coalesce({0}, {1})", "not ({0})")
        if self.chance.random() < 0.1:
            sign = self.chance.choice((" + ", " and ", ", ", " union "))
            return sign.join([text] * self.chance.choice((3, 60, 400)))
        return self.chance.choice(forms).format(text, other)


def warm_up() -> None:
    """Load what is loaded at the first use: tables of the parser, the unit library."""
    beginnings()
    attack("weight > 70 'kg' and 1 'mg' + 1 'g' = null", chance_from(0))
