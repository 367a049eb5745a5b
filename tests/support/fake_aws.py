"""AWS on the loopback interface: S3 objects in a dict, and JSON services that know a few answers by heart.

A client reaches it through `AWS_ENDPOINT_URL`. Every call is kept, so that what a handler did can be compared too.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

Answer = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
"""A JSON service's status and body for a question."""


class FakeAws:
    """The endpoint, listening on a free port while used as a context manager."""

    def __init__(self, *, objects: dict[str, bytes], answers: dict[str, Answer]) -> None:
        """Hold S3 `objects` as `bucket/key` → content, and `answers` by target: `DynamoDB_20120810.PutItem`."""
        self.objects = dict(objects)
        self.answers = answers
        self.calls: list[tuple[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Request)
        self._server.daemon_threads = True
        self._server.fake = self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self):
        # The default interval would make every goodbye half a second long.
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        """Answer a service of the JSON protocol."""
        target = self.headers["X-Amz-Target"]
        question = json.loads(self._body())
        self.server.fake.calls.append((target, question))
        status, answer = self.server.fake.answers[target](question)
        self._reply(status, json.dumps(answer).encode(), "application/x-amz-json-1.0")

    def do_GET(self):
        """Give an S3 object."""
        path = self._object_path()
        self.server.fake.calls.append(("s3.GetObject", path))
        content = self.server.fake.objects.get(path)
        if content is None:
            self._reply(404, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        else:
            self._reply(200, content, "binary/octet-stream")

    def do_PUT(self):
        """Keep an S3 object."""
        path, content = self._object_path(), self._body()
        self.server.fake.objects[path] = content
        said = {"type": self.headers["Content-Type"], "sha256": hashlib.sha256(content).hexdigest()}
        self.server.fake.calls.append(("s3.PutObject", {"path": path, **said}))
        self._reply(200, b"", "application/xml")

    def _object_path(self) -> str:
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _body(self) -> bytes:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        return _join_chunks(content) if "aws-chunked" in self.headers.get("Content-Encoding", "") else content

    def _reply(self, status: int, content: bytes, content_type: str):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        """Say nothing."""


def _join_chunks(content: bytes) -> bytes:
    """Undo `aws-chunked`: chunks of a size in hex, a line end, the bytes, a line end; trailers follow the last."""
    parts, position = [], 0
    while True:
        end = content.index(b"\r\n", position)
        size = int(content[position:end].split(b";")[0], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(content[end + 2 : end + 2 + size])
        position = end + 2 + size + 2
