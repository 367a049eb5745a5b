"""The README's example for Terraform: what its configuration asks of lbundle, and what it does with the answer."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hcl2
import pytest

from tests.support.command_line import RUNTIME, write_project
from tests.support.readme import plain_project, read_examples
from tests.support.serverless import write_program

pytestmark = [pytest.mark.network, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


def unquote(value):
    """Return texts as Terraform has them; the parser keeps their quotes."""
    if isinstance(value, dict):
        return {unquote(key): unquote(child) for key, child in value.items()}
    if isinstance(value, list):
        return [unquote(child) for child in value]
    return value.strip('"') if isinstance(value, str) else value


def ask(project, bin_folder, program, query):
    """Run a program of a data source `external` as Terraform does, with a folder first on PATH; return its answer."""
    done = subprocess.run(
        program,
        cwd=project,
        env={**os.environ, "PATH": os.pathsep.join((str(bin_folder), os.environ["PATH"]))},
        input=json.dumps(query),
        capture_output=True,
        text=True,
        check=False,
    )
    # Of two that ask at once, one waits for the other, and says so where that takes long.
    said = [line for line in done.stderr.splitlines() if not line.startswith("note: waiting for process ")]
    assert (done.returncode, said) == (0, [])
    return json.loads(done.stdout)


def test_the_example(tmp_path):
    """Its data source is answered, also when asked twice at once, with all that its functions take from it."""
    text = read_examples("Terraform")[0]
    configuration = unquote(hcl2.loads(text))
    (source,) = (block["external"]["bundles"] for block in configuration["data"])
    (function,) = (
        block["aws_lambda_function"] for block in configuration["resource"] if "aws_lambda_function" in block
    )
    project = write_project(tmp_path / "greetings", {**plain_project(), "main.tf": text})
    query = {key: value.replace("${path.module}", ".") for key, value in source["query"].items()}

    lbundle = f'PYTHONPATH={ROOT} exec {sys.executable} -m bundler "$@"'
    bin_folder = write_program(tmp_path / "bin" / "lbundle", lbundle).parent
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: ask(project, bin_folder, source["program"], query), range(2)))

    assert answers[0] == answers[1]
    (name, bundle), *others = json.loads(answers[0]["functions"]).items()
    assert (name, others) == ("hello", [])
    taken = re.findall(r"each\.value\.(\w+)", str(function))
    content = (project / ".lbundle" / "hello.zip").read_bytes()
    assert {key: bundle[key] for key in taken} == {
        "filename": ".lbundle/hello.zip",
        "source_code_hash": base64.b64encode(hashlib.sha256(content).digest()).decode(),
        "handler": "handler.hello",
        "runtime": RUNTIME,
        "architecture": "x86_64",
    }
