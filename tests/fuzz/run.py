"""Change expressions by chance for some minutes, until one crashes, hangs or lets the process grow.

`make fuzz`. With `--keep 100`, so many of the expressions that were found worth changing are put into the corpus, and all
those that crash or hang, to be mended.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from fuzzing import MEGABYTES, Attacker, corpus, keep, size, warm_up


def main() -> int:
    """Run, tell what is found, and end with 1 when anything is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="left out: another one every time, which is told")
    parser.add_argument("--keep", type=int, default=0, help="how many expressions to put into the corpus")
    options = parser.parse_args()
    seed = random.randrange(2**32) if options.seed is None else options.seed
    print(f"seed {seed}, {options.minutes:g} minutes", flush=True)
    warm_up()
    attacker = Attacker(random.Random(seed))
    end, told, limit = time.monotonic() + 60 * options.minutes, time.monotonic(), size() + MEGABYTES
    while time.monotonic() < end and size() < limit:
        problem = attacker.step()
        if problem is not None:
            print(f"\n{problem.what}\n  {problem.text!r}", flush=True)
        if time.monotonic() > told + 60:
            told = time.monotonic()
            print(f"{attacker.count:,} expressions, {len(attacker.ways):,} ways, {size():.0f} MB", flush=True)
    if options.keep:
        found = attacker.chance.sample(list(attacker.ways.values()), min(options.keep, len(attacker.ways)))
        keep([*corpus(), *found, *(problem.text for problem in attacker.problems.values())])
    return _end(attacker, size() >= limit)


def _end(attacker: Attacker, has_grown: bool) -> int:
    print(f"{attacker.count:,} expressions, {len(attacker.ways):,} ways, {len(attacker.problems)} problems")
    if has_grown:
        print(f"the process has grown by more than {MEGABYTES} MB")
    return 1 if attacker.problems or has_grown else 0


if __name__ == "__main__":
    sys.exit(main())
