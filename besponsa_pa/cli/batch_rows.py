"""Who decides rows: SQL, and the interpreter, which reads, holds and determines each as `evaluate` does it."""

from __future__ import annotations

import threading

import click

from besponsa_pa import api
from besponsa_pa.backends.batch.interpreted import Answer, answer_from_determination, rejection
from besponsa_pa.backends.batch.statement import Deciding
from besponsa_pa.case.reading import shortened
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, parse_json, source_from_bytes
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass, field

# what it means, by the engine, that a policy has no SQL
WITHOUT_SQL = {"duckdb": "which is slower", "spark": "here and one after the other"}


def deciding_by(chosen: CompiledPolicy, engine: str) -> Deciding:
    """What decides the rows on an engine: the SQL of a policy; where it has none the interpreter, which is told."""
    if engine == "python":
        return Deciding(None, "every row goes to the interpreter")
    from besponsa_pa.backends.sql import RefusedError, sql_from_policy

    try:
        return Deciding(sql_from_policy(chosen, engine, are_checked=True).text)
    except RefusedError as refused:
        click.echo(f"every case goes to the interpreter, {WITHOUT_SQL[engine]}: {refused}", err=True)
        return Deciding(None, str(refused))


@dataclass(slots=True)
class Interpreter:
    """What decides a row from its raw text. Several threads ask it; it answers one after the other."""

    policies: Policies
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, raw: str, file: str) -> Answer:
        """The decision for a row, or what is wrong with it."""
        with self._lock:
            return self._answer(raw, file)

    def _answer(self, raw: str, file: str) -> Answer:
        diagnostics = Diagnostics()
        found, case = self.determined(raw, file, diagnostics)
        return rejection(case, diagnostics) if found is None else answer_from_determination(found)

    def determined(self, raw: str, file: str, diagnostics: Diagnostics) -> tuple[Determination | None, str | None]:
        """The determination of a row, or None with what is wrong reported; and the name of its case, if it has one."""
        source = source_from_bytes(raw.encode("utf-8"), file, diagnostics)
        node = None if source is None else parse_json(source, diagnostics)
        if node is None:
            return None, None
        policy = self.policies.policy_for(node, diagnostics)
        case = None if policy is None else case_from_node(node, policy, diagnostics)
        if policy is None or case is None:
            return None, _name_of(node)
        return api.determine(policy, case), case.id


def _name_of(node: Node) -> str | None:
    name = node.get("case") if isinstance(node, Mapping) else None
    return shortened(name.text) if isinstance(name, Scalar) and not name.is_null else None
