"""`besponsa-pa show`: what a policy decides."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_option
from besponsa_pa.cli.terminal import has_colours, width, write
from besponsa_pa.render.outline import text_from_policy


@click.command("show", epilog="Example: besponsa-pa show besponsa")
@click.argument("policy", metavar="POLICY")
@policies_option
def command(policy: str, directories: tuple[Path, ...]) -> int:
    """Show what a policy decides, as an outline with its citations.

    A POLICY is an id or a file.
    """
    compiled = api.load_policy(policy, directories)
    write(text_from_policy(compiled, width(), has_colours(sys.stdout)))
    return ExitCode.OK
