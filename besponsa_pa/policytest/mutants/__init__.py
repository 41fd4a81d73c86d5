"""Policies in which one small thing is another: who tests a policy well notices each of them.

The way through: `kinds` says what is near what, `expressions` and `steps` change an expression, `criteria` and
`generating` what stands around it, `edits` puts the change into the file, and `hints` knows what the checker found out.
"""

from besponsa_pa.policytest.mutants.generating import mutants_of
from besponsa_pa.policytest.mutants.kinds import Kind
from besponsa_pa.policytest.mutants.mutant import Mutant

__all__ = ["Kind", "Mutant", "mutants_of"]
