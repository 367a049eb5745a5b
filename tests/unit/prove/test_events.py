"""Events of triggers, held against the models of a library that parses the real ones."""

import json

import pytest
from aws_lambda_powertools.utilities.parser import models

from bundler.model.trigger import Trigger, TriggerKind
from bundler.prove import make_event, refuse_request

SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 6, "maxLength": 6},
        "mail": {"type": "string", "format": "email"},
        "age": {"type": "integer", "minimum": 18},
        "kind": {"enum": ["a", "b"]},
        "tags": {"type": "array", "minItems": 2, "items": {"type": "boolean"}},
        "more": {"anyOf": [{"type": "object", "required": ["x"]}, {"type": "null"}]},
        "not asked for": {"type": "string"},
    },
    "required": ["name", "mail", "age", "kind", "tags", "more"],
}
MODELS = {
    TriggerKind.HTTP: models.APIGatewayProxyEventModel,
    TriggerKind.HTTP_API: models.APIGatewayProxyEventV2Model,
    TriggerKind.URL: models.LambdaFunctionUrlModel,
    TriggerKind.SQS: models.SqsModel,
    TriggerKind.SNS: models.SnsModel,
    TriggerKind.S3: models.S3Model,
    TriggerKind.DYNAMODB: models.DynamoDBStreamModel,
    TriggerKind.KINESIS: models.KinesisDataStreamModel,
    TriggerKind.SCHEDULE: models.EventBridgeModel,
    TriggerKind.EVENTBRIDGE: models.EventBridgeModel,
    TriggerKind.ALB: models.AlbModel,
    TriggerKind.WEBSOCKET: models.APIGatewayWebSocketMessageEventModel,
    TriggerKind.AUTHORIZER: models.ApiGatewayAuthorizerToken,
}
FULL = {
    "method": "POST",
    "path": "/users/{id}/{rest+}",
    "prefix": "uploads/",
    "suffix": ".png",
    "action": "ObjectCreated:Put",
    "route": "send",
    "pattern": {"source": ["shop"], "detail-type": ["Sold"], "detail": {"price": [{"numeric": [">", 5]}]}},
    "schemas": {"application/json": SCHEMA},
}


@pytest.mark.parametrize("kind", TriggerKind)
def test_every_template_parses(kind):
    """The event of every kind, of a trigger that says nothing and of one that says all, is one for its model."""
    for facts in ({}, FULL, {**FULL, "resource": "things"}):
        event = make_event(Trigger(kind=kind, **facts))

        MODELS[kind].model_validate(json.loads(json.dumps(event)))


def test_a_model_for_each_kind():
    """No kind goes unchecked."""
    assert set(MODELS) == set(TriggerKind)


@pytest.mark.parametrize(
    ("route", "model"),
    [
        ("$connect", models.APIGatewayWebSocketConnectEventModel),
        ("$disconnect", models.APIGatewayWebSocketDisconnectEventModel),
        ("$default", models.APIGatewayWebSocketMessageEventModel),
    ],
)
def test_the_life_of_a_websocket(route, model):
    """A connection, its end and a message look each their own way."""
    model.model_validate(make_event(Trigger(kind=TriggerKind.WEBSOCKET, route=route)))


def make(kind, **facts):
    return make_event(Trigger(kind=TriggerKind(kind), **facts))


def test_routes():
    """Method and path are the trigger's own, parameters filled with their names."""
    facts = {"method": "PUT", "path": "/users/{id}/{rest+}"}
    parameters = {"id": "id", "rest": "rest"}
    rest, api, alb = (make(kind, **facts) for kind in ("http", "httpApi", "alb"))

    assert (rest["httpMethod"], rest["path"], rest["resource"]) == ("PUT", "/users/id/rest", facts["path"])
    assert rest["pathParameters"] == api["pathParameters"] == parameters
    assert (api["routeKey"], api["rawPath"]) == ("PUT /users/{id}/{rest+}", "/users/id/rest")
    assert api["requestContext"]["http"]["method"] == "PUT"
    assert (alb["httpMethod"], alb["path"]) == ("PUT", "/users/id/rest")
    assert make("http", path="/")["pathParameters"] is None
    assert make("http")["body"] is None


@pytest.mark.parametrize(
    ("kind", "resource", "arn"),
    [
        ("sqs", "jobs", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
        ("sqs", "arn:aws:sqs:us-east-1:1:jobs.fifo", "arn:aws:sqs:us-east-1:1:jobs.fifo"),
        ("kinesis", "clicks", "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"),
        ("dynamodb", "users", "arn:aws:dynamodb:eu-west-1:123456789012:table/users/stream/2026-01-01T00:00:00.000"),
    ],
)
def test_sources(kind, resource, arn):
    """Records come from the queue, stream or table that the trigger names."""
    assert make(kind, resource=resource)["Records"][0]["eventSourceARN"] == arn


def test_buckets_and_topics():
    """An object has the bucket, the action, prefix and suffix of the trigger, a message its topic."""
    record = make("s3", resource="pictures", prefix="in/", suffix=".png", action="ObjectRemoved:Delete")["Records"][0]

    assert (record["s3"]["bucket"]["name"], record["s3"]["object"]["key"]) == ("pictures", "in/object.png")
    assert (record["eventName"], "size" in record["s3"]["object"]) == ("ObjectRemoved:Delete", False)
    assert make("sns", resource="news")["Records"][0]["Sns"]["TopicArn"] == "arn:aws:sns:eu-west-1:123456789012:news"


def test_rules():
    """A schedule hands over its input, and an event of EventBridge fits the pattern that is asked for."""
    pattern = {
        "source": [{"prefix": "shop."}],
        "detail-type": ["Sold", "Returned"],
        "resources": ["arn:aws:x"],
        "detail": {
            "price": [{"numeric": [">", 5, "<", 10]}],
            "state": [{"anything-but": ["gone"]}],
            "name": [{"wildcard": "a*b"}],
            "gone": [{"exists": False}],
            "there": [{"exists": True}],
            "deep": {"er": [1]},
        },
    }

    event = make("eventbridge", pattern=pattern)

    assert make("schedule", given={"a": 1}) == {"a": 1}
    assert make("schedule", resource="nightly")["resources"][0].endswith(":rule/nightly")
    assert (event["source"], event["detail-type"], event["resources"]) == ("shop.", "Sold", ["arn:aws:x"])
    assert event["detail"] == {"price": 6, "state": "something", "name": "ab", "there": None, "deep": {"er": 1}}


def test_bodies_fit_their_schemas():
    """The body of a request is the least that its schema lets through."""
    trigger = Trigger(kind=TriggerKind.HTTP, method="POST", path="/x", schemas={"application/json": SCHEMA})
    event = make_event(trigger)

    assert json.loads(event["body"]) == {
        "name": "textxx",
        "mail": "ada@example.com",
        "age": 18,
        "kind": "a",
        "tags": [True, True],
        "more": {"x": "text"},
    }
    assert refuse_request(event, [trigger]) == ""


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"body": "{}"}, "the body must contain "),
        ({"body": "{"}, "the body is not JSON"),
        ({"body": None}, "the body must be object"),
        ({"body": "{}", "headers": {"content-type": "text/plain"}}, ""),
        ({"body": "{}", "httpMethod": "PUT"}, ""),
        (
            {"body": "{}", "headers": None},
            "the body must contain ",
        ),
    ],
)
def test_what_a_rest_api_refuses(changes, problem):
    """A body that its schema does not let through never gets to the function; other requests have other schemas."""
    trigger = Trigger(kind=TriggerKind.HTTP, method="POST", path="/x", schemas={"application/json": SCHEMA})

    told = refuse_request({**make_event(trigger), **changes}, [trigger])

    assert told.startswith(problem)
    assert bool(told) == bool(problem)
    assert refuse_request("no request", [trigger]) == ""
