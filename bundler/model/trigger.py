"""What calls a function, as far as it decides what its events look like."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TriggerKind(StrEnum):
    """A source of events, spelled as the Serverless Framework spells it where it does."""

    HTTP = "http"
    """An API Gateway REST API."""
    HTTP_API = "httpApi"
    """An API Gateway HTTP API, payload version 2.0."""
    URL = "url"
    """The function's own URL."""
    SQS = "sqs"
    SNS = "sns"
    S3 = "s3"
    DYNAMODB = "dynamodb"
    KINESIS = "kinesis"
    SCHEDULE = "schedule"
    EVENTBRIDGE = "eventbridge"
    ALB = "alb"
    WEBSOCKET = "websocket"
    AUTHORIZER = "authorizer"
    """A request to authorise one for a REST API, by a token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """One source of events; what the settings leave open has a value that says so little as can be."""

    kind: TriggerKind
    method: str = "GET"
    path: str = "/"
    """With `{parameters}`, as the settings write it."""
    resource: str = ""
    """An ARN, or the name of a queue, topic, table, stream, bucket or rule."""
    action: str = ""
    """What happened to an object of a bucket: `ObjectCreated:Put`."""
    prefix: str = ""
    suffix: str = ""
    route: str = "$default"
    """Of a WebSocket."""
    pattern: Mapping[str, Any] = field(default_factory=dict)
    """What EventBridge lets through."""
    given: object = None
    """What a schedule hands over in place of its own event."""
    schemas: Mapping[str, Any] = field(default_factory=dict)
    """JSON schemas that a request's body is held to, by its content type."""
