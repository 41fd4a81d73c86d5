from __future__ import annotations

import pytest

from besponsa_pa.terminology import CODE_SYSTEMS, canonical_system, code_system, system_names


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ICD-10-CM", "ICD-10-CM"),
        ("icd10cm", "ICD-10-CM"),
        ("ICD 10 CM", "ICD-10-CM"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM"),
        ("urn:oid:2.16.840.1.113883.6.90", "ICD-10-CM"),
        ("snomed-ct", "SNOMED CT"),
        ("http://snomed.info/sct/", "SNOMED CT"),
        ("https://loinc.org", "LOINC"),
        ("RXNORM", "RxNorm"),
        ("HCPCS Level II", "HCPCS"),
    ],
)
def test_a_code_system_is_known_by_each_of_its_names(written: str, name: str) -> None:
    assert code_system(written) == name


@pytest.mark.parametrize("written", ["", "ICD-10-CN", "http://hl7.org/fhir/sid/icd-10", "ICD"])
def test_a_name_that_is_only_near_is_not_taken_for_a_code_system(written: str) -> None:
    assert code_system(written) is None
    assert canonical_system(written) == written


def test_no_two_code_systems_share_a_name() -> None:
    assert {code_system(name) for name in system_names()} == {system.name for system in CODE_SYSTEMS}
    assert all(code_system(name) == meant for name, meant in system_names().items())
