"""JSON schemas of requests: what API Gateway refuses by them, and the least that they let through."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bundler.model.trigger import Trigger, TriggerKind

_DEEPEST = 8
_PLAIN: Mapping[str, object] = {"integer": 1, "number": 1, "boolean": True, "null": None, "array": [], "string": "text"}
_FORMATS = {
    "date-time": "2026-01-01T12:00:00Z",
    "date": "2026-01-01",
    "email": "ada@example.com",
    "uri": "https://example.com",
    "uuid": "6f1c2a52-3f0e-4a7d-9a53-1f6d4f0f3c11",
}


def refuse_request(event: object, triggers: Sequence[Trigger]) -> str:
    """Return why API Gateway would not hand over an event of a REST API, empty where it would."""
    if not isinstance(event, dict) or "httpMethod" not in event or "resource" not in event:
        return ""
    route = (event["httpMethod"], event["resource"])
    for trigger in triggers:
        if trigger.kind is TriggerKind.HTTP and (trigger.method, trigger.path) == route:
            schema = trigger.schemas.get(_content_type(event))
            if schema is not None:
                return _problem(event.get("body"), schema)
    return ""


def _content_type(event: Mapping[str, Any]) -> str:
    headers = {str(name).lower(): value for name, value in (event.get("headers") or {}).items()}
    return str(headers.get("content-type", "application/json")).partition(";")[0].strip()


def _problem(body: object, schema: Any) -> str:  # noqa: ANN401 - a schema is an object or a truth value
    import fastjsonschema  # noqa: PLC0415 - few requests have a schema

    try:
        fastjsonschema.validate(schema, json.loads(body if isinstance(body, str) else "null"))
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error.message).replace("data", "the body", 1)
    except fastjsonschema.JsonSchemaDefinitionException as error:
        return f"its schema is none: {error}"
    except ValueError:
        return "the body is not JSON"
    return ""


def make_example(schema: object, depth: int = 0) -> object:
    """Return a plain value that a schema of the usual kind lets through, with what it requires and no more."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return {}
    for key in ("const", "default", "example"):
        if key in schema:
            return schema[key]
    for key in ("enum", "examples"):
        if schema.get(key):
            return schema[key][0]
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return make_example(schema[key][0], depth + 1)
    kind = schema.get("type", "object")
    return _example_of(kind[0] if isinstance(kind, list) else kind, schema, depth)


def _example_of(kind: str, schema: Mapping[str, Any], depth: int) -> object:
    if kind == "object":
        properties = schema.get("properties", {})
        return {
            name: make_example(properties.get(name, {"type": "string"}), depth + 1)
            for name in schema.get("required", ())
        }
    if kind == "array":
        return [make_example(schema.get("items", {}), depth + 1) for _ in range(schema.get("minItems", 0))]
    if kind in ("integer", "number"):
        return schema.get("minimum", schema.get("maximum", _PLAIN[kind]))
    if kind == "string":
        text = _FORMATS.get(schema.get("format", ""), "text")
        return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength")]
    return _PLAIN.get(kind)
