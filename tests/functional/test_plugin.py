"""What the Serverless plugin asks of the command line."""

import json
from pathlib import Path

import bundler
from tests.support.command_line import RUNTIME, Ended, run_lbundle, write_project

APP = {"app.py": "def hello(event, context):\n    return 42\n", "serverless.yml": "service: [unreadable\n"}


def settings(handler="app.hello"):
    functions = {"hello": {"handler": handler, "runtime": RUNTIME}}
    return json.dumps({"service": "shop", "provider": {"name": "aws"}, "functions": functions})


def test_build_from_resolved_settings_and_unpack(tmp_path):
    """Settings come from a file in place of serverless.yml; the zip is unpacked and a Python named to run it."""
    project = write_project(tmp_path / "shop", {**APP, "resolved.json": settings()})

    built = run_lbundle(project, "build", "--settings", "resolved.json", "--stage", "prod", "--json")
    unpacked = run_lbundle(project, "unpack", "--json", ".lbundle/hello.zip")

    assert (built.code, json.loads(built.stdout)["functions"][0]["stage"]) == (0, "prod")
    answer = json.loads(unpacked.stdout)
    assert (unpacked.code, unpacked.stderr, answer["runtime"]) == (0, "", RUNTIME)
    assert Path(answer["folder"], "app.py").read_text() == APP["app.py"]
    assert Path(answer["python"]).is_file()


def test_mistakes_in_resolved_settings(tmp_path):
    """A mistake is told as for a settings file, and a file that is not there as one."""
    project = write_project(tmp_path / "shop", {**APP, "resolved.json": settings("app.hallo")})

    wrong = run_lbundle(project, "build", "--settings", "resolved.json")
    missing = run_lbundle(project, "build", "--settings", "other.json")

    message = (
        "error: `serverless.yml` has a mistake:\n"
        "  serverless.yml  functions.hello.handler: `app.py` does not define `hallo`, it defines: `hello`\n"
    )
    assert wrong == Ended(code=2, stdout="", stderr=message)
    assert (missing.code, missing.stderr.startswith("error: `other.json` cannot be read: ")) == (2, True)


def test_plugin_path(tmp_path):
    """The folder of the npm package is printed."""
    ended = run_lbundle(tmp_path, "plugin-path")

    folder = Path(bundler.__file__).with_name("serverless_plugin")
    assert ended == Ended(code=0, stdout=f"{folder}\n", stderr="")
    assert (folder / "package.json").is_file()
