"""Make the Python that runs a build answer for the target; copied beside the build, and loaded when that Python starts.

Only the processes that run a build backend are changed, and what they start: the packages a build asks for are
installed before by this very Python, for the machine it runs on. Any Python from 3.8 on has to read this file.
"""

import importlib
import json
import os
import sys
from pathlib import Path

# What pip's `pyproject_hooks`, and `pep517` before it, tell the process that calls the backend.
_BACKEND_VARIABLES = ("_PYPROJECT_HOOKS_BUILD_BACKEND", "PEP517_BUILD_BACKEND")


def _answer_for_target() -> None:
    settings = json.loads(Path(__file__).with_name("settings.json").read_text(encoding="utf-8"))
    os.environ.update(settings["environment"])
    # Loaded at once: pip takes this folder off the path before the backend asks.
    importlib.import_module(settings["environment"]["_PYTHON_SYSCONFIGDATA_NAME"])
    real = os.uname()
    answer = os.uname_result((real.sysname, real.nodename, real.release, real.version, settings["machine"]))
    os.uname = lambda: answer
    # Some backends ask here for what extension modules are named after.
    vars(sys.implementation)["_multiarch"] = settings["multiarch"]


if any(name in os.environ for name in _BACKEND_VARIABLES):
    _answer_for_target()
