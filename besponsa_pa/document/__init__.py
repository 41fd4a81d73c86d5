"""YAML or JSON text to nodes with their places, and nodes held against a JSON Schema.

The only code that reads files, and the only code that knows YAML and JSON.
"""

from besponsa_pa.document.json_reader import parse_json
from besponsa_pa.document.json_values import values_from_json
from besponsa_pa.document.nodes import Mapping, Node, Scalar, Sequence
from besponsa_pa.document.reading import SIZE_LIMIT, parse_document, read_source, source_from_bytes
from besponsa_pa.document.schema import load_schema, validate
from besponsa_pa.document.writing import Bare, yaml_by_hand, yaml_text
from besponsa_pa.document.yaml_reader import parse_yaml

__all__ = [
    "SIZE_LIMIT",
    "Bare",
    "Mapping",
    "Node",
    "Scalar",
    "Sequence",
    "load_schema",
    "parse_document",
    "parse_json",
    "parse_yaml",
    "read_source",
    "source_from_bytes",
    "validate",
    "values_from_json",
    "yaml_by_hand",
    "yaml_text",
]
