"""A PostgreSQL server for the tests alone, from Debian's package: without a port, in a folder that goes with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run for root; its package makes this user
USER = "postgres"
SECONDS = 60


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`, the newest that is installed; None where there is none."""
    found = [path.parent for path in INSTALLED.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).parent


@contextmanager
def server() -> Iterator[str]:
    """Starts a server and gives what `psycopg.connect` needs to reach it; it is stopped at the end."""
    folder = programs()
    assert folder is not None, "PostgreSQL is not installed"
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as place:
        if os.geteuid() == 0:
            shutil.chown(place, USER, USER)
        data = f"{place}/data"
        _run([f"{folder}/initdb", "--pgdata", data, "--auth", "trust", "--encoding", "UTF8", "--no-sync"])
        options = f"-c listen_addresses= -c unix_socket_directories={place} -c fsync=off -c jit=off"
        log = f"{place}/log"
        _run([f"{folder}/pg_ctl", "--pgdata", data, "--log", log, "--options", options, "--wait", "start"])
        try:
            yield f"host={place} user={USER if os.geteuid() == 0 else _me()} dbname=postgres"
        finally:
            _run([f"{folder}/pg_ctl", "--pgdata", data, "--mode", "immediate", "stop"])


def _run(command: list[str]) -> None:
    """Run a program of the server, as the user of its package when we are root."""
    by = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*by, *command], cwd="/", check=False, timeout=SECONDS, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"


def _me() -> str:
    import getpass

    return getpass.getuser()


if __name__ == "__main__":
    with server() as reached:
        import psycopg

        started = time.perf_counter()
        with psycopg.connect(reached) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
