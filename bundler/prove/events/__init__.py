"""Events of a function's own triggers, shaped as AWS sends them."""

from collections.abc import Callable, Mapping

from bundler.model.trigger import Trigger, TriggerKind
from bundler.prove.events.http import (
    alb_event,
    authorizer_event,
    http_api_event,
    http_event,
    url_event,
    websocket_event,
)
from bundler.prove.events.messages import dynamodb_event, kinesis_event, s3_event, sns_event, sqs_event
from bundler.prove.events.request_schema import refuse_request
from bundler.prove.events.rules import eventbridge_event, schedule_event

__all__ = ["make_event", "refuse_request"]

_MAKERS: Mapping[TriggerKind, Callable[[Trigger], object]] = {
    TriggerKind.HTTP: http_event,
    TriggerKind.HTTP_API: http_api_event,
    TriggerKind.URL: url_event,
    TriggerKind.SQS: sqs_event,
    TriggerKind.SNS: sns_event,
    TriggerKind.S3: s3_event,
    TriggerKind.DYNAMODB: dynamodb_event,
    TriggerKind.KINESIS: kinesis_event,
    TriggerKind.SCHEDULE: schedule_event,
    TriggerKind.EVENTBRIDGE: eventbridge_event,
    TriggerKind.ALB: alb_event,
    TriggerKind.WEBSOCKET: websocket_event,
    TriggerKind.AUTHORIZER: authorizer_event,
}


def make_event(trigger: Trigger) -> object:
    """Return an event as a trigger gives it: the same each time."""
    return _MAKERS[trigger.kind](trigger)
