"""A Postgres server that knows a few answers by heart, enough for a driver to connect, query and commit.

It speaks version 3 of the wire protocol (https://www.postgresql.org/docs/current/protocol-flow.html) without encryption
or passwords, both the simple and the extended query form, and answers in text.
"""

import socketserver
import struct
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_SSL_REQUEST, _GSS_REQUEST = 80877103, 80877104
_OIDS = {"text": 25, "uuid": 2950, "timestamptz": 1184}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A statement's answer: columns as name → type, and the cells of each row as text."""

    columns: Mapping[str, str]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A statement's refusal: an SQLSTATE code and what the server says."""

    code: str
    message: str


class FakePostgres:
    """The server, listening on a free port of the loopback interface while used as a context manager."""

    def __init__(self, answer: Callable[[str, tuple[str | None, ...]], Rows | Failure]) -> None:
        self.statements: list[tuple[str, tuple[str | None, ...]]] = []
        self._answer = answer
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
        self._server.daemon_threads = True
        self._server.fake = self

    @property
    def url(self) -> str:
        return f"postgresql://service@127.0.0.1:{self._server.server_address[1]}/service"

    def __enter__(self):
        # The default interval would make every goodbye half a second long.
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def execute(self, statement: str, parameters: tuple[str | None, ...]) -> Rows | Failure | None:
        """Return the answer to a statement; `None` to one that only moves the transaction."""
        self.statements.append((statement, parameters))
        return None if statement.upper() in _TRANSACTION_STATES else self._answer(statement, parameters)


_TRANSACTION_STATES = {"BEGIN": b"T", "COMMIT": b"I", "ROLLBACK": b"I"}


class _Session(socketserver.StreamRequestHandler):
    """One connection: messages in, messages out, until the client says goodbye."""

    def handle(self):
        if not self._start():
            return
        self._state = b"I"
        self._statement, self._parameters, self._failed = "", (), False
        handlers = {b"Q": self._query, b"P": self._parse, b"B": self._bind, b"D": self._describe, b"S": self._sync}
        while (kind := self.rfile.read(1)) not in {b"", b"X"}:
            (length,) = struct.unpack("!i", self.rfile.read(4))
            body = self.rfile.read(length - 4)
            # After an error everything up to the next Sync is to be ignored.
            if kind in handlers and (not self._failed or kind in b"QS"):
                handlers[kind](body)

    def _start(self) -> bool:
        while header := self.rfile.read(8):
            length, code = struct.unpack("!ii", header)
            self.rfile.read(length - 8)
            if code not in {_SSL_REQUEST, _GSS_REQUEST}:
                self._greet()
                return True
            self.wfile.write(b"N")
        return False

    def _greet(self):
        self._send(b"R", struct.pack("!i", 0))
        said = {
            "server_version": "16.4",
            "server_encoding": "UTF8",
            "client_encoding": "UTF8",
            "DateStyle": "ISO, MDY",
            "IntervalStyle": "postgres",
            "TimeZone": "Etc/UTC",
            "integer_datetimes": "on",
            "standard_conforming_strings": "on",
        }
        for name, value in said.items():
            self._send(b"S", _text(name) + _text(value))
        self._send(b"K", struct.pack("!ii", 1, 1))
        self._send(b"Z", b"I")

    def _query(self, body: bytes):
        self._statement, self._parameters = body[:-1].decode(), ()
        self._run(describe=True)
        self._sync(b"")

    def _parse(self, body: bytes):
        _, statement, types = body.split(b"\0", 2)
        (count,) = struct.unpack_from("!h", types)
        self._statement, self._types = statement.decode(), struct.unpack_from(f"!{count}i", types, 2)
        self._send(b"1")

    def _bind(self, body: bytes):
        self._parameters = _read_parameters(body.split(b"\0", 2)[2], self._types)
        self._send(b"2")

    def _describe(self, _: bytes):
        # The answer to Execute is sent here too: the columns come from the answer itself.
        self._run(describe=True)

    def _run(self, *, describe: bool):
        answer = self.server.fake.execute(self._statement, self._parameters)
        self._state = _TRANSACTION_STATES.get(self._statement.upper(), self._state)
        if isinstance(answer, Failure):
            self._fail(answer)
            return
        if answer is not None and describe:
            self._send(b"T", _describe_columns(answer.columns))
        for row in answer.rows if answer else ():
            cells = [cell.encode() for cell in row]
            data = b"".join(struct.pack("!i", len(cell)) + cell for cell in cells)
            self._send(b"D", struct.pack("!h", len(cells)) + data)
        self._send(b"C", _text(_command_tag(self._statement, answer)))

    def _fail(self, failure: Failure):
        fields = {b"S": "ERROR", b"V": "ERROR", b"C": failure.code, b"M": failure.message}
        self._send(b"E", b"".join(key + _text(value) for key, value in fields.items()) + b"\0")
        self._failed = True
        self._state = b"E" if self._state == b"T" else self._state

    def _sync(self, _: bytes):
        self._failed = False
        self._send(b"Z", self._state)

    def _send(self, kind: bytes, body: bytes = b""):
        self.wfile.write(kind + struct.pack("!i", len(body) + 4) + body)


def _text(value: str) -> bytes:
    return value.encode() + b"\0"


def _describe_columns(columns: Mapping[str, str]) -> bytes:
    described = [_text(name) + struct.pack("!ihihih", 0, 0, _OIDS[kind], -1, -1, 0) for name, kind in columns.items()]
    return struct.pack("!h", len(described)) + b"".join(described)


def _command_tag(statement: str, answer: Rows | None) -> str:
    verb = statement.split(maxsplit=1)[0].upper()
    count = len(answer.rows) if answer else 0
    return {"INSERT": f"INSERT 0 {count}", "SELECT": f"SELECT {count}"}.get(verb, verb)


def _read_parameters(body: bytes, types: tuple[int, ...]) -> tuple[str | None, ...]:
    """Return a Bind message's parameters as text, whichever format they came in."""
    (format_count,) = struct.unpack_from("!h", body)
    formats = struct.unpack_from(f"!{format_count}h", body, 2)
    position = 2 + 2 * format_count
    (count,) = struct.unpack_from("!h", body, position)
    position += 2
    parameters: list[str | None] = []
    for index in range(count):
        (length,) = struct.unpack_from("!i", body, position)
        position += 4
        value = body[position : position + max(length, 0)]
        position += len(value)
        is_binary = formats[index if format_count > 1 else 0] == 1 if formats else False
        is_uuid = is_binary and types[index] == _OIDS["uuid"]
        parameters.append(None if length < 0 else str(uuid.UUID(bytes=value)) if is_uuid else value.decode())
    return tuple(parameters)
