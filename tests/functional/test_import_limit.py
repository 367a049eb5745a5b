"""The limit of import times: what is measured, what is blamed, and what is said where nothing can be measured."""

import json
import platform

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.wheels import make_wheel

HERE, ELSEWHERE = ("arm64", "x86_64") if platform.machine() == "aarch64" else ("x86_64", "arm64")
SLOW = "import time\n\ntime.sleep(0.2)\n"


@pytest.fixture
def project(tmp_path):
    """A service whose handler imports a slow package, with a cache of its own."""
    make_wheel(
        tmp_path / "wheels",
        "slowly",
        "1.0",
        {"slowly/__init__.py": SLOW + "from slowly import more\n", "slowly/more.py": ""},
    )
    return write_project(
        tmp_path / "shop",
        {
            "requirements.txt": "slowly==1.0\n",
            "app.py": "import json\nimport slowly\n\n\ndef hello(event, context):\n    return 1\n",
        },
    )


def limit(project, time, settings=""):
    text = service_settings(hello="app.hello") + f"custom: {{lbundle: {{limit: {{imports: {time}}}}}}}\n" + settings
    write_project(project, {"serverless.yml": text})


def run(project, *arguments, **environment):
    return run_lbundle(project, *arguments, LBUNDLE_CACHE_DIR=str(project.parent / "cache"), **environment)


def joined(text):
    return " ".join(text.split())


def test_too_slow(project):
    """A handler over its limit fails the build, with both times, the slowest packages and the costliest import."""
    limit(project, "150 ms")

    ended = run(project, "build")

    assert ended.code == 7
    text = joined(ended.stdout)
    assert "error: hello: importing the handler takes 2" in text
    assert "ms (median of 5), its limit is 150 ms; slowest: slowly 2" in text
    assert "`slowly` (app.py:2) costs 2" in text
    assert text.count("(imports-over-limit)") == 1


def test_fast_enough(project):
    """Within its limit a handler passes; the zip and its metafile are those of a service without the limit."""
    limit(project, "1.5 s")
    first = run(project, "build")
    zipped = (project / ".lbundle/hello.zip").read_bytes()
    limit(project, "60 s")
    second = run(project, "build")

    assert (first.code, second.code) == (0, 0)
    assert "importing" not in first.stdout
    assert (project / ".lbundle/hello.zip").read_bytes() == zipped
    assert "seconds" not in json.loads((project / ".lbundle/hello.json").read_bytes())


def test_measured_once(project):
    """An unchanged zip is not measured again: its handler's module does not even run."""
    ran = project.parent / "ran"
    (project / "app.py").write_text(
        f"open({str(ran)!r}, 'a').write('x')\n\n\ndef hello(event, context):\n    return 1\n"
    )
    limit(project, "60 s")
    assert run(project, "build").code == 0
    first = ran.read_text()

    assert run(project, "build").code == 0

    assert (first, ran.read_text()) == ("x" * 6, first)


@pytest.mark.parametrize(
    ("source", "architecture", "problem"),
    [
        ("import os\nos.environ['NAME_OF_TABLE']\n", HERE, "importing `app` failed: KeyError: 'NAME_OF_TABLE'"),
        ("import boto3\n", HERE, "it imports `boto3` of the runtime's, which could not be fetched"),
        ("", ELSEWHERE, f"the bundle is built for {ELSEWHERE}"),
    ],
)
def test_not_measured(project, source, architecture, problem):
    """What cannot be measured is said loudly, with the reason, and fails nothing."""
    (project / "app.py").write_text(source + "\n\ndef hello(event, context):\n    return 1\n")
    limit(project, "800 ms")

    ended = run(project, "build", "--architecture", architecture)

    assert ended.code == 0
    text = joined(ended.stdout)
    start = "warning: hello: the time to import the handler was not measured, so its limit of 800 ms holds nothing: "
    assert start in text
    assert problem in text


@pytest.mark.parametrize("time", ["800", "5 MB", "0 ms", "{a: 1}", "fast"])
def test_not_a_time(project, time):
    """A limit without a unit of time is a mistake of the settings."""
    limit(project, time)

    ended = run(project, "build")

    assert ended.code == 2
    assert "is not a time such as `800 ms` or `1.5 s`" in joined(ended.stderr)


@pytest.mark.slow
def test_formats(project):
    """The check tells of slow handlers in every format, by the line that is to blame."""
    limit(project, "150 ms")
    assert run(project, "baseline").code == 0

    names = ("github", "gitlab", "junit", "sarif", "markdown")
    told = {name: run(project, "check", "--format", name) for name in names}

    ended = {name: (told[name].code, "importing the handler takes" in told[name].stdout) for name in names}
    assert ended == dict.fromkeys(names, (7, True))
    assert "::error file=app.py,line=2,title=hello%3A imports-over-limit::" in told["github"].stdout
    location = json.loads(told["gitlab"].stdout)[0]["location"]
    assert location == {"path": "app.py", "lines": {"begin": 2}}
