"""A determination as text for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from besponsa_pa.determination.findings import (
    Decision,
    Determination,
    Finding,
    MissingFact,
    Part,
    Pend,
    Status,
    granted_texts,
)
from besponsa_pa.expression.value_text import plain_text
from besponsa_pa.facts import Grade
from besponsa_pa.policy.model import Reference
from besponsa_pa.records import dataclass
from besponsa_pa.render.criteria import lines_from_findings, marks_of, numbers_of
from besponsa_pa.render.layout import Colour, columns, fitting, painted, visible, wrapped

UNBROKEN = "\xa0"  # a space at which no line is broken
DIGEST_LENGTH = len("sha256:") + 12
COLOURS = {Decision.APPROVE: Colour.GOOD, Decision.DENY: Colour.BAD, Decision.PEND: Colour.OPEN}
PENDS = {
    Pend.INFORMATION: "information is missing that can still change the decision",
    Pend.DOCUMENTATION: "an approval would stand on answers that are not documented yet",
    Pend.CLINICAL_REVIEW: "a clinician has to look at this request",
}
RECOMMENDATION = (
    "This is a recommendation, not a denial: a named clinician must review the request and decide before it is denied."
)


def text_from_determination(determination: Determination, width: int, colour: bool) -> str:
    """A determination as a page: the decision, each criterion with what was seen, what to answer, what is cited.

    `width` is that of the terminal in columns; lines are kept between 60 and 110. Marks are words, and `colour`
    only adds to them.
    """
    page = _Page(determination, fitting(width), colour)
    blocks = [
        page.heading(),
        lines_from_findings(determination, page.width, colour),
        *page.lists(),
        page.recommendation(),
        page.sources(),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    """One determination on a page of some width."""

    determination: Determination
    width: int
    colour: bool

    # --- the decision ---

    def heading(self) -> list[str]:
        """The decision and what it is about, then in a sentence what it means."""
        found = self.determination
        decision = found.decision.value.upper()
        parts = [found.title, _begun_small(found.pathway_title or "")]
        parts += [f"as of {plain_text(found.as_of)}".replace(" ", UNBROKEN)] if found.as_of is not None else []
        parts += [f"case {found.case}".replace(" ", UNBROKEN)] if found.case is not None else []
        indent = " " * (len(decision) + 2)
        lines = wrapped(", ".join(part for part in parts if part), self.width, indent)
        first, *more = (line.replace(UNBROKEN, " ") for line in lines)
        painted_decision = painted(decision, COLOURS[found.decision], self.colour)
        about = painted(first.removeprefix(indent), Colour.STRONG, self.colour)
        lines = [f"{painted_decision}  {about}", *more, *wrapped(self._meaning(), self.width, indent)]
        if found.in_force is False:
            lines += wrapped(f"this policy is not in force on {plain_text(found.as_of)}", self.width, indent)
        return lines

    def _meaning(self) -> str:
        found = self.determination
        if found.explanation is not None:
            return _begun_small(found.explanation)
        if found.decision is Decision.APPROVE:
            return "every criterion is met"
        failed = any(finding.error is not None for finding in found.findings)
        if found.pend is not None:
            return PENDS[found.pend] + ("; a condition of the policy could not be evaluated" if failed else "")
        return _against(each for each in found.findings if each.criterion in found.reasons)

    def recommendation(self) -> list[str]:
        """What the engine may not do: deny."""
        if self.determination.decision is not Decision.DENY:
            return []
        return [painted(line, Colour.STRONG, self.colour) for line in wrapped(RECOMMENDATION, self.width)]

    # --- what to do, and what else there is to know ---

    def lists(self) -> Iterator[list[str]]:
        """Each list under its heading; those with nothing in them are left out."""
        found = self.determination
        asked = [each for each in found.missing if not each.undocumented]
        sent = [each for each in found.missing if each.undocumented]
        kind = "documentation" if all(each.evidence is not Grade.CLAIMS for each in sent) else "evidence"
        numbers = numbers_of(found)
        told = [f"{each.text} {marks_of(each.citations, numbers)}" for each in found.advisories]
        yield self._listed("To decide, please answer", ((each.fact, _question(each)) for each in asked))
        yield self._listed(f"Please send {kind} for", ((each.fact, _question(each)) for each in sent))
        yield self._listed("For a clinician to judge", ((each.criterion, each.question) for each in found.judgments))
        yield self._listed("Granted", granted_texts(found.grant or {}))
        yield self._titled("Please note", [line for each in told for line in wrapped(each, self.width, "  ", "    ")])

    def _listed(self, title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
        return self._titled(title, columns(rows, self.width))

    def _titled(self, title: str, lines: list[str]) -> list[str]:
        return [painted(title, Colour.STRONG, self.colour), *lines] if lines else []

    # --- where it comes from ---

    def sources(self) -> list[str]:
        """What is cited, with the sections, and the policy that decided."""
        found = self.determination
        numbers = numbers_of(found)
        lines = [
            line
            for reference, sections in found.references
            for line in wrapped(_reference(reference, sections), self.width, f"{numbers[reference.name]} ")
        ]
        short = found.digest[:DIGEST_LENGTH] + ("..." if len(found.digest) > DIGEST_LENGTH else "")
        policy = f"policy {found.policy} {found.version}, {short}, decided from {found.policy_name}"
        return [*lines, *wrapped(policy, self.width, rest="  ")]


def _begun_small(text: str) -> str:
    """A title inside a sentence: its first letter small, unless it begins with an abbreviation or a name."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _against(findings: Iterable[Finding]) -> str:
    """What stands against approval: `age and cd22 are not met; vod excludes approval`."""
    said: dict[tuple[str, str], dict[str, None]] = {}
    for each in findings:
        if each.part is Part.EXCLUDE:
            words = ("excludes approval", "exclude approval")
        elif each.status is Status.MET:  # in a group of which none may be met
            words = ("speaks against approval", "speak against approval")
        else:
            words = ("is not met", "are not met")
        said.setdefault(words, {})[each.criterion] = None
    return "; ".join(f"{_joined(list(names))} {words[len(names) > 1]}" for words, names in said.items())


def _joined(names: list[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _question(missing: MissingFact) -> str:
    """The question for a fact, then what an answer may be, what is known of it and which places are meant."""
    is_heading = missing.undocumented and missing.evidence is Grade.DOCUMENTATION
    details = [
        ", ".join(missing.values) if not missing.undocumented else "",
        "" if missing.known is None else f"known only as {plain_text(missing.known)}",
        ", ".join(missing.places),
        "" if missing.evidence is None or is_heading else missing.evidence.value,
    ]
    known = "; ".join(detail for detail in details if detail)
    return f"{missing.ask or ''}  ({known})".strip() if known else missing.ask or ""


def _reference(reference: Reference, sections: tuple[str, ...]) -> str:
    published = ", ".join(part for part in (reference.publisher, reference.date) if part)
    parts = [reference.title, published, "; ".join(sections), reference.url or ""]
    return visible(". ".join(part for part in parts if part))
