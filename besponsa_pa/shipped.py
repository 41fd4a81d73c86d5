"""Where the files stand that the package ships.

`grammar/` and `policies/` are at the top of a checkout, where their readers look for them, and inside the
package once it is installed from a wheel. Nothing else in the code knows that there are two places.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@cache
def grammar_text(name: str) -> str:
    """The text of a published grammar or schema, such as `policy.schema.json`.

    The files are the one source of truth: what an editor completes by is what the loader checks by.
    Raises FileNotFoundError when there is none of that name.
    """
    return (shipped_directory("grammar", PACKAGE) / name).read_text(encoding="utf-8")


def policies_directory() -> Path:
    """The folder of the policies that come with the package, one folder a drug and `shared`.

    Raises FileNotFoundError when the package was torn from its files.
    """
    return shipped_directory("policies", PACKAGE)


def shipped_directory(name: str, package: Path) -> Path:
    """The folder of that name inside the package, else beside it.

    Inside comes first: beside an installed package stands what other packages brought.
    Raises FileNotFoundError when it is in neither place.
    """
    for parent in (package, package.parent):
        if (parent / name).is_dir():
            return parent / name
    raise FileNotFoundError(f"the folder `{name}` of besponsa_pa is neither in {package} nor beside it")
