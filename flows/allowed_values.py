"""What a setting may be, in words, from the JSON schema of its section."""

from collections.abc import Mapping
from typing import Any

from halflife.flows.toml_text import written

TYPES = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`", "string": "text"}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "above {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "below {}",
}


def allowed(schema: Mapping[str, Any]) -> str:
    """What fits one property of a JSON schema.

    >>> allowed({"type": "integer", "exclusiveMinimum": 0}), allowed({"type": "number", "minimum": 0, "maximum": 1})
    ('whole number, at least 1', 'number, at least 0 and at most 1')
    >>> allowed({"anyOf": [{"type": "string"}, {"type": "null"}]}), allowed({"enum": ["a", "b", "c"]})
    ('text', '`"a"`, `"b"` or `"c"`')
    >>> allowed({"type": "array", "items": {"type": "string"}})
    'list of texts'
    """
    if "anyOf" in schema:
        return " or ".join(allowed(option) for option in schema["anyOf"] if option.get("type") != "null")
    if "const" in schema:
        return _code(schema["const"])
    if "enum" in schema:
        *first, last = [_code(value) for value in schema["enum"]]
        return f"{', '.join(first)} or {last}" if first else last
    if schema.get("type") == "array":
        inner = schema.get("items", {})
        return "list of tables" if "$ref" in inner else f"list of {allowed(inner)}s"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties", {})
        return "table of tables" if not isinstance(inner, Mapping) or "$ref" in inner else f"table of {allowed(inner)}"
    return ", ".join([TYPES.get(schema.get("type", ""), "text"), *_bounds(schema)])


def _code(value: Any) -> str:
    return f"`{written(value)}`"


def _bounds(schema: Mapping[str, Any]) -> list[str]:
    whole = schema.get("type") == "integer"
    if whole and "exclusiveMinimum" in schema:
        schema = {**schema, "minimum": schema["exclusiveMinimum"] + 1}
        del schema["exclusiveMinimum"]
    said = [words.format(f"{schema[name]:g}") for name, words in BOUNDS.items() if name in schema]
    return [" and ".join(said)] if said else []
