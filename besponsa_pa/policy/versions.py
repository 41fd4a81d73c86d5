"""The versions of one policy: files with the same id, each in force for days of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node
from besponsa_pa.policy.nodes import full_date, get, text
from besponsa_pa.records import dataclass
from besponsa_pa.source import Span
from besponsa_pa.values import Date, earliest, latest

FIRST_DAY, LAST_DAY = Date(1, 1, 1), Date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Version:
    """One file of a policy, and the first and the last day on which it is in force."""

    id: str
    begins: Date
    ends: Date
    span: Span

    def holds_on(self, date: Date) -> bool:
        """Whether it is in force on a date; on one known to its month or year, on every day of that."""
        return self.begins.parts <= earliest(date).parts and latest(date).parts <= self.ends.parts


def version_of(root: Node | None) -> Version | None:
    """The version that a file is, from its keys; None for one that names no policy."""
    key = root.key("policy") if isinstance(root, Mapping) else None
    name = text(get(root, "policy"))
    if key is None or name is None:
        return None
    effective, unheard = get(root, "effective"), Diagnostics()
    begins, ends = full_date(get(effective, "from"), unheard), full_date(get(effective, "to"), unheard)
    return Version(name, begins or FIRST_DAY, ends or LAST_DAY, key.span)


def in_force(versions: Sequence[Version], date: Date | None) -> Version:
    """The version in force on a date; where that is none, or the date is not known, the newest.

    Never an older one by guess: the determination says that the newest is not in force on the date of the request.
    """
    held = [each for each in versions if date is not None and each.holds_on(date)]
    return max(held or versions, key=lambda each: (each.begins.parts, each.ends.parts))


def check_overlaps(versions: Iterable[Version], diagnostics: Diagnostics) -> None:
    """Report versions of one policy that are in force on the same day, each pair with both files."""
    ordered = sorted(versions, key=lambda each: (each.id, each.begins.parts, each.ends.parts))
    for earlier, later in _overlapping(ordered):
        message = f"two versions of the policy `{later.id}` are in force on {later.begins}"
        if later.begins == FIRST_DAY:
            message = f"two versions of the policy `{later.id}` are in force on the same days"
        help = "end the earlier one with `effective: {from: ..., to: ...}` on the day before the later one begins"
        related = ((earlier.span, f"in force {_days(earlier)}"),)
        diagnostics.error("E506", message, later.span, label=f"in force {_days(later)}", help=help, related=related)


def _overlapping(ordered: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    for number, later in enumerate(ordered):
        for earlier in ordered[:number]:
            if earlier.id == later.id and later.begins.parts <= earlier.ends.parts:
                yield earlier, later


def _days(version: Version) -> str:
    begins = "" if version.begins == FIRST_DAY else f"from {version.begins}"
    ends = "" if version.ends == LAST_DAY else f"to {version.ends}"
    return " ".join(filter(None, (begins, ends))) or "always"
