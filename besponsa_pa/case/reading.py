"""What is noted while one case is read: its mistakes, and where each value stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from besponsa_pa.diagnostic import Diagnostics
from besponsa_pa.document import Mapping, Node, Scalar, Sequence
from besponsa_pa.records import dataclass, field
from besponsa_pa.source import Span

MISTAKE_LIMIT = 50
TEXT_LIMIT = 40
LISTED_LIMIT = 12


class Enough(Exception):  # noqa: N818 - no error: it ends the reading of a case about which enough is said
    """Raised when a case has more mistakes than anybody reads; the diagnostic is already reported."""


class WrongValueError(ValueError):
    """A text that is no value of the type that its fact declares: what was found, what was wanted, what mends it."""

    def __init__(self, found: str, wanted: str = "", help: str = "", code: str = "E405") -> None:
        super().__init__(found)
        self.found, self.wanted, self.help, self.code = found, wanted, help, code


@dataclass(slots=True)
class Reading:
    """One reading of one case."""

    diagnostics: Diagnostics
    spans: dict[str, Span] = field(default_factory=dict)
    mistakes: int = 0

    def error(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        label: str = "",
        help: str = "",
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        """Report a mistake; raises `Enough` beyond the number that anybody reads."""
        if self.mistakes == MISTAKE_LIMIT:
            message, help = f"more than {MISTAKE_LIMIT} mistakes in one case", "mend the others first"
            self.diagnostics.error("E411", message, span, label="the case is read as far as here", help=help)
            raise Enough
        self.mistakes += 1
        self.diagnostics.error(code, message, span, label=label, help=help, related=related)

    def wrong_value(self, place: str, span: Span, mistake: ValueError) -> None:
        """Report a text that is no value of the type that its fact declares.

        The readers of numbers and dates say what they found and then, after `, wanted`, what they would take.
        """
        if isinstance(mistake, WrongValueError):
            label = f"wanted {mistake.wanted}" if mistake.wanted else ""
            self.error(mistake.code, f"`{place}`: {mistake.found}", span, label=label, help=mistake.help)
            return
        found, _, wanted = str(mistake).partition(", wanted ")
        self.error("E405", f"`{place}`: {found}", span, label=f"wanted {wanted}" if wanted else "")

    def wrong_shape(self, place: str, node: Node, wanted: str, help: str = "") -> None:
        """Report a list, a single value or keys where something else was wanted."""
        label = f"wanted {wanted}"
        self.error("E404", f"`{place}` {shape_of(node)}", start_of(node), label=label, help=help)

    def fields(self, node: Mapping, known: tuple[str, ...], place: str) -> dict[str, Node]:
        """The known keys of a group with their values, null ones left out; reports all others."""
        self.check_keys(node, known, place)
        return {key.text: value for key, value in node.entries if key.text in known and not is_null(value)}

    def check_keys(self, node: Mapping, known: Collection[str], place: str) -> None:
        """Report the keys of a group that are not among the known ones."""
        for key, _ in node.entries:
            if key.text not in known:
                message = f"`{place}` has no `{shortened(key.text)}`"
                self.error("E402", message, key.span, help=key_help(key.text, known))


# --- nodes ---


def is_null(node: Node) -> bool:
    """Whether a value is written as not known: an empty place, `~` or `null`."""
    return isinstance(node, Scalar) and node.is_null


def shape_of(node: Node) -> str:
    """What a node is, in the reader's words."""
    match node:
        case Scalar():
            return f"is `{shortened(node.text)}`" if node.text else "is an empty text"
        case Sequence():
            return "is a list"
        case Mapping():
            return "has keys of its own"


def start_of(node: Node) -> Span:
    """The place of a node on its first line: of a list or a group, only where it begins."""
    if isinstance(node, Scalar):
        return node.span
    first = node.entries[0][0].span if isinstance(node, Mapping) and node.entries else None
    if first and first.start == node.span.start:
        return first
    return Span(node.span.source, node.span.start, min(node.span.start + 1, node.span.end))


# --- words ---


def shortened(text: str) -> str:
    """As much of a text of a case as a message needs, on one line."""
    text = " ".join(text.split()) or text
    return text if len(text) <= TEXT_LIMIT else text[:TEXT_LIMIT].rstrip() + "..."


def listed(words: Iterable[str]) -> str:
    """Words one after the other, not too many of them."""
    words = list(words)
    more = len(words) - LISTED_LIMIT
    return ", ".join(words[:LISTED_LIMIT]) + (f" and {more} more" if more > 0 else "")


def key_help(found: str, known: Iterable[str]) -> str:
    """Help for an unknown word: the likeliest known one, or what is known."""
    known = list(known)
    near = nearest(found, known)
    if near is not None:
        return f"did you mean `{near}`?"
    return f"known here: {listed(known)}" if known else ""


def nearest(found: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The candidate that was probably meant: the one that begins so, or the likest.

    Capitals, spaces, hyphens, dots and underscores make no difference.
    """
    import difflib

    signs = {sign(candidate): candidate for candidate in candidates}
    word = sign(found)
    if len(word) > 2 * TEXT_LIMIT:
        return None
    begun = [known for known in signs if len(word) >= 3 and known.startswith(word)]
    near = begun if len(begun) == 1 else difflib.get_close_matches(word, sorted(signs), n=1, cutoff=cutoff)
    return signs[near[0]] if near else None


def sign(text: str) -> str:
    """A word without what people write differently."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")
