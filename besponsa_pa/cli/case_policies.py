"""Which policy a case is decided by: the one chosen on the command line, or the one that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

from besponsa_pa import api
from besponsa_pa.case import policy_named, request_date_named
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Mapping as MappingNode
from besponsa_pa.document import Node, Scalar
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.records import dataclass, field, replace
from besponsa_pa.source import Span
from besponsa_pa.values import Date


@dataclass
class Policies:
    """The policies of one run, each loaded once; `chosen` decides every case, whatever it names.

    Of several versions the one in force on the date of the request decides; of a chosen policy too, where it was
    `chosen_by_id`, and not by the path of one file.
    """

    chosen: CompiledPolicy | None
    directories: Sequence[Path]
    chosen_by_id: bool = False
    _loaded: dict[Path, CompiledPolicy | None] = field(default_factory=dict)
    _chosen: dict[tuple[str, Date | None], Path] = field(default_factory=dict)

    @cached_property
    def known(self) -> Mapping[str, tuple[Path, ...]]:
        """The policies that a case can name, with their versions."""
        return api.policy_versions(self.directories)

    @property
    def has_versions(self) -> bool:
        """Whether the date of a request chooses among several versions of the chosen policy."""
        return self.chosen is not None and self.chosen_by_id and len(self.known[self.chosen.policy.id]) > 1

    def policy_for(self, node: Node, diagnostics: Diagnostics) -> CompiledPolicy | None:
        """The policy for a case: the chosen one, else the one that it names; None when there is none to decide by.

        A case names a policy by its id, never by a path: who sends a case does not choose the files that are read.
        """
        name = policy_named(node)
        if self.chosen is not None:
            _warn_of_another(name, self.chosen.policy.id, node, diagnostics)
            return self._in_force(self.chosen, node, diagnostics)
        if name is None:
            _report_unnamed(node, diagnostics)
            return None
        if name not in self.known:
            self._report_unknown(name, node, diagnostics)
            return None
        return self._load(name, node, diagnostics)

    def policy_at_hand(self, values: Mapping[str, object]) -> CompiledPolicy | None:
        """As `policy_for`, for a case of plain values: None where a policy has to be loaded, or something to be told.

        So it is for one with several versions, too.
        """
        name = values.get("policy")
        if self.chosen is not None:
            is_meant = name is None or name == self.chosen.policy.id
            return self.chosen if is_meant and not self.has_versions else None
        places = self.known.get(name, ()) if isinstance(name, str) else ()
        return self._loaded.get(places[0]) if len(places) == 1 else None

    def _in_force(self, chosen: CompiledPolicy, node: Node, diagnostics: Diagnostics) -> CompiledPolicy | None:
        return self._load(chosen.policy.id, node, diagnostics) if self.has_versions else chosen

    def _load(self, name: str, node: Node, diagnostics: Diagnostics) -> CompiledPolicy | None:
        """The policy of that id in force on the date of the request. What is wrong with it is told once."""
        date, overlaps = request_date_named(node), Diagnostics()
        if (name, date) not in self._chosen:
            self._chosen[name, date] = api.version_in_force(self.known[name], date, overlaps)
        place = self._chosen[name, date]
        if place not in self._loaded:
            compiled, found = api.usable_policy(place, self.directories)
            found.extend(overlaps)
            self._loaded[place] = None if found.has_errors else compiled
            diagnostics.extend(found if found.has_errors else ())
        elif self._loaded[place] is None:
            diagnostics.error("E503", f"the policy `{name}` cannot be used", help="what is wrong with it is told above")
        return self._loaded[place]

    def _report_unknown(self, name: str, node: Node, diagnostics: Diagnostics) -> None:
        listed = "known policies are " + ", ".join(f"`{each}`" for each in sorted(self.known))
        help = did_you_mean(name, self.known) or listed
        if "/" in name or name.endswith((".yaml", ".json")):
            help = "a case names its policy by its id; a path goes with `--policy`"
        diagnostics.error("E501", f"there is no policy `{name}`", _place_of_policy(node), help=help)


def policy_chosen(name: str, directories: Sequence[Path]) -> tuple[CompiledPolicy, Policies]:
    """The policy of an id or a path, and with it the policies of a run in which it decides every case.

    Raises `FileError` for one that cannot be used.
    """
    chosen = api.load_policy(name, directories)
    is_id = name == chosen.policy.id and not Path(name).exists()
    return chosen, Policies(chosen, directories, chosen_by_id=is_id)


def _warn_of_another(name: str | None, chosen: str, node: Node, diagnostics: Diagnostics) -> None:
    if name not in (None, chosen):
        message = f"the case names the policy `{name}`, and is decided by `{chosen}`"
        help = "leave `--policy` out to decide each case by the policy that it names"
        diagnostics.warning("W505", message, _place_of_policy(node), help=help)


def _report_unnamed(node: Node, diagnostics: Diagnostics) -> None:
    if not isinstance(node, MappingNode):
        # what is no case at all is said better by whoever reads it
        diagnostics.error("E504", "this is no case", _start(node), help="a case has keys: `policy:`, `request:` ...")
        return
    help = "add `policy:` with the id of a policy, or name one with `--policy`"
    diagnostics.error("E504", "the case does not say by which policy it is to be decided", _start(node), help=help)


def _place_of_policy(node: Node) -> Span | None:
    policy = node.get("policy") if isinstance(node, MappingNode) else None
    return policy.span if isinstance(policy, Scalar) else None


def _start(node: Node) -> Span:
    key = node.entries[0][0].span if isinstance(node, MappingNode) and node.entries else None
    return key or replace(node.span, end=min(node.span.end, node.span.start + 1))
