"""Events of whatever speaks HTTP: API Gateway, function URLs, load balancers, WebSockets, authorisers."""

import json
import re

from bundler.model.trigger import Trigger
from bundler.prove.events.common import (
    ACCOUNT,
    COMMON_LOG_TIME,
    EPOCH_MS,
    HTTP_HEADERS,
    REGION,
    REQUEST_ID,
    SOURCE_IP,
    USER_AGENT,
)
from bundler.prove.events.request_schema import make_example

_PARAMETER = re.compile(r"\{([^}+]+)\+?\}")
_WITH_BODY = ("POST", "PUT", "PATCH")
_API = "abcdef1234"
_LOWER_HEADERS = {name.lower(): value for name, value in HTTP_HEADERS.items()}
_IDENTITY = {"sourceIp": SOURCE_IP, "userAgent": USER_AGENT}


def http_event(trigger: Trigger) -> object:
    """Return the event of a REST API, payload version 1.0."""
    path = _path(trigger)
    return {
        "resource": trigger.path,
        "path": path,
        "httpMethod": trigger.method,
        "headers": HTTP_HEADERS,
        "multiValueHeaders": {name: [value] for name, value in HTTP_HEADERS.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": _parameters(trigger) or None,
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": _API,
            "domainName": HTTP_HEADERS["Host"],
            "domainPrefix": _API,
            "extendedRequestId": "JKJaXmPLvHcESHA=",
            "httpMethod": trigger.method,
            "identity": {
                **_IDENTITY,
                "accessKey": None,
                "accountId": None,
                "caller": None,
                "user": None,
                "userArn": None,
            },
            "path": f"/dev{path}",
            "protocol": "HTTP/1.1",
            "requestId": REQUEST_ID,
            "requestTime": COMMON_LOG_TIME,
            "requestTimeEpoch": EPOCH_MS,
            "resourceId": "1234ab",
            "resourcePath": trigger.path,
            "stage": "dev",
        },
        "body": _body(trigger),
        "isBase64Encoded": False,
    }


def http_api_event(trigger: Trigger) -> object:
    """Return the event of an HTTP API, payload version 2.0."""
    return _version_2(trigger, f"{trigger.method} {trigger.path}", HTTP_HEADERS["Host"])


def url_event(trigger: Trigger) -> object:
    """Return the event of a function's own URL: as of an HTTP API that has one route."""
    return _version_2(trigger, "$default", f"{_API}.lambda-url.{REGION}.on.aws")


def _version_2(trigger: Trigger, route: str, host: str) -> object:
    path = _path(trigger)
    body = _body(trigger)
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": "",
        "headers": {**_LOWER_HEADERS, "host": host},
        **({"pathParameters": parameters} if (parameters := _parameters(trigger)) else {}),
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": _API,
            "domainName": host,
            "domainPrefix": _API,
            "http": {"method": trigger.method, "path": path, "protocol": "HTTP/1.1", **_IDENTITY},
            "requestId": REQUEST_ID,
            "routeKey": route,
            "stage": "$default",
            "time": COMMON_LOG_TIME,
            "timeEpoch": EPOCH_MS,
        },
        **({"body": body} if body is not None else {}),
        "isBase64Encoded": False,
    }


def alb_event(trigger: Trigger) -> object:
    """Return the event of a load balancer."""
    group = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/lbundle/49e9d65c45c6791a"
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": trigger.method,
        "path": _path(trigger).replace("*", ""),
        "queryStringParameters": {},
        "headers": {**_LOWER_HEADERS, "host": f"lbundle.{REGION}.elb.amazonaws.com"},
        "body": _body(trigger) or "",
        "isBase64Encoded": False,
    }


def websocket_event(trigger: Trigger) -> object:
    """Return the event of a WebSocket: a connection, its end, or a message on a route."""
    kinds = {"$connect": "CONNECT", "$disconnect": "DISCONNECT"}
    kind = kinds.get(trigger.route, "MESSAGE")
    context = {
        "routeKey": trigger.route,
        "eventType": kind,
        "extendedRequestId": "JKJaXmPLvHcESHA=",
        "requestTime": COMMON_LOG_TIME,
        "messageDirection": "IN",
        "stage": "dev",
        "connectedAt": EPOCH_MS,
        "requestTimeEpoch": EPOCH_MS,
        "identity": _IDENTITY,
        "requestId": REQUEST_ID,
        "domainName": HTTP_HEADERS["Host"],
        "connectionId": "JKJaXcPLvHcCFHw=",
        "apiId": _API,
    }
    if kind == "MESSAGE":
        action = {} if trigger.route == "$default" else {"action": trigger.route}
        context["messageId"] = "JKJaXfPLvHcCFHw="
        return {"requestContext": context, "body": json.dumps({**action, "message": "hello"}), "isBase64Encoded": False}
    headers = {"headers": HTTP_HEADERS, "multiValueHeaders": {name: [value] for name, value in HTTP_HEADERS.items()}}
    if kind == "DISCONNECT":
        context |= {"disconnectStatusCode": 1000, "disconnectReason": ""}
    return {**headers, "requestContext": context, "isBase64Encoded": False}


def authorizer_event(trigger: Trigger) -> object:
    """Return the event of an authoriser that is asked about a token."""
    method = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{_API}/dev/{trigger.method}{_path(trigger)}"
    return {"type": "TOKEN", "methodArn": method, "authorizationToken": "Bearer token"}


def _parameters(trigger: Trigger) -> dict[str, str]:
    """Return the parameters of a path, each with its own name as its value."""
    return {name: name for name in _PARAMETER.findall(trigger.path)}


def _path(trigger: Trigger) -> str:
    return _PARAMETER.sub(lambda parameter: parameter[1], trigger.path)


def _body(trigger: Trigger) -> str | None:
    """Return a body for methods that have one: the least that its schema lets through."""
    if trigger.method not in _WITH_BODY:
        return None
    return json.dumps(make_example(next(iter(trigger.schemas.values()), {"type": "object"})))
