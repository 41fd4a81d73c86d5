"""The command `besponsa-pa`: one module for each of its commands, loaded when it is called."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from besponsa_pa import __version__
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.diagnostic import FileError, did_you_mean

# in the order in which a newcomer needs them
COMMANDS = ("evaluate", "batch", "impact", "check", "fmt", "test", "suggest", "mutate", "show", "sql", "eval")
DEBUG = "--debug"
# a start makes many objects that stay: to look for rubbish among them after each 700 takes a tenth of it
MANY_OBJECTS = 50_000


class _Commands(click.Group):
    """The commands by the names of their modules."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            near = did_you_mean(cmd_name, COMMANDS)
            return ctx.fail(f"there is no command `{cmd_name}`, {near}") if near else None
        command: click.Command = import_module(f"besponsa_pa.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            return ExitCode.BROKEN_PIPE


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: besponsa-pa evaluate examples/01_first_request/case.yaml",
)
@click.version_option(__version__, prog_name="besponsa-pa", message="%(prog)s %(version)s")
@click.option(DEBUG, is_flag=True, expose_value=False, help="Show where the program failed, if it does.")
def group() -> None:
    """Hold requests for a drug against a coverage policy, and say why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. Whatever goes wrong is told in a line, never in a traceback.

    With `--debug` anywhere among the arguments a mistake of the program itself is shown in full.
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    debug = DEBUG in options
    if debug:
        arguments = [each for each in options if each != DEBUG] + arguments[len(options) :]
    gc.set_threshold(MANY_OBJECTS)
    _leave_quickly()
    _allow_any_character()
    try:
        return int(group.main(arguments, prog_name="besponsa-pa", standalone_mode=False) or ExitCode.OK)
    except click.ClickException as mistake:
        mistake.show()
        return mistake.exit_code
    except click.Abort:
        return ExitCode.INTERRUPTED
    except FileError as mistake:
        return _report(mistake)
    except Exception as failure:  # noqa: BLE001 - the last line of defence: no traceback for a user
        return _fail(failure, debug)


def _report(mistake: FileError) -> int:
    from besponsa_pa.cli.terminal import report

    report(mistake.diagnostics)
    return ExitCode.FILE_IS_WRONG


def _fail(failure: Exception, debug: bool) -> int:
    """Say that the program failed; the message of the failure may hold a patient's data, so only its kind is told."""
    if debug:
        import traceback

        traceback.print_exception(failure)
    else:
        kind = type(failure).__name__
        click.echo(f"internal error ({kind}): a mistake in this program, run again with {DEBUG} to see where", err=True)
    return ExitCode.INTERNAL


def _leave_quickly() -> None:
    """Let nobody look for rubbish among what is left when the process ends: that took an eighth of a short one."""
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)


def _allow_any_character() -> None:
    """Write out what the terminal's encoding does not have, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _discard_output() -> None:
    """Nobody reads any more: what is still buffered goes nowhere, so that the interpreter's end is quiet too."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
