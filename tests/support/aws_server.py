"""An AWS on loopback: moto's server, and clients that talk to it."""

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

import boto3

from tests.support.ports import free_port


@contextmanager
def serve_aws(folder: Path) -> Iterator[str]:
    """Run moto's server until the block ends and give its address; its log goes into `folder`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "aws.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
        )
    try:
        _wait_for(url, server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_for(url: str, server: "subprocess.Popen[bytes]") -> None:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/moto-api/", timeout=5):
                return
        except URLError:
            continue
    msg = f"moto's server ended with {server.returncode}"
    raise RuntimeError(msg)


def client(service: str, url: str, region: str = "us-east-1") -> Any:
    """Return boto3's client of a service of the server."""
    return boto3.client(
        service, endpoint_url=url, region_name=region, aws_access_key_id="testing", aws_secret_access_key="testing"
    )
