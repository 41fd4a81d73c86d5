"""What SQL is known to refuse, by name and with the reason, in `refused.yaml`: nothing is left out in silence.

`UPDATE=1` writes what is refused now; read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "refused.yaml"
HEAD = "# What is not decided in SQL, and why: recorded by UPDATE=1, kept exact by the tests.\n"


def hold(section: str, found: Mapping[str, str]) -> None:
    """Fail unless just this is refused, for these reasons."""
    recorded = _recorded()
    if os.environ.get("UPDATE"):
        _write({**recorded, section: found})
        return
    known = recorded.get(section, {})
    assert found == known, "\n".join(
        f"{name}: recorded {known.get(name)!r}, found {found.get(name)!r}"
        for name in sorted({*found, *known})
        if found.get(name) != known.get(name)
    )


def _recorded() -> dict[str, Mapping[str, str]]:
    return dict(yaml.safe_load(FILE.read_text("utf-8")) or {}) if FILE.is_file() else {}


def _write(sections: Mapping[str, Mapping[str, str]]) -> None:
    lines = [HEAD]
    for section, names in sorted(sections.items()):
        lines.append(f"\n{section}:{'' if names else ' {}'}\n")
        lines += [
            f"  {json.dumps(name)}: {json.dumps(why, ensure_ascii=False)}\n" for name, why in sorted(names.items())
        ]
    FILE.write_text("".join(lines), encoding="utf-8")
