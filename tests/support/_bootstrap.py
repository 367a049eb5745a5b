"""The program inside the isolated interpreter: import the handler, call it, write down what came of it.

Runs on Python 3.8 and later with the standard library alone. Its one argument names a JSON request; the result goes to
the file that the request names, so that a handler may print what it likes. It imports little, and
`pathlib` not at all, so that a handler finds no module loaded by chance.
"""

import decimal
import importlib
import json
import math
import os
import site
import sys
import time
import traceback


class Context:
    """The second argument of a handler, as far as handlers commonly use it."""

    aws_request_id = "00000000-0000-4000-8000-000000000001"
    log_group_name = "/aws/lambda/function"
    log_stream_name = "2026/01/01/[$LATEST]00000000000000000000000000000001"
    memory_limit_in_mb = "1024"
    identity = None
    client_context = None
    tenant_id = None

    def __init__(self, function_name):
        self.function_name = function_name
        self.function_version = "$LATEST"
        self.invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:" + function_name
        self._deadline = time.time() + 30

    def get_remaining_time_in_millis(self):
        return max(int((self._deadline - time.time()) * 1000), 0)


class AnswerEncoder(json.JSONEncoder):
    """JSON as the runtime writes it: a `Decimal` becomes a number."""

    def default(self, value):
        if isinstance(value, decimal.Decimal):
            return math.nan if value.is_nan() else float(value)
        return super().default(value)


class Record:
    """The files under one folder that the process opens, imports, maps or starts."""

    def __init__(self, root):
        self._root = root + os.sep
        self._opened = set()
        sys.addaudithook(self._hear)

    def _hear(self, event, arguments):
        if event in ("open", "subprocess.Popen") and isinstance(arguments[0], (str, bytes)):
            # Joined at once: a later `chdir` would change what a relative path means.
            self._opened.add(os.path.join(os.getcwd(), os.fsdecode(arguments[0])))

    def paths(self):
        seen = set(self._opened)
        for module in list(sys.modules.values()):
            names = vars(module) if hasattr(module, "__dict__") else {}
            seen.update(names[key] for key in ("__file__", "__cached__") if isinstance(names.get(key), str))
        if os.path.exists("/proc/self/maps"):
            with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as maps:
                seen.update(line.split(None, 5)[-1].rstrip("\n") for line in maps if "/" in line)
        real = {os.path.realpath(path) for path in seen}
        return sorted(path[len(self._root) :] for path in real if path.startswith(self._root) and os.path.isfile(path))


def set_path(request):
    """Leave the task root, the runtime's packages and the standard library on the path, nothing of the host."""
    # `-I` and `-S` have left the standard library alone here.
    sys.path[:] = [request["task_root"], *request["packages"], *sys.path]
    sys.argv[:] = ["/var/runtime/bootstrap.py", request["handler"]]
    os.environ.setdefault("AWS_EXECUTION_ENV", f"AWS_Lambda_python3.{sys.version_info.minor}")
    # `-S` keeps the host's site-packages out and these builtins too, which Lambda does have.
    site.setquit()
    site.setcopyright()
    site.sethelper()


def run_prelude(path):
    with open(path, encoding="utf-8") as stream:
        exec(compile(stream.read(), path, "exec"), {"__name__": "prelude", "__file__": path})


def answer_event(request):
    """Import and call the handler; return the part of the result that says how it went."""
    result = {"answer": None, "error": None, "import_seconds": 0.0}
    try:
        if request["prelude"]:
            run_prelude(request["prelude"])
        module_name, attribute = request["handler"].rsplit(".", 1)
        began = time.perf_counter()
        module = importlib.import_module(module_name.replace("/", "."))
        result["import_seconds"] = time.perf_counter() - began
        if not request["only_import"]:
            answer = getattr(module, attribute)(request["event"], Context(request["function_name"]))
            result["answer"] = json.loads(json.dumps(answer, cls=AnswerEncoder))
    except BaseException:  # noqa: BLE001 - a handler may raise anything, `SystemExit` too
        result["error"] = traceback.format_exc()
    return result


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        request = json.load(stream)
    set_path(request)
    record = Record(request["task_root"]) if request["record"] else None
    result = answer_event(request)
    result["touched"] = record.paths() if record else []
    with open(request["result"], "w", encoding="utf-8") as stream:
        json.dump(result, stream)
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of a pool would keep the process alive; Lambda freezes them.
    os._exit(0)


main()
