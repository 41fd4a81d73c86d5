"""The whole way, on one screen: find a policy, load it, check it, read a case, determine.

    policy.yaml --document--> nodes --policy.loader--> Policy --policy.compiler--> CompiledPolicy --+
    case.yaml ----document--> nodes --case-----------> Case ----------------------------------------+--> determine

Here alone are files looked for; everything behind is a function of its arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from besponsa_pa import determination
from besponsa_pa.case import Case
from besponsa_pa.determination.admission import case_from_node, case_from_values
from besponsa_pa.determination.findings import Determination
from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import parse_document, read_source
from besponsa_pa.policy.compiler import compile_policy
from besponsa_pa.policy.files import Files
from besponsa_pa.policy.loader import load
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.shipped import policies_directory
from besponsa_pa.source import Source

if TYPE_CHECKING:
    from besponsa_pa.policy.lint import CodeList, Linted

ENTRY_POINTS = "besponsa_pa.policies"
FILE_NAME = "policy.yaml"
POLICY_KEY = re.compile(r"^policy:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


# --- policies ---


def load_policy(name: str | Path, policies: Sequence[Path] = ()) -> CompiledPolicy:
    """A policy by its id or its path, loaded and checked.

    An id is looked for in `policies` first, then among the policies that installed packages bring (entry
    points of the group `besponsa_pa.policies`), then among those shipped here. Raises `FileError` with
    everything that is wrong with it.
    """
    compiled, diagnostics = check_policy(name, policies)
    diagnostics.raise_errors()
    assert compiled is not None
    return compiled


def check_policy(name: str | Path, policies: Sequence[Path] = ()) -> tuple[CompiledPolicy | None, Diagnostics]:
    """A policy by its id or its path, and everything there is to say about it, warnings too."""
    diagnostics = Diagnostics()
    place = policy_place(name, policies, diagnostics)
    source = None if place is None else _read(place, diagnostics)
    policy = None if source is None else load(source, _Imports(policies, diagnostics), diagnostics)
    return (None if policy is None else compile_policy(policy, diagnostics)), diagnostics


def lint_policy(
    name: str | Path, policies: Sequence[Path] = (), codes: CodeList | None = None
) -> tuple[CompiledPolicy | None, Linted]:
    """A policy by its id or its path, held against the rules of lint too, once nothing is wrong with it.

    With `codes`, its codes of that system are looked up. Nobody who only decides cases pays for this.
    """
    from besponsa_pa.policy import lint

    compiled, diagnostics = check_policy(name, policies)
    return compiled, lint.named(diagnostics) if compiled is None else lint.lint(compiled, diagnostics, codes)


def policy_place(name: str | Path, policies: Sequence[Path], diagnostics: Diagnostics) -> Path | None:
    """The file of a policy by its id or its path; a folder stands for the policy in it."""
    path = Path(name)
    if path.is_dir() and (path / FILE_NAME).is_file():
        return path / FILE_NAME
    if isinstance(name, Path) or path.suffix in (".yaml", ".yml", ".json") or path.exists() or "/" in str(name):
        return path
    known = find_policies(policies)
    if name not in known:
        help = did_you_mean(name, known) or "known policies are " + ", ".join(f"`{each}`" for each in sorted(known))
        diagnostics.error("E501", f"there is no policy `{name}`", help=help)
        return None
    return known[name]


def policy_files(name: str | Path, policies: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The files that a policy is read from: its own, and every imported one, whatever is wrong with them.

    An import that is found nowhere is there by every path at which it would be.
    """
    unheard = Diagnostics()
    place = policy_place(name, policies, unheard)
    source = None if place is None else _read(place, unheard)
    imports = _Imports(policies, unheard)
    if source is not None:
        Files(imports, unheard).read(source)
    return () if place is None else (place, *imports.places)


def find_policies(policies: Sequence[Path] = ()) -> Mapping[str, Path]:
    """Every policy that can be named, by its id: the first one found of each."""
    found: dict[str, Path] = {}
    for directory in (*policies, *_installed(), policies_directory()):
        for path in sorted(directory.rglob(FILE_NAME)):
            key = POLICY_KEY.search(path.read_text("utf-8", errors="replace"))
            if key is not None:
                found.setdefault(key.group(1), path)
    return found


def _installed() -> Iterator[Path]:
    """The folders that installed packages declare: an entry point names a package, or a path in a module."""
    from importlib import metadata  # costs more than reading a policy, and a policy named by its path needs none

    for entry in metadata.entry_points(group=ENTRY_POINTS):
        declared = entry.load()
        paths = getattr(declared, "__path__", None) or [declared]
        yield from (Path(str(path)) for path in paths)


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
    """Finds imported files: beside the importing one, in the folder above it, in `policies`, among the shipped."""

    def __init__(self, policies: Sequence[Path], diagnostics: Diagnostics) -> None:
        self.places: list[Path] = []
        self._policies = policies
        self._diagnostics = diagnostics

    def __call__(self, written: str, importing: Source) -> Source | Sequence[str] | None:
        folder = Path(importing.name).parent
        folders = (folder, folder.parent, *self._policies, policies_directory())
        for each in folders:
            if (each / written).is_file():
                self.places.append(each / written)
                return _read(each / written, self._diagnostics)
        self.places += [each / written for each in folders]
        near = {(path.relative_to(each)).as_posix() for each in folders for path in each.glob("*/*.yaml")}
        return sorted(name for name in near if not name.endswith((FILE_NAME, "tests.yaml")))


# --- cases ---


def load_case(source: str | Path | Mapping[str, object], policy: CompiledPolicy) -> Case:
    """A case from a file, or from values: text, whole numbers, `Decimal`, booleans, dates, lists and mappings.

    It is held against the facts that the policy declares, and against what no real case breaks. Raises
    `FileError` with everything that is wrong with it.
    """
    diagnostics = Diagnostics()
    case: Case | None = None
    if isinstance(source, Mapping):
        case = case_from_values(source, policy, diagnostics)
    elif (text := _read(Path(source), diagnostics)) is not None:
        node = parse_document(text, diagnostics)
        case = None if node is None else case_from_node(node, policy, diagnostics)
    diagnostics.raise_errors()
    assert case is not None
    return case


def determine(policy: CompiledPolicy, case: Case) -> Determination:
    """The determination of a case: what is decided, why, what is missing, and what says so.

    Total and reproducible: the same policy and case give the same determination, on every machine and day.
    """
    return determination.determine(policy, case)
