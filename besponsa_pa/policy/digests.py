"""The digest of a policy: over everything that it says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def digest_of(files: Iterable[tuple[str, str]]) -> str:
    """The SHA-256 of the files of a policy, each by its path as first written in an import ("" for its own) and text.

    The paths are as written in the imports, so that the digest is the same wherever the files stand.
    """
    total = hashlib.sha256()
    for part in (part for file in sorted(files, key=lambda file: file[0]) for part in file):
        data = part.encode("utf-8", "surrogatepass")
        total.update(b"%d\n" % len(data))
        total.update(data)
    return f"sha256:{total.hexdigest()}"
