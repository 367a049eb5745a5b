"""The sources of a function's events, of Serverless and of SAM; what cannot be read is left open, and no mistake."""

import json
import re
from collections.abc import Iterator
from typing import Any

from bundler.configure.service import FunctionTable
from bundler.configure.tables import Setting
from bundler.configure.yaml_lines import Tagged
from bundler.model.trigger import Trigger, TriggerKind

_ROUTE = re.compile(r"(?:(?P<method>[A-Za-z*]+)\s+)?(?P<path>\S+)")
_SAM_KINDS = {
    "Api": TriggerKind.HTTP,
    "HttpApi": TriggerKind.HTTP_API,
    "SQS": TriggerKind.SQS,
    "SNS": TriggerKind.SNS,
    "S3": TriggerKind.S3,
    "DynamoDB": TriggerKind.DYNAMODB,
    "Kinesis": TriggerKind.KINESIS,
    "Schedule": TriggerKind.SCHEDULE,
    "ScheduleV2": TriggerKind.SCHEDULE,
    "EventBridgeRule": TriggerKind.EVENTBRIDGE,
    "CloudWatchEvent": TriggerKind.EVENTBRIDGE,
}
_KINDS = {
    "http": TriggerKind.HTTP,
    "httpApi": TriggerKind.HTTP_API,
    "sqs": TriggerKind.SQS,
    "sns": TriggerKind.SNS,
    "s3": TriggerKind.S3,
    "schedule": TriggerKind.SCHEDULE,
    "eventBridge": TriggerKind.EVENTBRIDGE,
    "cloudwatchEvent": TriggerKind.EVENTBRIDGE,
    "alb": TriggerKind.ALB,
    "websocket": TriggerKind.WEBSOCKET,
}
_ANY_METHODS = ("*", "ANY")


def read_triggers(table: FunctionTable) -> tuple[Trigger, ...]:
    """Return what calls a function, in the order of its settings; a URL of its own comes last."""
    found = [trigger for kind, setting in _entries(table.setting) if (trigger := _read(kind, setting, table))]
    has_url = any(
        setting is not None and setting.node.value is not False
        for setting in (table.setting.find("url"), table.setting.find("FunctionUrlConfig"))
    )
    return (*found, *([Trigger(kind=TriggerKind.URL)] if has_url else []))


def _entries(function: Setting) -> Iterator[tuple[TriggerKind, Setting]]:
    events = function.find("events")
    for element in events.find_elements() if events is not None else ():
        for name in element.node.value if element is not None and isinstance(element.node.value, dict) else ():
            setting = element.find(name) if element is not None else None
            if setting is not None and (name in _KINDS or name == "stream"):
                yield _stream_kind(setting) if name == "stream" else _KINDS[name], setting
    named = function.find("Events")
    for name in named.node.value if named is not None and isinstance(named.node.value, dict) else ():
        entry = named.find(name) if named is not None else None
        kind = _SAM_KINDS.get(_text(entry, "Type"))
        if entry is not None and kind is not None:
            yield kind, entry.find("Properties") or entry


def _stream_kind(setting: Setting) -> TriggerKind:
    told = f"{_text(setting, 'type')} {_name(setting, 'arn') or _plain_text(setting)}"
    return TriggerKind.DYNAMODB if "dynamodb" in told else TriggerKind.KINESIS


def _read(kind: TriggerKind, setting: Setting, table: FunctionTable) -> Trigger | None:
    match kind:
        case TriggerKind.HTTP | TriggerKind.HTTP_API | TriggerKind.ALB:
            return _read_route(kind, setting, table)
        case TriggerKind.S3:
            return _read_bucket(setting)
        case TriggerKind.SCHEDULE | TriggerKind.EVENTBRIDGE:
            return _read_rule(kind, setting)
        case TriggerKind.WEBSOCKET:
            route = _text(setting, "route") or _plain_text(setting) or "$default"
            return Trigger(kind=kind, route=route)
        case _:
            return Trigger(kind=kind, resource=_resource(setting))


def _read_route(kind: TriggerKind, setting: Setting, table: FunctionTable) -> Trigger:
    route = _ROUTE.fullmatch(_plain_text(setting))
    conditions = setting.find("conditions")
    method, path = (
        (route["method"], route["path"])
        if route
        else (
            _first(conditions, "method") or _text(setting, "method", "Method"),
            _first(conditions, "path") or _text(setting, "path", "Path"),
        )
    )
    is_any = not method or method.upper() in _ANY_METHODS
    return Trigger(
        kind=kind,
        method="GET" if is_any else str(method).upper(),
        path="/" + ("" if path in ("*", "$default", None) else str(path)).lstrip("/"),
        schemas=dict(_schemas(setting, table)),
    )


def _schemas(setting: Setting, table: FunctionTable) -> Iterator[tuple[str, Any]]:
    """Give the schemas of a request by content type, those that the provider names for all among them."""
    schemas = _find(setting, "request", "schemas") or _find(setting, "request", "schema")
    for content_type in schemas.node.value if schemas is not None and isinstance(schemas.node.value, dict) else ():
        schema = schemas.find(content_type) if schemas is not None else None
        if schema is not None and isinstance(schema.node.value, str):
            shared = (
                _find(source, "apiGateway", "request", "schemas", schema.node.value) for source in table.providers
            )
            schema = next((found for found in shared if found is not None), None)
        if schema is not None:
            plain = _plain(schema)
            yield content_type, plain["schema"] if isinstance(plain, dict) and "schema" in plain else plain


def _read_bucket(setting: Setting) -> Trigger:
    action = _first(setting, "event", "Events") or "s3:ObjectCreated:*"
    rules = setting.find("rules")
    told = _plain(rules) if rules is not None else None
    listed = (
        {key: str(value) for rule in told if isinstance(rule, dict) for key, value in rule.items()}
        if isinstance(told, list)
        else {}
    )
    filtered = _find(setting, "Filter", "S3Key", "Rules")
    for rule in _plain(filtered) or () if filtered is not None else ():
        listed[str(rule.get("Name"))] = str(rule.get("Value"))
    return Trigger(
        kind=TriggerKind.S3,
        resource=_plain_text(setting) or _name(setting, "bucket", "Bucket"),
        action=action.removeprefix("s3:").replace("*", "Put"),
        prefix=listed.get("prefix", ""),
        suffix=listed.get("suffix", ""),
    )


def _read_rule(kind: TriggerKind, setting: Setting) -> Trigger:
    given = setting.find("input") or setting.find("Input")
    plain = _plain(given) if given is not None else None
    pattern = setting.find("pattern") or setting.find("event") or setting.find("Pattern")
    told = _plain(pattern) if pattern is not None else None
    is_schedule = kind is TriggerKind.SCHEDULE or not isinstance(told, dict)
    return Trigger(
        kind=TriggerKind.SCHEDULE if is_schedule else kind,
        resource=_text(setting, "name", "Name"),
        pattern=told if isinstance(told, dict) else {},
        given=_parsed(plain),
    )


def _parsed(given: object) -> object:
    """Return what a text holds that is JSON: SAM hands inputs over as it."""
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return given


def _resource(setting: Setting) -> str:
    """Return what a queue, topic or stream is called: its ARN where that is known, else the best name there is."""
    return (
        _plain_text(setting)
        or _name(setting, "arn", "topicName", "Queue", "Topic", "Stream", "queueName", "streamName")
        or _reference(setting)
    )


def _find(setting: Setting | None, *names: str) -> Setting | None:
    for name in names:
        setting = setting.find(name) if setting is not None else None
    return setting


def _name(setting: Setting, *keys: str) -> str:
    found = (setting.find(key) for key in keys)
    texts = (_plain_text(child) or _reference(child) for child in found if child is not None)
    return next(filter(None, texts), "")


def _reference(setting: Setting) -> str:
    """Return the logical id that `!Ref`, `!GetAtt` or their long forms name."""
    value = setting.node.value
    if isinstance(value, Tagged):
        return value.text.partition(".")[0]
    for form in ("Ref", "Fn::GetAtt"):
        target = setting.find(form)
        plain = _plain(target) if target is not None else None
        if plain:
            return str(plain[0] if isinstance(plain, list) else plain).partition(".")[0]
    return ""


def _plain_text(setting: Setting | None) -> str:
    value = setting.node.value if setting is not None else None
    return value if isinstance(value, str) else ""


def _text(setting: Setting | None, *keys: str) -> str:
    return next(filter(None, (_plain_text(setting.find(key)) for key in keys)), "") if setting is not None else ""


def _first(setting: Setting | None, *keys: str) -> str:
    """Return a text, or the first of a list of them."""
    for key in keys:
        child = setting.find(key) if setting is not None else None
        if child is not None:
            elements = child.find_elements()
            return _plain_text(child) or (_plain_text(elements[0]) if elements else "")
    return ""


def _plain(setting: Setting) -> Any:  # noqa: ANN401 - whatever YAML can say
    """Return a value with its variables answered, `None` in the place of what only a deployment knows."""
    value = setting.node.value
    if isinstance(value, dict):
        children: dict[str, Setting | None] = {name: setting.find(name) for name in value}
        return {name: _plain(child) if child is not None else None for name, child in children.items()}
    if isinstance(value, list):
        return [_plain(child) if child is not None else None for child in setting.find_elements()]
    return None if isinstance(value, Tagged) else value
