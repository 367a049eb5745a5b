"""Import a handler's module and print how many seconds it took; run by the target's own interpreter.

Standard library only, and nothing newer than Python 3.8. Arguments: the module, then the folders that Lambda's runtime
puts before the standard library. Last on standard output stands a JSON object: `seconds`, or `error` and, for a module
that is not there, `missing`.
"""

import json
import os
import sys
import time


def main() -> None:
    """Import what the arguments name, and leave without waiting for threads that it started."""
    module, *folders = sys.argv[1:]
    # -I and -S left the standard library alone here: nothing of the host is found.
    sys.path[:0] = folders
    os.environ["AWS_EXECUTION_ENV"] = f"AWS_Lambda_python3.{sys.version_info[1]}"
    began = time.perf_counter()
    try:
        # Only the import system's own door is timed by `-X importtime`, `importlib.import_module` goes around it.
        __import__(module)
        result: dict[str, object] = {"seconds": time.perf_counter() - began}
    except BaseException as error:  # noqa: BLE001 - a module may raise anything, `SystemExit` too
        result = {"error": f"{type(error).__name__}: {error}", "missing": getattr(error, "name", None)}
    sys.stderr.flush()
    sys.stdout.flush()
    os.write(1, b"\n" + json.dumps(result).encode())
    os._exit(0)


main()
