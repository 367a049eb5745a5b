"""Handlers that are programs to start, as Lambda Web Adapter takes them, and no functions of Python."""

from collections.abc import Mapping
from pathlib import Path

from bundler.system.files import is_file, is_folder

_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
# What the adapter's layer brings: it starts the file that the handler names.
_ADAPTER = "/opt/bootstrap"


def is_program(handler: str, code_root: Path, variables: Mapping[str, str]) -> bool:
    """Tell whether a handler names a file that is started, such as `run.sh`.

    A Python file is one only where a variable says so: `app.py` is else a slip of the pen for `app.handler`.
    """
    is_started = variables.get(_WRAPPER) == _ADAPTER
    if is_file(code_root / handler):
        return is_started or not handler.endswith(".py")
    return is_started and not _is_module(handler, code_root)


def _is_module(handler: str, code_root: Path) -> bool:
    module = handler.rpartition(".")[0].replace(".", "/")
    return bool(module) and (is_folder(code_root / module) or is_file(code_root / f"{module}.py"))
