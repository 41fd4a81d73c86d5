"""What no case can reach of a policy, as its analyst says under `unreachable:` of the tests, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Node, Scalar, Sequence
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policytest.coverage import Coverage
from besponsa_pa.policytest.items import Item, items_of
from besponsa_pa.source import Span


@dataclass(frozen=True, slots=True)
class Unreachable:
    """An item that no case can reach, with the reason; `span` is where it is named."""

    item: Item
    reason: str
    span: Span


def read_unreachable(node: Node, compiled: CompiledPolicy, diagnostics: Diagnostics) -> tuple[Unreachable, ...]:
    """The items that no case can reach. One that the policy does not have, or that is named twice, is reported.

    Backticks may be left out, for YAML wants quotes around a text that begins with one. What has no such shape is
    left out: the schema tells of it when the tests are read.
    """
    listed = tuple(_listed(node))
    known = {_plain(item.text): item for item in items_of(compiled)} if listed else {}
    found: dict[Item, Unreachable] = {}
    for named, reason in listed:
        item = known.get(_plain(named.text))
        if item is None:
            _report_unknown(named, known.values(), diagnostics)
        elif item in found:
            related = ((found[item].span, "the first time"),)
            diagnostics.error("E607", "this item is named twice", named.span, related=related)
        else:
            found[item] = Unreachable(item, reason.text, named.span)
    return tuple(found.values())


def report_reached(unreachable: Iterable[Unreachable], coverage: Coverage, diagnostics: Diagnostics) -> None:
    """Warn of each item that is said to be unreachable and is reached after all."""
    for each in unreachable:
        tests = coverage.reached.get(each.item, ())
        if tests:
            label = f"the test `{tests[0]}` reaches it"
            diagnostics.warning("W608", "a test reaches what is said to be unreachable", each.span, label=label,
                                help="delete the entry")  # fmt: skip


def _listed(node: Node) -> Iterator[tuple[Scalar, Scalar]]:
    listed = node.get("unreachable") if isinstance(node, MappingNode) else None
    for each in listed if isinstance(listed, Sequence) else ():
        item, reason = (each.get("item"), each.get("reason")) if isinstance(each, MappingNode) else (None, None)
        if isinstance(item, Scalar) and isinstance(reason, Scalar):
            yield item, reason


def _plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def _report_unknown(named: Scalar, items: Iterable[Item], diagnostics: Diagnostics) -> None:
    help = did_you_mean(_plain(named.text), (_plain(item.text) for item in items), quote='"')
    help = help or "`besponsa-pa test --coverage` shows the items that no test reaches"
    diagnostics.error(
        "E607", f'nothing that tests should reach is called "{_plain(named.text)}"', named.span, help=help
    )
