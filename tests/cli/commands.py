"""Calling the command in this process."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass

import pytest

from besponsa_pa.cli import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run(
    *arguments: object,
    stdin: bytes = b"",
    out_is_terminal: bool = False,
    err_is_terminal: bool = False,
    **environment: str,
) -> Ran:
    """Run the command with a width of 100 columns and no other setting than those given."""
    out, err = io.BytesIO(), io.BytesIO()
    kinds = {False: io.TextIOWrapper, True: Terminal}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_COLOR", "TERM"):
            patch.delenv(name, raising=False)
        for name, value in {"COLUMNS": "100", **environment}.items():
            patch.setenv(name, value)
        standard = (
            io.TextIOWrapper(io.BytesIO(stdin)),
            kinds[out_is_terminal](out, encoding="utf-8", newline="\n", write_through=True),
            kinds[err_is_terminal](err, encoding="utf-8", newline="\n", write_through=True),
        )
        for name, stream in zip(("stdin", "stdout", "stderr"), standard, strict=True):
            patch.setattr(sys, name, stream)
        code = main([str(each) for each in arguments])
        for stream in standard[1:]:
            stream.flush()
        return Ran(code, out.getvalue().decode("utf-8"), err.getvalue().decode("utf-8"))
