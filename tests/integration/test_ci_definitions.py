"""What other programs read of this repository: the action, the pre-commit hook, the examples in docs/ci.md."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.command_line import RUNTIME, run_lbundle, write_project

ROOT = Path(__file__).parents[2]
PACKAGE = ("pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "action.yml", ".pre-commit-hooks.yaml", "bundler")
SETTINGS = (
    f"service: shop\nprovider:\n  name: aws\n  runtime: {RUNTIME}\nfunctions:\n  hello:\n    handler: app.hello\n"
)
NOISE = "".join(f"{number * 7919 % 10007}\n" for number in range(20_000))


def run(*command, folder, **environment):
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=280
    )


def must_run(*command, folder, **environment):
    done = run(*command, folder=folder, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def git(folder, *arguments):
    must_run("git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments, folder=folder)


def examples():
    """Return the YAML blocks of docs/ci.md, by the heading above them."""
    text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    found = {section.split("\n", 1)[0]: re.findall(r"```yaml\n(.*?)```", section, re.DOTALL) for section in sections}
    return {heading: blocks for heading, blocks in found.items() if blocks}


@pytest.fixture
def published(tmp_path):
    """This repository as others take it: what a clone has of it, in a commit."""
    folder = tmp_path / "lbundle"
    folder.mkdir()
    for name in PACKAGE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "One")
    return folder


@pytest.fixture
def repository(tmp_path):
    """Someone's repository, whose service in a folder below it has a baseline and one file that is new since."""
    folder = tmp_path / "repository"
    project = write_project(
        folder / "services" / "shop",
        {
            "serverless.yml": SETTINGS,
            "app.py": "def hello(event, context):\n    return 1\n",
            ".gitignore": ".lbundle\n",
        },
    )
    assert run_lbundle(project, "baseline").code == 0
    (project / "cities.txt").write_text(NOISE)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "One")
    return folder


@pytest.mark.parametrize(
    ("heading", "schema"), [("GitHub", "vendor.github-workflows"), ("GitLab", "vendor.gitlab-ci"), ("", "")]
)
def test_definitions_are_valid(tmp_path, heading, schema):
    """The action and the examples of workflows are what the published schemas ask for."""
    blocks = examples()[heading] if heading else [(ROOT / "action.yml").read_text(encoding="utf-8")]

    for number, block in enumerate(blocks):
        path = tmp_path / f"{number}.yml"
        path.write_text(block, encoding="utf-8")
        must_run(
            *(
                sys.executable,
                "-m",
                "check_jsonschema",
                "--builtin-schema",
                schema or "vendor.github-actions",
                str(path),
            ),
            folder=tmp_path,
        )
    assert blocks


def test_schemas_refuse_others(tmp_path):
    """A misspelt key of the action does not pass, so the schema is really read."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8").replace("using: composite", "using: compost")
    (tmp_path / "action.yml").write_text(text, encoding="utf-8")

    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions", "action.yml")

    assert run(*command, folder=tmp_path).returncode == 1


@pytest.mark.network
@pytest.mark.slow
def test_action(published, repository, tmp_path):
    """The action's steps install lbundle and fail the job, with an annotation of the path in the repository."""
    action = yaml.safe_load((published / "action.yml").read_text(encoding="utf-8"))
    inputs = {name: described["default"] for name, described in action["inputs"].items()}
    inputs |= {"project": "services/shop", "max-growth": "2%"}
    must_run(sys.executable, "-m", "venv", str(tmp_path / "venv"), folder=tmp_path)
    summary = tmp_path / "summary.md"
    environment = {
        "PATH": f"{tmp_path / 'venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(published),
        "GITHUB_STEP_SUMMARY": str(summary),
    }

    ended = []
    for step in action["runs"]["steps"]:
        own = {key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], value)
               for key, value in step.get("env", {}).items()}  # fmt: skip
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"])
        ended.append(run(*shell, folder=repository, **environment, **own))

    assert [done.returncode for done in ended] == [0, 7], [done.stderr for done in ended]
    assert "::error file=services/shop/cities.txt,line=1,title=hello%3A zip-grew::the zip grew by " in ended[1].stdout
    assert "cities.txt is new: +" in summary.read_text(encoding="utf-8")


@pytest.mark.network
@pytest.mark.slow
def test_pre_commit_hook(published, repository, tmp_path):
    """The hook installs lbundle by itself and stops a commit that adds too much."""
    hooks = {"PRE_COMMIT_HOME": str(tmp_path / "hooks")}
    program = (sys.executable, "-m", "pre_commit")
    (example,) = examples()["Before a commit"]
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    must_run(*program, "validate-config", str(tmp_path / "example.yaml"), folder=tmp_path, **hooks)
    project = repository / "services" / "shop"
    git(project, "init", "-q")
    git(project, "add", ".")

    ended = run(*program, "try-repo", str(published), "lbundle-check", "--all-files", folder=project, **hooks)

    assert ended.returncode == 1
    assert "- exit code: 7" in ended.stdout
    assert "  cities.txt is new: +" in ended.stdout
