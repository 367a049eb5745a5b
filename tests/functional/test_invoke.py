"""Running finished zips: the answer, what is printed, what is apart from the host, and how failures end."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project

CODE = """
import os, sys

def hello(event, context):
    print("at work for", context.function_name)
    assert 0 < context.get_remaining_time_in_millis() <= 6_000
    return {"got": event, "table": os.environ.get("TABLE"), "home": os.environ.get("LBUNDLE_CACHE_DIR")}

def fail(event, context):
    raise KeyError("user")

def wait(event, context):
    import time
    time.sleep(20)

def write(event, context):
    open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "new"), "w")

def host(event, context):
    import pytest

def read(event, context):
    open(os.path.join(os.environ["LAMBDA_TASK_ROOT"], "table.txt"))

def odd(event, context):
    return {1, 2}

def fork(event, context):
    import time
    if os.fork() == 0:
        time.sleep(60)
    return "parent"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A built service with a function for each case."""
    folder = tmp_path_factory.mktemp("invoke") / "shop"
    names = ("hello", "fail", "wait", "write", "host", "read", "odd", "fork")
    settings = service_settings(**{name: f"app.{name}" for name in names})
    write_project(
        folder, {"serverless.yml": settings, "app.py": CODE, "event.json": '{"a": [1, null]}', "bad.json": "{"}
    )
    assert run_lbundle(folder, "build").code == 0
    return folder


def invoke(project, *arguments):
    return run_lbundle(project, "invoke", *arguments, "--offline", LBUNDLE_CACHE_DIR=str(project.parent / "cache"))


def test_answer(project):
    """The answer alone stands on stdout, prints go to stderr; of the environment only what was given is seen."""
    ended = invoke(project, "hello", "--event", "event.json", "--env", "TABLE=a=b")

    assert (ended.code, json.loads(ended.stdout)) == (0, {"got": {"a": [1, None]}, "table": "a=b", "home": None})
    assert "at work for hello\n" in ended.stderr


def test_folders_on_the_path(tmp_path):
    """What the function's `PYTHONPATH` names is searched, as Lambda does."""
    settings = (
        f"service: shop\nprovider: {{name: aws, runtime: {RUNTIME}, environment: {{PYTHONPATH: src}}}}\n"
        "functions: {hello: {handler: src/app.hello}}\n"
    )
    files = {
        "src/app.py": "import shop\ndef hello(event, context):\n    return shop.NAME\n",
        "src/shop.py": "NAME = 1\n",
    }
    write_project(tmp_path / "shop", {"serverless.yml": settings, "requirements.txt": "", **files})
    assert run_lbundle(tmp_path / "shop", "build").code == 0

    ended = invoke(tmp_path / "shop", "hello")

    assert (ended.code, json.loads(ended.stdout)) == (0, 1)


def test_files_that_were_left_out(tmp_path):
    """A file that was left out and asked for is named where the function makes do too, unless runs are measured."""
    code = (
        "def hello(event, context):\n    for name in ('rates.txt', 'never.txt'):\n        try:\n"
        "            return open(name).read()\n        except OSError:\n            pass\n    return 'none'\n"
    )
    settings = service_settings(hello="app.hello") + "package: {patterns: ['!rates.txt']}\n"
    write_project(tmp_path / "shop", {"serverless.yml": settings, "app.py": code, "rates.txt": "1"})
    assert run_lbundle(tmp_path / "shop", "build").code == 0

    ended = invoke(tmp_path / "shop", "hello")
    repeated = invoke(tmp_path / "shop", "hello", "--warm", "2")

    assert (ended.code, ended.stdout) == (0, '"none"\n')
    note = (
        "note: `rates.txt` was asked for and is left out (`package.patterns` leaves it out): "
        "`lbundle why hello rates.txt` tells how to keep it"
    )
    assert [line for line in ended.stderr.splitlines() if ".txt" in line] == [note]
    assert "rates.txt" not in repeated.stderr


@pytest.mark.parametrize(
    ("function", "kind", "message", "hint"),
    [
        ("fail", "KeyError", "'user'", ""),
        ("write", "", "", ""),
        ("host", "ModuleNotFoundError", "No module named 'pytest'", "`lbundle why host pytest` tells whether "),
        ("read", "FileNotFoundError", "/task/table.txt'", "`lbundle why read table.txt` tells whether it was left out"),
        ("odd", "Runtime.MarshalError", "Object of type set is not JSON serializable", ""),
    ],
)
def test_failure(project, function, kind, message, hint):
    """What a handler raises is shown as Lambda does; nothing of the host is there, and the zip cannot be changed."""
    ended = invoke(project, function)

    error = json.loads(next(line for line in ended.stderr.splitlines() if line.startswith("{")))
    assert (ended.code, ended.stdout) == (8, "")
    assert error["errorType"] == kind or error["errorType"] in ("OSError", "PermissionError")
    assert message in error["errorMessage"]
    assert "Traceback (most recent call last):\n" in ended.stderr
    assert ended.stderr.partition("\nhint: ")[2].startswith(hint)


def test_timeout(project):
    """A handler that takes too long is ended."""
    ended = invoke(project, "wait", "--timeout", "0.5")

    assert (ended.code, ended.stdout) == (8, "")
    assert "Task timed out after 0.50 seconds\n" in ended.stderr


def test_a_forked_process_holds_nothing_up(project):
    """What a handler leaves behind keeps neither its answer nor the command."""
    ended = invoke(project, "fork", "--timeout", "20")

    assert (ended.code, ended.stdout) == (0, '"parent"\n')


@pytest.mark.parametrize(
    "words",
    [
        ("--function", "hello", "--path", "event.json", "-e", "TABLE=a=b"),
        ("-f", "hello", "-p", "event.json", "-e", "TABLE=a=b"),
        ("-f", "hello", "--data", '{"a": [1, null]}', "--env", "TABLE=a=b"),
        ("hello", "-d", '{"a": [1, null]}', "-e", "TABLE=a=b"),
    ],
)
def test_called_as_serverless_is(project, words):
    """The words of `serverless invoke local` mean here what they mean there."""
    ended = invoke(project, *words)

    answer = json.loads(ended.stdout)
    assert (ended.code, answer["got"], answer["table"]) == (0, {"a": [1, None]}, "a=b")


def test_event_from_stdin(project):
    """What is piped to the command is the event, and a pipe into which nobody writes holds nothing up."""
    command = [sys.executable, "-m", "bundler", "invoke", "-f", "hello", "--offline"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    reading, writing = os.pipe()

    piped = subprocess.run(command, cwd=project, env=environment, input=b'{"b": 2}', capture_output=True, check=True)
    waiting = subprocess.run(command, cwd=project, env=environment, stdin=reading, capture_output=True, check=True)
    for end in (reading, writing):
        os.close(end)

    assert json.loads(piped.stdout)["got"] == {"b": 2}
    assert json.loads(waiting.stdout)["got"] == {}


def test_settings_of_the_function(tmp_path):
    """Timeout, memory size, variables and log format are those of the settings; a value not known here is told."""
    settings = (
        f"service: shop\nprovider:\n  name: aws\n  runtime: {RUNTIME}\n  timeout: 9\n"
        "  environment: {A: 1, B: !Ref Users}\n"
        "functions:\n  hello:\n    handler: app.hello\n    memorySize: 333\n    environment: {C: true}\n"
        "    loggingConfig: {logFormat: JSON, applicationLogLevel: INFO}\n"
    )
    source = (
        "import logging, os\ndef hello(event, context):\n    logging.getLogger().info('hi')\n    return [round("
        "context.get_remaining_time_in_millis() / 1000), context.memory_limit_in_mb, *map(os.environ.get, 'ABC')]\n"
    )
    write_project(tmp_path / "shop", {"serverless.yml": settings, "requirements.txt": "", "app.py": source})
    assert run_lbundle(tmp_path / "shop", "build").code == 0

    ended = invoke(tmp_path / "shop", "hello")

    assert json.loads(ended.stdout) == [9, "333", "1", None, "true"]
    assert "note: only a deployment knows the value of `B`: `--env NAME=VALUE` gives one\n" in ended.stderr
    assert '"level": "INFO", "message": "hi"' in ended.stderr
    assert '"memorySizeMB": 333' in ended.stderr


def test_repeated(project):
    """`--warm` gives the event to one process again and again, `--cold` to fresh ones and tells how long they took."""
    warm = invoke(project, "hello", "--warm", "3")
    cold = invoke(project, "hello", "--cold", "2")

    assert [warm.stdout.count("\n"), warm.stderr.count("Init Duration"), warm.stderr.count("REPORT")] == [3, 1, 3]
    assert [cold.stdout.count("\n"), cold.stderr.count("Init Duration"), cold.stderr.count("REPORT")] == [2, 2, 2]
    assert re.search(
        r"^init of 2 cold starts: median \d+\.\d ms, from \d+\.\d to \d+\.\d ms$", cold.stderr, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "error: no function is named"),
        (("hello", "--data", "{"), "error: the event in `--data` is not JSON: "),
        (("nobody",), "error: there is no zip of `nobody` in "),
        (("hello", "--event", "bad.json"), "error: the event in `bad.json` is not JSON: "),
        (("hello", "--event", "none.json"), "error: `none.json` cannot be read: "),
        (("hello", "--env", "TABLE"), "error: `TABLE` is not of the form `NAME=VALUE`"),
    ],
)
def test_mistakes(project, arguments, message):
    """What is wrong with the call is one error, and nothing runs."""
    ended = invoke(project, *arguments)

    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(message)
