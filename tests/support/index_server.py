"""A package index on this machine that can misbehave, for tests of fetching."""

import base64
import html
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from tests.support.wheels import digest_of

Faults = dict[str, list[str]]


class IndexServer:
    """Serves wheels as an index does: `/simple/NAME/` lists them, `/files/FILENAME` holds them.

    `faults` are path → what goes wrong with each request in turn, after which all is well: a status such as `500`,
    `truncate` (half a file, then silence), `replace` (other bytes of the same length), `garbage`, `slow` (waits first),
    `trickle` (half a file, then waits), `circle` (leads back to where it was asked).
    """

    def __init__(self, *, is_json: bool = True, has_hashes: bool = True, login: str = "") -> None:
        self.is_json = is_json
        self.has_hashes = has_hashes
        self.login = login
        self.faults: Faults = {}
        self.requests: list[str] = []
        self.attributes: dict[str, dict[str, str]] = {}
        self._files: dict[str, Path] = {}
        self._names: dict[str, str] = {}
        handler = type("Handler", (_Handler,), {"index": self})
        self._server = _QuietServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/simple"

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(self._files.values())

    def add(self, path: Path, name: str, **attributes: str) -> Path:
        """Offer a file under a normalised name; attributes are those of an index page, such as `requires-python`."""
        self._files[path.name] = path
        self._names[path.name] = name
        self.attributes[path.name] = attributes
        return path

    def page(self, name: str) -> bytes | None:
        filenames = [filename for filename, owner in self._names.items() if owner == name]
        if not filenames:
            return None
        return self._json_page(name, filenames) if self.is_json else self._html_page(filenames)

    def content(self, filename: str) -> bytes | None:
        return self._files[filename].read_bytes() if filename in self._files else None

    def _json_page(self, name: str, filenames: list[str]) -> bytes:
        files = [
            {
                "filename": filename,
                "url": f"../../files/{filename}",
                "hashes": {"sha256": digest_of(self._files[filename])} if self.has_hashes else {},
                **self.attributes[filename],
            }
            for filename in filenames
        ]
        return json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files}).encode()

    def _html_page(self, filenames: list[str]) -> bytes:
        lines = []
        for filename in filenames:
            fragment = f"#sha256={digest_of(self._files[filename])}" if self.has_hashes else ""
            attributes = "".join(
                f' data-{name}="{html.escape(value)}"' for name, value in self.attributes[filename].items()
            )
            lines.append(f'<a href="../../files/{filename}{fragment}"{attributes}>{filename}</a>')
        return "\n".join(["<!DOCTYPE html><html><body>", *lines, "</body></html>"]).encode()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that gives up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    index: IndexServer

    def do_GET(self) -> None:
        # A proxy is asked with the whole address, and a query may be a token.
        self.path = urlsplit(self.path)._replace(scheme="", netloc="", query="").geturl()
        self.index.requests.append(self.path)
        faults = self.index.faults.get(self.path, [])
        fault = faults.pop(0) if faults else ""
        if fault == "slow":
            time.sleep(1)
        if fault == "circle":
            faults.append(fault)
            self._lead_to(self.path)
        elif fault.isdigit():
            self._answer(int(fault), b"", "text/plain")
        elif self.index.login and self.headers.get("Authorization") != _basic(self.index.login):
            self._answer(401, b"", "text/plain")
        else:
            self._serve(fault)

    def do_HEAD(self) -> None:
        """Say what a file is like, as uv asks before it reads one."""
        content = self.index.content(self.path.rpartition("/")[2])
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()

    def _serve(self, fault: str) -> None:
        folder, _, name = self.path.strip("/").partition("/")
        if folder == "simple":
            kind = "application/vnd.pypi.simple.v1+json" if self.index.is_json else "text/html"
            content = self.index.page(name)
        else:
            kind = "application/octet-stream"
            content = self.index.content(name)
        if content is None:
            self._answer(404, b"", "text/plain")
        elif fault == "truncate":
            self._answer(200, content[: len(content) // 2], kind, promised_bytes=len(content))
        elif fault == "trickle":
            self._answer(200, content[: len(content) // 2], kind, promised_bytes=len(content))
            self.wfile.flush()
            time.sleep(1)
        elif fault == "replace":
            self._answer(200, b"x" * len(content), kind)
        elif fault == "garbage":
            self._answer(200, b"not an index", kind)
        else:
            self._answer(200, content, kind)

    def _lead_to(self, path: str) -> None:
        self.send_response(302)
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, content: bytes, kind: str, *, promised_bytes: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if promised_bytes is None else promised_bytes))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _basic(login: str) -> str:
    return f"Basic {base64.b64encode(login.encode()).decode()}"
