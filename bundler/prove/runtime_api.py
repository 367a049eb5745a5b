"""The Runtime API that Lambda's runtime client speaks with, for one sandbox at a time.

See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. A request for the next event waits until there is
one; what the client says is put into a queue, in the order in which it says it. Answers may be streamed, as
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html#runtimes-custom-response-streaming has it.
"""

import base64
import binascii
import json
import queue
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase

_ROOT = "/2018-06-01/runtime/"
MAX_ANSWER_BYTES = 6 * 1024 * 1024 + 100
"""What Lambda takes for an answer; its own message says 6291556."""
_MAX_STREAMED_BYTES = 200 * 1024 * 1024
_CHUNK_BYTES = 1 << 20
_TRAILER_KIND, _TRAILER_BODY = "lambda-runtime-function-error-type", "lambda-runtime-function-error-body"
_TRUNCATED = {"errorType": "Runtime.TruncatedResponse", "errorMessage": "The answer ended before it was whole"}


class Kind(StrEnum):
    """What is heard of a sandbox."""

    NEXT = "next"
    ANSWER = "answer"
    ERROR = "error"
    INIT_ERROR = "init-error"
    TOO_LARGE = "too-large"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something that the runtime client said, or that became of it."""

    kind: Kind
    content: bytes = b""
    is_streamed: bool = False
    """Whether an answer came as it was made, which need not be JSON."""
    code: int = 0
    """How the process ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An event on its way to the handler."""

    id: str
    event: bytes
    headers: dict[str, str] = field(default_factory=dict)


class RuntimeApi:
    """Serves a socket that listens already, until it is closed."""

    def __init__(self, listening: socket.socket, heard: "queue.SimpleQueue[Heard]") -> None:
        self.heard = heard
        self.waiting: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self.open_id = ""
        """The request that may still be answered."""
        self._lock = threading.Lock()
        self._server = _Server(listening, self)
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def submit(self, request: Request) -> None:
        """Let the client have an event."""
        self.open_id = request.id
        self.waiting.put(request)

    def close_request(self, request_id: str) -> bool:
        """Tell whether a request may be answered, which it may be once."""
        with self._lock:
            is_open = bool(request_id) and self.open_id == request_id
            self.open_id = "" if is_open else self.open_id
        return is_open

    def close(self) -> None:
        """Answer nobody any more."""
        self.waiting.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, listening: socket.socket, api: RuntimeApi) -> None:
        super().__init__(listening.getsockname(), _Client, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.api = api

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was ended while it spoke."""


class _Client(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # the head and the body go out together: the other end waits before it acknowledges half an answer
    server: _Server

    def do_GET(self) -> None:
        if self.path == f"{_ROOT}restore/next":
            self._reply(200, b"")
        elif self.path != f"{_ROOT}invocation/next":
            self._reply(404, b"")
        else:
            self.server.api.heard.put(Heard(kind=Kind.NEXT))
            if request := self.server.api.waiting.get():
                headers = {"Lambda-Runtime-Aws-Request-Id": request.id, **request.headers}
                self._reply(200, request.event, headers)

    def do_POST(self) -> None:
        body = _Body(self.rfile, self.headers)
        what = self.path.removeprefix(_ROOT).split("/")
        api = self.server.api
        if what in (["init", "error"], ["restore", "error"]):
            api.heard.put(Heard(kind=Kind.INIT_ERROR, content=body.content))
        elif len(what) != 3 or what[0] != "invocation" or not api.close_request(what[1]):  # noqa: PLR2004 - three words
            self._refuse(400, "InvalidRequestID", "Invalid request ID")
            return
        elif body.is_too_large:
            api.heard.put(Heard(kind=Kind.TOO_LARGE))
            self._refuse(
                413, "RequestEntityTooLarge", f"Exceeded maximum allowed payload size ({MAX_ANSWER_BYTES} bytes)."
            )
            return
        elif error := body.error():
            api.heard.put(Heard(kind=Kind.ERROR, content=error))
        else:
            kind = Kind.ERROR if what[2] == "error" else Kind.ANSWER
            api.heard.put(Heard(kind=kind, content=body.content, is_streamed=body.is_streamed))
        self._reply(202, b'{"status":"OK"}\n')

    def _refuse(self, code: int, kind: str, message: str) -> None:
        self._reply(code, json.dumps({"errorMessage": message, "errorType": kind}).encode())

    def _reply(self, code: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response_only(code)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class _Body:
    """What a client posts, read to its end: as far as it may be kept, and what comes behind it."""

    def __init__(self, stream: BufferedIOBase, headers: Message) -> None:
        self.is_streamed = headers.get("Lambda-Runtime-Function-Response-Mode", "").lower() == "streaming"
        self._stream = stream
        self._trailers: dict[str, str] = {}
        self._is_whole = True
        limit = _MAX_STREAMED_BYTES if self.is_streamed else MAX_ANSWER_BYTES
        kept, size = bytearray(), 0
        for part in self._parts(headers.get("Content-Length")):
            size += len(part)
            kept += part[: max(limit + 1 - len(kept), 0)]
        self.content = bytes(kept)
        self.is_too_large = size > limit

    def error(self) -> bytes:
        """Return the error that ended an answer midway, as what is posted for one; nothing where none did."""
        if not self._is_whole:
            return json.dumps(_TRUNCATED).encode()
        kind = self._trailers.get(_TRAILER_KIND)
        if kind is None:
            return b""
        try:
            told = json.loads(base64.b64decode(self._trailers.get(_TRAILER_BODY, ""), validate=True))
        except (ValueError, binascii.Error):
            told = None
        return json.dumps({"errorMessage": "", **(told if isinstance(told, dict) else {}), "errorType": kind}).encode()

    def _parts(self, length: str | None) -> Iterator[bytes]:
        """Give a body of a known length, or one that comes in chunks."""
        if length is not None:
            left = int(length)
            while left > 0 and (part := self._stream.read(min(left, _CHUNK_BYTES))):
                left -= len(part)
                yield part
            self._is_whole = left <= 0
            return
        while left := int(self._line().split(b";")[0] or b"0", 16):
            yield self._stream.read(left)
            self._line()
        while line := self._line().strip():
            name, _, value = line.decode("latin-1").partition(":")
            self._trailers[name.strip().lower()] = value.strip()

    def _line(self) -> bytes:
        """Return the next line between chunks; nothing of a stream that broke off."""
        line = self._stream.readline()
        self._is_whole &= line.endswith(b"\n")
        return line if self._is_whole else b""
