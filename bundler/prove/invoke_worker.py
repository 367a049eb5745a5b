"""Answer one event as Lambda's runtime does; run by the target's own interpreter.

Standard library only, and nothing newer than Python 3.8. Standard input holds a JSON request, standard output gets one
JSON object: `answer`, the JSON text of what the handler returned, or `error`, a traceback. What the handler prints goes
to standard error.
"""

import decimal
import json
import math
import os
import sys
import threading
import time
import traceback
from importlib import import_module


class Context:
    """The second argument of a handler."""

    aws_request_id = "00000000-0000-4000-8000-000000000001"
    log_stream_name = "2026/01/01/[$LATEST]00000000000000000000000000000001"
    function_version = "$LATEST"
    identity = None
    client_context = None
    tenant_id = None

    def __init__(self, name: str, seconds: float) -> None:
        self.function_name = name
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = f"arn:aws:lambda:{os.environ['AWS_REGION']}:123456789012:function:{name}"
        self.log_group_name = f"/aws/lambda/{name}"
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the function's timeout."""
        return max(int((self._end - time.monotonic()) * 1000), 0)


def main() -> None:
    """Read the request, answer it, and leave without waiting for threads that the handler started."""
    request = json.loads(sys.stdin.buffer.read())
    result_stream = os.dup(1)
    os.dup2(2, 1)
    lock = threading.Lock()

    def leave(result: "dict[str, object]") -> None:
        with lock:
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(result_stream, json.dumps(result).encode())
            os._exit(0)

    seconds = request["timeout_seconds"]
    alarm = threading.Timer(seconds, leave, [{"error": f"Task timed out after {seconds:.2f} seconds\n"}])
    alarm.daemon = True
    alarm.start()
    leave(answer(request))


def answer(request: "dict[str, object]") -> "dict[str, object]":
    """Import the handler and call it."""
    # -I and -S left the standard library alone here: nothing of the host is found.
    sys.path[:0] = request["folders"]  # type: ignore[call-overload]
    os.environ["AWS_EXECUTION_ENV"] = f"AWS_Lambda_python3.{sys.version_info[1]}"
    context = Context(str(request["name"]), float(str(request["timeout_seconds"])))
    try:
        handler = getattr(import_module(str(request["module"])), str(request["attribute"]))
        return {"answer": json.dumps(handler(request["event"], context), default=to_json)}
    except BaseException:  # noqa: BLE001 - a handler may raise anything, `SystemExit` too
        return {"error": traceback.format_exc()}


def to_json(value: object) -> object:
    """Return what Lambda's runtime makes of a value that JSON does not have: numbers of DynamoDB become floats."""
    if isinstance(value, decimal.Decimal):
        return math.nan if value.is_nan() else float(value)
    message = f"Object of type {type(value).__name__} is not JSON serializable"
    raise TypeError(message)


main()
