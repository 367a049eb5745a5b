"""Running finished zips: the answer, what is printed, what is apart from the host, and how failures end."""

import json

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, service_settings, write_project

CODE = """
import os, sys

def hello(event, context):
    print("at work for", context.function_name)
    assert 0 < context.get_remaining_time_in_millis() <= 30_000
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
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A built service with a function for each case."""
    folder = tmp_path_factory.mktemp("invoke") / "shop"
    names = ("hello", "fail", "wait", "write", "host", "read", "odd")
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


@pytest.mark.parametrize(
    ("function", "error"),
    [
        ("fail", "KeyError: 'user'\n"),
        ("write", "PermissionError: "),
        ("host", "ModuleNotFoundError: No module named 'pytest'\n\nhint: `lbundle why host pytest` tells whether "),
        ("read", "/task/table.txt'\n\nhint: `lbundle why read table.txt` tells whether it was left out, and "),
        ("odd", "TypeError: Object of type set is not JSON serializable\n"),
    ],
)
def test_failure(project, function, error):
    """What a handler raises is shown: nothing of the host is there, and no file of the zip can be changed."""
    ended = invoke(project, function)

    assert (ended.code, ended.stdout) == (8, "")
    assert "Traceback (most recent call last):" in ended.stderr
    assert error in ended.stderr


def test_timeout(project):
    """A handler that takes too long is ended."""
    ended = invoke(project, "wait", "--timeout", "0.5")

    assert (ended.code, ended.stdout) == (8, "")
    assert "Task timed out after 0.50 seconds\n" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
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
