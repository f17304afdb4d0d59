"""JSON schemas in the part of the language that the Messages API enforces."""

from __future__ import annotations

import json
from collections.abc import Mapping

_KEPT = ("type", "description", "required", "enum", "const", "format", "$ref")
_DROPPED = ("title", "default", "additionalProperties", "discriminator")
_FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6")
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def legal_schema(schema: Mapping[str, object]) -> dict[str, object]:
    """The schema with closed objects; what the API does not enforce stands in descriptions."""
    legal: dict[str, object] = {}
    said: list[str] = []
    for name, value in schema.items():
        if name in {"properties", "$defs"} and isinstance(value, Mapping):
            legal[name] = {key: _nested(part) for key, part in value.items()}
        elif name in {"anyOf", "oneOf", "allOf"} and isinstance(value, list):
            legal["allOf" if name == "allOf" else "anyOf"] = [_nested(part) for part in value]
        elif name == "items":
            legal[name] = _nested(value)
        elif (name in _KEPT and (name != "format" or value in _FORMATS)) or (
            name == "minItems" and value in {0, 1}
        ):
            legal[name] = value
        elif name not in _DROPPED:
            said.append(f"{name}: {json.dumps(value)}")
    if legal.get("type") == "object":
        legal.setdefault("properties", {})
        legal["additionalProperties"] = False
    if said:
        description = legal.get("description", "")
        legal["description"] = f"{description} ({'; '.join(said)})".strip()
    return legal


def _nested(part: object) -> object:
    return legal_schema(part) if isinstance(part, Mapping) else part


def fits(value: object, schema: Mapping[str, object]) -> bool:
    """Whether a JSON value fits a schema made by legal_schema; descriptions and formats aside.

    One that is nested too deep to be looked through does not.
    """
    definitions = schema.get("$defs")
    try:
        return _fits(value, schema, definitions if isinstance(definitions, Mapping) else {})
    except RecursionError:
        return False


def _fits(value: object, schema: Mapping[str, object], definitions: Mapping[str, object]) -> bool:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        target = definitions.get(reference.removeprefix("#/$defs/"))
        if not isinstance(target, Mapping) or not _fits(value, target, definitions):
            return False
    for name, quantifier in (("anyOf", any), ("allOf", all)):
        parts = schema.get(name)
        if isinstance(parts, list) and not quantifier(
            _fits(value, part, definitions) for part in parts
        ):
            return False
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    return _fits_type(value, schema.get("type")) and _parts_fit(value, schema, definitions)


def _fits_type(value: object, wanted: object) -> bool:
    if wanted is None:
        return True
    alternatives = wanted if isinstance(wanted, list) else [wanted]
    names = [name for name in _TYPES if name in alternatives]
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _parts_fit(
    value: object, schema: Mapping[str, object], definitions: Mapping[str, object]
) -> bool:
    if isinstance(value, list):
        items = schema.get("items")
        return not isinstance(items, Mapping) or all(_fits(v, items, definitions) for v in value)
    if not isinstance(value, dict):
        return True
    required = schema.get("required")
    if isinstance(required, list) and not all(name in value for name in required):
        return False
    properties = schema.get("properties")
    known = properties if isinstance(properties, Mapping) else {}
    if schema.get("additionalProperties") is False and not value.keys() <= known.keys():
        return False
    return all(
        _fits(part, known[name], definitions)
        for name, part in value.items()
        if isinstance(known.get(name), Mapping)
    )
