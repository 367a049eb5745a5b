"""The README's example of a service, as printed but for the runtime and how lbundle gets there."""

import json

import pytest

from tests.support.command_line import write_project
from tests.support.readme import read_examples
from tests.support.serverless import prepare_service, run_framework

pytestmark = [pytest.mark.network, pytest.mark.slow]


def test_the_example(tmp_path):
    """It is packaged without a warning and answers from the same zip."""
    handler, requirements, settings, _ = read_examples("Serverless Framework")
    files = {"handler.py": handler, "requirements.txt": requirements}
    project = prepare_service(write_project(tmp_path / "hello", {**files, "serverless.yml": settings}))

    packaged = run_framework("osls4", project, "package")
    invoked = run_framework("osls4", project, "invoke", "local", "--function", "hello")

    assert (packaged.code, invoked.code) == (0, 0), packaged.stdout + invoked.stdout
    assert "Warning: " not in packaged.stderr
    assert (project / ".serverless" / "hello.zip").is_file()
    assert "Built 0 functions, kept 1 unchanged" in invoked.stderr
    assert json.loads(invoked.stdout) == {"statusCode": 200, "body": '{"size": "123.5 MB"}'}
