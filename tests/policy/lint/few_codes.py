"""A part of ICD-10-CM, so that no test hangs on a release."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FewCodes:
    """A list of a few codes."""

    release: str = "ICD-10-CM of the tests"
    system: str = "ICD-10-CM"
    codes: tuple[str, ...] = ("C91", "C91.0", "C91.00", "C91.01", "C91.02", "G43.009", "G43.709", "G44.009", "Z99.9")

    def exists(self, code: str) -> bool:
        return code in self.codes

    def codes_below(self, code: str) -> tuple[str, ...]:
        return tuple(each for each in self.codes if each[:-1].removesuffix(".") == code)
