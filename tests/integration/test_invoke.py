"""awslambdaric itself: what `invoke` gives is what it gives, and what stands in for it gives the same."""

import json
import os
import re
from dataclasses import replace

import pytest

from bundler.model.invocation import RunSettings
from bundler.model.project import Architecture
from bundler.prove import Seen
from bundler.runtimes import make_target
from tests.support.arm64 import ARM64_PYTHON, arm64_python
from tests.support.installs import find_python
from tests.support.invocations import make_code, run_code

pytestmark = [pytest.mark.network, pytest.mark.slow]

CODE = """
import decimal, json, logging, os, sys

class Odd(Exception):
    pass

def hello(event, context):
    print("at work")
    logging.getLogger("shop").warning("careful: %s", "ö")
    assert context.get_remaining_time_in_millis() > 0
    arn, group = context.invoked_function_arn, context.log_group_name
    return {"n": decimal.Decimal("1.5"), "text": "ö", "arn": arn, "group": group}

def fail(event, context):
    deeper()

def deeper():
    raise Odd("no, ö")

def logged(event, context):
    try:
        deeper()
    except Odd:
        logging.getLogger("shop").exception("caught")

def bare(event, context):
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter("%(message)s"))
    logging.getLogger().warning("one")
    logging.getLogger().warning("two")

def odd(event, context):
    return {"a": {1, 2}}

def streams(event, context):
    yield "one"
    yield "two"

def leave(event, context):
    os._exit(7)

def sysexit(event, context):
    sys.exit(3)

def missing(event, context):
    import nowhere
"""
SOURCES = {
    "import": "import nowhere.at_all\n",
    "syntax": "x = 1\ndef (\n",
    "raises": "1 / 0\n",
    "exits": "import sys\nsys.exit(4)\n",
    **dict.fromkeys(
        ("hello", "fail", "logged", "bare", "odd", "streams", "leave", "sysexit", "missing", "absent"), CODE
    ),
}


@pytest.mark.parametrize("logs", ["text", "json"])
@pytest.mark.parametrize("case", SOURCES)
def test_as_awslambdaric(case, logs, tmp_path, tmp_path_factory, monkeypatch):
    """For every shape of answer and error, the real client, apart or plain, and the one that stands in say the same."""
    code = make_code(tmp_path, SOURCES[case], case)
    settings = RunSettings(timeout_seconds=10, has_json_logs=logs == "json")
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "cache-of-clients"))

    real = run_code(code, {}, settings=settings, is_offline=False)
    plain = run_code(code, {}, settings=settings, is_offline=False, is_isolated=False)
    monkeypatch.setattr("bundler.prove.invoke.runtime_client", lambda *_, **__: None)
    stand_in = run_code(code, {}, settings=settings, is_offline=False)

    assert real.notes == []
    assert describe(plain, str(code.task)) == describe(real, "/var/task")
    assert describe(stand_in, "/var/task") == describe(real, "/var/task")


def describe(ran, task):
    """Return what came of an event, without what is never the same twice."""
    answer = ran.last.answer and json.loads(ran.last.answer)
    error = ran.last.error and {**ran.last.error, "requestId": None}
    log = ran.log.replace(ran.last.request_id, "ID")
    log = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", "TIME", log)
    log = re.sub(r"(Duration: |Used: |Ms\": |UsedMB\": )[\d.]+", r"\1N", log)
    # Newer clients warn of a module that does not load; the files of a client differ where it shows that it was left.
    log = "".join(line for line in log.splitlines(keepends=True) if "LAMBDA_WARNING" not in line)
    log = re.sub(
        r"(\(most recent call last\):\n)(?:.*\n)*?(.*app\.py\", line \d+, in (sysexit|<module>))", r"\1\2", log
    )
    text = json.dumps([answer, error, log], ensure_ascii=False).replace(task, "TASK")
    return json.loads(text.replace(ran.last.request_id, "ID"))


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13", "3.14"])
def test_clients_of_all_runtimes(version, tmp_path):
    """Each runtime's newest client runs, whatever its loop is called with."""
    if find_python(version) is None:
        pytest.skip(f"there is no CPython {version} on this machine")
    target = make_target(f"python{version}", Architecture.X86_64)
    code = replace(make_code(tmp_path, CODE, "hello"), target=target)
    seen = Seen()

    ran = run_code(code, {}, {}, is_offline=False, seen=seen)

    assert ran.notes == []
    assert [json.loads(one.answer)["n"] for one in ran.done] == [1.5, 1.5]
    assert seen.touched == {"app.py"}


ARM64 = """
import os, sys

def handle(event, context):
    return [os.uname().machine, sys.version_info[:2], context.function_name]
"""


@pytest.mark.parametrize("how", ["qemu on the path", "a program that calls it"])
def test_another_architecture(how, tmp_path, monkeypatch):
    """What is built for arm64 runs on x86-64 through qemu, apart from the host, with Lambda's own client."""
    program = arm64_python()
    host, prefix = program.parent / "host" / "usr" / "bin", program.parent / "prefix" / "usr" / "bin"
    if how == "qemu on the path":
        monkeypatch.setenv("PATH", f"{host}:{os.environ['PATH']}")
        monkeypatch.setenv("LBUNDLE_PYTHON_3_11_ARM64", str(prefix / f"python{ARM64_PYTHON}"))
    else:
        monkeypatch.setenv("LBUNDLE_PYTHON_3_11", str(program))
    target = make_target(f"python{ARM64_PYTHON}", Architecture.ARM64)
    code = replace(make_code(tmp_path, ARM64, "handle"), target=target)

    ran = run_code(code, is_offline=False, settings=RunSettings(timeout_seconds=60))

    assert ran.last.error is None, ran.log
    assert json.loads(ran.last.answer) == ["aarch64", [3, 11], "handle"]
    assert ran.notes == ["arm64 is emulated: times and memory are not Lambda's"]
