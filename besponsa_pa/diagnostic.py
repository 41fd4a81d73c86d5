"""What is wrong with a file, said so that its writer can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from besponsa_pa.patterns import pattern
from besponsa_pa.records import dataclass, field, replace
from besponsa_pa.source import Span

# what stands beside the other places of one problem, and how many of them are told
HERE_TOO = "here too"
PLACES = 8


class Severity(Enum):
    """How bad a diagnostic is: an error stops the file from being used, the others do not."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file that surely mends a problem: the text to put in the place of a stretch, which may be empty."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem of one file.

    `message` says what was found (lower case, names in backticks, no full stop), `label` stands beside
    the caret (what was wanted), `help` says what mends it. `code` is a key of `CATALOGUE`. `rule` is the name of the
    lint rule that found it, which has a page of its own; `edits` mend it without a change of meaning.
    """

    code: str
    severity: Severity
    message: str
    span: Span | None = None
    label: str = ""
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    rule: str = ""
    edits: tuple[Edit, ...] = ()


class FileError(Exception):
    """A file cannot be used; carries every diagnostic found, so that one run shows all of them."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("; ".join(d.message for d in self.diagnostics if d.severity is Severity.ERROR))


@dataclass(slots=True)
class Diagnostics:
    """Collects the diagnostics of one run; each is kept once."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None = None,
        *,
        label: str = "",
        help: str = "",
        related: tuple[tuple[Span, str], ...] = (),
    ) -> None:
        """Report a problem that stops the file from being used."""
        self.add(Diagnostic(code, Severity.ERROR, message, span, label, help, related))

    def error_once(self, code: str, message: str, span: Span, *, label: str = "", help: str = "") -> None:
        """Report a problem of a name at the first place where it stands; its other places are told beside it.

        Who has misspelt one declaration has made one mistake, however often the name is used.
        """
        for at, told in enumerate(self.items):
            if (told.code, told.message) == (code, message) and told.span is not None:
                self.items[at] = _told_here_too(told, told.span, span)
                return
        self.error(code, message, span, label=label, help=help)

    def warning(self, code: str, message: str, span: Span | None = None, *, label: str = "", help: str = "") -> None:
        """Report what is probably a mistake, though the file can be used."""
        self.add(Diagnostic(code, Severity.WARNING, message, span, label, help))

    def information(
        self, code: str, message: str, span: Span | None = None, *, label: str = "", help: str = ""
    ) -> None:
        """Report what the writer should know and may well intend."""
        self.add(Diagnostic(code, Severity.INFORMATION, message, span, label, help))

    def add(self, diagnostic: Diagnostic) -> None:
        """Keep a diagnostic unless the same one is there already."""
        if diagnostic.code not in CATALOGUE:
            raise KeyError(diagnostic.code)
        if diagnostic not in self.items:
            self.items.append(diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Keep each of several diagnostics."""
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether any diagnostic is an error."""
        return any(d.severity is Severity.ERROR for d in self.items)

    def raise_errors(self) -> None:
        """Raise a `FileError` with everything found when there is an error among it."""
        if self.has_errors:
            raise FileError(self.items)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.items)


def _told_here_too(told: Diagnostic, before: Span, span: Span) -> Diagnostic:
    """A diagnostic with one place more, the first place of a file before the others."""
    places = dict.fromkeys((before, *(place for place, _ in told.related), span))
    first = min((place for place in places if place.source == before.source), key=lambda place: place.start)
    others = sorted((place for place in places if place != first), key=lambda place: place.start)
    return replace(told, span=first, related=tuple((place, HERE_TOO) for place in others[:PLACES]))


def did_you_mean(found: str, candidates: Iterable[str], quote: str = "`", cutoff: float = 0.6) -> str:
    """Help that names the likeliest candidate for a misspelt word, or "" when none is near.

    A word that differs in capitals alone is the likeliest. `cutoff` is how alike the two must be, of 1.
    """
    import difflib

    known = sorted(set(candidates))
    small = {each.lower(): each for each in reversed(known)}
    near = [small[found.lower()]] if found.lower() in small else difflib.get_close_matches(found, known, 1, cutoff)
    near = near or [small[each] for each in difflib.get_close_matches(found.lower(), small, n=1, cutoff=0.85)]
    return f"did you mean {quote}{near[0]}{quote}?" if near else ""


# month, day, year as Americans write it; year, month, day without zeros or with other signs between them
_HABITS = (
    pattern(r"(?P<month>\d{1,2})[/.-](?P<day>\d{1,2})[/.-](?P<year>\d{4})"),
    pattern(r"(?P<year>\d{4})[/.-](?P<month>\d{1,2})[/.-](?P<day>\d{1,2})"),
)


def date_meant(found: str) -> str:
    """A date as this program reads it, year, month, day, from the ways in which people write one; or ""."""
    date = next((date for habit in _HABITS if (date := habit.fullmatch(found))), None)
    return f"{date['year']}-{date['month']:0>2}-{date['day']:0>2}" if date else ""


# Every code once, with a sentence for the reference page. E1 reading a file, E2 and W2 expressions,
# E3 and W3 policies, E4 cases, E5 finding a policy, E6 policy tests, W7 and I7 lint, E8 batches.
CATALOGUE: dict[str, str] = {
    # reading a file
    "E101": "The file is not there, is a directory, or may not be read.",
    "E102": "The file is larger than what is read.",
    "E103": "The file is not text in UTF-8.",
    "E104": "A text holds a character that cannot be seen.",
    "E105": "The file is empty.",
    "E110": "A tab stands where YAML wants spaces.",
    "E111": "A quote is not closed, or text follows the closing one.",
    "E112": "A bracket is not closed, closes nothing, or a comma is missing or too many.",
    "E113": "A line is not indented as the lines that it goes with.",
    "E114": "A text without quotes begins with or holds a character that means something to YAML.",
    "E115": "A colon is missing or one too many, or no space follows it.",
    "E116": "The file cannot be read any further.",
    "E120": "An anchor, an alias or a merge key of YAML is used; they are not allowed.",
    "E122": "The file holds a second YAML document.",
    "E123": "A key occurs twice.",
    "E124": "A key is empty, a list or itself keys with values.",
    "E125": "The file is nested too deeply or holds too many values.",
    "E130": "The file is not well-formed JSON.",
    "E131": "A word or number is written as JSON does not know it, such as `NaN`.",
    "E140": "A key is not known here.",
    "E141": "A key is missing.",
    "E142": "A value is of another kind than wanted: text, list, keys with values, number.",
    "E143": "A value is not among the allowed words.",
    "E144": "A text is not written in the wanted form.",
    "E145": "A list or a group of keys has too few or too many parts.",
    "E146": "Keys that exclude each other stand together.",
    "E147": "A number is too small or too large.",
    "E148": "A value does not fit its place.",
    "E150": "A file is to be formatted that is none of a policy, a shared file, tests or a case.",
    "E151": "A file cannot be formatted without a change of what it says.",
    "E152": "A file cannot be written.",
    # expressions
    "E201": "an expression cannot be read: a word or a sign stands where it cannot",
    "E202": "an expression is too long or too deep",
    "E203": "a number, a date or a time is none, or too large",
    "E204": "a text is not among the values of the fact that it is held against",
    "E205": "a type does not exist",
    "E206": "a name or a function does not exist",
    "E207": "an operator does not take values of these kinds",
    "E208": "a unit does not exist, or two units do not convert into one another",
    "E209": "one name stands for two things",
    "E210": "a definition, a table or a function is used with too many or too few values",
    "E211": "an expression gives another kind of value than its place needs",
    "E212": "a definition uses itself",
    "E213": "a function is left out of the language on purpose",
    "E214": "a date or a time is compared at a component that it does not have",
    "I215": "an operator decides on what the case does not say",
    "W216": "a value is compared with null, which is never true and never false",
    "W217": "a text in quotes is the name of a fact",
    "E220": "an expression fails when it is evaluated",
    "E221": "an expression cannot be evaluated because of a mistake in this program",
    # policies
    "E301": "a name is a word of the language",
    "E302": "a fact has a name that every case keeps for itself",
    "E303": "a fact is a value and a group of facts at once",
    "E304": "a name hides a fact, a function of the language or another name",
    "E305": "a name is declared twice",
    "E311": "a fact's declaration has a key that belongs to another type",
    "E312": "a fact's unit does not exist",
    "E313": "a file that is to be a policy has no name of one",
    "E314": "no calendar has the date",
    "E315": "a policy ends before it begins",
    "E316": "a key of a table is not what the table depends on",
    "E317": "a fact is extended that there is none of, that is no imported one, or that has no list of values",
    "E318": "a fact is extended by a value that it has already",
    "E320": "a file to import does not exist",
    "E321": "files import one another in a ring",
    "E322": "a policy imports too many files",
    "E323": "a policy is imported, or what only a policy has stands in a file that is imported",
    "E329": "several values of a fact are written as one",
    "E331": "a criterion has a name that is kept for all that a pathway requires",
    "E332": "two criteria, or two advisories, have one id",
    "E333": "a criterion does not exist",
    "E334": "a criterion contains itself",
    "E335": "a group wants more criteria than it has",
    "E336": "a criterion stands twice in one group",
    "E337": "criteria are too many, or stand inside one another too deeply",
    "E338": "`on_unmet` stands where it means nothing",
    "E342": "a citation names no reference",
    "E343": "two references have one number",
    "W351": "a fact has no question that asks for it",
    "W352": "a code system is not known",
    "W353": "a rule does not say why it holds",
    "W354": "nothing says what is decided when no pathway applies",
    "W355": "a pathway requires nothing and applies to every request",
    # cases
    "E401": "A case is not made of the names of facts with their values.",
    "E402": "A case has a key that no fact declares.",
    "E403": "A case gives the same fact twice, once nested and once written flat.",
    "E404": "A list, a single value or keys stand where a fact wants something else.",
    "E405": "A value cannot be read as the type that its fact declares.",
    "E406": "A value is not among those that its fact declares.",
    "E407": "A quantity has no unit, or one that does not exist or does not fit its fact.",
    "E408": "A code has no code system, or is not written as its system writes codes.",
    "E409": "The evidence for a value does not say how it is known, or is for nothing in the case.",
    "E410": "An answer to a judgment is for none that the policy asks for, or says neither yes nor no.",
    "E411": "A case has so many mistakes that it is not read to its end.",
    "W412": "A code system is not known by this name.",
    "E490": "A value breaks what its fact declares to hold for every real case.",
    "E413": "A value given by a program cannot be part of a case.",
    # finding a policy
    "E501": "a policy is named that there is none of",
    "E502": "a folder is named that holds no policy",
    "E503": "a case is to be decided by a policy in which something is wrong",
    "E504": "a case does not say by which policy it is to be decided",
    "E506": "two versions of a policy are in force on the same day",
    "W505": "a case names another policy than the one that decides it",
    # policy tests
    "E601": "A test names a criterion, a fact, an advisory, a pathway or a reference that the policy does not have.",
    "E602": "A test has no case: neither a base for all tests nor one of its own.",
    "E603": "Two tests have the same name.",
    "E604": "A test has a key that says nothing of what it expects.",
    "E605": "Tests stand beside another policy than the one that they name.",
    "E606": "A policy that is to be tested has no tests beside it.",
    "E607": "What is said to be unreachable is nothing that tests should reach, or is named twice.",
    "W608": "A test reaches what is said to be unreachable.",
    "E609": "The mutants of a policy are to be tested, and a test fails on the policy as it is.",
    "W610": "A mutant is said to be equivalent that there is none of.",
    "W611": "A mutant is said to be equivalent that a test kills, or that is none.",
    # lint of policies
    "W701": "a fact is declared that no expression names",
    "W702": "a value set is declared that no expression names",
    "W703": "a reference is declared that no rule cites",
    "W704": "a definition is declared that no expression uses",
    "W705": "a table is declared that no expression uses",
    "W706": "a criterion is declared that no pathway and no group uses",
    "W707": "a criterion has no title in plain words",
    "I708": "values of a fact decide alike, because no expression names them",
    "W709": "a measured number is held against a limit, and nothing says in which unit",
    "W710": "`and`, `or` and `xor` stand beside one another without parentheses",
    "W711": "a quantity is far from what its unit usually carries",
    "W712": "the code system has no such code",
    "I713": "a code is that of a category, which no claim carries",
    "W714": "an entry under `accept` accepts nothing",
    "W715": "a date or a time is compared that is not written to its last component",
    "W721": "a condition is true of every case, or of none",
    "W722": "no case comes to a result of `if` or `case`, or to a row of a table",
    "I723": "a comparison that binary floats, as many engines use them, decide otherwise at its limit",
    # batches of cases
    "E801": "A table has a column that no fact is called as.",
    "E802": "A column holds values of a kind that its fact cannot have.",
    "E803": "Two columns of a table say the same.",
    "E804": "The output of a batch is there already, and nothing says how it came about.",
    "E805": "A batch would mix decisions by two policies, or by two versions of one.",
    "E806": "The name of a file does not tell which format it has.",
    "E807": "Two files of a batch would become one, or one that is read would be written.",
    "E808": "The file of a batch cannot be read as what its name says, or not be written.",
    "E809": "A batch needs more memory than it may use.",
    "E810": "A row of a table has not one cell for each column.",
}
