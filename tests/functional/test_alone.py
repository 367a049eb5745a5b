"""A zip depends on its function alone: built with others or without them, it is the same."""

from zipfile import ZipFile

import pytest

from bundler import Project, build
from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project

CODE = {"small.py": "def main(event, context): ...\n", "big.py": "import json\ndef main(event, context): ...\n"}
NO_PACKAGES = "custom: { lbundle: { requirements: [] } }\n"
LAYER = "layers: { shared: { path: shared } }\n"
HEAD = f"service: shop\nprovider: {{ name: aws, runtime: {RUNTIME} }}\n"
PYPROJECT = f"""\
[tool.lbundle]
runtime = "{RUNTIME}"
requirements = []
functions.small.handler = "small.main"
functions.big.handler = "big.main"
"""


@pytest.mark.parametrize(
    "settings",
    [
        {"serverless.yml": service_settings(small="small.main", big="big.main") + NO_PACKAGES},
        {"pyproject.toml": PYPROJECT},
        {"pyproject.toml": f'{PYPROJECT}functions.big.architecture = "arm64"\n'},
        {"pyproject.toml": f'{PYPROJECT}functions.big.runtime = "python3.9"\n'},
        {
            "serverless.yml": f"{HEAD}{NO_PACKAGES}functions: ${{file(functions.yml)}}\n",
            "functions.yml": "small: { handler: small.main }\nbig: { handler: big.main, architecture: arm64 }\n",
        },
        {
            "serverless.yml": f"{HEAD}{NO_PACKAGES}functions: ${{file(functions.yml)}}\n{LAYER}",
            "functions.yml": "small: { handler: small.main, layers: [{ Ref: SharedLambdaLayer }] }\n"
            "big: { handler: big.main, layers: [{ Ref: SharedLambdaLayer }], architecture: arm64 }\n",
            "shared/python/shop/__init__.py": "",
        },
    ],
    ids=["serverless", "pyproject", "architectures", "runtimes", "file", "layers"],
)
def test_built_alone(tmp_path, settings):
    """`--function small` makes the very zip that a build of all functions makes, without what only others need."""
    project = write_project(tmp_path / "shop", {**CODE, **settings})

    together = build(project, output=tmp_path / "all", jobs=1).functions["small"]
    alone = build(Project(project, functions=("small",)), output=tmp_path / "one", jobs=1).functions["small"]

    assert alone.zip_path.read_bytes() == together.zip_path.read_bytes()
    assert alone.metafile_path.read_bytes() == together.metafile_path.read_bytes()
    assert [name for name in ZipFile(alone.zip_path).namelist() if "small" not in name] == []


def test_a_new_function(tmp_path):
    """Another function, and another file of settings, change no zip of those that are there."""
    project = write_project(tmp_path / "shop", {**CODE, "pyproject.toml": PYPROJECT})
    before = build(project, jobs=1).functions["small"]
    write_project(
        project, {"new.py": "main = print\n", "pyproject.toml": f'{PYPROJECT}functions.new.handler = "new.main"\n'}
    )

    after = build(project, jobs=1).functions["small"]

    assert after.sha256 == before.sha256


def test_why_tells_of_the_zip(tmp_path):
    """`lbundle why` looks at a function as a build of all of them does."""
    project = write_project(tmp_path / "shop", {**CODE, "pyproject.toml": PYPROJECT})

    ended = run_lbundle(project, "why", "small", "big")

    assert ended.stdout.startswith("`big` is left out:\n  handler: ")
