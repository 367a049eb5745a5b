"""The README's example of a project without a framework, as printed but for the runtime."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.aws_server import client, serve_aws
from tests.support.builds import build
from tests.support.command_line import RUNTIME, write_project
from tests.support.isolated import run_event, unzip
from tests.support.readme import plain_project, read_examples

pytestmark = [pytest.mark.network, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
ACCOUNT = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}


def create_function(url):
    role = client("iam", url).create_role(RoleName="lambda", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    function = {"FunctionName": "hello", "Runtime": RUNTIME, "Handler": "handler.hello", "Role": role}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", "an older release")
    client("lambda", url).create_function(**function, Code={"ZipFile": content.getvalue()})


def test_the_example(tmp_path):
    """It is built as printed and answers, and its program deploys what was built."""
    program = read_examples("Plain Python")[3]
    project = write_project(tmp_path / "greetings", {**plain_project(), "deploy.py": program})
    (made,) = build(project, project / ".lbundle")["functions"]
    zip_path = project / ".lbundle" / "hello.zip"

    with serve_aws(tmp_path) as url:
        create_function(url)
        environment = {**os.environ, **ACCOUNT, "AWS_ENDPOINT_URL": url, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "deploy.py"], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        deployed = client("lambda", url).get_function(FunctionName="hello")["Configuration"]["CodeSha256"]

    assert (done.returncode, done.stdout) == (0, f"hello {zip_path.stat().st_size:,} bytes\n"), done.stderr
    assert deployed == made["zip"]["code_sha256"]
    bundle = unzip(zip_path, tmp_path / "bundle")
    run = run_event(bundle, "handler.hello", {}, python=Path(sys.executable), runtime_packages=None, environment={})
    assert run.answer == {"statusCode": 200, "body": '{"size": "123.5 MB"}'}
