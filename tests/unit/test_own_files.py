"""The table of own files that do not ship by themselves, and the words that bring one back."""

import re
from pathlib import Path

import pytest

from bundler import own_files
from bundler.own_files import is_brought_back, is_of_tools, named_folders, rule_by_name, ships_by_itself
from tests.support.sites import make_function

PAGE = (Path(__file__).parents[2] / "docs" / "shipping.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        ("secret", ["terraform.tfstate", "infra/terraform.tfstate.backup", "terraform.tfstate.1700000000.backup"]),
        ("secret", [".terraform.tfstate.lock.info", "errored.tfstate", "prod.auto.tfvars", "x/dev.tfvars.json"]),
        ("secret", ["plan.tfplan", "tfplan", ".netrc", ".pypirc", "parts/pip.conf"]),
        ("junk", ["main.tf", "infra/main.tf.json", ".terraform.lock.hcl", ".terraform/modules.json", "a.tofu"]),
        ("junk", ["cdk.json", "cdk.context.json", "cdk.out/tree.json", "samconfig.toml", "template.yaml"]),
        (
            "junk",
            [".github/workflows/ci.yml", ".gitlab-ci.yml", "x/buildspec.yml", "Jenkinsfile", ".circleci/config.yml"],
        ),
        ("junk", ["azure-pipelines.yml", "bitbucket-pipelines.yml", "gl-code-quality-report.json", "package.json"]),
        ("junk", ["Makefile", "justfile", "Taskfile.yml", "tox.ini", ".coveragerc", ".pre-commit-config.yaml"]),
        ("junk", ["docker-compose.dev.yml", "compose.yaml", "Procfile", "lbundle-sizes.json", "pyproject.toml"]),
        ("junk", [".env", ".env.production", "requirements-dev.txt", "dev-requirements.txt", "uv.lock", ".gitignore"]),
        ("tests", ["tests/data.json", "shop/tests/data.json", "test_data.py"]),
        (None, ["data.json", "parts/Makefile", "parts/package.json", "composers.yml", "terraform.json", "plan.json"]),
        (None, ["logging.yml", "alembic.ini", "config/app.toml", "state.db", "certificates/ca.pem", "events/tf.txt"]),
    ],
)
def test_names(rule, paths):
    """A file's name says whether it ships by itself; what stands beside the code only is data deeper down."""
    assert {path: rule_by_name(path) for path in paths} == dict.fromkeys(paths, rule)


def test_files_of_tools_lead_nowhere_at_any_depth():
    """What a tool reads names no code of a function, though deeper down it may ship as somebody's template."""
    assert is_of_tools("parts/Makefile")
    assert not is_of_tools("parts/routes.yml")


@pytest.mark.parametrize(
    ("path", "options", "expected"),
    [
        ("main.tf", {}, False),
        ("main.tf", {"include": ("*.tf",)}, True),
        ("main.tf", {"include": ("**",)}, True),
        ("main.tf", {"patterns": ("!**", "main.tf")}, True),
        ("main.tf", {"patterns": ("!**", "./main.tf")}, True),
        ("infra/main.tf", {"patterns": ("!**", "infra/*.tf")}, True),
        ("main.tf", {"patterns": ("**",)}, False),
        ("infra/main.tf", {"patterns": ("infra/**",)}, False),
        ("dev.tfvars.json", {"patterns": ("*.json",)}, False),
        ("dev.tfvars.json", {"patterns": ("*.tfvars.json",)}, True),
        ("main.tf", {"patterns": ("main.tf", "!*.tf")}, False),
        ("main.tf", {"include": ("main.tf",), "exclude": ("*.tf",)}, False),
        ("data.json", {}, True),
        ("data.json", {"patterns": ("!**",)}, False),
    ],
)
def test_what_brings_one_back(tmp_path, path, options, expected):
    """`include` brings a file back by any glob, a pattern by its name or one that reads like it."""
    assert ships_by_itself(path, rule_by_name(path), make_function(tmp_path, **options)) is expected


def test_named_folders(tmp_path):
    """A folder that is not entered is where a glob of the user's names it; a negated pattern does not."""
    function = make_function(
        tmp_path, include=("node_modules/viewer/*.js",), patterns=("!.venv/**", "cdk.out/tree.json")
    )

    assert named_folders(function) == {"node_modules", "cdk.out"}


def test_every_name_is_documented():
    """The page names each file and folder of the table, and no other."""
    table = {*own_files._SECRETS, *own_files._ANYWHERE, *own_files._AT_THE_TOP}
    table |= {f"{folder}/" for folder in own_files.SKIPPED_FOLDERS}
    lists = PAGE.partition("### Not entered")[2].partition("### By what they are")[0]

    assert set(re.findall(r"`([^`]+)`", lists)) == {*table, ".egg-info"}


def test_a_pattern_is_no_file(tmp_path):
    """No function is asked: a file of a name that stands in no pattern is not brought back."""
    assert not is_brought_back("terraform.tfvars", make_function(tmp_path))
