"""What an engine is to the comparison, and which there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POLICY = HERE / "policy" / "policy.yaml"


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine that is ready to decide.

    `load` makes of a case what the engine decides on, before the clock runs; `decide` is what is timed, a case at a
    time, unless the engine has a call for many, `decide_all`, that its documentation says is quicker. `outcome` says
    what an answer means: approve, deny, pend or error.
    """

    load: Callable[[Any], Any]
    decide: Callable[[Any], Any]
    outcome: Callable[[Any], str]
    decide_all: Callable[[Sequence[Any]], Sequence[Any]] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An engine of the table: its row, the package that it comes in, and how it is used.

    `home` is the module that is imported to use it and `maker` the function of its adapter that makes it ready.
    """

    row: str
    adapter: str
    home: str
    package: str
    how: str
    maker: str = "engine"


OURS = ("decide", "determine", "from_a_dictionary")
BASELINE = "by_hand"
THIS = "besponsa_pa"

ENTRIES: Mapping[str, Entry] = {
    "by_hand": Entry("plain Python, by hand", "python_by_hand", "benchmarks", "", "a dictionary, dates read, floats"),
    "by_hand_typed": Entry(
        "plain Python, for speed", "python_by_hand", "benchmarks", "", "a record with slots, floats", "typed"
    ),
    "decide": Entry("this engine: `decide`", "this_engine", THIS, "", "a loaded case, the decision", "decide"),
    "determine": Entry(
        "this engine: `determine`", "this_engine", THIS, "", "a loaded case, every finding looked at", "determine"
    ),
    "from_a_dictionary": Entry(
        "this engine: from a dictionary",
        "this_engine",
        THIS,
        "",
        "the case checked and typed, then decided",
        "from_a_dictionary",
    ),
    "datalogic": Entry(
        "datalogic-py", "datalogic", "datalogic_py", "datalogic-py", "a rule compiled, data handles, one call for many"
    ),
    "cel_cpp": Entry(
        "cel-expr-python", "cel_cpp", "cel_expr_python", "cel-expr-python", "checked expression, ready activations"
    ),
    "cel_rust": Entry(
        "common-expression-language", "cel_rust", "cel", "common-expression-language", "a program, ready contexts"
    ),
    "cel_python": Entry("cel-python", "cel_python", "celpy", "cel-python", "a compiled program, values of CEL"),
    "zen_expression": Entry(
        "zen-engine, an expression", "zen_engine", "zen", "zen-engine", "a compiled expression, dictionaries"
    ),
    "zen_graph": Entry(
        "zen-engine, a graph",
        "zen_engine",
        "zen",
        "zen-engine",
        "a loaded graph, one call for many, on all cores",
        "graph",
    ),
    "rego": Entry("gordon-to-regorus", "rego", "regorus", "gordon-to-regorus", "a program of its virtual machine"),
    "cedar": Entry("cedarpy", "cedar", "cedarpy", "cedarpy", "parsed policies, one call for many; whole numbers"),
    "durable": Entry("durable-rules", "durable_rules", "durable", "durable-rules", "a ruleset, events posted"),
    "cql": Entry("cql-execution", "", "", "cql-execution", "ELM of the policy, patients in one run; Node"),
}


def engine_named(name: str) -> Engine:
    """The engine of an entry, ready to decide."""
    entry = ENTRIES[name]
    engine: Engine = getattr(import_module(f"benchmarks.peers.engines.{entry.adapter}"), entry.maker)()
    return engine


def is_there(name: str) -> bool:
    """Whether the engine of an entry is installed."""
    if name == "cql":
        from benchmarks.peers.engines.cql import node

        return node.is_there()
    return find_spec(ENTRIES[name].home) is not None
