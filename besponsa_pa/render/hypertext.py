"""Pieces of a page: nothing that a file says gets into it but as text."""

from __future__ import annotations

from html import escape
from typing import NewType

from besponsa_pa.render.layout import visible

# A piece of a page, in which all text is escaped. Made here alone.
Html = NewType("Html", str)
VOID = frozenset({"meta"})


def text(said: str) -> Html:
    """A text as it is, with everything in it that a browser would act upon written out."""
    return Html(escape(visible(said)))


def phrase(said: str) -> Html:
    """A text in which what stands between backticks is code."""
    parts = said.split("`")
    if len(parts) % 2 == 0:
        return text(said)
    return joined(*(tag("code", text(part)) if at % 2 else text(part) for at, part in enumerate(parts)))


def joined(*pieces: Html, between: str = "") -> Html:
    """Pieces one after the other."""
    return Html(escape(between).join(pieces))


def tag(name: str, /, *pieces: Html, **attributes: str | bool) -> Html:
    """An element around pieces. An attribute with a trailing or inner `_` is written without it, or with `-`."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Html(f"<{name}{written}>")
    return Html(f"<{name}{written}>{''.join(pieces)}</{name}>")


def _attribute(key: str, value: str | bool) -> str:
    if value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(visible(value))}"'
