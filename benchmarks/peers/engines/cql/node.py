"""Whether Node and the engine are there, and how its process is started."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from benchmarks.peers.engine import HERE
from benchmarks.peers.engines.cql.elm import library

MODULES = HERE.parent / ".node" / "node_modules"
PACKAGE = "cql-execution"


def is_there() -> bool:
    return which("node") is not None and (MODULES / PACKAGE).is_dir()


def command(file: Path) -> Sequence[str]:
    """The process: the script, where the engine is, the policy as ELM, the cases."""
    policy = json.dumps(library(), separators=(",", ":"))
    return [which("node") or "node", str(Path(__file__).parent / "run.cjs"), str(MODULES / PACKAGE), policy, str(file)]


def version() -> str:
    """Which version of the engine it is."""
    told: str = json.loads((MODULES / PACKAGE / "package.json").read_text(encoding="utf-8"))["version"]
    return told
