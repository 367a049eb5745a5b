"""The lines that Lambda itself writes to a function's log, as text or as JSON."""

import json
import math
import signal
from datetime import UTC, datetime
from typing import Any

from bundler.model.invocation import Invocation, RunSettings

TIMED_OUT = "Sandbox.Timedout"
EXITED = "Runtime.ExitError"
OUT_OF_MEMORY = "Runtime.OutOfMemory"
TOO_LARGE = "Function.ResponseSizeTooLarge"
_MEGABYTE = 1024 * 1024


def start_line(request_id: str, settings: RunSettings) -> str:
    """Return what is written when an event is handed over."""
    if settings.has_json_logs:
        return _as_json("platform.start", requestId=request_id, version="$LATEST")
    return f"START RequestId: {request_id} Version: $LATEST\n"


def report_lines(invocation: Invocation, settings: RunSettings) -> str:
    """Return what is written when an event is done with: how long it took, what is billed, what memory it needed."""
    metrics = measure(invocation, settings)
    status = "success" if invocation.error is None else "error"
    kind = invocation.error["errorType"] if invocation.error else ""
    status = "timeout" if kind == TIMED_OUT else status
    if settings.has_json_logs:
        error = {"errorType": kind} if kind else {}
        return _as_json("platform.report", requestId=invocation.request_id, status=status, metrics=metrics, **error)
    figures = [
        f"Duration: {metrics['durationMs']:.2f} ms",
        f"Billed Duration: {metrics['billedDurationMs']} ms",
        f"Memory Size: {metrics['memorySizeMB']} MB",
        f"Max Memory Used: {metrics['maxMemoryUsedMB']} MB",
    ]
    if "initDurationMs" in metrics:
        figures.append(f"Init Duration: {metrics['initDurationMs']:.2f} ms")
    if status != "success":
        figures += [f"Status: {status}", *([f"Error Type: {kind}"] if status == "error" else [])]
    end = f"END RequestId: {invocation.request_id}\n"
    return end + "\t".join([f"REPORT RequestId: {invocation.request_id}", *figures]) + "\n"


def measure(invocation: Invocation, settings: RunSettings) -> dict[str, Any]:
    """Return the figures of a report; loading the code is billed too."""
    init_ms = (invocation.init_seconds or 0) * 1000
    metrics = {
        "durationMs": round(invocation.seconds * 1000, 2),
        "billedDurationMs": math.ceil(invocation.seconds * 1000 + init_ms),
        "memorySizeMB": settings.memory_mb,
        "maxMemoryUsedMB": min(math.ceil(invocation.memory_bytes / _MEGABYTE), settings.memory_mb),
    }
    return metrics if invocation.init_seconds is None else {**metrics, "initDurationMs": round(init_ms, 2)}


def timeout_line(request_id: str, settings: RunSettings) -> str:
    """Return what is written when an event took too long."""
    return f"{_now()} {request_id} {_timeout_text(settings)}\n\n"


def timeout_error(request_id: str, settings: RunSettings) -> dict[str, Any]:
    """Return the error of an event that took too long."""
    return {"errorType": TIMED_OUT, "errorMessage": f"RequestId: {request_id} Error: {_timeout_text(settings)}"}


def exit_error(request_id: str, code: int, *, is_over_memory: bool) -> dict[str, Any]:
    """Return the error of a process that ended before it answered."""
    if code < 0:
        reason = f"Runtime exited with error: signal: {(signal.strsignal(-code) or str(-code)).lower()}"
    elif code:
        reason = f"Runtime exited with error: exit status {code}"
    else:
        reason = "Runtime exited without providing a reason"
    kind = OUT_OF_MEMORY if is_over_memory else EXITED
    return {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {reason}"}


def too_large_error(limit_bytes: int) -> dict[str, Any]:
    """Return the error of an answer that Lambda does not take."""
    message = f"Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes)."
    return {"errorType": TOO_LARGE, "errorMessage": message}


def _timeout_text(settings: RunSettings) -> str:
    return f"Task timed out after {settings.timeout_seconds:.2f} seconds"


def _as_json(kind: str, **record: object) -> str:
    return json.dumps({"time": _now(), "type": kind, "record": record}) + "\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
