"""Code systems: one name for each, whatever a policy or a case calls it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from besponsa_pa.records import dataclass


@dataclass(frozen=True, slots=True)
class CodeSystem:
    """A code system: the name that values carry, its URI in FHIR, and what else it is called."""

    name: str
    uri: str
    synonyms: tuple[str, ...] = ()


# URIs as HL7 publishes them (terminology.hl7.org, Code Systems).
CODE_SYSTEMS: tuple[CodeSystem, ...] = (
    CodeSystem("ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm", ("ICD10", "ICD-10", "2.16.840.1.113883.6.90")),
    CodeSystem("ICD-10-PCS", "http://www.cms.gov/Medicare/Coding/ICD10", ("2.16.840.1.113883.6.4",)),
    CodeSystem("ICD-9-CM", "http://hl7.org/fhir/sid/icd-9-cm", ("ICD9", "ICD-9", "2.16.840.1.113883.6.103")),
    CodeSystem("ICD-O-3", "http://terminology.hl7.org/CodeSystem/icd-o-3", ("2.16.840.1.113883.6.43.1",)),
    CodeSystem("SNOMED CT", "http://snomed.info/sct", ("SNOMED", "SCT", "SNOMED-CT", "2.16.840.1.113883.6.96")),
    CodeSystem("LOINC", "http://loinc.org", ("2.16.840.1.113883.6.1",)),
    CodeSystem("RxNorm", "http://www.nlm.nih.gov/research/umls/rxnorm", ("RXCUI", "2.16.840.1.113883.6.88")),
    CodeSystem("NDC", "http://hl7.org/fhir/sid/ndc", ("National Drug Code", "2.16.840.1.113883.6.69")),
    CodeSystem("HCPCS", "http://terminology.hl7.org/CodeSystem/HCPCS-all-codes", (
        "HCPCS Level II", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "2.16.840.1.113883.6.285",
    )),
    CodeSystem("CPT", "http://www.ama-assn.org/go/cpt", ("CPT-4", "2.16.840.1.113883.6.12")),
    CodeSystem("CVX", "http://hl7.org/fhir/sid/cvx", ("2.16.840.1.113883.12.292",)),
    CodeSystem("UNII", "http://fdasis.nlm.nih.gov", ("2.16.840.1.113883.4.9",)),
    CodeSystem("ATC", "http://www.whocc.no/atc", ("WHO ATC", "2.16.840.1.113883.6.73")),
    CodeSystem("NUCC", "http://nucc.org/provider-taxonomy", (
        "NUCC Provider Taxonomy", "Health Care Provider Taxonomy", "2.16.840.1.113883.6.101",
    )),
    CodeSystem(
        "CMS Place of Service",
        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
        ("Place of Service", "POS"),
    ),
    CodeSystem("GPI", "urn:oid:2.16.840.1.113883.6.68", ("Medi-Span GPI", "Generic Product Identifier")),
    CodeSystem("HGNC", "http://www.genenames.org", ("2.16.840.1.113883.6.281",)),
    CodeSystem("UCUM", "http://unitsofmeasure.org", ("2.16.840.1.113883.6.8",)),
)  # fmt: skip


# The system of diagnoses, and how its codes are written: a pattern that Python and databases read alike.
DIAGNOSES = "ICD-10-CM"
DIAGNOSIS = "[A-Z][0-9][0-9A-Z]([.][0-9A-Z]{1,4})?"


def code_system(name: str) -> str | None:
    """The name under which values carry a code system, or None for one that is not known here.

    Policies, cases and FHIR call the same system by name, by URI and by OID; two codes are the same only when
    their systems are, so that every name is brought to one. Capitals, spaces and hyphens make no difference.
    """
    return _BY_SIGN.get(_sign(name))


def canonical_system(name: str) -> str:
    """The known name of a code system, or the name itself for one that a payer uses for itself."""
    return code_system(name) or name


def system_names() -> Mapping[str, str]:
    """Every name, URI and OID of the code systems known here, with the name that values carry."""
    return {name: system.name for system in CODE_SYSTEMS for name in _names(system)}


def _names(system: CodeSystem) -> Iterator[str]:
    yield from (system.name, system.uri)
    for synonym in system.synonyms:
        yield synonym
        if synonym.startswith("2.16."):
            yield f"urn:oid:{synonym}"


def _sign(name: str) -> str:
    """A name without what people write differently; of a URI only the end of the protocol and of the line."""
    if ":" in name:
        return re.sub(r"^https:", "http:", name.strip().lower()).rstrip("/")
    return re.sub(r"[\s_-]", "", name.lower())


_BY_SIGN: Mapping[str, str] = {_sign(name): system for name, system in system_names().items()}
