"""`python -m benchmarks.peers` measures all engines side by side and writes its sections of `docs/performance.md`."""

from __future__ import annotations

import argparse
import sys

from benchmarks.__main__ import PAGE
from benchmarks.peers import measuring, plots, report, vectorised
from benchmarks.peers.engine import BASELINE, ENTRIES
from benchmarks.table import ENGINES, MANY, with_section

PLOTS = PAGE.parent / "performance"
QUICK = measuring.Effort(starts=2, rounds=3, seconds=0.1)
ROUNDS_OF_A_MILLION = 3


def main(arguments: list[str]) -> int:
    """Measure, then write the page, or show what would be written."""
    asked = _parser().parse_args(arguments)
    names = [name for name in ENTRIES if not asked.only or name in (BASELINE, *asked.only)]
    if "engines" in asked.parts or not asked.parts:
        rows = measuring.measure(names, QUICK if asked.quick else measuring.Effort(), _tell)
        pictures = [] if asked.show else plots.write_engines(rows, PLOTS)
        _write(ENGINES, report.engines_section(rows, pictures), show=asked.show)
    if "many" in asked.parts or not asked.parts:
        found = vectorised.measure(vectorised.MILLION, 1 if asked.quick else ROUNDS_OF_A_MILLION, _tell)
        found += vectorised.measure(10 * vectorised.MILLION, 1, _tell) if asked.full else []
        pictures = [] if asked.show else plots.write_many(found, PLOTS)
        _write(MANY, report.many_section(found, pictures), show=asked.show)
    return 0


def _write(title: str, section: str, *, show: bool) -> None:
    """Put a section into the page as soon as it is measured, or show it."""
    _tell("")
    if show:
        sys.stdout.write(f"{section}\n")
        return
    PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8"), title, section), encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--parts", nargs="+", choices=["engines", "many"], default=[], help="one of the two sections")
    parser.add_argument("--full", action="store_true", help="ten million cases too: some ten minutes, 6 GB of disk")
    parser.add_argument("--quick", action="store_true", help="short rounds, to see that it runs")
    parser.add_argument("--show", action="store_true", help="show the sections and leave the page alone")
    parser.add_argument("--only", nargs="+", metavar="ENGINE", choices=ENTRIES, help="these engines and plain Python")
    return parser


def _tell(words: str) -> None:
    """Show how far it is, in one line, where somebody looks on."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{words}")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
