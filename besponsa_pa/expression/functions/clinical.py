"""Codes and value sets (CQL 1.5, Clinical Operators)."""

from __future__ import annotations

from besponsa_pa.expression.functions.open_world import any_of
from besponsa_pa.expression.functions.table import Operator, Unknowns, overload
from besponsa_pa.values import UNKNOWN, Code, Concept, Truth, Value, ValueSet, facts_of, missing

SECTION = "CQL 1.5, Clinical Operators: "


def _in_value_set(code: Value, value_set: Value) -> Truth:
    """A concept is in a value set when any of its codes is; a null code is in none."""
    if code is None:
        return False
    if isinstance(code, UNKNOWN) or isinstance(value_set, UNKNOWN):
        return missing(facts_of(code, value_set))
    if not isinstance(value_set, ValueSet):
        return None
    codes = code.codes if isinstance(code, Concept) else (code,)
    return any(isinstance(one, Code) and one in value_set for one in codes)


def _any_in_value_set(codes: Value, value_set: Value) -> Truth:
    return False if codes is None else any_of(codes, lambda one: _in_value_set(one, value_set))


OPERATORS: tuple[Operator, ...] = (
    Operator(
        name="In",
        syntax="{0} in {1}",
        doc="Whether the code, or any of several codes, is in the value set. The version of a code does not matter.",
        section=SECTION + "In (Valueset)",
        overloads=(
            overload("Code, ValueSet -> Boolean", _in_value_set),
            overload("Concept, ValueSet -> Boolean", _in_value_set),
            overload("List<Code>, ValueSet -> Boolean", _any_in_value_set),
            overload("List<Concept>, ValueSet -> Boolean", _any_in_value_set),
        ),
        examples=(
            ('Code \'C91.00\' from "ICD-10-CM" in "B-cell precursor ALL"', "true"),
            ('Code \'C92.00\' from "ICD-10-CM" in "B-cell precursor ALL"', "false"),
            ('(null as Code) in "B-cell precursor ALL"', "false"),
        ),
        unknowns=Unknowns.OWN,
        precedence="membership",
    ),
)
