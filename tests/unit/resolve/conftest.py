"""Targets, locks and an index for tests of resolving, away from the user's own pip settings."""

import os

import pytest

from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, Lock, Pin, Resolver
from bundler.resolve import resolvers
from bundler.runtimes import make_target
from tests.support.index_server import IndexServer
from tests.support.wheels import make_wheel


@pytest.fixture(autouse=True)
def _no_pip_settings(monkeypatch, tmp_path):
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-settings"))
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setattr("bundler.resolve.index._FIRST_PAUSE_SECONDS", 0)


@pytest.fixture
def target():
    return make_target("python3.12", Architecture.X86_64)


@pytest.fixture
def index():
    with IndexServer() as server:
        yield server


@pytest.fixture
def lock_of():
    """Return a lock of `name==version` texts, served by an index."""

    def make(*pins, index=None, hashes=(), **options):
        if index:
            options["index_url"] = index.url
        return Lock(
            pins=tuple(
                Pin(name=name, version=version, hashes=hashes, origin="`requirements.txt` line 1")
                for name, _, version in (pin.partition("==") for pin in pins)
            ),
            paths=(),
            index=IndexOptions(**options),
        )

    return make


@pytest.fixture(params=[Resolver.PIP_TOOLS, Resolver.UV])
def resolver(request, monkeypatch, tmp_path):
    """Each resolver in turn, with caches of the test's own."""
    if request.param is Resolver.UV and not resolvers._find_uv():
        pytest.skip("uv is not installed")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache"))
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))
    return request.param


@pytest.fixture
def offer(index, tmp_path):
    """Return how to put a wheel on the index."""

    def offer(name, version, *, tag="py3-none-any", requires_python="", **options):
        path = make_wheel(tmp_path / "wheels", name, version, tag=tag, requires_python=requires_python, **options)
        attributes = {"requires-python": requires_python} if requires_python else {}
        return index.add(path, name, **attributes)

    return offer
