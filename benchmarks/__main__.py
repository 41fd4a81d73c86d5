"""`python -m benchmarks` measures and writes `docs/performance.md`.

With arguments, which are those of pytest (`-k start`), it shows what it measured and leaves the page alone. The
sections that `python -m benchmarks.peers` writes are kept as they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import ENGINES, MANY, page, section_of, with_section

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"


def main(arguments: list[str]) -> int:
    """Run the benchmarks and write or show the page; returns the exit code of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "pytest", "benchmarks", "--quiet", "--benchmark-enable", "--benchmark-only"]
        quiet = ["--benchmark-json", str(figures), "--benchmark-columns", "min,median,rounds"]
        code = subprocess.run([*command, *quiet, *arguments], cwd=ROOT, check=False).returncode
        if code:
            return code
        text = page(json.loads(figures.read_text(encoding="utf-8")))
    if arguments:
        sys.stdout.write(text)
    else:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(_with_peers(text), encoding="utf-8")
    return 0


def _with_peers(text: str) -> str:
    """The new page with those sections of the old one that are measured on their own."""
    old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    for title in (ENGINES, MANY):
        text = with_section(text, title, section_of(old, title))
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
