"""Do what Lambda's bootstrap does; run by the target's own interpreter, with the standard library alone on its path.

Nothing newer than Python 3.8. Argument: the name of a JSON file. `folders` are searched before the standard library,
between them `client`, what the runtime brings, awslambdaric among it if it is there. With `record`, the files that the
process opens, loads or starts and the folders that it lists are written there, a line each. With `prelude`, that file
is executed before the handler is loaded.
"""

import json
import os
import site
import sys
import traceback
from importlib import import_module
from types import ModuleType

HANDED_OVER = 2
# So that signals are heard while it waits for an event.
POLLS_IN_A_THREAD = (3, 12)


def main() -> None:
    """Become Lambda's runtime."""
    with open(sys.argv[1], encoding="utf-8") as stream:
        order = json.load(stream)
    # -S keeps the host's site-packages out and these builtins too, which Lambda does have.
    site.setquit()
    site.setcopyright()
    site.sethelper()
    os.environ["AWS_EXECUTION_ENV"] = "AWS_Lambda_python3.%d" % sys.version_info[1]
    sys.argv[:] = ["/var/runtime/bootstrap.py", order["handler"]]
    own = os.path.dirname(os.path.abspath(__file__))
    standard = [path for path in sys.path if path != own]
    # As on Lambda, the runtime's own packages are loaded before the function's can hide them.
    sys.path[:] = [own, *order["client"], *standard]
    bootstrap, make_client = find_client()
    bootstrap.create_log_sink = LogSink  # type: ignore[attr-defined]
    sys.path[:] = [*order["folders"], *order["client"], *standard]
    client_class = record_files(order["record"], make_client) if order["record"] else make_client
    if order["prelude"]:
        with open(order["prelude"], encoding="utf-8") as stream:
            exec(compile(stream.read(), order["prelude"], "exec"), {"__name__": "prelude"})  # noqa: S102
    try:
        run(bootstrap, order["handler"], client_class)
    except SystemExit as error:
        explain_exit(error)
        raise


def find_client() -> "tuple[ModuleType, type]":
    """Return awslambdaric's loop and client, or those that stand in for them."""
    try:
        client = import_module("awslambdaric.lambda_runtime_client")
        if client.runtime_client is not None:
            return import_module("awslambdaric.bootstrap"), client.LambdaRuntimeClient
    except ImportError:
        pass
    stand_in = import_module("runtime_stand_in")
    return stand_in, stand_in.Client


def run(bootstrap: ModuleType, handler: str, client_class: type) -> None:
    """Hand over to the loop, in the ways of its versions: that for Python 3.8 makes its client itself."""
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    if bootstrap.run.__code__.co_argcount == HANDED_OVER:
        bootstrap.run(handler, client_class(address, sys.version_info >= POLLS_IN_A_THREAD))
    else:
        bootstrap.LambdaRuntimeClient = client_class  # type: ignore[attr-defined]
        bootstrap.run(os.getcwd(), handler, address)


class LogSink:
    """Writes each record as lines of its own, as CloudWatch shows them, in one stream with what is printed.

    Lambda itself gives awslambdaric a pipe that keeps records apart; without it, those of formatters without an end of
    line run into one another.
    """

    def __enter__(self) -> "LogSink":  # noqa: PYI034 - Python 3.8 has no `Self`
        return self

    def __exit__(self, *_: object) -> None:
        return

    def log(self, message: str, frame_type: object = None) -> None:  # noqa: ARG002 - as awslambdaric calls it
        """Write one record."""
        sys.stdout.write(message if message.endswith("\n") else message + "\n")

    def log_error(self, lines: "list[str]") -> None:
        """Write an error; its lines are indented with spaces that do not break."""
        self.log("\n".join(line.replace("\u00a0", " ") for line in lines))


def explain_exit(error: SystemExit) -> None:
    """Show where code of the function left the process, which Python itself does not tell."""
    last = traceback.extract_tb(error.__traceback__)[-1].filename
    if os.path.basename(last) not in ("bootstrap.py", "runtime_stand_in.py"):
        traceback.print_exc()


def asked_for(event: str, arguments: "tuple[object, ...]") -> object:
    """Return the path that an audit event is about, if it is about one."""
    if event in ("open", "subprocess.Popen", "ctypes.dlopen"):
        return arguments[0]
    if event in ("os.listdir", "os.scandir"):
        # Looking for modules lists every folder of packages, whatever is imported.
        is_import = sys._getframe(2).f_globals.get("__name__") == "importlib._bootstrap_external"  # noqa: SLF001
        return None if is_import else arguments[0] or "."
    return arguments[1] if event == "import" and len(arguments) > 1 else None


def record_files(name: str, client_class: type) -> type:
    """Write down which files are opened, loaded or started, and return a client that adds what else is mapped."""
    written = set()
    stream = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(path: object) -> None:
        if isinstance(path, (str, bytes)):
            # Joined at once: a later `chdir` would change what a relative path means.
            line = os.path.join(os.fsencode(os.getcwd()), os.fsencode(path)) + b"\n"
            if line not in written:
                written.add(line)
                os.write(stream, line)

    def hear(event: str, arguments: "tuple[object, ...]") -> None:
        write(asked_for(event, arguments))

    class Recording(client_class):  # type: ignore[misc]
        def wait_next_invocation(self) -> object:
            with open("/proc/self/maps", "rb") as maps:
                for line in maps.read().splitlines():
                    write(line.partition(b"/")[2] and b"/" + line.partition(b"/")[2])
            return super().wait_next_invocation()

    sys.addaudithook(hear)
    return Recording


main()
