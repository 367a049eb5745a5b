"""What Terraform, CDK and lbundle itself write beside the code changes no zip, unless the user asks for it."""

from zipfile import ZipFile

import pytest

from bundler import build
from tests.support.command_line import RUNTIME, run_lbundle, write_project

SETTINGS = f"""\
[tool.lbundle]
runtime = "{RUNTIME}"
requirements = []
functions.hello.handler = "app.hello"
"""
TERRAFORM = {
    "main.tf": "",
    "terraform.tfstate": "{}",
    "prod.auto.tfvars": "",
    "plan": "",
    ".terraform.lock.hcl": "",
    ".terraform/modules/modules.json": "{}",
}
APP = {"cdk.json": '{ "app": "python stack.py" }', "stack.py": "import aws_cdk\n", "cdk.out/tree.json": "{}"}


@pytest.fixture
def project(tmp_path):
    return write_project(tmp_path / "shop", {"pyproject.toml": SETTINGS, "app.py": "hello = print\n"})


def members(bundle):
    names = ZipFile(bundle.zip_path).namelist()
    return [name for name in names if not name.endswith(".pyc") and not name.startswith("_lbundle_")]


def test_terraform_and_cdk(project):
    """Neither a first apply nor a later one, nor an app beside the code, changes a zip."""
    before = build(project, jobs=1).functions["hello"]
    write_project(project, {**TERRAFORM, **APP})
    with ZipFile(project / "plan", "w") as plan:
        plan.writestr("tfplan", "x")
    after = build(project, jobs=1).functions["hello"]
    write_project(project, {"terraform.tfstate": '{"serial": 2}'})

    again = build(project, jobs=1).functions["hello"]

    assert after.sha256 == before.sha256 == again.sha256
    assert (members(again), again.warnings, again.is_unchanged) == (["app.py"], (), True)


def test_include_brings_them_back(project):
    """`include` ships a file of the table, also from a folder that is not entered otherwise."""
    include = 'include = ["main.tf", ".terraform/modules/*.json", "plan"]\n'
    settings = SETTINGS.replace("functions.", f"{include}functions.")
    write_project(project, {**TERRAFORM, "pyproject.toml": settings})

    bundle = build(project, jobs=1).functions["hello"]

    assert members(bundle) == [".terraform/modules/modules.json", "app.py", "main.tf", "plan"]


def test_own_reports(project):
    """What `--output` names does not get into the next zip."""
    build(project, jobs=1)
    written = [
        run_lbundle(project, "report", "--format", "html", "--output", "r.html"),
        run_lbundle(project, "check", "--update"),
        run_lbundle(project, "check", "--format", "gitlab", "--output", "quality.json"),
    ]

    again = build(project, jobs=1).functions["hello"]

    assert [ended.code for ended in written] == [0] * len(written)
    assert members(again) == ["app.py"]
