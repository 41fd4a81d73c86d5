"""`besponsa-pa sql`: a policy as one statement for a database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from besponsa_pa import api
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import counted, policies_option
from besponsa_pa.cli.terminal import write_exactly
from besponsa_pa.policy.model import CompiledPolicy

if TYPE_CHECKING:
    from besponsa_pa.backends.sql.dialects import Dialect

EXTRA = "pip install 'besponsa_pa[sql]'"
# known here too, so that the help needs no library
NAMES = ("duckdb", "spark", "postgres", "snowflake", "bigquery")


@click.command("sql", epilog="Example: besponsa-pa sql besponsa --dialect duckdb")
@click.argument("policy", metavar="POLICY")
@policies_option
@click.option("--dialect", type=click.Choice(NAMES), required=True, help="The database that is to run it.")
@click.option("--table", "only_table", is_flag=True, help="Write the `CREATE TABLE` of the cases instead.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
def command(policy: str, directories: tuple[Path, ...], *, dialect: str, only_table: bool, output: Path | None) -> int:
    """Write a policy as one SELECT over a table of cases.

    The statement decides each row as this program would, or says why it does not. What the database cannot say of the
    policy is told, all of it, and nothing is written.
    """
    if not _has_library():
        click.echo(f"`sql` needs the library `sqlglot`: {EXTRA}", err=True)
        return ExitCode.FILE_IS_WRONG
    from besponsa_pa.backends.sql.dialects import DIALECTS

    compiled = api.load_policy(policy, directories)
    said = DIALECTS[dialect]
    refused = list(_refusals(compiled, said))
    if refused:
        click.echo("\n".join(refused), err=True)
        return ExitCode.FILE_IS_WRONG
    text = _table(compiled, said) if only_table else _statement(compiled, said)
    return _write(text, output)


def _has_library() -> bool:
    from importlib.util import find_spec

    return find_spec("sqlglot") is not None


def _refusals(compiled: CompiledPolicy, dialect: Dialect) -> Iterator[str]:
    """What cannot be said, a line each, below one that says how many there are."""
    from besponsa_pa.backends.sql.refusals import refusals

    found = refusals(compiled, dialect)
    if found:
        count = counted(len(found), "thing")
        yield f"error: `{compiled.policy.id}` cannot be decided in SQL for {dialect.name}, {count} cannot be said:"
    for each in found:
        places = ", ".join(f"`{place}`" for place in each.places)
        yield f"  {each.why}" + (f" (in {places})" if places else "")


def _statement(compiled: CompiledPolicy, dialect: Dialect) -> str:
    from besponsa_pa.backends.sql import sql_from_policy

    return f"{_header(compiled, dialect)}{sql_from_policy(compiled, dialect.name).text};\n"


def _table(compiled: CompiledPolicy, dialect: Dialect) -> str:
    from besponsa_pa.backends.sql import columns_of, created_table

    return f"{created_table(columns_of(compiled), dialect)};\n"


def _header(compiled: CompiledPolicy, dialect: Dialect) -> str:
    """Which policy it is, and what the table looks like that it reads."""
    policy = compiled.policy
    lines = [
        f"{policy.title}",
        f"policy {policy.id} {policy.version}, {policy.digest}",
        f"in the SQL of {dialect.name}; one row of the table is one case:",
        "",
        *_table(compiled, dialect).splitlines(),
        "",
        *_bits(compiled),
    ]
    return "".join(f"-- {line}".rstrip() + "\n" for line in lines) + "\n"


def _bits(compiled: CompiledPolicy) -> Iterator[str]:
    """What the bits mean of the columns that end in `_missing`."""
    from besponsa_pa.backends.sql.columns import facts_read
    from besponsa_pa.backends.sql.terms import WORD

    yield "columns that end in `_missing` have a bit for each fact that is missing:"
    read = facts_read(compiled)
    for place, name in enumerate(compiled.policy.facts):
        if name in read:
            word = f" in word {place // WORD + 1}" if place >= WORD else ""
            yield f"  {1 << (place % WORD)}{word}: {name}"


def _write(text: str, output: Path | None) -> int:
    if output is None:
        write_exactly(text)
        return ExitCode.OK
    try:
        output.write_bytes(text.encode("utf-8"))
    except OSError as failure:
        click.echo(f"cannot write `{output}`: {failure.strerror}", err=True)
        return ExitCode.FILE_IS_WRONG
    return ExitCode.OK
