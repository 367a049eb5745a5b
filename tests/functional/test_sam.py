"""What the makefile of a SAM project asks of the command line."""

import sys

from tests.support.command_line import RUNTIME, Ended, run_lbundle, write_project

TEMPLATE = f"""\
Globals: {{ Function: {{ Runtime: {RUNTIME} }} }}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Metadata: {{ BuildMethod: makefile }}
    Properties: {{ CodeUri: hello, Handler: app.hello }}
"""
APP = {
    "template.yaml": TEMPLATE,
    "hello/app.py": "import words\n\n\ndef hello(event, context):\n    return words.HELLO\n",
    "hello/words.py": "HELLO = 'hello'\n",
    "hello/unused.py": "",
}
TAG = f"cpython-3{sys.version_info.minor}"


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_fill_the_folder_of_artifacts(tmp_path):
    """From a copy of the code the template is found around the artifacts, and read though a serverless.yml is there."""
    project = write_project(tmp_path / "shop", {**APP, "serverless.yml": "service: [unreadable\n"})
    copy = write_project(tmp_path / "copy", {"app.py": "neither read nor run"})
    artifacts = project / ".aws-sam" / "build" / "Hello"

    ended = run_lbundle(copy, "sam-build", "Hello", ARTIFACTS_DIR=str(artifacts))

    assert (ended.code, ended.stdout.splitlines()[-1]) == (0, "Built 1 function in 0.00 s"), ended.stderr
    assert files_below(artifacts) == [
        f"__pycache__/app.{TAG}.pyc",
        f"__pycache__/words.{TAG}.pyc",
        "app.py",
        "words.py",
    ]
    assert files_below(project / ".lbundle") == ["Hello.json", "Hello.zip"]


def test_template_elsewhere(tmp_path):
    """A template by another name is told; where none is found, the error says how to tell."""
    project = write_project(tmp_path / "shop", APP)
    (project / "template.yaml").rename(project / "other.yaml")
    words = ("sam-build", "Hello", "--artifacts", str(tmp_path / "out"))

    missing = run_lbundle(project, *words)
    told = run_lbundle(tmp_path, *words, "--project", "shop/other.yaml")

    assert missing == Ended(
        code=2,
        stdout="",
        stderr=(
            f"error: `{project}` has no settings: looked for `template.yaml`, `template.yml`, `template.json`\n"
            "\nhint: `--project` says where the template is\n"
        ),
    )
    assert (told.code, (tmp_path / "out/app.py").read_text()) == (0, APP["hello/app.py"])


def test_over_the_limit(tmp_path):
    """A function over its limit fails the build and leaves nothing for SAM to deploy."""
    limited = TEMPLATE.replace("makefile", "makefile, lbundle: { limit: { zip: 10 B } }")
    project = write_project(tmp_path / "shop", {**APP, "template.yaml": limited})

    ended = run_lbundle(project, "sam-build", "Hello", "--artifacts", "out")

    assert (ended.code, (project / "out").exists()) == (7, False)
