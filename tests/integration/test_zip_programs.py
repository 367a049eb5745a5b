"""What lbundle says of a zip against what Info-ZIP's programs say of it."""

import json
import re
import subprocess

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.debian import find_programs
from tests.support.wheels import make_wheel

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The metafile of a function in `report --format json`, with its zip."""
    folder = tmp_path_factory.mktemp("zip")
    make_wheel(folder / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n" * 200})
    files = {
        "serverless.yml": service_settings(hello="app.hello"),
        "requirements.txt": "greeter==1.0\n",
        "app.py": "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n",
        "words.csv": "a,b\n" * 500,
    }
    project = write_project(folder / "shop", files)
    assert run_lbundle(project, "build").code == 0
    told = json.loads(run_lbundle(project, "report", "--format", "json").stdout)["functions"][0]
    return told, project / ".lbundle" / "hello.zip"


def ask(program, *arguments):
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def test_unzip(report):
    """`unzip -l` lists the same files with the same sizes, and the same sum."""
    told, zip_path = report
    (unzip,) = find_programs(["unzip"], packages=["unzip"])

    listed = ask(unzip, "-l", zip_path)

    rows = re.findall(r"^ *(\d+)  1980-01-01 00:00   (.+)$", listed, re.MULTILINE)
    assert {path: int(size) for size, path in rows} == {file["path"]: file["size"] for file in told["files"]}
    assert re.findall(r"^ *(\d+) +(\d+) files?$", listed, re.MULTILINE) == [
        (str(told["zip"]["unzipped_bytes"]), str(len(told["files"])))
    ]


def test_zipinfo(report):
    """`zipinfo` counts the same bytes, in the zip, unzipped and compressed."""
    told, zip_path = report
    (zipinfo,) = find_programs(["zipinfo"], packages=["unzip"])

    head, *_, tail = ask(zipinfo, zip_path).splitlines()[1:]

    count, unzipped_bytes = len(told["files"]), told["zip"]["unzipped_bytes"]
    compressed = sum(file["zipped"] for file in told["files"])
    assert head == f"Zip file size: {told['zip']['bytes']} bytes, number of entries: {count}"
    assert tail.startswith(f"{count} files, {unzipped_bytes} bytes uncompressed, {compressed} bytes compressed:")
    assert compressed + told["zip"]["overhead_bytes"] == told["zip"]["bytes"]
