"""Expressions one after the other, typed by a person or read from standard input, with their values in words."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from besponsa_pa.cli.case_files import lines_of
from besponsa_pa.cli.eval_context import Context
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.terminal import has_colours, report, width, write
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import source_from_bytes
from besponsa_pa.expression.evaluation import Evaluated
from besponsa_pa.expression.functions import OPERATORS
from besponsa_pa.facts import Facts
from besponsa_pa.render.evaluated import text_from_evaluated
from besponsa_pa.render.layout import columns, fitting
from besponsa_pa.render.names import lines_from_name, lines_from_operators, operators_named
from besponsa_pa.render.why import lines_from_expression
from besponsa_pa.source import Excerpt

PROMPT = "> "
GREETING = "Expressions of CQL 1.5, and names. :help says more, :quit ends."
HELP = (
    ("EXPRESSION", "its value and its type; what is not known, with the questions that would tell"),
    ("NAME", "a fact, definition, table or value set of the policy: what it says, and which criteria read it"),
    ("OPERATOR", "such as `Count`, `in` or `years between`: what it does, with examples"),
    (":why EXPRESSION", "each expression in it, with its value"),
    (":help", "this list"),
    (":quit", "the end, as Ctrl-D"),
)
COMMANDS = (":why", ":help", ":quit")
LAST_WORDS = (":quit", "quit", "exit")
NO_FACTS: Facts = {}


def write_evaluated(found: Evaluated, declared: Facts, context: Context) -> None:
    """Write a value, and to standard error what is wrong with its expression or worth knowing."""
    report(found.diagnostics)
    write(text_from_evaluated(found, declared, context.facts, width(), has_colours(sys.stdout)))


@dataclass(slots=True)
class Conversation:
    """One line after the other, each with its answer; `has_failed` when one of them could not be evaluated."""

    context: Context
    has_failed: bool = field(default=False)

    def answer(self, line: str) -> bool:
        """Answer a line; False when it says that there are no more."""
        line = line.strip()
        command, _, rest = line.partition(" ")
        if line in LAST_WORDS:
            return False
        if command == ":help":
            write("\n".join(columns(HELP, fitting(width()))) + "\n")
        elif command == ":why":
            self._explain(rest.strip())
        elif command.startswith(":"):
            near = did_you_mean(command, COMMANDS)
            self._refuse(f"there is no `{command}`", near or f"known are {', '.join(COMMANDS)}")
        elif line:
            self._tell(line)
        return True

    def _tell(self, line: str) -> None:
        """What a name means, or the value of an expression."""
        name = line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line
        lines = [] if self.context.compiled is None else lines_from_name(name, self.context.compiled, width())
        found = self.context.evaluate_safely(Excerpt.whole(line))
        if found.error is not None and not lines:
            lines = lines_from_operators(operators_named(line), width())
        if found.error is None or not lines:  # a definition that takes values has none of its own
            self._write(found, NO_FACTS if lines else self.context.declared)
        write("".join(f"{each}\n" for each in lines))

    def _explain(self, text: str) -> None:
        if not text:
            self._refuse("nothing stands after `:why`", "write an expression there, such as `:why 1 + 1 = 2`")
            return
        found = self.context.evaluate_safely(Excerpt.whole(text))
        if found.expression is None:
            self._write(found, NO_FACTS)
            return
        # where it fails is shown in the tree
        report(each for each in found.diagnostics if each is not found.error)
        self.has_failed |= found.error is not None
        write("\n".join(lines_from_expression(found.expression, self.context.facts, width())) + "\n")

    def _write(self, found: Evaluated, declared: Facts) -> None:
        self.has_failed |= found.error is not None
        write_evaluated(found, declared, self.context)

    def _refuse(self, message: str, help: str) -> None:
        diagnostics = Diagnostics()
        diagnostics.error("E201", message, help=help)
        report(diagnostics)
        self.has_failed = True


def answer_stream(stream: BinaryIO, context: Context) -> ExitCode:
    """Answer the lines of a stream, as a prompt would, without one."""
    conversation = Conversation(context)
    for number, line in enumerate(lines_of(stream), start=1):
        diagnostics = Diagnostics()
        source = source_from_bytes(line, "standard input", diagnostics, first_line=number)
        report(diagnostics)
        conversation.has_failed |= source is None
        if source is not None and not conversation.answer(source.text):
            break
    return ExitCode.FILE_IS_WRONG if conversation.has_failed else ExitCode.OK


def converse(context: Context) -> ExitCode:
    """Answer a person at a terminal, line by line.

    Earlier lines come back with the arrow keys. They may name a patient's data, so they are kept in memory only.
    """
    with contextlib.suppress(ImportError):  # not every system has it
        _offer_names(context)
    write(f"{GREETING}\n")
    conversation = Conversation(context)
    for line in _typed():
        with contextlib.suppress(KeyboardInterrupt):
            if not conversation.answer(line):
                break
    return ExitCode.OK


def _typed() -> Iterator[str]:
    """The lines that a person types; what is half typed is dropped by Ctrl-C."""
    while True:
        try:
            yield input(PROMPT)
        except KeyboardInterrupt:
            write("\n")
        except EOFError:
            write("\n")
            return


def _offer_names(context: Context) -> None:
    """Let the tab key complete names; loading `readline` is also what brings earlier lines back."""
    import readline

    environment = context.environment
    policy = (*environment.facts, *environment.definitions, *environment.tables)
    names = sorted({*COMMANDS, *policy, *OPERATORS})

    def complete(text: str, index: int) -> str | None:
        found = [name for name in names if name.startswith(text)]
        return found[index] if index < len(found) else None

    readline.set_completer_delims(" \t\n()[]{},=<>!+-*/'\"")
    readline.set_completer(complete)
    is_editline = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_editline else "tab: complete")
