"""What DuckDB once said of a case otherwise than the interpreter stays mended, or is handed on for the reason given."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

pytest.importorskip("duckdb")
pytest.importorskip("pyarrow")
pytest.importorskip("sqlglot")

from comparing import answers_of_interpreter, case_of
from engines import answers_of_duckdb
from expression_making import FACTS

from besponsa_pa import CompiledPolicy
from besponsa_pa.backends.sql import RefusedError
from besponsa_pa.diagnostic import Diagnostics, Severity
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.loader import load
from besponsa_pa.source import Source

FINDS = yaml.safe_load((Path(__file__).parent / "once_unlike.yaml").read_text("utf-8"))


def compiled_of(find: Mapping[str, object]) -> CompiledPolicy:
    """The policy of a find: its own pathways, or one that asks its check."""
    check = {"id": "c1", "check": find.get("check")}
    pathways = find.get("pathways", {"p0": {"require": check}})
    text = json.dumps(pathways)
    own = find.get("facts", {})
    assert isinstance(own, Mapping)
    facts = {name: fact for name, fact in {**FACTS, **own}.items() if re.search(rf"(?<![\w.]){name}(?!\w)", text)}
    document = {"policy": "once", "title": "Once", "version": "1", "facts": facts, "pathways": pathways}
    document |= {"definitions": find["definitions"]} if "definitions" in find else {}
    diagnostics = Diagnostics()
    # what is granted stands without quotes: it is no text
    written = json.dumps(document).replace('"at_time"}', "at_time}")
    policy = load(Source(written, "policy.yaml"), lambda *_: None, diagnostics)
    compiled = None if policy is None else compile_policy(policy, diagnostics)
    assert compiled is not None, [each.message for each in diagnostics if each.severity is Severity.ERROR]
    return compiled


@pytest.mark.parametrize("find", FINDS, ids=[find["is"] for find in FINDS])
def test_what_was_once_unlike_is_alike_or_handed_on(find: Mapping[str, object]) -> None:
    compiled = compiled_of(find)
    plains = find["cases"]
    assert isinstance(plains, list)
    cases = [case_of(compiled, {"case": f"case {at}", **plain}) for at, plain in enumerate(plains)]
    read = [case for case in cases if case is not None]
    assert len(read) == len(plains)
    if "policy_refused" in find:
        with pytest.raises(RefusedError, match=re.escape(str(find["policy_refused"]))):
            answers_of_duckdb(compiled, read)
        return
    found = answers_of_duckdb(compiled, read)
    if "refused" in find:
        assert [each.refused for each in found] == [find["refused"]] * len(read)
    else:
        assert found == answers_of_interpreter(compiled, read)
