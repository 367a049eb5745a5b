"""Let the target's own Python write down what bytecode without source asks for."""

import pickle
from collections.abc import Sequence
from pathlib import Path

from bundler.model.wheels import SiteFile
from bundler.system.files import read_site_file
from bundler.system.interpreters import find_interpreter
from bundler.system.process import run

_WORKER_PATH = Path(__file__).with_name("skeleton_worker.py")


def write_skeletons(files: Sequence[SiteFile], python: tuple[int, int]) -> list[str | None]:
    """Return the source-like text of each bytecode file, `None` where no Python of that version here can load it."""
    interpreter = find_interpreter(python) if files else None
    if interpreter is None:
        return [None] * len(files)
    request = [read_site_file(file) for file in files]
    done = run([interpreter, "-I", "-S", _WORKER_PATH], stdin=pickle.dumps(request))
    if done.returncode:
        # Damaged bytecode can bring an interpreter down: then only the others of these files can be read.
        return [None] if len(files) == 1 else [text for file in files for text in write_skeletons([file], python)]
    texts: list[str | None] = pickle.loads(done.stdout)  # noqa: S301 - a pipe from the process that was just started
    return texts
