"""The files that cases come in, by their names."""

from __future__ import annotations

from enum import Enum

from besponsa_pa.records import dataclass


class Format(Enum):
    """What a file of rows is written in."""

    NDJSON = "ndjson"
    CSV = "csv"
    PARQUET = "parquet"


ENDINGS = {
    ".ndjson": Format.NDJSON,
    ".jsonl": Format.NDJSON,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".parquet": Format.PARQUET,
}
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True, slots=True)
class Input:
    """One file of cases."""

    path: str
    format: Format


def format_of(name: str) -> Format | None:
    """The format that a file name tells, compressed or not; None where it tells none."""
    bare = without_compression(name.lower())
    return next((form for ending, form in ENDINGS.items() if bare.endswith(ending)), None)


def compression_of(name: str) -> str | None:
    """The compression that a file name tells."""
    return next((how for ending, how in COMPRESSIONS.items() if name.lower().endswith(ending)), None)


def without_compression(name: str) -> str:
    """A file name without the ending that tells its compression."""
    return next((name[: -len(ending)] for ending in COMPRESSIONS if name.lower().endswith(ending)), name)


def stem_of(name: str) -> str:
    """A file name without the endings that tell its format and compression."""
    bare = without_compression(name)
    return next((bare[: -len(ending)] for ending in ENDINGS if bare.lower().endswith(ending)), bare)
