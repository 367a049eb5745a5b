"""Events that come in records: queues, topics, buckets, tables, streams."""

import base64
import hashlib
import json

from bundler.model.trigger import Trigger
from bundler.prove.events.common import ACCOUNT, EPOCH_MS, EPOCH_SECONDS, ISO_TIME, REGION, SOURCE_IP, arn

_MESSAGE = json.dumps({"message": "hello"})
_MESSAGE_ID = "059f36b4-87a3-44ab-83d2-661975830a7d"


def sqs_event(trigger: Trigger) -> object:
    """Return a message of a queue."""
    queue = arn("sqs", trigger.resource, "queue")
    attributes = {
        "ApproximateReceiveCount": "1",
        "SentTimestamp": str(EPOCH_MS),
        "SenderId": "AIDAIENQZJOLO23YVJ4VO",
        "ApproximateFirstReceiveTimestamp": str(EPOCH_MS + 1),
    }
    if queue.endswith(".fifo"):
        attributes |= {"SequenceNumber": "18849496460467696128", "MessageGroupId": "1", "MessageDeduplicationId": "1"}
    record = {
        "messageId": _MESSAGE_ID,
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": _MESSAGE,
        "attributes": attributes,
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(_MESSAGE.encode(), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": REGION,
    }
    return {"Records": [record]}


def sns_event(trigger: Trigger) -> object:
    """Return a message of a topic."""
    topic = arn("sns", trigger.resource, "topic")
    base = f"https://sns.{REGION}.amazonaws.com/"
    notification = {
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": topic,
        "Subject": "lbundle",
        "Message": _MESSAGE,
        "Timestamp": ISO_TIME,
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
        "SigningCertUrl": f"{base}SimpleNotificationService-0000000000000000000000.pem",
        "UnsubscribeUrl": f"{base}?Action=Unsubscribe",
        "MessageAttributes": {},
    }
    record = {
        "EventSource": "aws:sns",
        "EventVersion": "1.0",
        "EventSubscriptionArn": f"{topic}:21be56ed-a058-49f5-8c98-aedd2564c486",
        "Sns": notification,
    }
    return {"Records": [record]}


def s3_event(trigger: Trigger) -> object:
    """Return what happened to an object of a bucket."""
    bucket = trigger.resource.rpartition(":")[2] or "bucket"
    details: dict[str, object] = {"key": f"{trigger.prefix}object{trigger.suffix}", "sequencer": "0055AED6DCD90281E5"}
    if not trigger.action.startswith("ObjectRemoved"):
        details |= {"size": 1024, "eTag": "d41d8cd98f00b204e9800998ecf8427e"}
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": ISO_TIME,
        "eventName": trigger.action or "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDAINPONIXQXHT3IKHL2"},
        "requestParameters": {"sourceIPAddress": SOURCE_IP},
        "responseElements": {"x-amz-request-id": "D82B88E5F771F645", "x-amz-id-2": "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "828aa6fc-f7b5-4305-8584-487c791949c1",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "A3I5XTEXAMAI3E"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": details,
        },
    }
    return {"Records": [record]}


def dynamodb_event(trigger: Trigger) -> object:
    """Return an item that is new in a table."""
    table = arn("dynamodb", trigger.resource, "table", prefix="table/")
    stream = table if "/stream/" in table else f"{table}/stream/2026-01-01T00:00:00.000"
    record = {
        "eventID": "c4ca4238a0b923820dcc509a6f75849b",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": {
            "ApproximateCreationDateTime": EPOCH_SECONDS,
            "Keys": {"id": {"S": "1"}},
            "NewImage": {"id": {"S": "1"}, "message": {"S": "hello"}},
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": stream,
    }
    return {"Records": [record]}


def kinesis_event(trigger: Trigger) -> object:
    """Return a record of a stream."""
    sequence = "49590338271490256608559692538361571095921575989136588898"
    record = {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "1",
            "sequenceNumber": sequence,
            "data": base64.b64encode(_MESSAGE.encode()).decode(),
            "approximateArrivalTimestamp": float(EPOCH_SECONDS),
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"shardId-000000000006:{sequence}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": f"arn:aws:iam::{ACCOUNT}:role/lambda-role",
        "awsRegion": REGION,
        "eventSourceARN": arn("kinesis", trigger.resource, "stream", prefix="stream/"),
    }
    return {"Records": [record]}
