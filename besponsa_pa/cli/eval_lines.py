"""Expressions one a line, answers one a line: for programs that evaluate many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from besponsa_pa.cli.case_files import lines_of
from besponsa_pa.cli.eval_context import Context, Contexts, internal_error
from besponsa_pa.cli.exit_codes import ExitCode
from besponsa_pa.cli.terminal import write_exactly
from besponsa_pa.diagnostic import Diagnostic, Diagnostics, Severity
from besponsa_pa.document import Mapping, Node, Scalar, parse_json, source_from_bytes
from besponsa_pa.render.evaluated import structure_from_error, structure_from_evaluated
from besponsa_pa.render.structure import Structure, json_text
from besponsa_pa.source import Excerpt, Source

NAME = "standard input"


def answer_lines(stream: BinaryIO, context: Context, contexts: Contexts) -> ExitCode:
    """Answer each line of a stream on a line, as soon as it is read; whatever is wrong with one is its answer."""
    for number, line in enumerate(lines_of(stream), start=1):
        if line.strip():
            write_exactly(json_text(_answer(line, number, context, contexts), one_line=True))
    return ExitCode.OK


def _answer(line: bytes, number: int, context: Context, contexts: Contexts) -> Structure:
    try:
        request = _read(line, number, context, contexts)
    except Exception as failure:  # noqa: BLE001 - the other lines still get their answers
        return _refused(_Refused(internal_error(failure), None), number)
    if isinstance(request, _Refused):
        return _refused(request, number)
    return structure_from_evaluated(request.context.evaluate_safely(request.excerpt), request.excerpt.source)


@dataclass(frozen=True, slots=True)
class _Request:
    """An expression, and what it may name."""

    excerpt: Excerpt
    context: Context


@dataclass(frozen=True, slots=True)
class _Refused:
    """What is wrong with a line; its place counts in the lines of the input."""

    error: Diagnostic
    source: Source | None


def _refused(refused: _Refused, number: int) -> Structure:
    error = structure_from_error(refused.error, refused.source)
    if refused.error.span is None:
        error["line"] = number
    return {"value": None, "type": None, "error": error}


def _read(line: bytes, number: int, context: Context, contexts: Contexts) -> _Request | _Refused:
    """The request on a line. Keys that nobody here knows belong to whoever asks, such as a name for the test."""
    diagnostics = Diagnostics()
    source = source_from_bytes(line, NAME, diagnostics, first_line=number)
    node = None if source is None else parse_json(source, diagnostics)
    text = None if node is None else _expression(node, diagnostics)
    case = node.get("case") if isinstance(node, Mapping) else None
    if case is not None and text is not None and not (isinstance(case, Scalar) and case.is_null):
        context = contexts.of_case(case, diagnostics) or context
    for each in diagnostics:
        if each.severity is Severity.ERROR:
            return _Refused(each, source)
    assert text is not None
    return _Request(Excerpt.whole(text), context)


def _expression(node: Node, diagnostics: Diagnostics) -> str | None:
    if not isinstance(node, Mapping):
        diagnostics.error("E142", "a line is an object with the key `expression`", node.span)
        return None
    found = node.get("expression")
    if found is None:
        diagnostics.error("E141", "the key `expression` is missing", node.span)
    elif not isinstance(found, Scalar) or not found.quoted:
        diagnostics.error("E142", "`expression` is not a text", found.span)
    else:
        return found.text
    return None
