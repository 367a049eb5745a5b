"""What every test starts from: an empty cache of its own, and none of the user's settings."""

import os

import pytest


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory, monkeypatch):
    for name in os.environ:
        if name.startswith("LBUNDLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path_factory.mktemp("lbundle-cache")))
