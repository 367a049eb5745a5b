"""What calls a function, in the settings of Serverless and of SAM."""

import pytest

from bundler.configure import read_function_triggers
from bundler.model.trigger import Trigger, TriggerKind


def read(folder, text, name="serverless.yml"):
    (folder / name).write_text(text, encoding="utf-8")
    return read_function_triggers(folder, "f", stage=None)


def serverless(event, *, rest=""):
    head = "service: s\nprovider: {name: aws, runtime: python3.12}\ncustom: {bucket: pictures}\n"
    return f"{head}{rest}functions:\n  f:\n    handler: app.f\n    events:\n      - {event}\n"


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        ("http: POST users/{id}", {"kind": "http", "method": "POST", "path": "/users/{id}"}),
        ("http: {path: users, method: any}", {"kind": "http", "path": "/users"}),
        ("httpApi: 'GET /users'", {"kind": "httpApi", "path": "/users"}),
        ("httpApi: '*'", {"kind": "httpApi"}),
        ("httpApi: {method: put, path: /users}", {"kind": "httpApi", "method": "PUT", "path": "/users"}),
        ("sqs: arn:aws:sqs:eu-west-1:1:jobs", {"kind": "sqs", "resource": "arn:aws:sqs:eu-west-1:1:jobs"}),
        ("sqs: {arn: !GetAtt Jobs.Arn}", {"kind": "sqs", "resource": "Jobs"}),
        ("sqs: {arn: {'Fn::GetAtt': [Jobs, Arn]}}", {"kind": "sqs", "resource": "Jobs"}),
        ("sns: news", {"kind": "sns", "resource": "news"}),
        ("sns: {arn: !Ref News, topicName: news}", {"kind": "sns", "resource": "News"}),
        ("s3: '${self:custom.bucket}'", {"kind": "s3", "resource": "pictures", "action": "ObjectCreated:Put"}),
        (
            "s3: {bucket: b, event: s3:ObjectRemoved:*, rules: [{prefix: in/}, {suffix: .png}]}",
            {"kind": "s3", "resource": "b", "action": "ObjectRemoved:Put", "prefix": "in/", "suffix": ".png"},
        ),
        ("stream: arn:aws:kinesis:x:1:stream/s", {"kind": "kinesis", "resource": "arn:aws:kinesis:x:1:stream/s"}),
        ("stream: {type: dynamodb, arn: !GetAtt Users.StreamArn}", {"kind": "dynamodb", "resource": "Users"}),
        ("schedule: rate(1 day)", {"kind": "schedule"}),
        (
            "schedule: {rate: rate(1 day), name: n, input: {a: [1]}}",
            {"kind": "schedule", "resource": "n", "given": {"a": [1]}},
        ),
        ("eventBridge: {pattern: {source: [shop]}}", {"kind": "eventbridge", "pattern": {"source": ["shop"]}}),
        ("eventBridge: {schedule: rate(1 day)}", {"kind": "schedule"}),
        ("alb: {conditions: {path: [/a], method: [POST]}}", {"kind": "alb", "method": "POST", "path": "/a"}),
        ("websocket: $connect", {"kind": "websocket", "route": "$connect"}),
        ("websocket: {route: send}", {"kind": "websocket", "route": "send"}),
    ],
)
def test_serverless(tmp_path, event, facts):
    """Each form of an event is read with what it says of its source."""
    assert read(tmp_path, serverless(event)) == (Trigger(**{**facts, "kind": TriggerKind(facts["kind"])}),)


def test_unknown_sources_are_passed_over(tmp_path):
    """Of what is not known nothing is said, and the next source counts."""
    assert [trigger.kind for trigger in read(tmp_path, serverless("iot: {sql: x}\n      - sns: a\n      - odd"))] == [
        "sns"
    ]


def test_a_url_of_its_own(tmp_path):
    """A function's URL counts after all else that calls it."""
    text = serverless("sns: a") + "    url: true\n"

    assert [trigger.kind for trigger in read(tmp_path, text)] == ["sns", "url"]
    assert [trigger.kind for trigger in read(tmp_path, text.replace("url: true", "url: false"))] == ["sns"]


@pytest.mark.parametrize(
    ("schema", "rest"),
    [
        ("{type: object}", ""),
        ("{schema: {type: object}, name: N}", ""),
        ("'${file(schema.json)}'", ""),
        ("shared", "  apiGateway: {request: {schemas: {shared: {schema: {type: object}}}}}\n"),
    ],
)
def test_request_schemas(tmp_path, schema, rest):
    """A schema stands in the event, in a file, or under a name that the provider gives it."""
    (tmp_path / "schema.json").write_text('{"type": "object"}')
    event = f"http: {{path: a, method: post, request: {{schemas: {{application/json: {schema}}}}}}}"
    text = serverless(event)
    if rest:
        text = text.replace(
            "provider: {name: aws, runtime: python3.12}\n", f"provider:\n  name: aws\n  runtime: python3.12\n{rest}"
        )

    (trigger,) = read(tmp_path, text)

    assert trigger.schemas == {"application/json": {"type": "object"}}


def test_sam(tmp_path):
    """Events of a SAM function are read by their types."""
    text = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  f:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.f
      Runtime: python3.12
      CodeUri: .
      FunctionUrlConfig: {AuthType: NONE}
      Events:
        A: {Type: Api, Properties: {Path: /a, Method: post}}
        B: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn}}
        C:
          Type: S3
          Properties:
            Bucket: !Ref Pictures
            Events: [s3:ObjectCreated:*]
            Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}
        D: {Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{"a": 1}'}}
        E: {Type: Cognito, Properties: {}}
        F: {Type: DynamoDB, Properties: {Stream: !GetAtt Users.StreamArn}}
  Jobs: {Type: AWS::SQS::Queue}
  Users: {Type: AWS::DynamoDB::Table}
  Pictures: {Type: AWS::S3::Bucket}
"""

    found = read(tmp_path, text, "template.yaml")

    assert [trigger.kind for trigger in found] == ["http", "sqs", "s3", "schedule", "dynamodb", "url"]
    assert (found[0].method, found[0].path) == ("POST", "/a")
    assert (found[2].prefix, found[2].action) == ("in/", "ObjectCreated:Put")
    assert found[3].given == {"a": 1}
