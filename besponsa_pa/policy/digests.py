"""The digest of a policy: over everything that it says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Protocol


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


def _sha256() -> Callable[[bytes], _Hash]:
    """Python's own, where it has one: to load the library that `hashlib` prefers takes longer than all digests."""
    try:
        made: Callable[[bytes], _Hash] = import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:
        made = import_module("hashlib").sha256
    return made


sha256 = _sha256()


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of the files of a policy, each by its path as first written in an import ("" for its own) and text.

    The paths are as written in the imports, so that the digest is the same wherever the files stand.
    """
    total = sha256(b"")
    for part in (part for file in sorted(files, key=lambda file: file[0]) for part in file):
        data = part.encode("utf-8", "surrogatepass")
        total.update(b"%d\n" % len(data))
        total.update(data)
    return f"sha256:{total.hexdigest()}"
