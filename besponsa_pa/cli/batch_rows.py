"""Rows that go to the interpreter: each read, held against its policy and determined as `evaluate` does it."""

from __future__ import annotations

import threading

from besponsa_pa import api
from besponsa_pa.backends.batch.interpreted import Answer, answer_from_determination, rejection
from besponsa_pa.case.reading import shortened
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.determination.admission import case_from_node
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, parse_json, source_from_bytes
from besponsa_pa.records import dataclass, field


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
