"""The Serverless plugin in real frameworks: what they package, invoke and serve, and what they refuse."""

import json
import shutil
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path
from urllib.error import URLError

import pytest
from uv import find_uv_bin

from tests.support.aws_server import serve_aws
from tests.support.command_line import RUNTIME, write_project
from tests.support.ports import free_port
from tests.support.serverless import (
    FRAMEWORKS,
    PLUGIN,
    install_frameworks,
    prepare_service,
    run_framework,
    start_framework,
    write_program,
)
from tests.support.wheels import make_wheel

pytestmark = [pytest.mark.network, pytest.mark.slow]

MIXED = Path(__file__).parents[2] / "fixtures" / "mixed-service"
AWS_ENDPOINT = Path(__file__).parents[1] / "support" / "frameworks" / "aws_endpoint.js"
PYTHON_FUNCTIONS = ("createUser", "getUser", "report", "cleanUp", "greet")
ON_LAMBDA = RUNTIME if RUNTIME < "python3.12" else "python3.11"
"""A runtime that every framework's schema knows."""
SMALL = f"""\
service: small
plugins: [serverless-lbundle]
configValidationMode: error
provider: {{ name: aws, runtime: {ON_LAMBDA} }}
"""
ONE = "functions: { hello: { handler: app.hello } }\n"
RIVAL = """\
lbundle packages the Python functions of this service, and so would `custom.pythonRequirements`

hint: to package with lbundle, remove `serverless-python-requirements` from `plugins` and `custom.pythonRequirements`
hint: to package with serverless-python-requirements, remove `serverless-lbundle` from `plugins`
"""
WSGI_RIVAL = """\
lbundle packages the Python functions of this service, and so would the plugin `serverless-wsgi`

hint: set `custom.wsgi.packRequirements: false`, so that `serverless-wsgi` writes its handler alone, and have \
`werkzeug` among the requirements
"""
MISTAKE = """\
lbundle: `serverless.yml` has a mistake:
  serverless.yml  functions.hello.handler: `app.py` does not define `hallo`, it defines: `hello`
"""
APP = "def hello(event, context):\n    return 42\n"


@pytest.fixture
def mixed(tmp_path):
    """The service of twelve functions, with its package and its finished zips."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    project = shutil.copytree(MIXED, tmp_path / "mixed", ignore=shutil.ignore_patterns(".*", "node_modules", "build"))
    (project / "build").mkdir()
    for name, member in (("vendored", "vendored.py"), ("edge", "edge.js")):
        with zipfile.ZipFile(project / "build" / f"{name}.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo(member), "")
    return prepare_service(project)


def small(tmp_path, settings, files=()):
    return prepare_service(
        write_project(tmp_path / "small", {"serverless.yml": settings, "app.py": APP, **dict(files)})
    )


def packaged(project):
    """Return what the framework made: its template without the folder that a time names, and its zips."""
    folder = project / ".serverless"
    state = json.loads((folder / "serverless-state.json").read_text())
    template = (folder / "cloudformation-template-update-stack.json").read_text()
    template = template.replace(state["package"]["artifactDirectoryName"], "FOLDER")
    return json.loads(template)["Resources"], {path.name: path.read_bytes() for path in folder.glob("*.zip")}


def without_python(resources):
    """Leave out the functions that lbundle builds, and their versions, whose names hold digests."""
    heads = tuple(name[0].upper() + name[1:] for name in PYTHON_FUNCTIONS)
    versions = tuple(f"{head}LambdaVersion" for head in heads)
    functions = tuple(f"{head}LambdaFunction" for head in heads)
    return {name: value for name, value in resources.items() if name not in functions and not name.startswith(versions)}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_only_python_zip_functions_change(framework, mixed):
    """Of twelve functions, the five that are Python and not finished get lbundle's zips; all else stays as it was."""
    settings = mixed / "serverless.yml"
    whole = settings.read_text()
    settings.write_text(whole.replace("plugins:\n  - serverless-lbundle\n", ""))
    before = run_framework(framework, mixed, "package", MIXED_RUNTIME=RUNTIME)
    resources_before, zips_before = packaged(mixed)
    settings.write_text(whole)
    after = run_framework(framework, mixed, "package", "--verbose", MIXED_RUNTIME=RUNTIME)
    resources, zips = packaged(mixed)

    assert (before.code, after.code) == (0, 0), before.stderr + after.stderr
    ours = {f"{name}.zip" for name in PYTHON_FUNCTIONS}
    assert set(zips) == {"mixed.zip", "webhook.zip"} | ours
    for name in PYTHON_FUNCTIONS:
        function = resources[f"{name[0].upper()}{name[1:]}LambdaFunction"]["Properties"]
        assert function["Code"]["S3Key"] == f"FOLDER/{name}.zip"
        assert zips[f"{name}.zip"] == (mixed / ".lbundle" / f"{name}.zip").read_bytes()
    assert without_python(resources) == without_python(resources_before)
    assert [zips[name] == zips_before[name] for name in ("mixed.zip", "webhook.zip")] == [True, True]
    left_alone = [line for line in after.stderr.splitlines() if " is left alone: " in line]
    assert left_alone == [
        "lbundle: function `site` is left alone: its runtime is `nodejs20.x`",
        "lbundle: function `webhook` is left alone: its runtime is `nodejs20.x`",
        "lbundle: function `accounting` is left alone: its runtime is `java17`",
        "lbundle: function `thumbnails` is left alone: it is a container image",
        "lbundle: function `model` is left alone: it is a container image",
        "lbundle: function `vendored` is left alone: `package.artifact` names a finished zip",
        "lbundle: function `edge` is left alone: `package.artifact` names a finished zip",
    ]


LAYERS = """\
layers:
  deps:
    description: What all functions share
    compatibleRuntimes: [python3.11]
    lbundle: { requirements: layer-requirements.txt }
"""


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    """Variables with which a framework finds an AWS on loopback, which packaging layers needs, whoever builds them."""
    with serve_aws(tmp_path_factory.mktemp("aws")) as url:
        preload = f"--require={AWS_ENDPOINT}"
        yield {"AWS_ENDPOINT_URL": url, "FRAMEWORKS": str(install_frameworks()), "NODE_OPTIONS": preload}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_layers(framework, tmp_path, aws):
    """A layer's zip of lbundle's is packaged as the layer, its functions leave out what it brings, and run with it."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    functions = "functions: { hello: { handler: app.hello, layers: [{ Ref: DepsLambdaLayer }] } }\n"
    app = "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n"
    files = {"app.py": app, "layer-requirements.txt": "greeter==1.0\n", "requirements.txt": "greeter==1.0\n"}
    settings = LAYERS.replace("python3.11", ON_LAMBDA) + functions
    project = small(tmp_path, SMALL + settings, files)

    ended = run_framework(framework, project, "package", **aws)
    assert ended.code == 0, ended.stderr
    resources, zips = packaged(project)
    invoked = run_framework(framework, project, "invoke", "local", "-f", "hello")

    assert zips == {
        "deps.zip": (project / ".lbundle" / "layers" / "deps.zip").read_bytes(),
        "hello.zip": (project / ".lbundle" / "hello.zip").read_bytes(),
    }
    with zipfile.ZipFile(project / ".serverless" / "hello.zip") as archive:
        assert [name for name in archive.namelist() if "greeter" in name] == []
    assert resources["DepsLambdaLayer"]["Properties"]["Content"]["S3Key"] == "FOLDER/deps.zip"
    assert resources["HelloLambdaFunction"]["Properties"]["Layers"] == [{"Ref": "DepsLambdaLayer"}]
    assert (invoked.code, json.loads(invoked.stdout)) == (0, "hello"), invoked.stderr


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_layers_alone(framework, tmp_path, aws):
    """A service of layers without functions is packaged; a folder stays the framework's to zip."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": "WORD = 'hello'\n"})
    files = {"layer-requirements.txt": "greeter==1.0\n", "shared/python/common.py": "X = 1\n"}
    settings = LAYERS.replace("python3.11", ON_LAMBDA) + "  common: { path: shared }\n"
    project = small(tmp_path, SMALL + settings, files)

    ended = run_framework(framework, project, "package", **aws)
    assert ended.code == 0, ended.stderr
    resources, zips = packaged(project)

    assert zips["deps.zip"] == (project / ".lbundle" / "layers" / "deps.zip").read_bytes()
    with zipfile.ZipFile(project / ".serverless" / "common.zip") as archive:
        assert archive.namelist() == ["python/common.py"]
    keys = {name: resources[f"{name}LambdaLayer"]["Properties"]["Content"]["S3Key"] for name in ("Deps", "Common")}
    assert keys == {"Deps": "FOLDER/deps.zip", "Common": "FOLDER/common.zip"}


def test_a_wrong_key_of_a_layer(tmp_path):
    """The framework refuses a key under a layer's `lbundle` that there is not."""
    settings = LAYERS.replace("requirements:", "requirement:")
    project = small(tmp_path, SMALL + settings)

    ended = run_framework("osls4", project, "package")

    assert ended.code == 1
    assert "at 'layers.deps.lbundle': unrecognized property 'requirement'" in ended.stdout + ended.stderr


LIFT_LIKE = """\
module.exports = class {
  constructor({ service, processedInput, configSchemaHandler }) {
    configSchemaHandler.defineTopLevelProperty('constructs', { type: 'object' });
    const add = () => {
      service.functions.jobsWorker = service.initialServerlessConfig.constructs.jobs.worker;
      service.setFunctionNames(processedInput.options);
    };
    this.hooks = { initialize: add };
  }
};
"""


@pytest.mark.parametrize("framework", ["osls4", "serverless3"])
def test_functions_of_other_kinds(framework, tmp_path):
    """A function that a plugin makes has a zip of ours, one that starts a program is the framework's to package."""
    settings = (
        SMALL.replace("[serverless-lbundle]", "[./lift.js, serverless-lbundle]")
        + "functions: { web: { handler: run.sh } }\n"
        + "constructs: { jobs: { type: queue, worker: { handler: app.hello } } }\n"
    )
    project = small(tmp_path, settings, {"lift.js": LIFT_LIKE, "run.sh": "#!/bin/sh\n"})

    ended = run_framework(framework, project, "package", "--verbose")
    assert ended.code == 0, ended.stdout + ended.stderr
    _, zips = packaged(project)

    assert zips["jobsWorker.zip"] == (project / ".lbundle" / "jobsWorker.zip").read_bytes()
    assert set(zips) == {"jobsWorker.zip", "small.zip"}
    assert "function `web` is left alone: its handler `run.sh` is a program to start" in ended.stderr


def test_a_function_named_like_the_service(tmp_path):
    """The framework's zip of all other functions has the service's name, and may not take the place of ours."""
    functions = "{ small: { handler: app.hello }, other: { handler: other.run, runtime: nodejs20.x } }"
    project = small(tmp_path, SMALL + f"functions: {functions}\n", {"other.js": "exports.run = async () => 1;\n"})

    ended = run_framework("osls4", project, "package")
    resources, zips = packaged(project)

    assert ended.code == 0, ended.stderr
    ours = (project / ".lbundle" / "small.zip").read_bytes()
    assert {name: content == ours for name, content in zips.items()} == {"small.zip": False, "small.lbundle.zip": True}
    keys = {name: resources[f"{name}LambdaFunction"]["Properties"]["Code"]["S3Key"] for name in ("Small", "Other")}
    assert keys == {"Small": "FOLDER/small.lbundle.zip", "Other": "FOLDER/small.zip"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_invoke_local(framework, mixed):
    """`invoke local` runs what the zip holds, with a Python of the function's own version, and prints its answer."""
    ended = run_framework(
        framework, mixed, "invoke", "local", "-f", "createUser", "-d", '{"name": "Ada"}', MIXED_RUNTIME=RUNTIME
    )

    assert ended.code == 0, ended.stderr
    answer = json.loads(ended.stdout)
    unpacked = mixed.resolve() / ".lbundle" / "unpacked" / "createUser"
    assert Path(answer.pop("file")).is_relative_to(unpacked)
    assert answer == {"greeting": "hello", "name": "Ada"}


def test_invoke_local_of_a_runtime_that_the_framework_does_not_know(tmp_path):
    """serverless 3.40 knows Python up to 3.11, and would say of a later one that Docker is not running."""
    settings = SMALL.replace(ON_LAMBDA, "python3.12").replace("configValidationMode: error\n", "")
    project = small(tmp_path, settings + ONE)

    ended = run_framework("serverless3", project, "invoke", "local", "-f", "hello")

    output = ended.stdout + ended.stderr
    assert ended.code == 1
    assert "this framework (3.40.0) cannot invoke python3.12 locally\n\nhint: `lbundle invoke hello` runs" in output
    assert "Docker" not in output


def test_invoke_local_sees_no_source(tmp_path):
    """What the zip lacks is missing when it is invoked, though it lies beside the handler in the source."""
    handler = "import importlib\n\n\ndef hello(event, context):\n    return importlib.import_module(event['name']).X\n"
    left_out = "package: { patterns: ['!hidden.py'] }\n"
    project = small(tmp_path, SMALL + ONE + left_out, {"app.py": handler, "hidden.py": "X = 1\n"})

    ended = run_framework("osls4", project, "invoke", "local", "-f", "hello", "-d", '{"name": "hidden"}')

    assert ended.code == 1
    assert "No module named 'hidden'" in ended.stdout + ended.stderr


def test_package_elsewhere(mixed):
    """With `--package` the zips go along under a path that holds elsewhere, and those of last time are not packaged."""
    run_framework("osls4", mixed, "package", "--package", "out", MIXED_RUNTIME=RUNTIME)
    first = (mixed / "out" / "greet.zip").read_bytes()
    ended = run_framework("osls4", mixed, "package", "--package", "out", MIXED_RUNTIME=RUNTIME)
    state = json.loads((mixed / "out" / "serverless-state.json").read_text())

    assert ended.code == 0, ended.stderr
    assert (mixed / "out" / "greet.zip").read_bytes() == (mixed / ".lbundle" / "greet.zip").read_bytes() == first
    assert state["service"]["functions"]["greet"]["package"] == {
        "artifact": ".serverless/greet.zip",
        "individually": True,
    }


def test_serverless_offline(tmp_path):
    """`offline` answers from the zip."""
    port = free_port()
    settings = (
        SMALL.replace("[serverless-lbundle]", "[serverless-lbundle, serverless-offline]")
        + "functions: { hello: { handler: app.hello, events: [{ httpApi: 'GET /hello' }] } }\n"
    )
    handler = "def hello(event, context):\n    return __file__\n"
    project = write_project(tmp_path / "small", {"serverless.yml": settings, "app.py": handler})
    prepare_service(project, plugins=("serverless-offline",))
    ports = ("--httpPort", str(port), "--lambdaPort", str(free_port()), "--noSponsor")
    server = start_framework("osls4", project, "offline", *ports)
    try:
        answer = ask(f"http://127.0.0.1:{port}/hello", server)
    finally:
        server.terminate()
        server.communicate(timeout=30)

    assert Path(answer).is_relative_to(project.resolve() / ".lbundle" / "unpacked" / "hello")


def ask(url, server):
    """Ask until the server is there."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.read().decode()
        except URLError:
            assert server.poll() is None, server.communicate()[1]
            time.sleep(0.1)
    server.kill()
    pytest.fail("\n".join(server.communicate()))


@pytest.mark.parametrize("framework", ["osls4", "serverless3"])
@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            SMALL + ONE + "custom: { lbundle: { exlude: x } }\n",
            "Configuration error at 'custom.lbundle': unrecognized property 'exlude'",
        ),
        (
            SMALL + "functions: { hello: { handler: app.hello, lbundle: { command: x } } }\n",
            "Configuration error at 'functions.hello.lbundle': unrecognized property 'command'",
        ),
        (
            SMALL + ONE + "custom: { pythonRequirements: { slim: true } }\n",
            RIVAL,
        ),
        (
            SMALL.replace("[serverless-lbundle]", "[serverless-wsgi, serverless-lbundle]") + ONE,
            WSGI_RIVAL,
        ),
        (
            SMALL + "functions: { hello: { handler: app.hallo } }\n",
            MISTAKE,
        ),
        (
            SMALL + ONE + "custom: { lbundle: { command: no-such-lbundle --x } }\n",
            "`no-such-lbundle` cannot be started: spawn no-such-lbundle ENOENT\n\nhint: see `custom.lbundle.command`",
        ),
        (SMALL + ONE + "custom: { lbundle: { limit: { zip: 1 B } } }\n", "lbundle: a bundle is over its limit"),
    ],
    ids=["unknown-key", "unknown-key-of-a-function", "rival", "wsgi", "our-error", "command", "limit"],
)
def test_refused(framework, settings, message, tmp_path):
    """What is wrong ends the command as an error of the framework's own, with our hints and without a stack."""
    plugin = {"node_modules/serverless-wsgi/index.js": "module.exports = class {};\n"}
    ended = run_framework(framework, small(tmp_path, settings, plugin), "package")

    output = ended.stdout + ended.stderr
    assert ended.code == 1
    assert message in output
    assert "    at " not in output


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (SMALL, "the service has no functions"),
        (
            SMALL + "functions: { hello: { handler: app.hello, runtime: nodejs20.x } }\n",
            "function `hello` is left alone: its runtime is `nodejs20.x`",
        ),
    ],
    ids=["resources-only", "another-language"],
)
def test_nothing_to_do(settings, reason, tmp_path):
    """A service without Python functions is packaged as ever, and told why lbundle did nothing."""
    ended = run_framework("osls4", small(tmp_path, settings), "package")

    assert ended.code == 0, ended.stderr
    assert f"lbundle has nothing to do: {reason}\n" in ended.stderr


def node(script):
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, cwd=PLUGIN)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("service", "is_refused"),
    [
        ("{plugins: ['serverless-lbundle', 'serverless-python-requirements']}", True),
        ("{plugins: {modules: ['serverless-python-requirements']}}", True),
        ("{plugins: [], custom: {pythonRequirements: {}}}", True),
        ("{plugins: [], custom: {pythonRequirements: false}}", False),
        ("{plugins: ['serverless-lbundle']}", False),
        ("{}", False),
    ],
)
def test_rivals(service, is_refused):
    """Another plugin that packages Python is refused by its name or its settings, unless they are switched off."""
    script = (
        f"try {{ require('./lib/rivals').refuseRivals({{service: {service}, classes: {{Error}}}});"
        "console.log(false) } catch { console.log(true) }"
    )

    assert node(script) is is_refused


LOCKED = 'name = "lbundle"\n'


@pytest.mark.parametrize(
    ("present", "command", "expected"),
    [
        (("service/.venv/bin/lbundle", "bin/lbundle"), "'uvx  lbundle'", ["uvx", "lbundle"]),
        ((), "['a b', 'c']", ["a b", "c"]),
        (("service/.venv/bin/lbundle", "service/venv/bin/lbundle"), "null", ["service/.venv/bin/lbundle"]),
        (("service/venv/bin/lbundle", "active/bin/lbundle"), "null", ["service/venv/bin/lbundle"]),
        (("active/bin/lbundle", "bin/lbundle"), "null", ["active/bin/lbundle"]),
        (("service/uv.lock", "bin/uv", "bin/lbundle"), "null", ["uv", "run", "lbundle"]),
        (("service/poetry.lock", "bin/poetry", "bin/lbundle"), "null", ["poetry", "run", "lbundle"]),
        (("service/uv.lock", "bin/lbundle"), "null", ["bin/lbundle"]),
        (("bin/lbundle",), "null", ["bin/lbundle"]),
    ],
    ids=["setting", "words", "dot-venv", "venv", "active", "uv", "poetry", "lock-without-uv", "path"],
)
def test_finding_lbundle(present, command, expected, tmp_path):
    """The setting first, then the project's environment, its manager where the lock has lbundle, then the PATH."""
    for name in present:
        write_program(tmp_path / name, LOCKED)
    environment = {"PATH": str(tmp_path / "bin"), "VIRTUAL_ENV": str(tmp_path / "active")}
    serverless = f"{{serviceDir: '{tmp_path}/service', service: {{custom: {{lbundle: {{command: {command}}}}}}}}}"

    found = node(
        f"const found = require('./lib/command').findCommand({serverless}, {json.dumps(environment)});"
        "console.log(JSON.stringify(found))"
    )

    assert [word.removeprefix(f"{tmp_path}/") for word in found] == expected


def test_through_uv(tmp_path):
    """Where `uv.lock` has lbundle, `uv run` installs and starts it, and nothing else has to be there."""
    pyproject = (
        "[project]\nname = 'small'\nversion = '1'\nrequires-python = '>=3.11'\ndependencies = ['lbundle']\n"
        f"[tool.uv.sources]\nlbundle = {{ path = '{PLUGIN.parents[1]}', editable = true }}\n"
    )
    settings = SMALL + ONE + "custom: { lbundle: { requirements: [] } }\n"
    project = small(tmp_path, settings, {"pyproject.toml": pyproject}.items())
    uv = find_uv_bin()
    subprocess.run([uv, "lock", "--quiet"], cwd=project, check=True)
    write_program(tmp_path / "bin" / "uv", f'exec {uv} "$@"')
    (tmp_path / "bin" / "lbundle").unlink()

    ended = run_framework("osls4", project, "package")

    assert ended.code == 0, ended.stdout + ended.stderr
    assert (project / ".serverless" / "hello.zip").is_file()
    assert (project / ".venv" / "bin" / "lbundle").is_file()
