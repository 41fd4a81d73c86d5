"""The door through which a file is changed: wholly or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from besponsa_pa.diagnostic import Diagnostics


def save_bytes(path: Path, data: bytes, diagnostics: Diagnostics) -> bool:
    """Put other contents into a file that is there; answers whether it was done.

    They are written beside it and then take its place, so that nobody ever sees half of them and a full disk destroys
    nothing. The rights on the file stay, and so does a link that leads to it.
    """
    target = path.resolve()
    try:
        if not os.access(target, os.W_OK):
            raise PermissionError(None, "it may not be changed")
        _replace(target, data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        diagnostics.error("E152", f"`{path.as_posix()}` cannot be written: {reason}")
        return False
    return True


def _replace(target: Path, data: bytes) -> None:
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
        shutil.copymode(target, name)
        os.replace(name, target)  # noqa: PTH105 - the name is a text
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - the same
        raise
