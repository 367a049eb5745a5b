"""The real AWS SAM command line on projects that lbundle builds; what it uploads goes to an AWS on loopback."""

import json
import platform
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.aws_server import client, serve_aws
from tests.support.builds import build
from tests.support.command_line import RUNTIME, files_below, run_lbundle, write_project
from tests.support.installs import install_full
from tests.support.isolated import run_event, unzip
from tests.support.readme import read_examples
from tests.support.sam import run_sam

pytestmark = [pytest.mark.network, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
REFUSE_COMPILING = ROOT / "tests" / "support" / "refuse_compiling.py"
PYTHON = Path(sys.executable)
BUCKET = "artifacts"
ARCHITECTURE = "arm64" if platform.machine() == "aarch64" else "x86_64"
# As SAM has it, each function's folder has the requirements of its own: two versions of one package here.
TEMPLATE = f"""\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Runtime: {{ Type: String, Default: {RUNTIME} }}
Globals:
  Function:
    Runtime: !Ref Runtime
    Architectures: [{ARCHITECTURE}]
    Timeout: 10
Resources:
  OrderFunction:
    Type: AWS::Serverless::Function
    Metadata: {{ BuildMethod: makefile }}
    Properties: {{ CodeUri: functions/order/, Handler: app.handle }}
  SizeFunction:
    Type: AWS::Serverless::Function
    Metadata: {{ BuildMethod: makefile, ContextPath: . }}
    Properties: {{ CodeUri: functions/size/, Handler: src/app.handle }}
  PageFunction:
    Type: AWS::Serverless::Function
    Properties: {{ InlineCode: 'exports.handle = () => 1', Handler: index.handle, Runtime: nodejs22.x }}
"""
ORDER = """\
import humanize
from pydantic import BaseModel

from prices import PRICES


class Order(BaseModel):
    article: str
    count: int


def handle(event, context):
    order = Order.model_validate(event)
    return {"price": humanize.intcomma(order.count * PRICES[order.article]), "humanize": humanize.__version__}
"""
SIZE = """\
import humanize

from src.words import WORD


def handle(event, context):
    return {WORD: humanize.naturalsize(event["count"]), "humanize": humanize.__version__}
"""
(MAKEFILE,) = re.findall(r"```make\n(.*?)```", (ROOT / "docs" / "sam.md").read_text(encoding="utf-8"), re.DOTALL)
"""The only rule there is: it names the template by the Makefile's own place."""
PROJECT = {
    "template.yaml": TEMPLATE,
    "Makefile": MAKEFILE,
    "functions/order/Makefile": MAKEFILE.replace("template.yaml", "../../template.yaml"),
    "functions/order/app.py": ORDER,
    "functions/order/prices.py": "PRICES = {'pen': 250}\n",
    "functions/order/requirements.txt": "humanize==4.12.3\npydantic>=2.11,<2.12\n",
    "functions/size/src/app.py": SIZE,
    "functions/size/src/words.py": "WORD = 'size'\n",
    "functions/size/requirements.txt": "humanize==4.11.0\n",
}
HANDLERS = {"OrderFunction": ("functions/order", "app.handle"), "SizeFunction": ("functions/size", "src/app.handle")}
EVENT = {"article": "pen", "count": 5000}


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with serve_aws(tmp_path_factory.mktemp("aws")) as url:
        client("s3", url).create_bucket(Bucket=BUCKET)
        yield url


def package(project, url):
    """Let SAM zip and upload what a project's template names; return each function's zip as it came to S3."""
    packaged = run_sam(
        project, "package", "--s3-bucket", BUCKET, "--output-template-file", "packaged.json", "--use-json",
        AWS_ENDPOINT_URL=url,
    )  # fmt: skip
    assert packaged.code == 0, packaged.stderr
    resources = json.loads((project / "packaged.json").read_text())["Resources"]
    codes = {name: resource["Properties"].get("CodeUri", "") for name, resource in resources.items()}
    zips = {}
    for name, address in codes.items():
        if address:
            zips[name] = project.parent / f"{name}.zip"
            client("s3", url).download_file(BUCKET, address.removeprefix(f"s3://{BUCKET}/"), str(zips[name]))
    return zips


def answer(folder, handler, event, **arguments):
    run = run_event(folder, handler, event, python=PYTHON, runtime_packages=None, environment={}, **arguments)
    assert run.error is None, run.error
    return run.answer


def test_build_by_makefile(aws, tmp_path):
    """What SAM builds, zips and uploads answers as the full install does, from bytecode that is still accepted."""
    project = write_project(tmp_path / "shop", PROJECT)

    validated = run_sam(project, "validate", AWS_ENDPOINT_URL=aws)
    built = run_sam(project, "build", "--parallel")
    zips = package(project, aws)

    assert (validated.code, built.code) == (0, 0), validated.stderr + built.stderr
    assert sorted(zips) == sorted(HANDLERS)
    for name, (code, handler) in HANDLERS.items():
        bundle = unzip(zips[name], tmp_path / "bundles" / name)
        full = shutil.copytree(project / code, tmp_path / "full" / name)
        install_full(full / "requirements.txt", full, PYTHON)
        expected = answer(full, handler, EVENT)
        assert answer(bundle, handler, EVENT, prelude=REFUSE_COMPILING) == expected
        assert not {"Makefile", "requirements.txt"} & {path.name for path in bundle.iterdir()}
    assert answer(tmp_path / "bundles" / "OrderFunction", "app.handle", EVENT) == {
        "price": "1,250,000",
        "humanize": "4.12.3",
    }


def test_the_example_of_the_readme(tmp_path):
    """It is built as printed, but for the runtime, and what lies in SAM's folder answers."""
    handler, requirements, template, makefile, _ = read_examples("AWS SAM")
    files = {"hello/app.py": handler, "hello/requirements.txt": requirements, "Makefile": makefile}
    project = write_project(tmp_path / "hello", {**files, "template.yaml": template})

    built = run_sam(project, "build")

    assert built.code == 0, built.stderr
    assert answer(project / ".aws-sam" / "build" / "HelloFunction", "app.hello", {}) == {
        "statusCode": 200,
        "body": '{"size": "123.5 MB"}',
    }


@pytest.mark.parametrize(
    ("called_in", "words", "built_in"),
    [
        ("hello", ("--build-dir", "../elsewhere"), "elsewhere"),
        ("", ("--template", "hello/template.yaml"), ".aws-sam/build"),
        ("", ("--template", "hello/template.yaml", "--build-dir", "elsewhere"), "elsewhere"),
    ],
)
def test_the_example_from_and_to_elsewhere(tmp_path, called_in, words, built_in):
    """The README's rule finds its template wherever SAM is called and whatever folder it builds in."""
    _, _, template, makefile, _ = read_examples("AWS SAM")
    app = "def hello(event, context):\n    return 1\n"
    files = {"hello/hello/app.py": app, "hello/Makefile": makefile, "hello/template.yaml": template}
    project = write_project(tmp_path / "work", files)

    built = run_sam(project / called_in, "build", *words)

    assert built.code == 0, built.stderr
    assert (project / built_in / "HelloFunction" / "app.py").read_text() == app
    assert makefile == MAKEFILE


def test_finished_zip(aws, tmp_path):
    """A function whose `CodeUri` is lbundle's zip is uploaded as it is, and `sam build` lets it be."""
    prebuilt = TEMPLATE.replace(
        "{ BuildMethod: makefile }", "{ SkipBuild: true, lbundle: { code: functions/order/ } }"
    ).replace("CodeUri: functions/order/", "CodeUri: .lbundle/OrderFunction.zip")  # fmt: skip
    project = write_project(tmp_path / "shop", {**PROJECT, "template.yaml": prebuilt})

    build(project, project / ".lbundle")
    built = run_sam(project, "build")
    zips = package(project, aws)

    assert built.code == 0, built.stderr
    assert zips["OrderFunction"].read_bytes() == (project / ".lbundle" / "OrderFunction.zip").read_bytes()


# moto does not expand SAM's transform: functions of plain CloudFormation are what it can deploy.
PLAIN = f"""\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {{ AssumeRolePolicyDocument: {{ Version: '2012-10-17', Statement: [] }} }}
  Order:
    Type: AWS::Lambda::Function
    Metadata: {{ lbundle: {{ code: order }} }}
    Properties: {{ Code: .lbundle/Order.zip, Handler: app.order, Runtime: {RUNTIME}, Role: !GetAtt Role.Arn }}
  Refund:
    Type: AWS::Lambda::Function
    Metadata: {{ lbundle: {{ code: refund }} }}
    Properties: {{ Code: .lbundle/Refund.zip, Handler: app.refund, Runtime: {RUNTIME}, Role: !GetAtt Role.Arn }}
"""


def deploy(project, url):
    """Build and deploy; return each function's CodeSha256 as lbundle has it and as AWS has it, and what SAM says."""
    functions = build(project, project / ".lbundle")["functions"]
    words = ("--stack-name", "shop", "--s3-bucket", BUCKET, "--capabilities", "CAPABILITY_IAM")
    # moto knows a bucket in an address's path only where the host is called `localhost`.
    address = url.replace("127.0.0.1", "localhost")
    deployed = run_sam(project, "deploy", *words, "--no-fail-on-empty-changeset", AWS_ENDPOINT_URL=address)
    assert deployed.code == 0, deployed.stderr
    found = client("lambda", url).list_functions()["Functions"]
    theirs = {function["FunctionName"].split("-")[1]: function["CodeSha256"] for function in found}
    return {one["function"]: one["zip"]["code_sha256"] for one in functions}, theirs, deployed.stdout


def test_deploy(aws, tmp_path):
    """What runs is the zip that was built; unchanged nothing is deployed, and one change is one function's."""
    handlers = {f"{name}/app.py": f"def {name}(event, context):\n    return 1\n" for name in ("order", "refund")}
    project = write_project(tmp_path / "shop", {"template.yaml": PLAIN, **handlers})

    ours, theirs, _ = deploy(project, aws)
    same, same_theirs, said = deploy(project, aws)
    write_project(project, {"order/app.py": "def order(event, context):\n    return 2\n"})
    changed, changed_theirs, _ = deploy(project, aws)

    assert theirs == ours
    assert (same, same_theirs) == (ours, ours)
    assert "No changes to deploy" in said
    assert changed_theirs == changed
    assert (changed["Refund"], changed["Order"] == ours["Order"]) == (ours["Refund"], False)


def test_mistake_in_the_template(tmp_path):
    """An error of lbundle's ends SAM's build, and SAM shows what it says."""
    project = write_project(tmp_path / "shop", {**PROJECT, "functions/order/app.py": "def handler(): ...\n"})

    built = run_sam(project, "build", "OrderFunction")

    assert built.code == 1
    assert "`app.py` does not define `handle`, it defines: `handler`" in re.sub(r"\s+", " ", built.stderr)


def test_layer(tmp_path):
    """The example of docs/sam.md: SAM lays the layer out as lbundle built it, and its function runs with it."""
    page = (ROOT / "docs" / "sam.md").read_text(encoding="utf-8").partition("## Layers\n")[2]
    (resources,) = re.findall(r"```yaml\n(.*?)```", page.partition("\n## ")[0], re.DOTALL)
    head = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
    app = "from sizes import name_size\n\n\ndef hello(event, context):\n    return name_size(event['size'])\n"
    module = "import humanize\n\n\ndef name_size(size):\n    return humanize.naturalsize(size)\n"
    files = {
        "template.yaml": head + resources.replace("python3.12", RUNTIME),
        "Makefile": MAKEFILE,
        "common/requirements.txt": "humanize==4.12.3\n",
        "common/sizes.py": module,
        "hello/app.py": app,
        "event.json": '{"size": 123456789}',
    }
    project = write_project(tmp_path / "hello", files)

    built = run_sam(project, "build")
    answered = run_lbundle(project, "invoke", "HelloFunction", "--event", "event.json")

    assert built.code == 0, built.stderr
    layer = project / ".aws-sam" / "build" / "CommonLayer"
    assert files_below(layer) == files_below(unzip(project / ".lbundle/layers/CommonLayer.zip", tmp_path / "layer"))
    assert (layer / "python" / "sizes.py").read_text() == module
    assert [path for path in files_below(project / ".aws-sam" / "build" / "HelloFunction") if "pyc" not in path] == [
        "app.py"
    ]
    assert (answered.code, answered.stdout) == (0, '"123.5 MB"\n'), answered.stderr


def test_nested_application(tmp_path):
    """SAM builds a nested application's function by the same rule beside the nested template, as docs/sam.md says."""
    outer = "  Shop: { Type: AWS::Serverless::Application, Properties: { Location: shop/template.yaml } }\n"
    function = f"Properties: {{ CodeUri: hello, Handler: app.hello, Runtime: {RUNTIME} }}"
    head = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
    files = {
        "template.yaml": head + outer,
        "shop/template.yaml": f"{head}  Hello:\n    Type: AWS::Serverless::Function\n"
        f"    Metadata: {{ BuildMethod: makefile, ContextPath: shop }}\n    {function}\n",
        "shop/Makefile": MAKEFILE,
        "shop/hello/app.py": "def hello(event, context):\n    return 1\n",
    }
    project = write_project(tmp_path / "outer", files)

    built = run_sam(project, "build")

    assert built.code == 0, built.stderr
    assert answer(project / ".aws-sam" / "build" / "Shop" / "Hello", "app.hello", {}) == 1
