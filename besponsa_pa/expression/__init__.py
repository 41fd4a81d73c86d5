"""The expression language: a profile of HL7 CQL 1.5. Knows nothing of policies."""
