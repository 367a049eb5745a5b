"""The real AWS CDK on an app whose function's code is lbundle's zip."""

import hashlib
import json
import re

import pytest

from tests.support.aws_cdk import run_cdk
from tests.support.command_line import RUNTIME, write_project
from tests.support.readme import plain_project, read_examples

pytestmark = [pytest.mark.network, pytest.mark.slow]


@pytest.fixture
def project(tmp_path):
    """The README's example."""
    app, settings, _ = read_examples("AWS CDK")
    return write_project(tmp_path / "greetings", {**plain_project(), "app.js": app, "cdk.json": settings})


def synthesise(project):
    """Run `cdk synth`; return the stack's template and the folder it lies in."""
    done = run_cdk(project, "synth", "--quiet")
    assert done.code == 0, done.stderr
    return json.loads((project / "cdk.out" / "Greetings.template.json").read_text())


def function_in(template):
    (function,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Function")
    return function["Properties"]


def assets(project):
    return sorted((project / "cdk.out").glob("asset.*"))


def test_the_example_of_the_readme(project):
    """The asset is lbundle's zip, the function names it, the same sources give it again, and a change another one."""
    template = synthesise(project)
    (asset,) = assets(project)
    again = synthesise(project)
    assets_again = assets(project)
    handler = project / "handler.py"
    handler.write_text(handler.read_text().replace("123456789", "987654321"))
    changed = function_in(synthesise(project))

    function = function_in(template)
    digest = json.loads((project / ".lbundle" / "hello.json").read_text())["zip"]["sha256"]
    assert function["Code"]["S3Key"] == asset.name.removeprefix("asset.")
    assert (function["Handler"], function["Runtime"]) == ("handler.hello", RUNTIME)
    assert (again, assets_again) == (template, [asset])
    assert changed["Code"] != function["Code"]
    assert (
        hashlib.sha256((project / "cdk.out" / f"asset.{changed['Code']['S3Key']}").read_bytes()).hexdigest() == digest
    )


def test_a_mistake(project):
    """An error of lbundle's ends the command, and CDK shows what it says."""
    (project / "handler.py").write_text("def hallo(event, context): ...\n")

    done = run_cdk(project, "synth", "--quiet")

    assert done.code == 1
    assert "`handler.py` does not define `hello`, it defines: `hallo`" in re.sub(r"\s+", " ", done.stdout + done.stderr)


def test_an_app_in_python(tmp_path):
    """The example of docs/cdk.md gives the same asset, byte for byte."""
    app, settings = read_examples("An app in Python", "docs/cdk.md")
    project = write_project(tmp_path / "greetings", {**plain_project(), "app.py": app, "cdk.json": settings})

    template = synthesise(project)

    (asset,) = assets(project)
    assert asset.read_bytes() == (project / ".lbundle" / "hello.zip").read_bytes()
    assert function_in(template)["Handler"] == "handler.hello"
