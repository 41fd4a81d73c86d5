"""Regular expressions that are compiled when they are first used.

A start reads many modules and few of their expressions: compiling all of them took a tenth of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING


class _Pattern:
    """Stands for a compiled expression, whose methods it takes over one by one."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> object:
        value = getattr(re.compile(self._text, self._flags), name)
        self.__dict__[name] = value
        return value


if TYPE_CHECKING:
    pattern = re.compile
else:
    pattern = _Pattern
