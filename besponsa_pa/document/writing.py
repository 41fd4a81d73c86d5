"""Data to YAML text."""

from __future__ import annotations


def yaml_text(structure: object) -> str:
    """The data as one YAML document, its keys in their order.

    Texts that YAML would take for a number, a date or a truth value stand in quotes, so that any reader gets
    them back as texts.
    """
    import yaml  # here, so that importing the package does not load it

    text = yaml.safe_dump(structure, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110)
    return str(text)
