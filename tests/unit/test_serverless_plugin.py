"""The Serverless plugin as a package; what it does is tried with real frameworks in tests/integration."""

import json
from importlib.resources import files

from bundler import __version__


def test_version():
    """The plugin carries lbundle's own version, and needs no other package."""
    description = json.loads((files("bundler") / "serverless_plugin" / "package.json").read_text())

    assert (description["name"], description["version"]) == ("serverless-lbundle", __version__)
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & set(description)
