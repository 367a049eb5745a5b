"""Take one process through its life: load the handler, give it events one after the other, end it."""

import json
import queue
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from bundler.model.invocation import Invocation, RunSettings
from bundler.prove.platform_log import (
    exit_error,
    report_lines,
    start_line,
    timeout_error,
    timeout_line,
    too_large_error,
)
from bundler.prove.runtime_api import MAX_ANSWER_BYTES, Heard, Kind, Request
from bundler.prove.sandbox import LogSink, Order, Sandbox

INIT_SECONDS = 10
"""What Lambda allows for loading the code, beside the function's timeout."""
_SETTLE_SECONDS = 5


def answer_events(
    order: Order, events: Sequence[bytes], settings: RunSettings, *, arn: str, sink: LogSink
) -> Iterator[Invocation]:
    """Give events to one process and yield what comes of each; after one that ends the process there is no other.

    Raises:
        SandboxError: The process cannot be set apart.
    """
    sandbox = Sandbox(order, sink)
    try:
        life = _Life(sandbox, settings, arn, sink)
        for event in events:
            invocation = life.answer(event)
            yield invocation
            if not invocation.is_alive:
                return
        life.settle()
    finally:
        sandbox.close()


class _Life:
    """What happens between the start of a process and its end."""

    def __init__(self, sandbox: Sandbox, settings: RunSettings, arn: str, sink: LogSink) -> None:
        self._sandbox = sandbox
        self._settings = settings
        self._arn = arn
        self._sink = sink
        self._first_began: float | None = sandbox.started
        self._is_ready = False

    def answer(self, event: bytes) -> Invocation:
        """Give one event to the process, once it asks for it."""
        request_id = str(uuid.uuid4())
        began = self._first_began
        asked = self._wait_ready()
        self._write(start_line(request_id, self._settings))
        init_seconds = time.monotonic() - began if began is not None else None
        # What loading takes beyond Lambda's own limit, Lambda does once more in the time of the event.
        seconds = self._settings.timeout_seconds
        seconds -= init_seconds if init_seconds is not None and init_seconds > INIT_SECONDS else 0
        started = time.monotonic()
        if asked is not None and asked.kind is Kind.NEXT:
            self._submit(request_id, event, seconds)
            heard = self._wait_answer(started + seconds)
        else:
            heard = asked
        took = time.monotonic() - started
        return self._conclude(request_id, heard, init_seconds, took)

    def settle(self) -> None:
        """Let the process come back for another event: what it does after it answered belongs to the answer."""
        self._wait_ready()

    def _wait_ready(self) -> Heard | None:
        """Wait until the process asks for an event; anything else is the reason why it does not."""
        is_first, self._first_began = self._first_began is not None, None
        if self._is_ready:
            return Heard(kind=Kind.NEXT)
        limit = max(INIT_SECONDS, self._settings.timeout_seconds) if is_first else _SETTLE_SECONDS
        heard = self._wait(time.monotonic() + limit)
        self._is_ready = heard is not None and heard.kind is Kind.NEXT
        return heard

    def _submit(self, request_id: str, event: bytes, seconds: float) -> None:
        self._is_ready = False
        headers = {
            "Lambda-Runtime-Deadline-Ms": str(int((time.time() + seconds) * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
        }
        self._sandbox.api.submit(Request(id=request_id, event=event, headers=headers))

    def _wait_answer(self, until: float) -> Heard | None:
        """Wait for what comes of an event; a copy that the process made of itself may ask for another before that."""
        while (heard := self._wait(until)) is not None and heard.kind is Kind.NEXT:
            self._is_ready = True
        return heard

    def _wait(self, until: float) -> Heard | None:
        try:
            return self._sandbox.heard.get(timeout=max(until - time.monotonic(), 0))
        except queue.Empty:
            return None

    def _conclude(self, request_id: str, heard: Heard | None, init_seconds: float | None, took: float) -> Invocation:
        answer, error = self._read(request_id, heard)
        memory_bytes = self._sandbox.memory_bytes()
        is_alive = heard is not None and heard.kind in (Kind.ANSWER, Kind.ERROR, Kind.TOO_LARGE)
        invocation = Invocation(
            request_id=request_id,
            answer=answer,
            error=error,
            init_seconds=init_seconds,
            seconds=took,
            memory_bytes=memory_bytes,
            is_alive=is_alive,
        )
        self._write(report_lines(invocation, self._settings))
        return invocation

    def _read(self, request_id: str, heard: Heard | None) -> tuple[str | None, dict[str, Any] | None]:
        if heard is None:
            self._write(timeout_line(request_id, self._settings))
            return None, timeout_error(request_id, self._settings)
        match heard.kind:
            case Kind.ANSWER:
                return _read_answer(heard.content, is_streamed=heard.is_streamed)
            case Kind.ERROR | Kind.INIT_ERROR:
                return None, _read_error(heard.content)
            case Kind.TOO_LARGE:
                return None, too_large_error(MAX_ANSWER_BYTES)
            case Kind.ENDED | Kind.NEXT:
                error = exit_error(request_id, heard.code, is_over_memory=self._sandbox.is_over_memory)
                self._write(f"{error['errorMessage']}\n{error['errorType']}\n")
                return None, error

    def _write(self, text: str) -> None:
        self._sandbox.print_all()
        self._sink(text.encode())


def _read_answer(content: bytes, *, is_streamed: bool) -> tuple[str | None, dict[str, Any] | None]:
    """Return an answer as text; code that changed `json` may send anything, and bytes go as they are.

    What is streamed is a text of its own, unless it is JSON.
    """
    try:
        text = content.decode()
        json.loads(text)
    except (ValueError, RecursionError):
        if is_streamed:
            return json.dumps(content.decode(errors="replace"), ensure_ascii=False), None
        message = f"The answer is not JSON: {content[:80]!r}"
        return None, {"errorType": "Runtime.MarshalError", "errorMessage": message}
    return text, None


def _read_error(content: bytes) -> dict[str, Any]:
    try:
        error = json.loads(content)
    except (ValueError, RecursionError):
        error = None
    if isinstance(error, dict) and isinstance(error.get("errorType"), str):
        return {"errorMessage": "", **error}
    return {"errorType": "Runtime.Unknown", "errorMessage": content[:200].decode(errors="replace")}
