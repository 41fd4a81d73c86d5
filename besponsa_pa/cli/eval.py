"""`besponsa-pa eval`: what an expression comes to."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import click

from besponsa_pa import api
from besponsa_pa.cli.case_files import STANDARD_INPUT
from besponsa_pa.cli.case_policies import Policies
from besponsa_pa.cli.eval_context import Contexts
from besponsa_pa.cli.eval_lines import answer_lines
from besponsa_pa.cli.eval_prompt import answer_stream, converse, write_evaluated
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.options import policies_option
from besponsa_pa.expression.literals import parse_datetime
from besponsa_pa.source import Excerpt
from besponsa_pa.values import DateTime


class _Moment(click.ParamType[DateTime]):
    """A date, or a date with a time, as an expression writes it."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> DateTime:
        try:
            moment = parse_datetime(str(value).removeprefix("@"))
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if moment.day is None:
            self.fail(f"`{value}` is no day, wanted such as `2026-11-20`", param, ctx)
        return moment


@click.command("eval", epilog='Example: besponsa-pa eval "years between @1984-03-02 and @2026-11-20"')
@click.argument("expression", required=False)
@click.option("--case", metavar="FILE", help="Take the facts from this case.")
@click.option("--policy", metavar="ID_OR_PATH", help="Take the names from this policy, not from the case's.")
@policies_option
@click.option("--as-of", type=_Moment(), metavar="DATE_OR_DATETIME", help="What Now() and Today() say.")
@click.option("--jsonl", "are_many", is_flag=True, help="Read a JSON object a line, write one a line.")
def command(
    *,
    expression: str | None,
    case: str | None,
    policy: str | None,
    directories: tuple[Path, ...],
    as_of: DateTime | None,
    are_many: bool,
) -> int:
    """Evaluate an expression: its value and its type.

    Without an EXPRESSION a prompt asks for one after the other; `:help` says what it answers. An expression may use
    the names of a policy and the facts of a case. The exit code is 1 when it is refused or fails.

    With `--jsonl` each line of standard input is an object with an `expression`, and perhaps a `case`; the answer to
    it is an object with `value`, `type` and `error`.
    """
    if are_many and expression is not None:
        raise click.UsageError("`--jsonl` reads the expressions from standard input: leave EXPRESSION out")
    if case == STANDARD_INPUT and expression is None:
        raise click.UsageError("the expressions come from standard input: the case needs a file")
    chosen = None if policy is None else api.load_policy(policy, directories)
    contexts = Contexts(Policies(chosen, directories), as_of, _now())
    context = contexts.without_case() if case is None else contexts.of_file(case)
    if are_many:
        return answer_lines(sys.stdin.buffer, context, contexts)
    if expression is not None:
        found = context.evaluate(Excerpt.whole(expression))
        write_evaluated(found, context.declared, context)
        return ExitCode.OK if found.error is None else ExitCode.FILE_IS_WRONG
    if sys.stdin.isatty() and sys.stdout.isatty():
        return converse(context)
    return answer_stream(sys.stdin.buffer, context)


def _now() -> DateTime:
    """The time by the clock of this computer."""
    now = datetime.datetime.now(datetime.UTC).astimezone()
    offset = now.utcoffset() or datetime.timedelta()
    return DateTime(
        now.year, now.month, now.day, now.hour, now.minute, now.second, now.microsecond // 1000,
        offset // datetime.timedelta(minutes=1),
    )  # fmt: skip
