"""What the Serverless plugin asks of the command line."""

import json
import zipfile
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


WRITTEN = """\
import importlib, json, os, sys

here = os.path.abspath(os.path.dirname(__file__))
with open(os.path.join(here, ".serverless-wsgi")) as stream:
    folder, _, name = json.load(stream)["app"].rpartition("/")
sys.path.insert(0, os.path.join(here, folder))
app = getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2])


def handler(event, context):
    return app(event)
"""


def test_a_handler_that_a_plugin_has_written(tmp_path):
    """The app that its settings name ships with what it imports from the folder before it, for that function alone."""
    functions = {"api": {"handler": "wsgi_handler.handler"}, "hello": {"handler": "app.hello"}}
    resolved = {
        "service": "shop",
        "provider": {"name": "aws", "runtime": RUNTIME},
        "package": {"patterns": ["wsgi_handler.py", ".serverless-wsgi"]},
        "custom": {"wsgi": {"app": "src/web.app"}},
        "functions": functions,
        "plugins": [],
    }
    files = {
        "wsgi_handler.py": WRITTEN,
        ".serverless-wsgi": '{"app": "src/web.app"}',
        "src/web.py": "from words import WORD\n\n\ndef app(event):\n    return WORD\n",
        "src/words.py": "WORD = 'hello'\n",
    }
    project = write_project(tmp_path / "shop", {**APP, **files})
    write_project(tmp_path, {"resolved.json": json.dumps(resolved)})

    built = run_lbundle(project, "build", "--settings", "../resolved.json")
    answered = run_lbundle(project, "invoke", "api")

    assert built.code == 0, built.stderr
    assert (answered.code, answered.stdout) == (0, '"hello"\n'), answered.stderr
    with zipfile.ZipFile(project / ".lbundle" / "hello.zip") as archive:
        assert [name for name in archive.namelist() if "wsgi" in name or "src" in name] == []


def test_plugin_path(tmp_path):
    """The folder of the npm package is printed."""
    ended = run_lbundle(tmp_path, "plugin-path")

    folder = Path(bundler.__file__).with_name("serverless_plugin")
    assert ended == Ended(code=0, stdout=f"{folder}\n", stderr="")
    assert (folder / "package.json").is_file()
