"""Deploying with the Serverless plugin, against an AWS on loopback; osls 4 is the framework that can be sent there."""

import json

import pytest

from tests.support.aws_server import client, serve_aws
from tests.support.command_line import RUNTIME, write_project
from tests.support.serverless import prepare_service, run_framework
from tests.support.wheels import make_wheel

pytestmark = [pytest.mark.network, pytest.mark.slow]

# What AWS alone can answer decides about the handler, which lbundle by itself would refuse.
SETTINGS = f"""\
service: shop
plugins: [serverless-lbundle]
provider: {{ name: aws, runtime: {RUNTIME} }}
functions:
  order:
    handler: ${{ssm:/shop/module}}.order
  refund:
    handler: refunds.refund
"""
ORDERS = "import greeter\n\n\ndef order(event, context):\n    return greeter.WORD\n"
REFUNDS = "def refund(event, context):\n    return {}\n"
LAYERS = """\
service: shared
plugins: [serverless-lbundle]
provider: { name: aws }
layers: { fonts: { path: fonts } }
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with serve_aws(tmp_path_factory.mktemp("aws")) as url:
        yield url


def deploy(project, url, *words):
    ended = run_framework("osls4", project, "deploy", *words, AWS_ENDPOINT_URL=url, SLS_AWS_MONITORING_FREQUENCY="200")
    assert ended.code == 0, ended.stdout + ended.stderr
    return ended.stderr


def deployed(url):
    """Return each function's CodeSha256 as AWS has it."""
    functions = client("lambda", url).list_functions()["Functions"]
    return {function["FunctionName"]: function["CodeSha256"] for function in functions}


def built(project):
    """Return each function's CodeSha256 as lbundle wrote it down."""
    names = ("order", "refund")
    metafiles = {name: json.loads((project / ".lbundle" / f"{name}.json").read_text()) for name in names}
    return {f"shop-dev-{name}": metafile["zip"]["code_sha256"] for name, metafile in metafiles.items()}


def versions(project):
    """Return the names of the versions that the template publishes, which hold the functions' digests."""
    template = json.loads((project / ".serverless" / "cloudformation-template-update-stack.json").read_text())
    return {name for name in template["Resources"] if "LambdaVersion" in name}


def uploads(url):
    s3 = client("s3", url)
    (bucket,) = (found["Name"] for found in s3.list_buckets()["Buckets"] if found["Name"].startswith("shop-"))
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket)["Contents"]]


def test_deploy(aws, tmp_path):
    """What runs is the zip that was built; an unchanged service uploads nothing, and one change is one function's."""
    client("ssm", aws).put_parameter(Name="/shop/module", Value="orders", Type="String")
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    files = {"serverless.yml": SETTINGS, "orders.py": ORDERS, "refunds.py": "def refund(event, context): ...\n"}
    project = prepare_service(write_project(tmp_path / "shop", {**files, "requirements.txt": "greeter==1.0\n"}))

    deploy(project, aws)
    first, first_versions, first_uploads = deployed(aws), versions(project), uploads(aws)
    assert first == built(project)

    said = deploy(project, aws)
    assert "No changes to deploy. Deployment skipped." in said
    assert (deployed(aws), uploads(aws)) == (first, first_uploads)

    (project / "refunds.py").write_text(REFUNDS)
    deploy(project, aws)
    second = deployed(aws)
    assert second == built(project)
    assert [name for name in second if second[name] != first[name]] == ["shop-dev-refund"]
    assert {name.partition("LambdaVersion")[0] for name in versions(project) - first_versions} == {"Refund"}

    (project / "refunds.py").write_text(REFUNDS.replace("{}", "{'done': True}"))
    said = deploy(project, aws, "function", "--function", "refund")
    third = deployed(aws)
    assert "Function code deployed" in said
    assert third == {**second, "shop-dev-refund": built(project)["shop-dev-refund"]}
    assert third != second


def test_a_service_of_layers_alone(aws, tmp_path):
    """A service without functions is deployed as ever; lbundle says that it did nothing."""
    project = prepare_service(write_project(tmp_path / "shared", {"serverless.yml": LAYERS, "fonts/a.txt": "a"}))

    said = deploy(project, aws)

    assert "lbundle has nothing to do: the service has no functions\n" in said
    (layer,) = client("lambda", aws).list_layers()["Layers"]
    assert layer["LayerName"].startswith("shared-dev-FontsLambdaLayer")  # moto makes up a name of its own


def test_a_layer_of_packages(aws, tmp_path):
    """The deployed layer is the zip that lbundle built, and so is the function that leaves its packages to it."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    settings = (
        f"service: layered\nplugins: [serverless-lbundle]\nprovider: {{ name: aws, runtime: {RUNTIME} }}\n"
        "layers: { greetings: { lbundle: { requirements: requirements.txt } } }\n"
        "functions: { order: { handler: orders.order, layers: [{ Ref: GreetingsLambdaLayer }] } }\n"
    )
    files = {"serverless.yml": settings, "requirements.txt": "greeter==1.0\n", "orders.py": ORDERS}
    project = prepare_service(write_project(tmp_path / "layered", files))
    deploy(project, aws)

    layers = client("lambda", aws).list_layers()["Layers"]
    (name,) = (layer["LayerName"] for layer in layers if "Greetings" in layer["LayerName"])
    content = client("lambda", aws).get_layer_version(LayerName=name, VersionNumber=1)["Content"]
    outputs = {"greetings": project / ".lbundle" / "layers", "order": project / ".lbundle"}
    built = {name: json.loads((folder / f"{name}.json").read_text())["zip"] for name, folder in outputs.items()}
    assert content["CodeSha256"] == built["greetings"]["code_sha256"]
    assert deployed(aws)["layered-dev-order"] == built["order"]["code_sha256"]
