"""Compile modules for the target's Python: unchecked-hash bytecode, which is never compared with a source.

A zip has one fixed date and `/var/task` is read-only, so bytecode that is known by its source's time would be stale
on every cold start. What an interpreter answers is kept in the cache by content, refusals too.

Packages ship bytecode alone, so theirs goes without the columns of PEP 657: they underline source that is not there,
and make a fifth to a third of the compressed bytes. Lines stay.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from struct import pack, unpack_from

from bundler.errors import SourceNotCompilableError
from bundler.model.bounds import MOST_SOURCE_BYTES
from bundler.model.imports import EdgeKind
from bundler.model.plan import LayerPlan, Plan
from bundler.model.project import BytecodeMode
from bundler.model.wheels import SiteFile
from bundler.system import cache
from bundler.system.files import read_site_file
from bundler.system.interpreters import Interpreter
from bundler.system.process import run

_WORKER_PATH = Path(__file__).with_name("compile_worker.py")
_NUMBER_BYTES = 4
# To be changed with whatever changes the worker's answers.
_REVISION = 4
# Below this a second process costs more than it saves.
_SMALLEST_BATCH_BYTES = 300_000


def compile_modules(
    plans: Sequence[Plan | LayerPlan], interpreter: Interpreter | None, *, jobs: int
) -> dict[str, bytes]:
    """Return the bytecode of every module that any of the plans ships, by the path of its source; none without Python.

    The plans ship to one folder: they are those of functions, or that of a layer.

    A package's file that does not compile has none, as only a branch that never runs can want it; one of the
    project's own is an error, unless a path led to it alone, as it does to text of any kind.
    """
    if interpreter is None:
        return {}
    files = _modules(plans)
    root = plans[0].folder if plans else ""
    keys = {path: _key(file, interpreter, root) for path, file in files.items()}
    answers = {path: answer for path, key in keys.items() if (answer := cache.load("bytecode", key)) is not None}
    missing = [file for path, file in files.items() if path not in answers]
    for path, answer in _compile(missing, interpreter, root, jobs):
        cache.store("bytecode", keys[path], answer)
        answers[path] = answer
    problems = {path: problem for path, answer in answers.items() if (problem := _problem(answer)) is not None}
    if own := tuple((path, *problems[path]) for path in sorted(problems.keys() & _own_code(plans))):
        raise SourceNotCompilableError(own, ".".join(map(str, interpreter.python)))
    return {path: answers.pop(path)[_NUMBER_BYTES:] for path in files if path not in problems}


def compile_surrounded(
    requests: Sequence[tuple[SiteFile, str, str]], interpreter: Interpreter, root: str
) -> list[bytes | None]:
    """Return the bytecode of first-party sources with statements before and after their own.

    Each source has compiled by itself before. `None` stands for one that does not so: as a tree, which takes more
    statements, less may be nested than as text.
    """
    framed = [
        (
            f"{_key(file, interpreter, root)}\0{first}\0{last}",
            frame_request(f"{root}/{file.path}".encode(), read_site_file(file), first.encode(), last.encode()),
        )
        for file, first, last in requests
    ]
    answers = _compile_kept(framed, (interpreter.path,))
    return [answer[_NUMBER_BYTES:] if _problem(answer) is None else None for answer in answers]


def compile_ours(sources: Sequence[tuple[str, str]], interpreter: Interpreter) -> list[bytes]:
    """Return the bytecode of sources of lbundle's own, each given with the file that its tracebacks are to name."""
    framed = [
        (f"{_REVISION}\0{interpreter.magic.hex()}\0{name}\0{source}", frame_request(name.encode(), source.encode()))
        for name, source in sources
    ]
    return [answer[_NUMBER_BYTES:] for answer in _compile_kept(framed, (interpreter.path, "-X", "no_debug_ranges"))]


def _compile_kept(framed: Sequence[tuple[str, bytes]], python: tuple[Path | str, ...]) -> list[bytes]:
    """Return the worker's answer to each request, which comes with the key of its answer in the cache."""
    known = {key: answer for key, _ in framed if (answer := cache.load("bytecode", key)) is not None}
    missing = {key: frame for key, frame in framed if key not in known}
    for key, answer in zip(missing, _ask_worker(list(missing.values()), python), strict=True):
        cache.store("bytecode", key, answer)
        known[key] = answer
    return [known[key] for key, _ in framed]


def describe_bytecode(plan: Plan | LayerPlan, interpreter: Interpreter | None) -> tuple[str, ...]:
    """Return the warning that a plan's modules ship uncompiled, where they do so for want of a Python."""
    if interpreter is not None or plan.bytecode is BytecodeMode.NONE:
        return ()
    version = plan.target.runtime.removeprefix("python")
    setting = f"LBUNDLE_PYTHON_{version.replace('.', '_')}"
    return (f"no Python {version} to compile for, so cold starts compile the source: install it or set {setting}",)


def _own_code(plans: Iterable[Plan | LayerPlan]) -> set[str]:
    """Return the project's own files that something means as code."""
    own = (planned for plan in plans for planned in plan.files if planned.file.is_own)
    return {planned.file.path for planned in own if planned.cause.kind is not EdgeKind.DATA}


def _modules(plans: Iterable[Plan | LayerPlan]) -> dict[str, SiteFile]:
    return {
        planned.file.path: planned.file
        for plan in plans
        if plan.bytecode is not BytecodeMode.NONE
        for planned in plan.files
        if planned.module is not None
        and planned.file.path.endswith(".py")
        and planned.file.size_bytes <= MOST_SOURCE_BYTES
    }


def _key(file: SiteFile, interpreter: Interpreter, root: str) -> str:
    """Return what the bytecode depends on: the digest of a wheel that does not change stands for its members."""
    if file.container_sha256 and not file.is_local:
        content = f"{file.container_sha256}/{file.member}"
    else:
        content = hashlib.sha256(read_site_file(file)).hexdigest()
    columns = "columns" if file.is_own else ""
    return f"{_REVISION}\0{interpreter.magic.hex()}\0{columns}\0{root}/{file.path}\0{content}"


def _compile(files: list[SiteFile], interpreter: Interpreter, root: str, jobs: int) -> Iterator[tuple[str, bytes]]:
    """Give each file's path with the worker's answer, several processes at work side by side."""
    batches = [
        *_share_out([file for file in files if file.is_own], jobs),
        *_share_out([file for file in files if not file.is_own], jobs),
    ]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        for batch, answers in zip(
            batches, pool.map(lambda batch: _compile_batch(batch, interpreter, root), batches), strict=True
        ):
            yield from zip((file.path for file in batch), answers, strict=True)


def _compile_batch(batch: list[SiteFile], interpreter: Interpreter, root: str) -> list[bytes]:
    """Return the worker's answers for files that are all the project's own, or all of packages."""
    # Python 3.10 and older have no columns, and pass over the option.
    options = () if batch[0].is_own else ("-X", "no_debug_ranges")
    return _ask_worker([_frame(file, root) for file in batch], (interpreter.path, *options))


def _share_out(files: list[SiteFile], jobs: int) -> list[list[SiteFile]]:
    """Deal files out, the largest first, so that all processes end at about the same time."""
    total = sum(file.size_bytes for file in files)
    count = max(1, min(jobs, total // _SMALLEST_BATCH_BYTES))
    by_size = sorted(files, key=lambda file: (-file.size_bytes, file.path))
    return [batch for start in range(count) if (batch := by_size[start::count])]


def _frame(file: SiteFile, root: str) -> bytes:
    path = f"{root}/{file.path}".encode()
    source = read_site_file(file)
    return frame_request(path, source)


def frame_request(path: bytes, source: bytes, first: bytes = b"", last: bytes = b"") -> bytes:
    """Return what the worker is asked: a source, and the statements that are to run before and after its own."""
    return b"".join(pack("<I", len(part)) + part for part in (path, source, first, last))


def _ask_worker(frames: list[bytes], python: tuple[Path | str, ...]) -> list[bytes]:
    """Return the answers to framed requests; a source that brings the compiler down is found by halving."""
    if not frames:
        return []
    # A fixed hash seed: Python 3.10 and older write sets in their order in memory.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONHASHSEED"] = "0"
    done = run([*python, "-s", "-S", "-W", "ignore", _WORKER_PATH], stdin=b"".join(frames), environment=environment)
    if done.returncode == 0:
        return list(_split(done.stdout))
    if len(frames) == 1:
        return [_refusal(f"the compiler ended with code {done.returncode}")]
    half = len(frames) // 2
    return _ask_worker(frames[:half], python) + _ask_worker(frames[half:], python)


def _split(answers: bytes) -> Iterator[bytes]:
    position = 0
    while position < len(answers):
        end = position + _NUMBER_BYTES + _number_at(answers, position)
        if _number_at(answers, position) == 0:
            end += _NUMBER_BYTES + _number_at(answers, end)
        yield answers[position:end]
        position = end


def _refusal(problem: str) -> bytes:
    text = f"0 {problem}".encode()
    return pack("<II", 0, len(text)) + text


def _problem(answer: bytes) -> tuple[int, str] | None:
    """Return the line and text of a refusal, `None` for bytecode."""
    if _number_at(answer, 0) != 0:
        return None
    line, _, problem = answer[2 * _NUMBER_BYTES :].decode().partition(" ")
    return int(line), problem


def _number_at(data: bytes, position: int) -> int:
    number: int = unpack_from("<I", data, position)[0]
    return number
