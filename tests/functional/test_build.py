"""`lbundle build` on small projects: what it writes, what it says, and how it ends."""

import base64
import hashlib
import json
import os
import signal
import socket
import zipfile
from pathlib import Path

import pytest

from bundler import __version__
from tests.support.command_line import RUNTIME, Ended, run_lbundle, service_settings, start_lbundle, write_project
from tests.support.wheels import make_wheel

TAG = RUNTIME.removeprefix("python").replace(".", "")
GUARD = ("_lbundle_guard.pyc", "_lbundle_words.py")
APP = "import greeter\n\n\ndef hello(event, context):\n    return greeter.WORD\n"
SETTINGS = service_settings(hello="app.hello", plain="plain.answer")
PROGRESS = f"""\
Resolving for {RUNTIME} on x86_64
Fetching 1 package
Tracing hello, plain
Compiling for {RUNTIME} on x86_64
Packing hello
Packing plain
"""


@pytest.fixture
def project(tmp_path):
    """A service of two functions, one of which needs a package."""
    make_wheel(
        tmp_path / "wheels",
        "greeter",
        "1.0",
        {
            "greeter/__init__.py": "from greeter.words import WORD\n",
            "greeter/words.py": "WORD = 'hello'\n",
            "greeter/unused.py": "UNUSED = 'x'\n" * 100,
        },
    )
    return write_project(
        tmp_path / "shop",
        {
            "serverless.yml": SETTINGS,
            "requirements.txt": "greeter==1.0\n",
            "app.py": APP,
            "plain.py": "def answer(event, context):\n    return 42\n",
        },
    )


def members(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_zips(project):
    """Each function gets a zip with what it needs and nothing of the other, and a metafile that describes it."""
    ended = run_lbundle(project, "build")

    assert (ended.code, ended.stderr) == (0, PROGRESS)
    output = project / ".lbundle"
    assert sorted(path.name for path in output.iterdir()) == ["hello.json", "hello.zip", "plain.json", "plain.zip"]
    assert members(output / "hello.zip") == [
        f"__pycache__/app.cpython-{TAG}.pyc",
        *GUARD,
        "app.py",
        "greeter-1.0.dist-info/METADATA",
        "greeter/__init__.pyc",
        "greeter/words.pyc",
    ]
    assert members(output / "plain.zip") == [f"__pycache__/plain.cpython-{TAG}.pyc", *GUARD, "plain.py"]
    content = (output / "hello.zip").read_bytes()
    digest = hashlib.sha256(content)
    metafile = read_json(output / "hello.json")
    assert {
        name: metafile[name] for name in ("schema", "function", "service", "runtime", "architecture", "handler")
    } == {
        "schema": "lbundle-metafile/1",
        "function": "hello",
        "service": "shop",
        "runtime": RUNTIME,
        "architecture": "x86_64",
        "handler": "app.hello",
    }
    assert metafile["zip"]["bytes"] == len(content)
    assert metafile["zip"]["sha256"] == digest.hexdigest()
    assert metafile["zip"]["code_sha256"] == base64.b64encode(digest.digest()).decode()
    assert [file["path"] for file in metafile["files"]] == members(output / "hello.zip")


def test_table(project):
    """The table names every function, its sizes, its packages and what was left out, and then the time taken."""
    ended = run_lbundle(project, "build")

    sizes = {name: read_json(project / f".lbundle/{name}.json") for name in ("hello", "plain")}
    lines = ended.stdout.splitlines()
    assert lines[0].split() == ["function", "zip", "unzipped", "files"]
    assert lines[1].split()[0] == "hello"
    assert lines[1].split()[-1] == str(len(sizes["hello"]["files"]))
    assert lines[-1] == "Built 2 functions in 0.00 s, pins from requirements.txt"
    assert max(len(line) for line in lines) <= 80


def test_json(project):
    """With `--json`, standard output is one JSON object and nothing else."""
    ended = run_lbundle(project, "build", "--json")

    told = json.loads(ended.stdout)
    assert (ended.code, told["schema"], told["findings"], told["notes"]) == (0, "lbundle-build/1", [], [])
    assert told["functions"] == [
        {**read_json(project / f".lbundle/{name}.json"), "unchanged": False} for name in ("hello", "plain")
    ]


def test_unchanged(project):
    """A second build keeps the zips, traces nothing, and says so."""
    run_lbundle(project, "build")
    before = {path: path.stat().st_mtime_ns for path in (project / ".lbundle").iterdir()}

    ended = run_lbundle(project, "build")

    assert ended.stderr == ""
    assert ended.stdout.splitlines()[-1] == "Built 0 functions, kept 2 unchanged in 0.00 s, pins from requirements.txt"
    assert {path: path.stat().st_mtime_ns for path in (project / ".lbundle").iterdir()} == before


@pytest.mark.parametrize(
    ("path", "content", "unchanged"),
    [
        ("app.py", APP + "# more\n", [False, True]),
        ("serverless.yml", SETTINGS.replace("runtime:", "architecture: arm64\n  runtime:"), [False, False]),
        ("serverless.yml", SETTINGS.replace("shop", "store"), [False, False]),
    ],
)
def test_changed(project, path, content, unchanged):
    """A function is built anew where a file or setting changed that its zip has to do with."""
    run_lbundle(project, "build")
    (project / path).write_text(content)

    told = json.loads(run_lbundle(project, "build", "--json").stdout)

    assert [function["unchanged"] for function in told["functions"]] == unchanged


def test_damaged_zip(project):
    """A zip that is not what was written is made again."""
    run_lbundle(project, "build", "-f", "plain")
    path = project / ".lbundle/plain.zip"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    told = json.loads(run_lbundle(project, "build", "-f", "plain", "--json").stdout)

    assert [function["unchanged"] for function in told["functions"]] == [False]
    assert path.read_bytes() == whole


def test_same_bytes_anywhere(project, tmp_path):
    """Two folders, two caches and another number of jobs give the same zips and metafiles."""
    other = write_project(
        tmp_path / "elsewhere" / "copy",
        {path.name: path.read_text() for path in project.iterdir()},
    )

    run_lbundle(project, "build", "--jobs", "1")
    run_lbundle(
        other,
        *("build", "--jobs", "3", "--output", "out"),
        PIP_FIND_LINKS=str(tmp_path / "wheels"),
        LBUNDLE_CACHE_DIR=str(tmp_path / "another cache"),
    )

    written = [
        {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
        for folder in (project / ".lbundle", other / "out")
    ]
    assert written[0] == written[1]


def test_same_bytes_alone(project):
    """A function's zip holds no other function's code, and is the same whether the others are built with it or not."""
    assert run_lbundle(project, "build").code == 0
    together = (project / ".lbundle" / "plain.zip").read_bytes()

    assert run_lbundle(project, "build", "--function", "plain", "--output", "alone").code == 0

    assert members(project / "alone" / "plain.zip") == [f"__pycache__/plain.cpython-{TAG}.pyc", *GUARD, "plain.py"]
    assert (project / "alone" / "plain.zip").read_bytes() == together


def test_project_elsewhere(project, tmp_path):
    """A project is built from any folder, and only the functions asked for."""
    ended = run_lbundle(tmp_path, "build", "shop", "--function", "plain", PIP_FIND_LINKS=str(tmp_path / "wheels"))

    assert ended.code == 0
    assert sorted(path.name for path in (project / ".lbundle").iterdir()) == ["plain.json", "plain.zip"]


def test_other_target(project):
    """Runtime and architecture of the command line take the place of the settings'."""
    ended = run_lbundle(project, "build", "--runtime", "python3.13", "--architecture", "arm64", "--json")

    metafile = read_json(project / ".lbundle/hello.json")
    assert (ended.code, metafile["runtime"], metafile["architecture"]) == (0, "python3.13", "arm64")


def test_no_interpreter(project, tmp_path):
    """Where no interpreter of the target's version is, source ships, with one warning for all functions."""
    ended = run_lbundle(
        project,
        *("build", "--runtime", "python3.14"),
        PATH="",
        HOME=str(tmp_path),
        PYENV_ROOT=str(tmp_path),
        XDG_DATA_HOME=str(tmp_path),
    )

    assert members(project / ".lbundle/hello.zip") == [
        "app.py",
        "greeter-1.0.dist-info/METADATA",
        "greeter/__init__.py",
        "greeter/words.py",
    ]
    warnings = [line for line in ended.stdout.splitlines() if line.startswith("warning: no Python")]
    assert warnings == ["warning: no Python 3.14 to compile for, so cold starts compile the source:"]


def limit(settings, text):
    return settings.replace("functions:", f"custom:\n  lbundle:\n    limit: {text}\nfunctions:")


def test_over_limit(project):
    """A bundle over its limit is built and told, with both sizes and the biggest packages, and ends with code 7."""
    (project / "serverless.yml").write_text(limit(SETTINGS, "{unzipped: 500}"))

    ended = run_lbundle(project, "build")

    size = read_json(project / ".lbundle/hello.json")["zip"]["unzipped_bytes"]
    assert ended.code == 7
    text = " ".join(ended.stdout.split())
    assert f"error: hello: the zip unpacks to {size:,} bytes, its limit is 500; biggest: " in text
    assert "greeter" in text.partition("error: hello:")[2]
    assert sorted(path.name for path in (project / ".lbundle").glob("*.zip")) == ["hello.zip", "plain.zip"]


def test_over_limit_json(project):
    """The verdict stands in the JSON object too."""
    (project / "serverless.yml").write_text(limit(SETTINGS, "{zip: 4100}"))

    ended = run_lbundle(project, "build", "--json")

    found = json.loads(ended.stdout)["findings"]
    assert ended.code == 7
    assert [(one["name"], one["level"], one["function"]) for one in found] == [
        ("zip-over-limit", "error", "hello"),
    ]


def test_failure_leaves_the_previous_zip(project):
    """What fails to build leaves the zips of before in place."""
    run_lbundle(project, "build")
    before = {path.name: path.read_bytes() for path in (project / ".lbundle").iterdir()}
    (project / "app.py").write_text("import greeter\n\ndef hello(event, context)\n    return 1\n")

    ended = run_lbundle(project, "build", "-f", "hello", NO_COLOR="1")

    assert ended.code == 5
    assert {path.name: path.read_bytes() for path in (project / ".lbundle").iterdir()} == before


def test_settings_error(tmp_path):
    """A folder without settings ends with code 2."""
    ended = run_lbundle(tmp_path, "build")

    assert ended == Ended(
        code=2,
        stdout="",
        stderr=(
            f"error: `{tmp_path}` has no settings: looked for `serverless.yml`, `serverless.yaml`, `serverless.json`, "
            "`template.yaml`, "
            "`[tool.lbundle] in pyproject.toml`\n"
        ),
    )


def test_unknown_function(project):
    """A function that is not there is an error with a hint, after an empty line."""
    ended = run_lbundle(project, "build", "-f", "helo")

    assert ended == Ended(
        code=2,
        stdout="",
        stderr="error: there is no function `helo`\n\nhint: the functions are: `hello`, `plain`\n",
    )


def test_resolve_error(project):
    """A pin that no index has ends with code 3, and nothing is written."""
    (project / "requirements.txt").write_text("absent==1.0\n")

    ended = run_lbundle(project, "build")

    assert (ended.code, ended.stdout) == (3, "")
    assert "error: " in ended.stderr
    assert "`absent==1.0`" in ended.stderr
    assert not (project / ".lbundle").exists()


def test_output_that_cannot_be_written(project):
    """An output folder that is a file ends with code 6."""
    (project / "taken").touch()

    ended = run_lbundle(project, "build", "--output", "taken")

    assert ended.code == 6
    assert f"error: `{project}/taken/hello.zip` cannot be written: " in ended.stderr


@pytest.mark.parametrize("arguments", [("build", "--no-such"), ("build", "--jobs", "0"), ("no-such",)])
def test_usage(tmp_path, arguments):
    """A command line that cannot be read ends with code 2."""
    assert run_lbundle(tmp_path, *arguments).code == 2


def test_version(tmp_path):
    """`--version` tells the version, before anything heavy is loaded."""
    assert run_lbundle(tmp_path, "--version") == Ended(code=0, stdout=f"lbundle {__version__}\n", stderr="")


def test_interrupted(project):
    """Ctrl-C ends with code 130 and one line, and nothing is written."""
    with socket.create_server(("127.0.0.1", 0)) as silent_index:
        silent_index.settimeout(60)
        index_url = f"http://127.0.0.1:{silent_index.getsockname()[1]}/simple"
        running = start_lbundle(project, "build", PIP_NO_INDEX="0", PIP_FIND_LINKS="", PIP_INDEX_URL=index_url)
        # The build waits for an answer as soon as it has called.
        connection, _ = silent_index.accept()
        running.send_signal(signal.SIGINT)
        stdout, stderr = running.communicate(timeout=60)
        connection.close()

    assert (running.returncode, stdout) == (130, "")
    assert stderr.splitlines()[-1] == "error: interrupted"
    assert not (project / ".lbundle").exists()


def test_interrupted_while_loading(tmp_path):
    """Ctrl-C ends alike before the command line itself is loaded."""
    (tmp_path / "typer.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    shadowed = os.pathsep.join((str(tmp_path), str(Path(__file__).parents[2])))

    ended = run_lbundle(tmp_path, "build", PYTHONPATH=shadowed)

    assert ended == Ended(code=130, stdout="", stderr="error: interrupted\n")
