"""Change expressions by chance for some minutes, until one crashes, hangs or lets the process grow.

`make fuzz`. With `--keep 100`, so many of the expressions that were found worth changing are put into the corpus, and
all those that crash or hang, to be mended.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing import MEGABYTES, Attacker, chance_from, corpus, keep, size, warm_up

# what is kept is read by people when it fails
LONGEST = 200


def tell(line: str) -> None:
    """Say how it goes, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Run, tell what is found, and end with 1 when anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="left out: another one every time, which is told")
    parser.add_argument("--keep", type=int, default=0, help="how many expressions to put into the corpus")
    options = parser.parse_args()
    seed = secrets.randbelow(2**32) if options.seed is None else options.seed
    tell(f"seed {seed}, {options.minutes:g} minutes")
    warm_up()
    attacker = Attacker(chance_from(seed))
    end, told, limit = time.monotonic() + 60 * options.minutes, time.monotonic(), size() + MEGABYTES
    while time.monotonic() < end and size() < limit:
        problem = attacker.step()
        if problem is not None:
            tell(f"\n{problem.what}\n  {problem.text!r}")
        if time.monotonic() > told + 60:
            told = time.monotonic()
            tell(f"{attacker.count:,} expressions, {len(attacker.ways):,} ways, {size():.0f} MB")
    if options.keep:
        short = [text for text in attacker.ways.values() if len(text) <= LONGEST]
        found = attacker.chance.sample(short, min(options.keep, len(short)))
        keep([*corpus(), *found, *(problem.text for problem in attacker.problems.values())])
    return _end(attacker, size() >= limit)


def _end(attacker: Attacker, has_grown: bool) -> int:
    tell(f"{attacker.count:,} expressions, {len(attacker.ways):,} ways, {len(attacker.problems)} problems")
    if has_grown:
        tell(f"the process has grown by more than {MEGABYTES} MB")
    return 1 if attacker.problems or has_grown else 0


if __name__ == "__main__":
    sys.exit(main())
