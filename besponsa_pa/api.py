"""The whole way, on one screen: find a policy, load it, check it, read a case, determine.

    policy.yaml --document--> nodes --policy.loader--> Policy --policy.compiler--> CompiledPolicy --+
    case.yaml ----document--> nodes --case-----------> Case ----------------------------------------+--> determine

Here alone are files looked for; everything behind is a function of its arguments.
"""

from __future__ import annotations

import datetime
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from besponsa_pa import cache, determination
from besponsa_pa.case import Case
from besponsa_pa.determination.admission import case_from_node, case_from_values, case_read_quickly
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policy.versions import Version, check_overlaps, in_force, version_of
from besponsa_pa.shipped import policies_directory
from besponsa_pa.source import Source
from besponsa_pa.values import Date

if TYPE_CHECKING:
    from besponsa_pa.policy.lint import CodeList, Linted

ENTRY_POINTS = "besponsa_pa.policies"
FILE_NAME = "policy.yaml"
POLICY_KEY = re.compile(rb"^policy:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


# --- policies ---


def load_policy(
    name: str | Path,
    policies: Sequence[Path] = (),
    on: datetime.date | Date | None = None,
    *,
    use_cache: bool = True,
) -> CompiledPolicy:
    """A policy by its id or its path, loaded and checked.

    An id is looked for in `policies` first, then among the policies that installed packages bring (entry
    points of the group `besponsa_pa.policies`), then among those shipped here. Of several versions with that id it is
    the one in force `on` a date, the newest where that is none or no date is given. What was checked before, and has
    not changed since, is taken from the cache (see `cache`). Raises `FileError` with everything that is wrong with it.
    """
    compiled, diagnostics = (usable_policy if use_cache else check_policy)(name, policies, on)
    diagnostics.raise_errors()
    assert compiled is not None
    return compiled


def check_policy(
    name: str | Path, policies: Sequence[Path] = (), on: datetime.date | Date | None = None
) -> tuple[CompiledPolicy | None, Diagnostics]:
    """A policy by its id or its path, and everything there is to say about it, warnings too."""
    diagnostics = Diagnostics()
    place = policy_place(name, policies, diagnostics, on)
    source = None if place is None else _read(place, diagnostics)
    return _checked(source, _Imports(policies, diagnostics), diagnostics), diagnostics


def usable_policy(
    name: str | Path, policies: Sequence[Path] = (), on: datetime.date | Date | None = None
) -> tuple[CompiledPolicy | None, Diagnostics]:
    """As `check_policy`, for who wants to use a policy and to be told only why it cannot be used.

    One without errors is kept in the cache, and is taken from there as long as none of its files has changed.
    """
    diagnostics = Diagnostics()
    place = policy_place(name, policies, diagnostics, on)
    source, kept_in = None if place is None else _read(place, diagnostics), cache.folder()
    if source is None or kept_in is None or diagnostics.has_errors:
        return _checked(source, _Imports(policies, diagnostics), diagnostics), diagnostics
    compiled = cache.read(kept_in, source, _Imports(policies, Diagnostics()))
    if compiled is None:
        imports = _Imports(policies, diagnostics)
        compiled = _checked(source, imports, diagnostics)
        if compiled is not None and not diagnostics.has_errors:
            cache.write(kept_in, compiled, imports.found)
    return compiled, diagnostics


def _checked(source: Source | None, imports: _Imports, diagnostics: Diagnostics) -> CompiledPolicy | None:
    # parser and checker are the slow part of a start, and a policy from the cache needs neither
    from besponsa_pa.policy.compiler import compile_policy
    from besponsa_pa.policy.loader import load

    policy = None if source is None else load(source, imports, diagnostics)
    return None if policy is None else compile_policy(policy, diagnostics)


def lint_policy(
    name: str | Path, policies: Sequence[Path] = (), codes: CodeList | None = None
) -> tuple[CompiledPolicy | None, Linted]:
    """A policy by its id or its path, held against the rules of lint too, once nothing is wrong with it.

    With `codes`, its codes of that system are looked up. Nobody who only decides cases pays for this.
    """
    from besponsa_pa.policy import lint

    compiled, diagnostics = check_policy(name, policies)
    return compiled, lint.named(diagnostics) if compiled is None else lint.lint(compiled, diagnostics, codes)


def policy_place(
    name: str | Path,
    policies: Sequence[Path],
    diagnostics: Diagnostics,
    on: datetime.date | Date | None = None,
) -> Path | None:
    """The file of a policy by its id or its path; a folder stands for the policy in it.

    An id with several versions, of which two are in force on the same day, is reported.
    """
    path = Path(name)
    if path.is_dir() and (path / FILE_NAME).is_file():
        return path / FILE_NAME
    if isinstance(name, Path) or path.suffix in (".yaml", ".yml", ".json") or path.exists() or "/" in str(name):
        return path
    known = policy_versions(policies)
    if name not in known:
        help = did_you_mean(name, known) or "known policies are " + ", ".join(f"`{each}`" for each in sorted(known))
        diagnostics.error("E501", f"there is no policy `{name}`", help=help)
        return None
    return version_in_force(known[name], on, diagnostics)


def policy_files(name: str | Path, policies: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The files that a policy is read from: its own, and every imported one, whatever is wrong with them.

    An import that is found nowhere is there by every path at which it would be.
    """
    from besponsa_pa.policy.files import Files

    unheard = Diagnostics()
    place = policy_place(name, policies, unheard)
    source = None if place is None else _read(place, unheard)
    imports = _Imports(policies, unheard)
    if source is not None:
        Files(imports, unheard).read(source)
    return () if place is None else (place, *imports.places)


def find_policies(policies: Sequence[Path] = ()) -> Mapping[str, Path]:
    """Every policy that can be named, by its id: of several versions the newest."""
    found = policy_versions(policies).items()
    return {name: version_in_force(places, None, Diagnostics()) for name, places in found}


def policy_versions(policies: Sequence[Path] = ()) -> Mapping[str, tuple[Path, ...]]:
    """Every version of every policy that can be named, by its id: those of the first place that has any."""
    found: dict[str, tuple[Path, ...]] = {}
    for directory in (*policies, *_installed(), policies_directory()):
        for name, places in _by_id(sorted(_files_below(directory))).items():
            found.setdefault(name, tuple(places))
    return found


def _files_below(directory: Path) -> Iterator[Path]:
    """The policies in a folder and below it; as `rglob`, in a quarter of the time."""
    return (Path(folder) / FILE_NAME for folder, _, files in os.walk(directory) if FILE_NAME in files)


def _by_id(places: Iterable[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for place in places:
        key = POLICY_KEY.search(place.read_bytes())
        if key is not None:
            found.setdefault(key.group(1).decode("utf-8", "replace"), []).append(place)
    return found


def version_in_force(places: Sequence[Path], on: datetime.date | Date | None, diagnostics: Diagnostics) -> Path:
    """Of the versions of a policy the file of the one in force on a date, else the newest; overlaps are reported."""
    if len(places) == 1:
        return places[0]
    versions = _versions(places)
    check_overlaps(versions.values(), diagnostics)
    if not versions:
        return places[0]
    date = Date(on.year, on.month, on.day) if isinstance(on, datetime.date) else on
    chosen = in_force(tuple(versions.values()), date)
    return next(place for place, version in versions.items() if version is chosen)


def overlaps(places: Iterable[Path]) -> Diagnostics:
    """What is wrong with the days on which policies with the same id are in force."""
    diagnostics = Diagnostics()
    several = (each for each in _by_id(places).values() if len(each) > 1)
    for each in several:
        check_overlaps(_versions(each).values(), diagnostics)
    return diagnostics


def _versions(places: Iterable[Path]) -> dict[Path, Version]:
    """The versions that files are; one that cannot be read is reported when it is loaded."""
    unheard = Diagnostics()
    sources = {place: source for place in places if (source := _read(place, unheard)) is not None}
    found = {place: version_of(parse_document(source, unheard)) for place, source in sources.items()}
    return {place: version for place, version in found.items() if version is not None}


def _installed() -> Iterator[Path]:
    """The folders that installed packages declare: an entry point names a package, or a path in a module."""
    if not any(map(_declares_policies, sys.path)):
        return
    from importlib import metadata  # takes longer to load than a policy

    for entry in metadata.entry_points(group=ENTRY_POINTS):
        declared = entry.load()
        paths = getattr(declared, "__path__", None) or [declared]
        yield from (Path(str(path)) for path in paths)


def _declares_policies(place: str) -> bool:
    """Whether a package that is installed in a place says that it brings policies; of an archive it may be."""
    place = place or "."
    try:
        names = os.listdir(place)  # noqa: PTH208 - the names alone, of hundreds
    except OSError:
        return Path(place).is_file()
    return any(ENTRY_POINTS.encode() in _entry_points(place, name) for name in names if name.endswith("-info"))


def _entry_points(place: str, name: str) -> bytes:
    try:
        with open(f"{place}/{name}/entry_points.txt", "rb") as file:  # noqa: PTH123 - one of hundreds
            return file.read()
    except OSError:
        return b""


def _read(path: Path, diagnostics: Diagnostics) -> Source | None:
    source = read_source(path, diagnostics)
    return None if source is None else Source(source.text, shown_path(path))


def shown_path(path: Path) -> str:
    """A path as a person here would write it: from the current folder when it lies below it."""
    resolved = path.resolve()
    try:
        return resolved.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return resolved.as_posix()


class _Imports:
    """Finds imported files: beside the importing one, in the folder above it, in `policies`, among the shipped.

    `places` are all that were looked at; `found` is each import as written, where it is written, where it leads.
    """

    def __init__(self, policies: Sequence[Path], diagnostics: Diagnostics) -> None:
        self.places: list[Path] = []
        self.found: list[tuple[str, str, str]] = []
        self._policies = policies
        self._diagnostics = diagnostics

    def __call__(self, written: str, importing: Source) -> Source | Sequence[str] | None:
        folder = Path(importing.name).parent
        folders = (folder, folder.parent, *self._policies, policies_directory())
        for each in folders:
            if (each / written).is_file():
                return self._read(each / written, written, importing)
        self.places += [each / written for each in folders]
        near = {(path.relative_to(each)).as_posix() for each in folders for path in each.glob("*/*.yaml")}
        return sorted(name for name in near if not name.endswith((FILE_NAME, "tests.yaml")))

    def _read(self, place: Path, written: str, importing: Source) -> Source | None:
        self.places.append(place)
        source = _read(place, self._diagnostics)
        if source is not None:
            self.found.append((written, importing.name, source.name))
        return source


# --- cases ---


def load_case(source: str | Path | Mapping[str, object], policy: CompiledPolicy) -> Case:
    """A case from a file, or from values: text, whole numbers, `Decimal`, booleans, dates, lists and mappings.

    It is held against the facts that the policy declares, and against what no real case breaks. Raises
    `FileError` with everything that is wrong with it.
    """
    case = case_read_quickly(source, policy) if isinstance(source, Mapping) else None
    if case is not None:
        return case
    diagnostics = Diagnostics()
    if isinstance(source, Mapping):
        case = case_from_values(source, policy, diagnostics)
    elif (text := _read(Path(source), diagnostics)) is not None:
        node = parse_document(text, diagnostics)
        case = None if node is None else case_from_node(node, policy, diagnostics)
    diagnostics.raise_errors()
    assert case is not None
    return case


# as it is: a call more would be a tenth of its time
decide = determination.decide


def determine(policy: CompiledPolicy, case: Case) -> Determination:
    """The determination of a case: what is decided, why, what is missing, and what says so.

    Total and reproducible: the same policy and case give the same determination, on every machine and day.
    """
    return determination.determine(policy, case)
