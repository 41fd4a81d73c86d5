"""A policy's file and those it imports, each once, parsed and held against the schema."""

from __future__ import annotations

import collections.abc
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from besponsa_pa.diagnostic import Diagnostics, did_you_mean
from besponsa_pa.document import Mapping, Scalar, Sequence, load_schema, parse_document, validate
from besponsa_pa.policy.nodes import entries, texts
from besponsa_pa.source import Source, Span

# Finds the file that an import names: the path as written, and the file that it is written in. The answer is the
# file; or, when there is none, the paths that could have been written, for a suggestion; or None when it is there
# but cannot be read, which the finder has then reported. The same file always has the same `Source.name`.
Resolve: TypeAlias = Callable[[str, Source], "Source | collections.abc.Sequence[str] | None"]

WHERE = "imports are looked for beside this file, in the folder above, and among the shipped policies"
MAXIMUM_FILES = 200
MAXIMUM_DEPTH = 30
# what an imported file may hold; everything else belongs to a policy
SHARED_KEYS = (
    "title", "imports", "references", "facts", "extend", "value_sets", "tables", "definitions", "criteria", "accept",
)  # fmt: skip
# the keys that declare names: without one of them what uses its names cannot be judged
DECLARING_KEYS = ("references", "facts", "value_sets", "tables", "definitions", "criteria")


# what is told at a key that stands too far left or right, twice, or is misspelt
HIDING = ("E113", "E123", "E140", "E144")


@dataclass(frozen=True, slots=True)
class File:
    """One file: the path as it was first written in an import ("" for the policy's own), and its keys."""

    written: str
    source: Source
    root: Mapping


@dataclass(frozen=True, slots=True)
class _Step:
    """One import on the way from the policy to a file."""

    written: str
    name: str
    span: Span


@dataclass(slots=True)
class Files:
    """The files of a policy, each after those that it imports.

    `complete` turns false when declarations are out of sight: a missing file, a section that is none. Then
    nothing can be said of names that seem to be unknown.
    """

    resolve: Resolve
    diagnostics: Diagnostics
    found: list[File] = field(default_factory=list)
    complete: bool = True
    _seen: set[str] = field(default_factory=set)

    def read(self, source: Source) -> Mapping | None:
        """Read a policy's file and all that it imports; None when the file itself holds no keys."""
        root = self._parse(source, "policy")
        if root is not None:
            self._seen.add(source.name)
            self._imports(source, root, ())
            self.found.append(File("", source, root))
        return root

    def _parse(self, source: Source, what: str) -> Mapping | None:
        root = parse_document(source, self.diagnostics)
        if root is None:
            return None
        schema = load_schema("policy.schema.json")
        validate(root, schema, self.diagnostics, what)
        if not isinstance(root, Mapping):
            return None
        known = schema["properties"]
        assert isinstance(known, dict)
        is_known = all(key in known for key in root.keys())  # noqa: SIM118 - no dict
        if not is_known or not _has_sections(root) or _hides_names(root, self.diagnostics):
            self.complete = False
        return root

    def _imports(self, source: Source, root: Mapping, way: tuple[_Step, ...]) -> None:
        for path in texts(root.get("imports")):
            self._import(path, source, way)

    def _import(self, path: Scalar, importing: Source, way: tuple[_Step, ...]) -> None:
        source = self._resolved(path, importing)
        if source is None:
            self.complete = False
            return
        step = _Step(path.text, source.name, path.span)
        if self._is_ring(step, importing, way) or source.name in self._seen:
            return
        if len(way) >= MAXIMUM_DEPTH or len(self._seen) >= MAXIMUM_FILES:
            self._refuse(path)
            return
        self._seen.add(source.name)
        self._add(step, source, way)

    def _refuse(self, path: Scalar) -> None:
        """Stop importing, and say so once."""
        self.complete = False
        if not any(each.code == "E322" for each in self.diagnostics):
            message = "the policy imports too many files, or through too many others"
            self.diagnostics.error("E322", message, path.span, help=f"at most {MAXIMUM_FILES} files can be imported")

    def _add(self, step: _Step, source: Source, way: tuple[_Step, ...]) -> None:
        root = self._parse(source, "shared file")
        if root is None:
            self.complete = False
            return
        if self._is_shared(step, root):
            self._imports(source, root, (*way, step))
            self.found.append(File(step.written, source, root))

    def _resolved(self, path: Scalar, importing: Source) -> Source | None:
        """The file that an import names; that there is none, is reported."""
        before = sum(1 for _ in self.diagnostics)
        found = self.resolve(path.text, importing)
        if isinstance(found, Source):
            return found
        if found is not None or before == sum(1 for _ in self.diagnostics):
            help = did_you_mean(path.text, found or ())
            help = help or WHERE
            self.diagnostics.error("E320", f"there is no file `{path.text}` to import", path.span, help=help)
        return None

    def _is_ring(self, step: _Step, importing: Source, way: tuple[_Step, ...]) -> bool:
        """Whether an import leads back to a file that it comes from."""
        start = way[0].span.source.name if way else importing.name
        names = [start, *(each.name for each in way)]
        if step.name not in names:
            return False
        at = names.index(step.name)
        inner = way[at:]
        ring = " -> ".join([step.written, *(each.written for each in inner), step.written])
        message = f"`{step.written}` imports itself" + (f": {ring}" if inner else "")
        related = tuple((each.span, f"`{each.written}` is imported here") for each in inner)
        help = "move what both files need into a third one, and import that"
        self.diagnostics.error(
            "E321", message, step.span, help=help if inner else "delete it from `imports`", related=related
        )
        return True

    def _is_shared(self, step: _Step, root: Mapping) -> bool:
        """Whether a file can be imported: it is no policy itself, and has nothing that only a policy has."""
        if root.key("policy") is not None:
            message = f"`{step.written}` is a policy, and only shared files can be imported"
            help = "move what both policies use to a file without `policy:`, and import that"
            self.diagnostics.error("E323", message, step.span, help=help)
            self.complete = False
            return False
        known = load_schema("policy.schema.json")["properties"]
        assert isinstance(known, dict)
        for key, _ in root.entries:
            if key.text in known and key.text not in SHARED_KEYS:
                message = f"`{key.text}` belongs to a policy, and this file is imported by one"
                help = "move it to the policy, or delete it"
                self.diagnostics.error("E323", message, key.span, help=help)
        return True


def _has_sections(root: Mapping) -> bool:
    """Whether everything that declares names has keys, where it is there, and imports are a list of texts."""
    imports = root.get("imports")
    if imports is not None and (not isinstance(imports, Sequence) or len(texts(imports)) < len(imports)):
        return False
    return all(isinstance(root.get(key), Mapping | None) for key in DECLARING_KEYS)


def _hides_names(root: Mapping, diagnostics: Diagnostics) -> bool:
    """Whether a key that declares a name, or a section of such keys, is told to be another one than was meant."""
    keys = {key.span for key, _ in root.entries if key.text in DECLARING_KEYS}
    keys |= {key.span for section in DECLARING_KEYS for key, _ in entries(root.get(section))}
    told = (each for each in diagnostics if each.code in HIDING)
    return any(span in keys for each in told for span in (each.span, *(place for place, _ in each.related)))
