"""`besponsa-pa check --fix`: writes the mends into the files, and takes back what would change a meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from besponsa_pa import api
from besponsa_pa.cli.options import counted
from besponsa_pa.diagnostic import Diagnostic
from besponsa_pa.policy.lint.fixing import meaning, mended
from besponsa_pa.policy.model import CompiledPolicy

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def mend(names: Iterable[str | Path], folders: Sequence[Path], directories: tuple[Path, ...]) -> list[str]:
    """Mend policies, and the shared files that lie in one of the folders; answers what was done, a line each.

    What a policy imports from elsewhere belongs to others, and is left as it is.
    """
    done = []
    for name in names:
        compiled, linted = api.lint_policy(name, directories)
        if compiled is None:
            continue
        for file in dict.fromkeys(each.span.source.name for each in linted.diagnostics if each.span and each.edits):
            if file == compiled.policy.name or any(_is_below(file, folder) for folder in folders):
                found = [each for each in linted.diagnostics if each.span and each.span.source.name == file]
                done += _mend_file(Path(file), [each for each in found if each.edits], compiled, directories)
    return done


def _is_below(file: str, folder: Path) -> bool:
    return Path(file).resolve().is_relative_to(folder.resolve())


def _mend_file(
    path: Path, found: Sequence[Diagnostic], compiled: CompiledPolicy, directories: tuple[Path, ...]
) -> list[str]:
    edits = [edit for each in found for edit in each.edits]
    before = path.read_bytes()
    mark = BYTE_ORDER_MARK if before.startswith(BYTE_ORDER_MARK) else b""
    text = before.removeprefix(mark).decode("utf-8")
    try:
        path.write_bytes(mark + mended(text, edits).encode("utf-8"))
    except OSError as error:
        return [f"{path.as_posix()}: not mended: {(error.strerror or str(error)).lower()}"]
    after, _ = api.check_policy(Path(compiled.policy.name), directories)
    if after is None or meaning(after.policy) != meaning(compiled.policy):
        path.write_bytes(before)
        return [f"{path.as_posix()}: not mended, for it would not mean the same any more"]
    rules = ", ".join(dict.fromkeys(each.rule for each in found))
    places = ", ".join(str(each.span.line) for each in found if each.span is not None)
    return [f"{path.as_posix()}: mended {counted(len(found), 'place')} ({rules}; line {places})"]
