"""Makes the parser's tables when the package is built or installed, so that no start has to."""

from __future__ import annotations

import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ParseTableHook(BuildHookInterface):
    """Writes `besponsa_pa/expression/parse_table.json` from the grammar."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:  # noqa: ARG002 - hatchling's interface
        """Run before a wheel or an editable install is put together."""
        sys.path.insert(0, self.root)
        try:
            from besponsa_pa.expression.parse_table import TABLE_NAME, table_text
        finally:
            sys.path.remove(self.root)
        (Path(self.root) / "besponsa_pa" / "expression" / TABLE_NAME).write_text(table_text(), encoding="utf-8")
