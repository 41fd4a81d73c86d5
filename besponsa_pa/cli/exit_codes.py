"""How the command says to a script what came out."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes; a script may rely on them."""

    OK = 0  # every case was evaluated, nothing is wrong with a file, every test passed
    FILE_IS_WRONG = 1  # a file is wrong, a test failed, or tests reach too little, a gate fails; the rest was done
    USAGE = 2  # the command line is wrong
    DENY = 10  # only with `--exit-code`: a case is denied
    PEND = 20  # only with `--exit-code`: no case is denied, and one pends
    INTERNAL = 70  # a mistake in this program
    INTERRUPTED = 130  # stopped from the keyboard
    BROKEN_PIPE = 141  # whoever read the output stopped reading it
