"""Data to YAML text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import yaml


class Bare(str):
    """A text that stands without quotes where YAML allows it, as people write a date, a number or a code."""

    __slots__ = ()


def yaml_text(structure: object) -> str:
    """The data as one YAML document, its keys in their order.

    Texts that YAML would take for a number, a date or a truth value stand in quotes, so that any reader gets
    them back as texts.
    """
    import yaml  # here, so that importing the package does not load it

    text = yaml.safe_dump(structure, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110)
    return str(text)


def yaml_by_hand(structure: object) -> str:
    """The data as a person lays it out in a file: what holds no lists or keys of its own on a line, in brackets.

    For what an analyst copies into a file that is read by `document`, where a text is the same with and without
    quotes: so a `Bare` has none.
    """
    import yaml

    class Dumper(yaml.SafeDumper):
        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, False)

    Dumper.add_representer(Bare, _bare)
    text = yaml.dump(
        structure, Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )  # fmt: skip
    return str(text)


def _bare(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """The text with the tag that YAML would guess, so that no quotes are needed to refuse the guess."""
    import yaml

    text = str(text)
    guessed = dumper.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    # quotes tell a text from nothing; and in brackets a sign such as the colon of a time needs them
    is_quoted = guessed == "tag:yaml.org,2002:null" or any(sign in text for sign in ":,?[]{}")
    return dumper.represent_scalar("tag:yaml.org,2002:str" if is_quoted else guessed, text)
