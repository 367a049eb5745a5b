"""What the makefile of a SAM project asks of the command line."""

import sys
import zipfile

from tests.support.command_line import RUNTIME, Ended, files_below, run_lbundle, write_project
from tests.support.local_projects import write_local_project
from tests.support.wheels import make_wheel

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
        "_lbundle_guard.pyc",
        "_lbundle_words.py",
        "app.py",
        "words.py",
    ]
    assert files_below(project / ".lbundle") == ["Hello.json", "Hello.zip"]


def test_paths_of_requirements(tmp_path):
    """A path in the requirements of a function's folder starts at the template, where `sam build` runs pip."""
    template = "Resources:\n  Shop:\n    Type: AWS::Serverless::Function\n    Properties:\n"
    template += "      {CodeUri: shop/, Handler: app.handler, Runtime: python3.12}\n"
    files = {"template.yaml": template, "shop/app.py": "import part\n\n\ndef handler(event, context):\n    return 1\n"}
    write_project(tmp_path, {**files, "shop/requirements.txt": "./parts/part\n"})
    write_local_project(tmp_path / "parts" / "part", "part", {"part.py": "PRICE = 5\n"})

    ended = run_lbundle(tmp_path, "build")

    assert ended.code == 0
    assert "part.py" in zipfile.ZipFile(tmp_path / ".lbundle" / "Shop.zip").namelist()


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
            "\nhint: `--project` says where the template is; in a Makefile beside it: `lbundle sam-build $* "
            "--project $(dir $(abspath $(lastword $(MAKEFILE_LIST))))template.yaml`\n"
        ),
    )
    assert (told.code, (tmp_path / "out/app.py").read_text()) == (0, APP["hello/app.py"])


def test_over_the_limit(tmp_path):
    """A function over its limit fails the build and leaves nothing for SAM to deploy."""
    limited = TEMPLATE.replace("makefile", "makefile, lbundle: { limit: { zip: 10 B } }")
    project = write_project(tmp_path / "shop", {**APP, "template.yaml": limited})

    ended = run_lbundle(project, "sam-build", "Hello", "--artifacts", "out")

    assert (ended.code, (project / "out").exists()) == (7, False)


LAYERED = TEMPLATE.replace("CodeUri: hello,", "CodeUri: hello, Layers: [!Ref Common],")
LAYER = """\
  Common:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: makefile, lbundle: {} }
    Properties: { ContentUri: common }
"""


def test_layer(tmp_path):
    """A layer's own modules and packages go below `python`, and its functions leave both to it."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    files = {
        "template.yaml": LAYERED + LAYER,
        "hello/app.py": "import common_words\n\n\ndef hello(event, context):\n    return common_words.WORD\n",
        "common/common_words.py": "from greeter import WORD\n",
        "common/words.json": "{}",
        "common/requirements.txt": "greeter==1.0\n",
        "common/Makefile": "build-%:\n\tlbundle sam-build $*\n",
    }
    project = write_project(tmp_path / "shop", files)

    ended = run_lbundle(project, "sam-build", "Common", "--artifacts", "layer")
    built = run_lbundle(project, "sam-build", "Hello", "--artifacts", "function")
    unknown = run_lbundle(project, "sam-build", "Other", "--artifacts", "other")

    assert (ended.code, built.code) == (0, 0), ended.stderr + built.stderr
    assert ended.stdout.splitlines()[0].split() == ["layer", "zip", "unzipped", "files"]
    assert files_below(project / "layer") == [
        f"python/__pycache__/common_words.{TAG}.pyc",
        "python/common_words.py",
        "python/greeter-1.0.dist-info/METADATA",
        "python/greeter/__init__.pyc",
        "python/words.json",
    ]
    assert files_below(project / "function") == [f"__pycache__/app.{TAG}.pyc", "app.py"]
    assert "common_words" not in built.stdout, built.stdout
    assert (unknown.code, unknown.stderr.splitlines()[-1]) == (2, "hint: the functions are: `Hello`, `Common`")
