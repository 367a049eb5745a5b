"""What Terraform's data source `external` asks of the command line, by its protocol to the letter."""

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bundler.commands.terraform import terraform
from bundler.errors import OverLimitError, QueryFormError
from tests.support.command_line import RUNTIME, write_project

SETTINGS = f"""\
[tool.lbundle]
runtime = "{RUNTIME}"
architecture = "arm64"

[tool.lbundle.functions.hello]
handler = "app.hello"
layers = ["common"]

[tool.lbundle.functions.plain]
handler = "app.plain"

[tool.lbundle.layers.common]
path = "shared"
"""
APP = "def hello(event, context):\n    return 1\n\n\ndef plain(event, context):\n    return 2\n"


pytestmark = pytest.mark.usefixtures("project")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two functions and a layer, in a folder below the one that Terraform runs in."""
    monkeypatch.chdir(tmp_path)
    return write_project(tmp_path / "shop", {"pyproject.toml": SETTINGS, "app.py": APP, "shared/python/rate.py": ""})


@pytest.fixture
def ask(monkeypatch, capfd):
    """Answer a query as Terraform hears it: a flat object of texts."""

    def answer(query):
        monkeypatch.setattr(sys, "stdin", io.StringIO(query if isinstance(query, str) else json.dumps(query)))
        terraform()
        said = capfd.readouterr()
        assert said.err == ""
        result = json.loads(said.out)
        assert all(isinstance(text, str) for text in result.values())
        return result

    return answer


def digest(path):
    return base64.b64encode(hashlib.sha256(Path(path).read_bytes()).digest()).decode()


def test_one_function(ask):
    """A function comes with what `aws_lambda_function` needs, its path from the folder that Terraform runs in."""
    result = ask({"project": "shop", "function": "hello"})

    assert {key: value for key, value in result.items() if key not in ("functions", "layers")} == {
        "filename": "shop/.lbundle/hello.zip",
        "source_code_hash": digest("shop/.lbundle/hello.zip"),
        "handler": "app.hello",
        "runtime": RUNTIME,
        "architecture": "arm64",
    }
    assert list(json.loads(result["functions"])) == ["hello"]


def test_all_functions(ask):
    """Without a function the answer holds all of them, and the layers, each as a text of JSON."""
    result = ask({"project": "shop"})

    assert sorted(result) == ["functions", "layers"]
    functions, layers = json.loads(result["functions"]), json.loads(result["layers"])
    assert list(functions) == ["hello", "plain"]
    assert functions["plain"]["filename"] == "shop/.lbundle/plain.zip"
    assert layers["common"]["filename"] == "shop/.lbundle/layers/common.zip"
    assert layers["common"]["source_code_hash"] == digest("shop/.lbundle/layers/common.zip")
    assert "handler" not in layers["common"]


def test_the_same_again(ask):
    """Asked again the answer is the same to the letter, so that a plan has no changes."""
    query = {"project": "shop", "stage": "prod", "output": "zips", "runtime": RUNTIME, "architecture": "x86_64"}

    first, second = ask(query), ask(query)

    assert first == second
    assert json.loads(first["functions"])["hello"]["filename"] == "zips/hello.zip"
    assert json.loads(first["functions"])["hello"]["architecture"] == "x86_64"


def test_absolute_project(project, ask):
    """An absolute project gives absolute paths, and an empty text counts as not given."""
    result = ask({"project": str(project), "function": "plain", "stage": "", "output": ""})

    assert result["filename"] == str(project / ".lbundle" / "plain.zip")


@pytest.mark.parametrize("query", ["", "no JSON", '["list"]', '{"project": 1}', '{"project": null}', '{"projct": "."}'])
def test_wrong_query(ask, query):
    """What is no JSON object of texts, or asks for what is not there, is refused."""
    with pytest.raises(QueryFormError) as refused:
        ask(query)

    keys = "`project`, `function`, `stage`, `runtime`, `architecture`, `output`"
    assert refused.value.hints == (f"the keys are: {keys}",)


def test_over_the_limit(project, ask):
    """A bundle over its limit gives Terraform nothing to deploy."""
    limited = SETTINGS.replace('"arm64"\n', '"arm64"\nlimit = { zip = "10 B" }\n')
    write_project(project, {"pyproject.toml": limited})

    with pytest.raises(OverLimitError):
        ask({"project": "shop"})


def test_failed_build():
    """An error ends the program with its code and goes to stderr; stdout stays empty."""
    done = subprocess.run(
        [sys.executable, "-m", "bundler", "terraform"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        input='{"project": "shop", "function": "other"}',
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: there is no function `other`\n\nhint: the functions are: `hello`, `plain`\n"
