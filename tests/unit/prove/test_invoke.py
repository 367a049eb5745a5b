"""Functions that are run as Lambda runs them: errors in its shapes, hostile endings, what is apart from the host."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from bundler.errors import NoNamespacesError
from bundler.model.invocation import RunSettings
from bundler.prove import Runtime, Seen, sandbox
from bundler.prove.bubblewrap import find_bubblewrap
from bundler.prove.sandbox import SandboxError
from tests.support.invocations import RUNTIME, make_code, run_code

CODE = """
import ctypes, json, logging, os, signal, sys, threading, time

loaded = time.monotonic()
count = 0

def hello(event, context):
    print("at work for", context.function_name)
    logging.getLogger().warning("careful: %s", event)
    return {"got": event, "left": context.get_remaining_time_in_millis(), "memory": context.memory_limit_in_mb}

def bare(event, context):
    for handler in logging.getLogger().handlers:
        handler.setFormatter(logging.Formatter("%(message)s"))
    for message in ("one", "two"):
        logging.getLogger().warning(message)
    print("three")

def fail(event, context):
    raise KeyError("user")

def odd(event, context):
    return {1, 2}

def generator(event, context):
    yield 1

def binary(event, context):
    return b"x"

def large(event, context):
    return "x" * 7_000_000

def never(event, context):
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        pass

def leave(event, context):
    os._exit(event)

def sysexit(event, context):
    sys.exit(3)

def base(event, context):
    raise KeyboardInterrupt("no")

def crash(event, context):
    os.kill(os.getpid(), signal.SIGSEGV)

def flood(event, context):
    for _ in range(200):
        sys.stdout.write("x" * 1_000_000)
    return 1

def fork(event, context):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(60)
        os._exit(0)
    return os.getpid()

def double(event, context):
    os.fork()
    return 1

def eat(event, context):
    kept = []
    while True:
        kept.append(b"x" * 1_000_000)

def reserve(event, context):
    import mmap
    kept = mmap.mmap(-1, 4_000_000_000)
    return len(kept)

def eat_in_child(event, context):
    if os.fork() == 0:
        eat(event, context)
    os.wait()

def counted(event, context):
    global count
    count += 1
    return [os.getpid(), count]

def write(event, context):
    return [attempt(event["path"])]

def attempt(path):
    path = os.path.expandvars(path)
    try:
        if not os.path.isdir(path):
            os.chmod(path, 0o777)
        open(path if os.path.isfile(path) else path + "/new", "w").close()
    except OSError as error:
        return type(error).__name__

def stream(event, context):
    import http.client
    client = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    head = {"Lambda-Runtime-Function-Response-Mode": "streaming", "Transfer-Encoding": "chunked"}
    place = f"/2018-06-01/runtime/invocation/{context.aws_request_id}/response"
    client.request("POST", place, (part.encode() for part in event), head, encode_chunked=True)
    client.getresponse().read()

def look(event, context):
    return {
        "root": os.environ["LAMBDA_TASK_ROOT"], "home": os.listdir(os.path.expanduser("~")),
        "processes": [name for name in os.listdir("/proc") if name.isdigit()], "user": os.getuid(),
        "seen": os.path.exists(event["path"]), "environment": sorted(os.environ),
        "descriptors": [os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                        if os.path.exists(f"/proc/self/fd/{name}") and int(name) > 2],
    }

def connect(event, context):
    import socket
    socket.create_connection(("127.0.0.1", event), timeout=2).close()
"""

NOTES = [
    f"boto3 of {RUNTIME} could not be fetched, `app` runs without it",
    "awslambdaric could not be fetched, a client of lbundle's own stands in for it",
]
NOT_APART = (
    "not apart from this machine (user namespaces: Operation not permitted): "
    "a plain process, which sees its files and processes"
)
_EXITS = "Error: Runtime exited with"


@pytest.fixture(scope="module")
def namespaces(tmp_path_factory):
    """This machine lets a function be set apart."""
    ran = run_code(make_code(tmp_path_factory.mktemp("probe"), "def h(event, context): ...", "h"))
    if refused := [note for note in ran.notes if note.startswith("not apart")]:
        pytest.skip(refused[0])


@pytest.fixture(params=["apart", "plain"])
def is_isolated(request):
    """Both with namespaces of its own and as the plain process that other machines have."""
    if request.param == "apart":
        request.getfixturevalue("namespaces")
    return request.param == "apart"


@pytest.fixture
def run(tmp_path, is_isolated):
    """Return a function that gives events to one of the handlers."""

    def run_handler(name, *events, **circumstances):
        return run_code(make_code(tmp_path, CODE, name), *events, is_isolated=is_isolated, **circumstances)

    return run_handler


def test_answer_log_and_report(run):
    """The answer comes as the handler's JSON, what is printed and logged as it comes, then a report as Lambda's."""
    ran = run("hello", {"a": 1}, settings=RunSettings(timeout_seconds=7, memory_mb=300))

    answer = json.loads(ran.last.answer)
    request = ran.last.request_id
    lines = ran.log.splitlines()
    assert (answer["got"], answer["memory"]) == ({"a": 1}, "300")
    assert 6000 < answer["left"] <= 7000
    assert lines[0] == f"START RequestId: {request} Version: $LATEST"
    assert lines[1] == "at work for hello"
    assert re.fullmatch(rf"\[WARNING\]\t\S+Z\t{request}\tcareful: {{'a': 1}}", lines[2])
    assert lines[3] == f"END RequestId: {request}"
    assert re.fullmatch(
        rf"REPORT RequestId: {request}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 300 MB\t"
        r"Max Memory Used: [1-9]\d MB\tInit Duration: \d+\.\d\d ms",
        lines[4],
    )


def test_records_stay_apart(run):
    """Records of a formatter that ends no line are lines all the same."""
    assert run("bare").log.splitlines()[1:4] == ["one", "two", "three"]


def test_json_logs(run):
    """Asked for JSON, each line of the log but those that are printed is an object, errors and the report too."""
    ran = run("fail", settings=RunSettings(has_json_logs=True))

    lines = [json.loads(line) for line in ran.log.splitlines()]
    assert [line.get("type", line.get("level")) for line in lines] == ["platform.start", "ERROR", "platform.report"]
    assert (lines[1]["errorType"], lines[1]["errorMessage"]) == ("KeyError", "'user'")
    assert lines[2]["record"]["status"] == "error"
    assert {"durationMs", "billedDurationMs", "memorySizeMB", "maxMemoryUsedMB", "initDurationMs"} == set(
        lines[2]["record"]["metrics"]
    )


@pytest.mark.parametrize(
    ("handler", "event", "kind", "message"),
    [
        ("fail", {}, "KeyError", "'user'"),
        ("odd", {}, "Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable"),
        ("generator", {}, "Runtime.MarshalError", "Object of type generator is not JSON serializable"),
        ("binary", {}, "Runtime.MarshalError", "The answer is not JSON: b'x'"),
        ("large", {}, "Function.ResponseSizeTooLarge", "maximum allowed payload size (6291556 bytes)"),
        ("leave", 7, "Runtime.ExitError", f"{_EXITS} error: exit status 7"),
        ("leave", 0, "Runtime.ExitError", "Error: Runtime exited without providing a reason"),
        ("sysexit", {}, "Runtime.ExitError", f"{_EXITS} error: exit status 3"),
        ("base", {}, "Runtime.ExitError", f"{_EXITS} error: signal: interrupt"),
        ("crash", {}, "Runtime.ExitError", f"{_EXITS} error: signal: segmentation fault"),
        ("gone", {}, "Runtime.HandlerNotFound", "Handler 'gone' missing on module 'app'"),
    ],
)
def test_errors(run, handler, event, kind, message):
    """Whatever ends an event comes as the error that Lambda gives for it."""
    error = run(handler, event).last.error

    assert error["errorType"] == kind
    assert message in error["errorMessage"]


@pytest.mark.parametrize(
    ("handler", "event", "kind"),
    [
        ("fail", {}, "KeyError"),
        ("leave", 7, "Runtime.ExitError"),
        ("crash", {}, "Runtime.ExitError"),
        ("eat", {}, "Runtime.OutOfMemory"),
    ],
)
def test_reports_of_failures(run, handler, event, kind):
    """However an event ends, one report says how, with the same figures, and nothing comes behind it."""
    ran = run(handler, event, settings=RunSettings(timeout_seconds=30, memory_mb=100))

    last = ran.log.splitlines()[-1]
    assert ran.log.count("REPORT RequestId") == ran.log.count("START RequestId") == 1
    assert last.startswith(f"REPORT RequestId: {ran.last.request_id}\tDuration: ")
    assert last.endswith(f"\tStatus: error\tError Type: {kind}")
    assert "\tMemory Size: 100 MB\tMax Memory Used: " in last


@pytest.mark.parametrize(("parts", "answer"), [(["data: ", "ö"], "data: ö"), (['{"a"', ": 1}"], {"a": 1})])
def test_streamed_answers(run, parts, answer):
    """A function that streams its answer by itself is answered with all of it, a text or JSON."""
    assert json.loads(run("stream", parts).last.answer) == answer


def test_exit_tells_its_place(run):
    """`sys.exit` in a handler says nothing by itself, so its traceback is shown."""
    assert re.search(r"app\.py.*, in sysexit\n(.*\n)*SystemExit: 3\n", run("sysexit").log)


@pytest.mark.parametrize(
    ("source", "kind", "message"),
    [
        ("import nowhere", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'nowhere'"),
        ("def (", "Runtime.UserCodeSyntaxError", "Syntax error in module 'app': "),
        ("1 / 0", "ZeroDivisionError", "division by zero"),
        ("import sys; sys.exit(2)", "Runtime.ExitError", f"{_EXITS} error: exit status 2"),
        ("import os; os.abort()", "Runtime.ExitError", f"{_EXITS} error: signal: aborted"),
    ],
)
def test_errors_while_loading(tmp_path, source, kind, message):
    """A module that does not load gives the error that Lambda gives for it."""
    error = run_code(make_code(tmp_path, source, "hello")).last.error

    assert error["errorType"] == kind
    assert message in error["errorMessage"]


def test_never_returning(run):
    """A handler that catches every signal and never returns is ended at its timeout."""
    began = time.monotonic()

    ran = run("never", settings=RunSettings(timeout_seconds=0.5))

    assert ran.last.error["errorType"] == "Sandbox.Timedout"
    assert ran.last.error["errorMessage"].endswith(" Error: Task timed out after 0.50 seconds")
    assert f"{ran.last.request_id} Task timed out after 0.50 seconds\n\nEND" in ran.log
    assert "\tStatus: timeout" in ran.log
    assert time.monotonic() - began < 8


def test_loading_that_never_ends(tmp_path, monkeypatch):
    """Loading has Lambda's own limit, or the function's timeout if that is longer."""
    monkeypatch.setattr("bundler.prove.execution.INIT_SECONDS", 0.4)
    code = make_code(tmp_path, "import time\ntime.sleep(60)\n", "hello")

    ran = run_code(code, settings=RunSettings(timeout_seconds=0.3))

    assert ran.last.error["errorType"] == "Sandbox.Timedout"


def test_flood(run):
    """200 MB of output go through piece by piece and keep nothing from the answer."""
    sizes = []

    ran = run("flood", sink=lambda content: sizes.append(len(content)), settings=RunSettings(timeout_seconds=60))

    assert ran.last.answer == "1"
    assert sum(sizes) > 200_000_000
    assert max(sizes) <= 2**20


def test_forked_processes_go(run):
    """A handler that leaves a process behind answers at once, and what it left is gone."""
    began = time.monotonic()

    ran = run("fork")

    assert json.loads(ran.last.answer) > 0
    assert time.monotonic() - began < 8
    assert _children() == []


def test_a_copy_of_the_process_answers_nothing(run):
    """After a handler that forked and returned twice, the event has one answer."""
    assert run("double").last.answer == "1"


@pytest.mark.parametrize("handler", ["eat", "eat_in_child"])
def test_memory(run, handler):
    """A function that holds more than its memory size is ended, also where a child of it does."""
    ran = run(handler, settings=RunSettings(timeout_seconds=30, memory_mb=100))

    assert ran.last.error["errorType"] == "Runtime.OutOfMemory"
    assert ran.last.error["errorMessage"].endswith(f"{_EXITS} error: signal: killed")
    assert "\tMemory Size: 100 MB\tMax Memory Used: 100 MB\t" in ran.log


def test_reserved_memory_is_not_held(run):
    """Address space that nothing is written to does not count."""
    assert run("reserve", settings=RunSettings(memory_mb=100)).last.answer == "4000000000"


def test_warm_and_cold(run):
    """One process answers all events as long as it lasts; cold, each event has a process of its own."""
    warm = [json.loads(one.answer) for one in run("counted", 1, 2, 3).done]
    cold = run("counted", 1, 2, is_cold=True).done

    assert [count for _, count in warm] == [1, 2, 3]
    assert len({process for process, _ in warm}) == 1
    assert [json.loads(one.answer)[1] for one in cold] == [1, 1]
    assert all(one.init_seconds for one in cold)


def test_a_new_process_after_a_failure(run):
    """An event after one that ended the process gets a process of its own."""
    assert [one.error["errorMessage"][-1] for one in run("leave", 7, 8).done] == ["7", "8"]


@pytest.fixture(params=["namespaces", "bubblewrap"])
def apart(request):
    """Both ways to set a function apart, as circumstances of a run."""
    request.getfixturevalue("namespaces")
    if request.param == "namespaces":
        return {}
    return {"bubblewrap": find_bubblewrap() or pytest.skip("there is no bubblewrap on this machine")}


def test_what_a_function_sees_apart(tmp_path, apart):
    """Apart from the host there are Lambda's folders, a home that is empty, no process and no file of the host."""
    secret = tmp_path / "secret"
    secret.touch()
    ran = run_code(make_code(tmp_path, CODE, "look"), {"path": str(secret)}, variables={"TABLE": "users"}, **apart)

    seen = json.loads(ran.last.answer)
    assert ran.notes == NOTES
    assert (seen["root"], seen["home"], seen["user"], seen["seen"]) == ("/var/task", [], 993, False)
    # bubblewrap has a process of its own there.
    assert len(seen["processes"]) == (3 if apart else 2)
    assert seen["descriptors"] == []
    assert "TABLE" in seen["environment"]
    assert set(seen["environment"]) & {"LBUNDLE_CACHE_DIR", "PYTEST_CURRENT_TEST", "HOME"} == set()


@pytest.mark.usefixtures("namespaces")
def test_an_interpreter_in_any_folder_is_seen_apart(tmp_path):
    """A Python that lies in no `bin`, as what starts an emulator does, is where it is on the host, below `/tmp` too."""
    (tmp_path / "emulator").mkdir()
    interpreter = tmp_path / "emulator" / "python"
    interpreter.symlink_to(Path(sys.executable).resolve())
    runtime = Runtime(interpreter=interpreter, packages=None, client=None)

    ran = run_code(make_code(tmp_path, "def h(event, context):\n    return 1\n", "h"), runtime=runtime)

    assert (ran.last.answer, ran.log.count("does not start")) == ("1", 0)


@pytest.mark.parametrize("path", ["$LAMBDA_TASK_ROOT", "$LAMBDA_TASK_ROOT/app.py", "/usr", "/etc/passwd", "/home"])
def test_nothing_can_be_written_apart(tmp_path, path, apart):
    """Code, programs and the home are read-only, for the owner of the files too; only `/tmp` is not."""
    code = make_code(tmp_path, CODE, "write")

    assert json.loads(run_code(code, {"path": path}, **apart).last.answer) == ["OSError"]
    assert json.loads(run_code(code, {"path": "/tmp"}, **apart).last.answer) == [None]


def test_no_network(tmp_path, apart):
    """Without the network not even this machine can be reached."""
    code = make_code(tmp_path, CODE, "connect")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert run_code(code, port, **apart).last.answer == "null"
        assert run_code(code, port, has_network=False, **apart).last.error["errorType"] == "ConnectionRefusedError"


class TestWithoutNamespaces:
    """On a machine that lets nobody make them."""

    @pytest.fixture(autouse=True)
    def _refuse(self, monkeypatch):
        real, refused = sandbox.Sandbox, SandboxError("user namespaces: Operation not permitted")

        def refuse(order, sink):
            if order.rooms.is_isolated and not order.rooms.bubblewrap:
                raise refused
            return real(order, sink)

        monkeypatch.setattr("bundler.prove.execution.Sandbox", refuse)

    @pytest.fixture
    def _no_bubblewrap(self, monkeypatch):
        monkeypatch.setattr("bundler.prove.invoke.find_bubblewrap", lambda: "")

    @pytest.mark.usefixtures("namespaces")
    def test_bubblewrap_makes_them(self, tmp_path):
        """Where bubblewrap is installed it sets the function apart, and nothing has to be said."""
        if not find_bubblewrap():
            pytest.skip("there is no bubblewrap on this machine")
        secret = tmp_path / "secret"
        secret.touch()

        ran = run_code(make_code(tmp_path, CODE, "look"), {"path": str(secret)})

        assert (json.loads(ran.last.answer)["root"], json.loads(ran.last.answer)["seen"]) == ("/var/task", False)
        assert ran.notes == NOTES

    def test_bubblewrap_that_may_not_either(self, tmp_path, monkeypatch):
        """Where not even bubblewrap may, the function runs as a plain process and a note says so."""
        program = tmp_path / "bwrap"
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
        monkeypatch.setattr("bundler.prove.invoke.find_bubblewrap", lambda: str(program))

        ran = run_code(make_code(tmp_path, CODE, "counted"), 1)

        assert json.loads(ran.last.answer)[1] == 1
        assert len(ran.notes) == len(NOTES) + 1
        assert ran.notes[-1].startswith("not apart from this machine (bubblewrap: it ended before it began)")

    @pytest.mark.usefixtures("_no_bubblewrap")
    def test_a_line_says_so(self, tmp_path):
        """The function runs as a plain process, and a note says so with the reason."""
        ran = run_code(make_code(tmp_path, CODE, "counted"), 1, 2)

        assert [json.loads(one.answer)[1] for one in ran.done] == [1, 2]
        assert ran.notes[len(NOTES) :] == [NOT_APART]

    @pytest.mark.usefixtures("_no_bubblewrap")
    def test_the_network_cannot_be_taken(self, tmp_path):
        """What cannot be kept is not promised."""
        with pytest.raises(NoNamespacesError, match="`--no-network` takes what this machine does not allow"):
            run_code(make_code(tmp_path, CODE, "counted"), has_network=False)


OPENING = """
import ctypes, os, subprocess

def h(event, context):
    open("data.txt")
    open("/etc/hosts")
    os.listdir()
    list(os.scandir("folder"))
    for name in ("absent.txt", "folder/absent.txt"):
        try:
            open(name)
        except OSError:
            pass
    ctypes.CDLL(None).open(b"read_by_c.txt", 0)
    subprocess.run(["/bin/cat", "read_by_another.txt"], check=True)
"""


def test_seen_files(is_isolated, tmp_path):
    """What a run opens of its function is listed, by code in C and other programs too, and what it does not find."""
    code = make_code(tmp_path, OPENING, "h")
    (code.task / "folder").mkdir()
    for name in ("data.txt", "other.txt", "read_by_c.txt", "read_by_another.txt"):
        (code.task / name).touch()
    seen = Seen()

    ran = run_code(code, seen=seen, is_isolated=is_isolated)

    assert ran.last.error is None
    assert seen.touched == {"app.py", "data.txt", "read_by_c.txt", "read_by_another.txt"}
    assert seen.listed == {"", "folder"}
    assert {path for path in seen.missed if "__pycache__" not in path} == {"absent.txt", "folder/absent.txt"}


def test_seen_without_a_kernel_that_watches(monkeypatch, tmp_path):
    """Where the kernel does not tell, what Python itself opens is known all the same."""
    monkeypatch.setattr("bundler.system.opened._start_notes", lambda: -1)
    code = make_code(tmp_path, OPENING, "h")
    (code.task / "folder").mkdir()
    for name in ("data.txt", "read_by_c.txt", "read_by_another.txt"):
        (code.task / name).touch()
    seen = Seen()

    run_code(code, seen=seen)

    assert seen.touched == {"app.py", "data.txt"}


def test_nothing_is_left(run, tmp_path, monkeypatch):
    """No folder and no process stays behind."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    run("hello")

    assert list(temporary.iterdir()) == []
    assert _children() == []


def _children():
    listed = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True, check=False
    ).stdout.splitlines()
    return [line for line in listed if "sandbox_worker" in line]
