"""Running again whenever a file is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import click

from besponsa_pa import api
from besponsa_pa.cli.options import counted
from besponsa_pa.cli.terminal import write
from besponsa_pa.cli.test_runs import tests_beside

# Every so often the files are looked at in any case: some disks and editors do not tell when they save.
INTERVAL = 1000
# what is saved within so many milliseconds is saved together
TOGETHER = 100

Stamps: TypeAlias = "Mapping[Path, tuple[int, int] | None]"


def repeat_on_save(
    run: Callable[[], object], names: Callable[[], Sequence[str | Path]], directories: Sequence[Path]
) -> None:
    """Run, and run again whenever one of the policies, what it imports or its tests are saved.

    It ends from the keyboard, or when there is nothing to watch. `names` are the policies, asked for before each run,
    for the files may be others by then.
    """
    _require_watchfiles()
    while stamps := _stamps(_files(names(), directories)):
        run()
        write(f"watching {counted(sum(each is not None for each in stamps.values()), 'file')}, Ctrl-C ends\n")
        for path in _saved(stamps):
            write(f"\n{api.shown_path(path)} was saved\n")


def _require_watchfiles() -> None:
    try:
        import watchfiles  # noqa: F401 - wanted before the first run, not after it
    except ImportError as error:
        help = "`--watch` needs the library `watchfiles`: pip install 'besponsa_pa[watch]'"
        raise click.UsageError(help) from error


def _files(names: Iterable[str | Path], directories: Sequence[Path]) -> dict[Path, None]:
    """Every file that the tests of policies depend on, each once."""
    found: dict[Path, None] = {}
    for name in names:
        files = api.policy_files(name, directories)
        beside = [tests_beside(files[0])] if files else []
        found |= dict.fromkeys(path.resolve() for path in (*files, *beside))
    return found


def _stamps(files: Iterable[Path]) -> Stamps:
    """What changes of each file when it is saved; None for one that is not there yet."""
    return {path: _stamp(path) for path in files}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _saved(before: Stamps) -> list[Path]:
    """Wait for files to be other than they were, and answer which.

    Folders are watched rather than files, for most editors save by putting a new file in the place of the old one.
    """
    from watchfiles import watch

    folders = sorted({path.parent for path in before if path.parent.is_dir()})
    waking = watch(
        *folders, watch_filter=None, recursive=False, step=TOGETHER, rust_timeout=INTERVAL, yield_on_timeout=True
    )
    for _ in waking:
        saved = [path for path, stamp in _stamps(before).items() if stamp != before[path]]
        if saved:
            return saved
    return []
