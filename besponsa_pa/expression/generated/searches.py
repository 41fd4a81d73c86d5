"""The source of searches: `exists` and `Count` of the elements of a list that satisfy a condition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from besponsa_pa.expression import checked
from besponsa_pa.expression.generated.scopes import NoTemplateError, Scope, class_of, parts_of
from besponsa_pa.expression.queries import MOST_ROWS
from besponsa_pa.types import ListOf
from besponsa_pa.values import TupleValue

if TYPE_CHECKING:
    from besponsa_pa.expression.generated.writer import Writer


def search(writer: Writer, node: checked.Operation, query: checked.Query, scope: Scope) -> str:
    """`exists` or `Count` of the elements of one list that satisfy a condition, as a loop of its own.

    A search may stop at the first that it finds only where no element after it can fail.
    """
    if not _is_plain_search(query):
        raise NoTemplateError
    ((slot, source),), where = query.sources, query.where
    assert isinstance(source.type, ListOf)
    assert where is not None
    with writer.apart():
        parameters = tuple(each for name in scope.values() for each in (name, parts_of(name)))
        element = f"e{len(scope)}"
        source_text = writer.operand(source, scope)
        source_fails, writer.may_fail = writer.may_fail, False
        condition = writer.expression(where, {**scope, slot: element})
        may_fail, kind = writer.may_fail, class_of(source.type.element)
        name = writer.new("s", None)
        look = (
            f"{parts_of(element)} = {element}.elements"
            if kind is TupleValue
            else (f"{parts_of(element)} = None if type({element}) is {writer.thing(kind)} else leave()")
        )
        lines = [writer.kept(), *_loop(source_text, element, look, condition, writer.thing(MOST_ROWS))]
        found = _COUNTED if node.operator.name == "Count" else _LOOKED_THROUGH if may_fail else _FOUND
        writer.function(
            name, ("frame", *parameters), [found[0], *lines, *(f"   {each}" for each in found[1]), found[2]]
        )
    writer.may_fail |= source_fails or may_fail
    return f"{name}({', '.join(('frame', *parameters))})"


# What a search begins with, does with what it finds, and answers.
_FOUND = ("pass", ["return True"], "return False")
_LOOKED_THROUGH = ("found = False", ["found = True"], "return found")
_COUNTED = ("found = 0", ["found += 1"], "return found")


def _loop(source: str, element: str, look: str, condition: str, most: str) -> list[str]:
    return [
        f"elements = {source}",
        f"if len(elements) > {most}: leave()",
        f"for {element} in elements:",
        f"  {look}",
        f"  if {condition}:",
    ]


def _is_plain_search(query: checked.Query) -> bool:
    """Whether a query only filters one list: no row of it comes from anything else, or is changed."""
    if len(query.sources) != 1 or query.where is None or not query.is_list or query.distinct:
        return False
    if query.lets or query.relations or query.aggregate is not None or query.sort:
        return False
    ((slot, source),) = query.sources
    is_whole = isinstance(query.result, checked.Local) and query.result.slot == slot
    return is_whole and isinstance(source.type, ListOf)
