"""Layers of a service: their zips, what functions leave to them, and what a function with its layers answers."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, write_project
from tests.support.isolated import run_event, unzip
from tests.support.wheels import digest_of, make_wheel

SETTINGS = f"""\
service: shop
provider: {{ name: aws, runtime: {RUNTIME} }}
layers:
  deps:
    lbundle: {{ requirements: layer-requirements.txt }}
  our-own:
    path: shared
functions:
  report:
    handler: app.report
    layers:
      - !Ref DepsLambdaLayer
      - {{ Ref: OurDashownLambdaLayer }}
  plain:
    handler: app.plain
"""
APP = """\
def report(event, context):
    import shapes, words
    from common.names import NAME
    return [shapes.corners(event["sides"]), shapes.version(), words.GREETING, NAME]

def plain(event, context):
    import words
    return words.GREETING
"""
SHAPES = {
    "shapes/__init__.py": """\
from importlib.metadata import version as _version
from pathlib import Path
from shapes.docs import TEXT
from colours import RED

def corners(sides):
    return [sides, RED, TEXT, (Path(__file__).parent / "data.txt").read_text()]

def version():
    return _version("shapes")
""",
    "shapes/unused.py": "UNUSED = 1\n",
    "shapes/data.txt": "data",
    "shapes/spare.bin": "spare",
    "shapes/docs/__init__.py": "TEXT = 'documented'\n",
    "shapes/docs/guide.md": "guide\n",
    "shapes/tests/__init__.py": "",
    "shapes/tests/test_shapes.py": "import pytest\n",
    "shapes/core.pyi": "",
}
FILES = {
    "serverless.yml": SETTINGS,
    "app.py": APP,
    "requirements.txt": "shapes==1.0\ncolours==1.0\nwords==2.0\n",
    "shared/python/common/__init__.py": "",
    "shared/python/common/names.py": "import words\nNAME = words.GREETING.upper()\n",
    "shared/bin/tool": "#!/bin/sh\n",
}


ZIPS = ("layers/deps.zip", "layers/our-own.zip", "report.zip", "plain.zip")


def make_wheels(folder: Path) -> Path:
    make_wheel(folder, "shapes", "1.0", SHAPES, requires=["colours"])
    make_wheel(folder, "shapes", "1.1", {"shapes/__init__.py": ""})
    make_wheel(folder, "colours", "1.0", {"colours.py": "RED = 'red'\n"})
    make_wheel(folder, "words", "2.0", {"words.py": "GREETING = 'hello'\n"})
    return folder


def make_project(folder: Path, files: dict[str, str]) -> Path:
    wheels = make_wheels(folder / "wheels")
    # With its hash the pin is all of the lock: what it needs beyond it stays out of the layer.
    pins = f"shapes==1.0 --hash=sha256:{digest_of(wheels / 'shapes-1.0-py3-none-any.whl')}\n"
    return write_project(folder / "shop", {"layer-requirements.txt": pins} | FILES | files)


@pytest.fixture
def project(tmp_path):
    return make_project(tmp_path, {})


def names(project: Path, zip_path: str) -> list[str]:
    with zipfile.ZipFile(project / ".lbundle" / zip_path) as archive:
        return archive.namelist()


def build(project: Path, *options: str) -> dict:
    ended = run_lbundle(project, "build", "--json", *options)
    assert ended.code == 0, ended.stderr
    return json.loads(ended.stdout)


MISTAKES = f"""\
error: `serverless.yml` has 5 mistakes:
  serverless.yml:5  layers.two.path: ships a folder as it is, but other settings say how to build the layer: keep one \
of the two
  serverless.yml:8  layers.several.compatibleRuntimes: what lbundle builds is for one runtime: name one, and make a \
layer for each
  serverless.yml:11  layers.gone.path: the folder `sharde` is not there, did you mean `shared`?
  serverless.yml:13  layers.odd.lbundle.include: unknown key, did you mean `exclude`?
  serverless.yml:18  functions.report: uses the layer `other`, which is built for python3.9 on x86_64, \
not {RUNTIME} on x86_64
"""
NAMELESS = (
    "nothing is known of what a layer that only a deployment knows brings to `one`, `two`: "
    "name its packages in `external`"
)


def read(project: Path, zip_path: str) -> bytes:
    return (project / ".lbundle" / zip_path).read_bytes()


def answer(project: Path, function: str, folder: Path, *, layers: tuple[str, ...], event: object) -> object:
    """Unpack a function and its layers apart, as Lambda does, and run the function."""
    task, opt = folder / "task", folder / "opt"
    opt.mkdir(parents=True)
    unzip(project / ".lbundle" / f"{function}.zip", task)
    for layer in layers:
        unzip(project / ".lbundle" / "layers" / f"{layer}.zip", opt)
    packages = opt / "python"
    run = run_event(
        task,
        f"app.{function}",
        event,
        python=Path(sys.executable),
        runtime_packages=packages if packages.is_dir() else None,
        environment={},
    )
    assert run.error is None, run.error
    return run.answer


def test_whole_packages_without_tests(project):
    """A layer holds whole packages as bytecode, thin metadata and data, also what no function here asks for.

    Tests, stubs and documents stay out; a module in a folder called `docs` ships, as another one imports it.
    """
    build(project)

    assert names(project, "layers/deps.zip") == [
        "python/shapes-1.0.dist-info/METADATA",
        "python/shapes/__init__.pyc",
        "python/shapes/data.txt",
        "python/shapes/docs/__init__.pyc",
        "python/shapes/spare.bin",
        "python/shapes/unused.pyc",
    ]


def test_folder_ships_as_it_is(project):
    """A layer with a path holds its files as they are, with the right to run programs."""
    (project / "shared" / "bin" / "tool").chmod(0o755)
    build(project)

    with zipfile.ZipFile(project / ".lbundle" / "layers" / "our-own.zip") as archive:
        modes = {entry.filename: oct(entry.external_attr >> 16) for entry in archive.infolist()}
    assert modes == {
        "bin/tool": "0o100755",
        "python/common/__init__.py": "0o100644",
        "python/common/names.py": "0o100644",
    }


def test_function_leaves_out_what_layers_bring(project):
    """A function ships what it and its layers' packages import, except what the layers hold.

    `colours` is needed by the layer's package alone, and no layer has it.
    """
    build(project)

    shipped = {name.partition("/")[0] for name in names(project, "report.zip")}
    assert shipped == {
        "__pycache__",
        "app.py",
        "colours-1.0.dist-info",
        "colours.pyc",
        "words-2.0.dist-info",
        "words.pyc",
    }


def test_answer_equals_that_of_the_full_install(project, tmp_path):
    """The function and its layers, unpacked apart, answer as the function does that holds everything."""
    build(project)
    event = {"sides": 3}
    with_layers = answer(project, "report", tmp_path / "layered", layers=("deps", "our-own"), event=event)
    common = {path.removeprefix("shared/python/"): text for path, text in FILES.items() if "/python/" in path}
    settings = SETTINGS.partition("layers:\n")[0] + "functions: { report: { handler: app.report } }\n"
    whole = make_project(tmp_path / "whole", {"serverless.yml": settings, **common})
    build(whole)

    assert with_layers == answer(whole, "report", tmp_path / "full", layers=(), event=event)
    assert with_layers == [[3, "red", "documented", "data"], "1.0", "hello", "HELLO"]


def test_provider_layers(project):
    """Layers of the provider come with each function that names none of its own."""
    settings = SETTINGS.replace(f"runtime: {RUNTIME}", f"runtime: {RUNTIME}, layers: [Ref: OurDashownLambdaLayer]")
    (project / "serverless.yml").write_text(settings)

    metafiles = {metafile["function"]: metafile for metafile in build(project)["functions"]}

    used = {name: [layer["name"] for layer in metafile["layers"]] for name, metafile in metafiles.items()}
    assert used == {"report": ["deps", "our-own"], "plain": ["our-own"]}


def test_other_version_in_the_layer(tmp_path):
    """Where layer and lock disagree on a version, the layer's is used, and both are named."""
    project = make_project(tmp_path, {"requirements.txt": "shapes==1.1\ncolours==1.0\nwords==2.0\n"})

    metafiles = {metafile["function"]: metafile for metafile in build(project)["functions"]}

    conflict = "the layer `deps` brings shapes 1.0, which is used, though `requirements.txt` line 1 asks for 1.1"
    assert conflict in metafiles["report"]["warnings"]
    assert conflict not in metafiles["plain"]["warnings"]
    assert "words" not in {package["name"] for package in build(project)["layers"][0]["packages"]}


def test_layer_from_elsewhere(tmp_path):
    """Of a layer from elsewhere nothing is known, which is said once; `external` tells what it brings."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:geo:3"
    settings = (
        f"service: shop\nprovider: {{ name: aws, runtime: {RUNTIME}, layers: ['{arn}', '${{ssm:/layer}}'] }}\n"
        "custom: { lbundle: { external: [geo-shapes] } }\n"
        "functions: { one: { handler: app.one }, two: { handler: app.two } }\n"
    )
    app = "import geo_shapes\nimport elsewhere\n\n\ndef one(event, context): ...\n\n\ndef two(event, context): ...\n"
    project = write_project(tmp_path / "shop", {"serverless.yml": settings, "app.py": app})

    said = build(project)

    assert said["notes"] == [
        f"nothing is known of what the layer `{arn}` brings to `one`, `two`: name its packages in `external`",
        NAMELESS,
    ]
    assert said["functions"][0]["warnings"] == [
        "app.py:2 imports `elsewhere`, which is left to the layers that nothing is known of"
    ]


def test_same_bytes_and_unchanged(project, tmp_path):
    """Layers are the same bytes wherever they are built, stay when nothing changes, and change alone when one does."""
    build(project)
    other = make_project(tmp_path / "other", {})
    build(other)
    same = [read(project, zip_path) == read(other, zip_path) for zip_path in ZIPS]
    again = build(project)
    (project / "shared" / "python" / "common" / "names.py").write_text("NAME = 1\n")
    changed = build(project)

    assert same == [True, True, True, True]
    assert [layer["unchanged"] for layer in again["layers"]] == [True, True]
    assert [function["unchanged"] for function in again["functions"]] == [True, True]
    assert [layer["unchanged"] for layer in changed["layers"]] == [True, False]
    assert [function["unchanged"] for function in changed["functions"]] == [False, True]


def test_one_function(project):
    """With one function, only the layers it uses are built, and its zip is the same."""
    build(project)
    whole = read(project, "plain.zip")

    said = build(project, "--function", "plain")

    assert said["layers"] == []
    assert read(project, "plain.zip") == whole


def test_table(project):
    """The table names layers first."""
    ended = run_lbundle(project, "build")

    lines = ended.stdout.splitlines()
    assert lines[0].split() == ["layer", "zip", "unzipped", "files"]
    assert [line.split()[0] for line in lines if line[:1].strip()][:4] == ["layer", "deps", "our-own", "total"]


def test_plain_settings(tmp_path):
    """`[tool.lbundle.layers.NAME]` declares a layer, and functions name it."""
    pyproject = f"""\
[tool.lbundle]
runtime = "{RUNTIME}"
[tool.lbundle.layers.deps]
requirements = "layer-requirements.txt"
[tool.lbundle.layers.common]
path = "shared"
[tool.lbundle.functions.report]
handler = "app.report"
layers = ["deps", "common"]
"""
    project = make_project(tmp_path, {"pyproject.toml": pyproject})
    (project / "serverless.yml").unlink()

    build(project)

    assert answer(project, "report", tmp_path / "run", layers=("deps", "common"), event={"sides": 4})[1:] == [
        "1.0",
        "hello",
        "HELLO",
    ]


def test_mistakes(tmp_path):
    """What is wrong with layers is said with its place, all at once."""
    settings = f"""\
service: shop
provider: {{ name: aws, runtime: {RUNTIME} }}
layers:
  two:
    path: shared
    lbundle: {{ requirements: layer-requirements.txt }}
  several:
    compatibleRuntimes: [python3.11, python3.12]
    lbundle: {{}}
  gone:
    path: sharde
  odd:
    lbundle: {{ include: [a] }}
  other:
    compatibleRuntimes: [python3.9]
    lbundle: {{}}
functions:
  report:
    handler: app.report
    layers: [{{ Ref: OtherLambdaLayer }}]
"""
    project = make_project(tmp_path, {"serverless.yml": settings})

    ended = run_lbundle(project, "build")

    assert ended.code == 2
    assert ended.stderr == MISTAKES


def test_invoke(project):
    """`invoke` lays the function's layers out beside it, and says which one is not there."""
    build(project)
    (project / "event.json").write_text('{"sides": 3}')

    ended = run_lbundle(project, "invoke", "report", "--event", "event.json", "--offline")
    (project / ".lbundle" / "layers" / "deps.zip").unlink()
    without = run_lbundle(project, "invoke", "report", "--offline")

    assert json.loads(ended.stdout) == [[3, "red", "documented", "data"], "1.0", "hello", "HELLO"]
    assert without.code == 2
    missing = project.resolve() / ".lbundle" / "layers" / "deps.zip"
    assert without.stderr.startswith(f"error: `report` runs with the layer `deps`, and there is no `{missing}`\n")


def test_invoke_finds_programs_and_libraries_of_layers(tmp_path):
    """Programs of a layer are on the PATH, and its libraries where the dynamic linker looks."""
    app = """\
import os, subprocess

def run(event, context):
    return [subprocess.run(["tool"], capture_output=True, text=True).stdout, os.environ["LD_LIBRARY_PATH"]]
"""
    settings = (
        f"service: shop\nprovider: {{ name: aws, runtime: {RUNTIME}, layers: [{{ Ref: ToolsLambdaLayer }}] }}\n"
        "layers: { tools: { path: shared } }\nfunctions: { run: { handler: app.run } }\n"
    )
    files = {"serverless.yml": settings, "app.py": app, "shared/bin/tool": "#!/bin/sh\necho cut\n"}
    project = write_project(tmp_path / "shop", files)
    build(project)

    ended = run_lbundle(project, "invoke", "run", "--offline")

    said, libraries = json.loads(ended.stdout)
    assert (said, libraries.rpartition("/")[2], libraries.rpartition("/")[0][-4:]) == ("cut\n", "lib", "/opt")


def test_verify(project):
    """`verify` holds a layer's zip against its metafile, and tells of layers that are not those of the build."""
    build(project)
    layers = project / ".lbundle" / "layers"

    whole = run_lbundle(project, "verify", *(f".lbundle/{zip_path}" for zip_path in ZIPS[:3]))
    (layers / "deps.zip").write_bytes((layers / "our-own.zip").read_bytes())
    (layers / "our-own.zip").unlink()
    changed = run_lbundle(project, "verify", ".lbundle/report.zip")

    assert (whole.code, whole.stdout) == (0, "ok: deps\nok: our-own\nok: report\n")
    assert changed.stdout.splitlines() == [
        "warning: report: the zip of the layer `deps` is not the one that the function was built with (layer-changed)",
        "warning: report: the zip of the layer `our-own` is not there: `layers/our-own.zip` (layer-missing)",
    ]


def test_import_limit(project):
    """The import of a handler that needs its layers is timed with them."""
    app = APP.replace("def report", "import shapes\n\n\ndef report", 1)
    (project / "app.py").write_text(app)
    limit = "    lbundle: { limit: { imports: 9 s } }\n"
    (project / "serverless.yml").write_text(SETTINGS.replace("  plain:\n", f"{limit}  plain:\n"))

    said = build(project, "--offline", "--function", "report")

    assert said["findings"] == []


def test_report_counts_layers(project):
    """The report names layers where it tells what is left of Lambda's limit."""
    build(project)

    ended = run_lbundle(project, "report", "report")

    lines = [line.split() for line in ended.stdout.splitlines() if line.endswith(", counted with it")]
    assert [line[line.index("layer") + 1] for line in lines] == ["deps,", "our-own,"]


def test_lock(project):
    """`lock` writes locks of layers too."""
    (project / "serverless.yml").write_text(SETTINGS.replace("layer-requirements.txt", "layer.in"))
    write_project(project, {"layer.in": "shapes<1.1\n"})

    ended = run_lbundle(project, "lock", "--resolver", "pip-tools")

    assert ended.code == 0, ended.stderr
    pins = [line.split()[0] for line in (project / "layer.txt").read_text().splitlines() if "==" in line]
    assert pins == ["colours==1.0", "shapes==1.0"]
