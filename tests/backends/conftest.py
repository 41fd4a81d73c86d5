"""The databases of the tests, one of each for all of them; a test is skipped with the reason where one is not there."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import postgres_server

REQUIRED = os.environ.get("CI_POSTGRES") == "required"


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    """A connection to a PostgreSQL server of our own."""
    if postgres_server.programs() is None and not REQUIRED:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    import psycopg

    with postgres_server.server() as reached, psycopg.connect(reached, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def spark() -> Iterator[object]:
    """A session of Spark in this process."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, which is not on the path")
    from engines import spark_session

    session = spark_session()
    yield session
    session.stop()
