"""The door for compiled policies that are kept from one start to the next.

A policy that has been checked is kept in the cache folder of the user, so that the next start neither parses nor checks
it. An entry says what it was made by and from: this version with its grammar, operators and code, and every file by
its text. Where any of that is another, or the entry is damaged, it is passed over and written anew. Nothing of a case
ever comes here.

`BESPONSA_PA_CACHE` names another folder, or says `off`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from besponsa_pa.policy.digests import digest_of, sha256
from besponsa_pa.policy.model import CompiledPolicy
from besponsa_pa.policy.storing import FORMAT, DamagedError, NotStorableError, data_from_policy, policy_from_data
from besponsa_pa.shipped import PACKAGE, grammar_text
from besponsa_pa.source import Source

VARIABLE = "BESPONSA_PA_CACHE"
OFF = ("off", "no", "0", "false")
# Counts up when an entry is written in another way.
LAYOUT = 1
MOST_ENTRIES = 500
LARGEST_ENTRY = 20_000_000
# what a policy is made by: when any of it changes, it is made anew
GRAMMARS = ("expression.lark", "policy.schema.json")
CODE = ("", "document", "expression", "expression/functions", "policy", "units")

# Finds an imported file by the path as written and the file that it is written in.
Finder: TypeAlias = Callable[[str, Source], object]


def folder(environment: Mapping[str, str] | None = None) -> Path | None:
    """The folder of the entries; None where nothing is to be kept."""
    environment = os.environ if environment is None else environment
    setting = environment.get(VARIABLE, "")
    if setting:
        return None if setting.lower() in OFF else Path(setting)
    if sys.platform == "win32":
        root = environment.get("LOCALAPPDATA", "")
    else:
        root = environment.get("XDG_CACHE_HOME", "")
    if os.path.isabs(root):  # noqa: PTH117 - an empty text is no path
        return Path(root) / "besponsa_pa"
    home = os.path.expanduser("~")  # noqa: PTH111 - without a home there is no cache, and no error
    return Path(home) / ".cache" / "besponsa_pa" if os.path.isabs(home) else None  # noqa: PTH117


def read(place: Path, source: Source, find: Finder) -> CompiledPolicy | None:
    """The policy of a text, from its entry; None where there is none that can be trusted.

    The imports are looked up as when the entry was written; the digest says whether any file is another by now.
    """
    try:
        if not _is_private(place):
            return None
        with _file(place, source).open("rb") as file:
            imports, rows = _entry(file.read(LARGEST_ENTRY + 1))
        sources, digest = _files(imports, source, find)
        compiled = policy_from_data(rows, sources)
    except (OSError, ValueError, TypeError, LookupError, RecursionError, DamagedError):
        return None
    return compiled if compiled.policy.digest == digest else None


def write(place: Path, compiled: CompiledPolicy, imports: Iterable[tuple[str, str, str]]) -> None:
    """Keep a policy, all of it or nothing. A folder that cannot be written to is no mistake: nothing is kept.

    `imports` are its imports as they were looked up: the path as written, the file it is written in, the file found.
    """
    sources = compiled.policy.sources
    numbers = {source.name: number for number, source in enumerate(sources)}
    with contextlib.suppress(OSError, NotStorableError):
        looked_up = [[path, numbers[importing], numbers[found]] for path, importing, found in imports]
        content = [_stamp(), looked_up, data_from_policy(compiled)]
        data = json.dumps(content, separators=(",", ":")).encode("ascii")
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_private(place):
            _replace(_file(place, sources[-1]), _checksum(data) + b"\n" + data)
            _forget_oldest(place)


# --- entries ---


def _entry(content: bytes) -> tuple[list[tuple[str, int, int]], object]:
    """The imports and the rows of an entry; ValueError, TypeError where it is damaged or made by another version."""
    checksum, _, data = content.partition(b"\n")
    if len(content) > LARGEST_ENTRY or checksum != _checksum(data):
        raise ValueError("damaged")
    stamp, imports, rows = json.loads(data)
    if stamp != _stamp():
        raise ValueError("of another version")
    return [_import(*each) for each in imports], rows


def _import(written: object, importing: object, found: object) -> tuple[str, int, int]:
    if type(written) is not str or type(importing) is not int or type(found) is not int:
        raise ValueError("no import")
    return written, importing, found


def _files(imports: Sequence[tuple[str, int, int]], source: Source, find: Finder) -> tuple[tuple[Source, ...], str]:
    """The files of a policy as they are found now, its own last, and the digest over them.

    Imports name files by their numbers in that order. ValueError where one leads elsewhere than it did.
    """
    own = len({number for _, _, number in imports})
    found, written = {own: source}, {own: ""}
    for path, importing, number in imports:
        answer = find(path, found[importing])
        if not isinstance(answer, Source) or answer.name != found.setdefault(number, answer).name:
            raise ValueError("found elsewhere")
        written.setdefault(number, path)
    sources = tuple(found[number] for number in range(own + 1))
    return sources, digest_of((written[number], each.text) for number, each in enumerate(sources))


def _checksum(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode()


def _file(place: Path, source: Source) -> Path:
    key = sha256(_stamp().encode() + source.text.encode("utf-8", "surrogatepass"))
    return place / f"{key.hexdigest()}.json"


@cache
def _stamp() -> str:
    """What the policies of this installation are made by: version, layout, grammars, and the code, by its files."""
    total = sha256(f"{LAYOUT} {FORMAT}".encode())
    total.update((PACKAGE / "__init__.py").read_bytes())  # it names the version
    for name in GRAMMARS:
        total.update(grammar_text(name).encode())
    for part in CODE:
        for name, size, changed in sorted(_modules(PACKAGE / part)):
            total.update(f"{part}/{name} {size} {changed}\n".encode())
    return total.hexdigest()


def _modules(directory: Path) -> Iterator[tuple[str, int, int]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                status = entry.stat()
                yield entry.name, status.st_size, status.st_mtime_ns


# --- the folder ---


def _is_private(place: Path) -> bool:
    """Whether nobody else can write here: who can, could decide cases."""
    status = place.stat()
    if not hasattr(os, "getuid"):
        return True
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _replace(file: Path, content: bytes) -> None:
    """Put a file in its place at once: whoever reads meanwhile sees the old one or the new one."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.unfinished")
    try:
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:  # noqa: PTH123
            stream.write(content)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _forget_oldest(place: Path) -> None:
    """Keep the folder from growing without end."""
    with os.scandir(place) as entries:
        files = [(entry.stat().st_mtime_ns, entry.path) for entry in entries]
    excess: Sequence[tuple[int, str]] = sorted(files)[:-MOST_ENTRIES]
    for _, path in excess:
        Path(path).unlink(missing_ok=True)
