"""The description of the API: which operations it has, and which fields their bodies."""
import json


def read_reference(root):
    return json.loads((root / "docs/openapi.json").read_text())


def fields_of(reference, schema):
    """The names of a schema's members, those of its parts too."""
    if "$ref" in schema:
        schema = reference["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return set(schema.get("properties", {})).union(
        *(fields_of(reference, part) for word in ("allOf", "oneOf", "anyOf") for part in schema.get(word, [])))
