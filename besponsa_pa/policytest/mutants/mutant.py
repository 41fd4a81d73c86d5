"""A mutant: a policy in which one small thing is another."""

from __future__ import annotations

from dataclasses import dataclass, field

from besponsa_pa.document import Mapping
from besponsa_pa.policytest.mutants.kinds import Kind
from besponsa_pa.source import Span


@dataclass(frozen=True, slots=True)
class Mutant:
    """A policy in which one small thing is another.

    `id` is where and what, in words that stay the same while the policy does; `span` is the place of what is changed.
    `before` is empty for what is put in, `after` for what is left out. `file` is the name of the source that is
    changed, `root` what it says then.
    """

    id: str
    kind: Kind
    span: Span
    before: str
    after: str
    file: str = field(repr=False)
    root: Mapping = field(repr=False, compare=False)
