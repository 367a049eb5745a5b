"""The Runtime API with answers that are streamed, by a client that speaks HTTP by hand."""

import base64
import json
import queue
import socket

import pytest

from bundler.prove.runtime_api import Heard, Kind, Request, RuntimeApi

HEAD = (
    "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nHost: api\r\n"
    "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
    "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
)
OTHER = {"errorMessage": "no", "errorType": "OtherError", "stackTrace": ["here"]}


@pytest.fixture
def stream():
    """Return a function that posts an answer of chunks and gives what the API says and what is heard."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = listening.getsockname()
    api = RuntimeApi(listening, queue.SimpleQueue())

    def post(body, *, request_id="one"):
        api.submit(Request(id="one", event=b"{}"))
        with socket.create_connection(address, timeout=5) as client:
            client.sendall(HEAD.format(id=request_id).encode() + body)
            client.shutdown(socket.SHUT_WR)
            said = client.makefile("rb").read()
        return int(said.split(maxsplit=2)[1]), None if api.heard.empty() else api.heard.get()

    yield post
    api.close()


def trailers(kind, body):
    return f"Lambda-Runtime-Function-Error-Type: {kind}\r\nLambda-Runtime-Function-Error-Body: {body}\r\n\r\n".encode()


def test_chunks(stream):
    """What comes in chunks is one answer, with whatever a chunk's head says beside its size."""
    heard = Heard(kind=Kind.ANSWER, content=b"one two", is_streamed=True)

    assert stream(b"3\r\none\r\n4;a=b\r\n two\r\n0\r\n\r\n") == (202, heard)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (base64.b64encode(json.dumps(OTHER).encode()).decode(), {**OTHER, "errorType": "MyError"}),
        ("no base64!", {"errorMessage": "", "errorType": "MyError"}),
    ],
)
def test_an_error_midway(body, error, stream):
    """Trailers that tell an error make an error of an answer that had begun."""
    code, heard = stream(b"3\r\none\r\n0\r\n" + trailers("MyError", body))

    assert (code, heard.kind, json.loads(heard.content)) == (202, Kind.ERROR, error)


@pytest.mark.parametrize("body", [b"", b"3\r\non", b"3\r\none\r\n", b"3\r\none\r\n0\r\n"])
def test_an_answer_that_breaks_off(body, stream):
    """A stream that ends before its end is an error, not a shorter answer."""
    _, heard = stream(body)

    assert (heard.kind, json.loads(heard.content)["errorType"]) == (Kind.ERROR, "Runtime.TruncatedResponse")


def test_longer_than_other_answers(stream):
    """A streamed answer may be longer than one that is not."""
    part = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"

    code, heard = stream(part * 8 + b"0\r\n\r\n")

    assert (code, heard.kind, len(heard.content)) == (202, Kind.ANSWER, 8 << 20)


def test_nobody_asked(stream):
    """An answer to no open request is refused."""
    assert stream(b"0\r\n\r\n", request_id="two") == (400, None)
