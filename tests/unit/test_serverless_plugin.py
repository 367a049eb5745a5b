"""The Serverless plugin as a package; what it does is tried with real frameworks in tests/integration."""

import json
import re
from importlib.resources import files

from bundler import __version__
from bundler.configure.options import LAYER_OPTION_KEYS, OPTION_KEYS


def test_version():
    """The plugin carries lbundle's own version, and needs no other package."""
    description = json.loads((files("bundler") / "serverless_plugin" / "package.json").read_text())

    assert (description["name"], description["version"]) == ("serverless-lbundle", __version__)
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & set(description)


def test_schema():
    """The framework is told of the same options as lbundle reads, or it would refuse the others."""
    schema = (files("bundler") / "serverless_plugin" / "lib" / "schema.js").read_text()
    (options,) = re.findall(r"const options = \{\n(.*?)\n\};", schema, re.DOTALL)

    (layer_keys,) = re.findall(r"const LAYER_KEYS = \[(.*?)\];", schema)
    assert tuple(re.findall(r"^  '?([\w-]+)'?\b", options, re.MULTILINE)) == OPTION_KEYS
    assert tuple(re.findall(r"'([\w-]+)'", layer_keys)) == LAYER_OPTION_KEYS
