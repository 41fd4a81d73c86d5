"""The files that Spark writes, wherever it writes them: on this machine's disk or on a cluster's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# so much text goes to Spark at once
CHUNK = 1 << 20


class Files:
    """Files and folders by their paths, which Spark's own libraries reach."""

    def __init__(self, session: SparkSession) -> None:
        # Java's classes and objects have no types for Python
        self._java = session._jvm  # noqa: SLF001 - the only way to Hadoop's files
        self._configuration = session._jsc.hadoopConfiguration()  # noqa: SLF001

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder."""
        return bool(self._system(path).exists(self._path(path)))

    def delete(self, path: str) -> None:
        """Take a file, or a folder with all that is in it, away if it is there."""
        self._system(path).delete(self._path(path), True)

    def make_folder(self, path: str) -> None:
        """Make a folder, and those that it is in."""
        self._system(path).mkdirs(self._path(path))

    def move(self, path: str, target: str) -> None:
        """Give a file or a folder another name, which is not taken."""
        if not self._system(path).rename(self._path(path), self._path(target)):
            raise OSError(f"`{target}` cannot be written")

    def whole_name(self, path: str) -> str:
        """The name of a file as Spark tells it of the rows in it."""
        return str(self._system(path).makeQualified(self._path(path)).toUri().toString())

    def parts(self, folder: str) -> list[str]:
        """The files with rows that Spark has written into a folder, in their order; none where it is not there."""
        if not self.exists(folder):
            return []
        found = self._system(folder).listStatus(self._path(folder))
        return sorted(str(each.getPath()) for each in found if each.getPath().getName().startswith("part-"))

    def write(self, path: str, lines: Iterable[str]) -> bool:
        """Write lines to a file as they come; whether there was any."""
        stream = self._system(path).create(self._path(path))
        written = False
        try:
            for chunk in _chunks(lines):
                stream.write(bytearray(chunk.encode("utf-8")))
                written = True
        finally:
            stream.close()
        return written

    def _path(self, path: str):  # type: ignore[no-untyped-def]
        return self._java.org.apache.hadoop.fs.Path(path)  # type: ignore[union-attr]

    def _system(self, path: str):  # type: ignore[no-untyped-def]
        system = self._path(path).getFileSystem(self._configuration)
        system.setWriteChecksum(False)
        return system


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    kept: list[str] = []
    size = 0
    for line in lines:
        kept.append(f"{line}\n")
        size += len(line)
        if size >= CHUNK:
            yield "".join(kept)
            kept, size = [], 0
    if kept:
        yield "".join(kept)
