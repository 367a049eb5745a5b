"""Small projects on disk."""

import textwrap

import pytest

from bundler.configure import read_project
from bundler.errors import SettingsMistakesError

FRAME = """\
service: my-api
provider:
  name: aws
  runtime: python3.12
"""


class SmallProject:
    """A folder of settings and code, and the ways to read it."""

    def __init__(self, root):
        self.root = root

    def write(self, files):
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding="utf-8")
        return self

    def serverless(self, text, *, framed=True):
        """Write serverless.yml; with the frame its first line is line 5."""
        return self.write({"serverless.yml": (FRAME if framed else "") + textwrap.dedent(text)})

    def read(self, *functions, stage=None, runtime=None, architecture=None):
        return read_project(self.root, stage=stage, functions=functions, runtime=runtime, architecture=architecture)

    def function(self, name="app", **arguments):
        (function,) = self.read(name, **arguments).functions
        return function

    def mistakes(self, *functions, **arguments):
        with pytest.raises(SettingsMistakesError) as caught:
            self.read(*functions, **arguments)
        return caught.value.mistakes


@pytest.fixture
def project(tmp_path):
    """Return a project with `app.handler`, still without settings."""
    return SmallProject(tmp_path / "service").write({"app.py": "def handler(event, context): ...\n"})
