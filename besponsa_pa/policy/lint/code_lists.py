"""Published lists of codes, each asked of a library that brings it: loaded only when codes are to be looked up.

The library of ICD-10-CM is the extra `codes`. Loading it takes a second, for the whole classification is read.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import Protocol

LIBRARY = "simple-icd-10-cm"
EXTRA = "pip install 'besponsa_pa[codes]'"


class CodeList(Protocol):
    """The codes of one code system in one release."""

    @property
    def system(self) -> str:
        """The name that values carry for the code system."""

    @property
    def release(self) -> str:
        """Which release of which list it is, and what brings it, for a reader."""

    def exists(self, code: str) -> bool:
        """Whether the list has the code, in the spelling that policies use."""

    def codes_below(self, code: str) -> tuple[str, ...]:
        """The codes that divide a code further; none for one that a claim can carry."""


@dataclass(frozen=True, slots=True)
class Icd10Cm:
    """ICD-10-CM as the library brings it, one release for each version of the library."""

    release: str
    system: str = "ICD-10-CM"

    def exists(self, code: str) -> bool:
        """Whether it is a code of the classification, with its point: chapters and blocks (`C81-C96`) are none."""
        import simple_icd_10_cm  # type: ignore[import-untyped]

        if not simple_icd_10_cm.is_valid_item(code) or simple_icd_10_cm.is_chapter_or_block(code):
            return False
        return bool(simple_icd_10_cm.add_dot(code) == code)

    def codes_below(self, code: str) -> tuple[str, ...]:
        """The codes of the next level."""
        import simple_icd_10_cm

        return tuple(simple_icd_10_cm.get_children(code))


def icd_10_cm() -> CodeList | None:
    """ICD-10-CM, or None when the library that brings it is not installed."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it reads its data in a way that Python 3.11 calls old
            import simple_icd_10_cm.data  # type: ignore[import-untyped]
    except ImportError:
        return None
    from importlib import metadata, resources

    names = [file.name for file in resources.files(simple_icd_10_cm.data).iterdir()]
    found = (re.fullmatch(r"code-list-(.*)\.txt", name) for name in sorted(names))
    title = next((match[1].replace("-", " ") for match in found if match), "of an unnamed date")
    return Icd10Cm(f"ICD-10-CM {title} ({LIBRARY} {metadata.version(LIBRARY)})")
