"""What stands in for awslambdaric where that cannot be had: its loop, and errors of the same shape.

Standard library only, and nothing newer than Python 3.8.
"""

import decimal
import http
import http.client
import importlib
import json
import logging
import math
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

_ROOT = "/2018-06-01/runtime/"
_JSON_LOGS = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
_HAS_ASCII = sys.version_info < (3, 12)
# A handler may put something else in their places.
_encode, _decode = json.dumps, json.loads


class FaultError(Exception):
    """Something that Lambda's runtime has a name for."""

    def __init__(self, message: str, kind: str, trace: "tuple[str, ...]" = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.trace = list(trace)


class Context:
    """The second argument of a handler."""

    def __init__(self, headers: "http.client.HTTPMessage") -> None:
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = None
        self.client_context = None
        self.tenant_id = None
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout."""
        return max(self._deadline_ms - int(time.time() * 1000), 0)

    def log(self, message: object) -> None:
        """Print a message as it is."""
        sys.stdout.write(str(message))


class Client:
    """Speaks with the Runtime API."""

    def __init__(self, address: str, *_: object) -> None:
        self._address = address

    def wait_next_invocation(self) -> "tuple[http.client.HTTPMessage, bytes]":
        """Return the next event, with what its headers say."""
        return self._ask("GET", "invocation/next", None)

    def post(self, path: str, content: bytes, kind: str = "") -> None:
        """Hand over an answer or an error."""
        self._ask("POST", path, content, {"Lambda-Runtime-Function-Error-Type": kind} if kind else {})

    def _ask(
        self, method: str, path: str, content: "bytes | None", headers: "dict[str, str] | None" = None
    ) -> "tuple[http.client.HTTPMessage, bytes]":
        connection = http.client.HTTPConnection(self._address)
        connection.request(method, _ROOT + path, content, headers or {})
        response = connection.getresponse()
        body = response.read()
        if response.status >= http.HTTPStatus.MULTIPLE_CHOICES:
            message = "the Runtime API refuses %s: %d %r" % (path, response.status, body)
            raise RuntimeError(message)
        return response.headers, body


class _Logs(logging.Handler):
    """Writes log records as Lambda does, each as lines of its own."""

    request_id = ""

    def emit(self, record: logging.LogRecord) -> None:
        record.aws_request_id = self.request_id
        text = self.format(record)
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        kind, error, trace = record.exc_info or (None, None, None)
        facts = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(trace) if trace else None,
            "errorType": kind.__name__ if kind else None,
            "errorMessage": str(error) if error else None,
            "requestId": getattr(record, "aws_request_id", None) or None,
            "location": "%s:%s:%d" % (record.pathname, record.funcName, record.lineno) if error else None,
        }
        told = {name: value for name, value in facts.items() if value is not None}
        return _encode(told, ensure_ascii=False, default=str)


def run(handler: str, client: Client) -> None:
    """Load the handler and give it events until the process is ended."""
    logs = _set_up_logging()
    try:
        function = _load(handler)
    except FaultError as fault:
        _give_up(client, _describe(fault, fault.kind, fault.trace, ""))
    except Exception as error:  # noqa: BLE001 - a module may raise anything
        _give_up(client, _describe(error, type(error).__name__, _frames(error), ""))
    while True:
        headers, body = client.wait_next_invocation()
        logs.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        _answer(client, function, headers, body)


def _set_up_logging() -> _Logs:
    sys.stdout.reconfigure(line_buffering=True, write_through=True)  # type: ignore[union-attr]
    logging.Formatter.converter = time.gmtime
    logs = _Logs()
    layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
    logs.setFormatter(_JsonFormatter() if _JSON_LOGS else logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(logs)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper().replace("TRACE", "DEBUG")
    if level in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
        logging.getLogger().setLevel(level)
    return logs


def _load(handler: str) -> "Callable[[object, object], object]":
    module_name, separator, attribute = handler.rpartition(".")
    if not separator:
        message = "Bad handler '%s': not enough values to unpack (expected 2, got 1)" % handler
        raise FaultError(message, "Runtime.MalformedHandlerName")
    if module_name.split(".")[0] in sys.builtin_module_names:
        message = "Cannot use built-in module %s as a handler module" % module_name
        raise FaultError(message, "Runtime.BuiltInModuleConflict")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '%s': %s" % (module_name, error)
        raise FaultError(message, "Runtime.ImportModuleError") from error
    except SyntaxError as error:
        trace = '  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)
        message = "Syntax error in module '%s': %s" % (module_name, error)
        raise FaultError(message, "Runtime.UserCodeSyntaxError", (trace,)) from error
    try:
        function: Callable[[object, object], object] = getattr(module, attribute)
    except AttributeError as error:
        message = "Handler '%s' missing on module '%s'" % (attribute, module_name)
        raise FaultError(message, "Runtime.HandlerNotFound") from error
    return function


def _answer(
    client: Client, function: "Callable[[object, object], object]", headers: "http.client.HTTPMessage", body: bytes
) -> None:
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    try:
        content = _marshal(function(_decode(body), Context(headers)))
    except FaultError as fault:
        error = _describe(fault, fault.kind, fault.trace, request_id)
    except Exception as raised:  # noqa: BLE001 - a handler may raise anything
        error = _describe(raised, type(raised).__name__, _frames(raised), request_id)
    else:
        client.post("invocation/%s/response" % request_id, content)
        return
    _log_error(error)
    client.post("invocation/%s/error" % request_id, _encode(error).encode(), str(error["errorType"]))


def _marshal(answer: object) -> bytes:
    if isinstance(answer, bytes):
        return answer
    try:
        text = _encode(answer, default=_to_json, ensure_ascii=_HAS_ASCII)
        return text.encode()
    except Exception as error:
        message = "Unable to marshal response: %s" % error
        raise FaultError(message, "Runtime.MarshalError") from error


def _to_json(value: object) -> object:
    """Return what Lambda's runtime makes of a value that JSON does not have: numbers of DynamoDB stay numbers."""
    if isinstance(value, decimal.Decimal):
        return math.nan if value.is_nan() else float(value)
    message = "Object of type %s is not JSON serializable" % type(value).__name__
    raise TypeError(message)


def _frames(error: BaseException) -> "list[str]":
    frames = traceback.extract_tb(error.__traceback__)
    # As four words each: nothing is underlined then.
    return traceback.format_list([tuple(frame) for frame in frames if frame.filename != __file__])


def _describe(error: BaseException, kind: str, trace: "list[str]", request_id: str) -> "dict[str, object]":
    return {"errorMessage": _text(error), "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - it is code of the function
        return "<unprintable %s object>" % type(error).__name__


def _give_up(client: Client, error: "dict[str, object]") -> NoReturn:
    _log_error(error)
    client.post("init/error", _encode(error).encode(), str(error["errorType"]))
    sys.exit(1)


def _log_error(error: "dict[str, object]") -> None:
    if _JSON_LOGS:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sys.stdout.write(_encode({"timestamp": now, "level": "ERROR", **error}, ensure_ascii=_HAS_ASCII) + "\n")
        return
    first = "[ERROR] %s: %s" % (error["errorType"], error["errorMessage"])
    trace = error["stackTrace"]
    frames = "".join(trace).splitlines() if isinstance(trace, list) else []
    sys.stdout.write("\n".join([first, "Traceback (most recent call last):", *frames]) + "\n")
