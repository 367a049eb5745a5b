"""Run a function's code as Lambda would: apart from the host, its files read-only, with Lambda's own runtime client."""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bundler.errors import BundleMissingError, NoNamespacesError, NotRunnableError
from bundler.model.invocation import Invocation, RunSettings
from bundler.model.metafile import Metafile
from bundler.prove.bubblewrap import find_bubblewrap
from bundler.prove.code import Code, Seen
from bundler.prove.execution import answer_events
from bundler.prove.layers import find_layers, search_folders
from bundler.prove.machine import REGION, find_python, is_foreign, lambda_environment, make_writable, unzip_read_only
from bundler.prove.metafile import read_described, read_target
from bundler.prove.runtime_packages import runtime_client, runtime_packages
from bundler.prove.sandbox import LogSink, Order, Rooms, SandboxError
from bundler.system.emulators import Emulated, find_emulated
from bundler.system.files import scratch_folder
from bundler.system.opened import noticing_opened_files

_WORKERS = ("runtime_worker.py", "runtime_stand_in.py")
_RECORD = "files"
_HOME = "home"
_MEGABYTE = 1024 * 1024
_EMULATED = "{architecture} is emulated: times and memory are not Lambda's"


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What Lambda's runtime is made of here."""

    interpreter: Path
    packages: Path | None
    client: Path | None
    emulator: tuple[str, ...] = ()
    """What starts the interpreter where the machine is another; nothing where it starts by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a function is run, whatever function it is."""

    runtime: Runtime | None = None
    """What to run it with; `None` to look for it."""
    is_offline: bool = False
    """Whether what the runtime brings may be fetched."""
    has_network: bool = True
    is_isolated: bool = True
    """Whether to set the function apart from the host where that can be done."""
    bubblewrap: str = ""
    """The program that does so, where it has been found that nothing else can."""
    is_cold: bool = False
    """Whether each event gets a process of its own."""
    sink: LogSink
    """Takes what is logged."""
    note: Callable[[str], None]
    """Takes what is not as in Lambda."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Variables that stand before the settings' own."""
    seen: Seen | None = None
    """Where given, what the function opens, loads or starts goes there."""
    prelude: Path | None = None
    """Python that is executed before the handler is loaded."""


def invoke_bundle(
    zip_path: Path, events: Sequence[object], settings: RunSettings, circumstances: Circumstances
) -> Iterator[Invocation]:
    """Give events to the handler of a finished zip.

    Raises:
        SettingsError: There is no such zip, nothing says what it is built for, or this machine cannot run it.
    """
    with unpacked_code(zip_path) as code:
        yield from invoke_code(code, events, settings, circumstances)


@contextmanager
def unpacked_code(zip_path: Path) -> Iterator[Code]:
    """Lay a finished zip and its layers out for a while; raise as `invoke_bundle` does."""
    if not zip_path.is_file():
        raise BundleMissingError(zip_path.stem, str(zip_path.parent))
    metafile = read_described(zip_path, Metafile)
    target, handler = read_target(metafile)
    layers = find_layers(zip_path, [layer.name for layer in metafile.layers])
    with scratch_folder("invoke") as scratch:
        task, opt = scratch / "task", scratch / "opt"
        unzip_read_only((zip_path,), task)
        unzip_read_only(layers, opt)
        try:
            yield Code(
                name=zip_path.stem,
                handler=handler,
                target=target,
                task=task,
                layers=opt,
                search_folders=metafile.search_folders,
            )
        finally:
            make_writable(task)
            make_writable(opt)


def find_runtime(code: Code, circumstances: Circumstances) -> Runtime:
    """Look for what the runtime of some code is made of; what cannot be had is noted.

    Raises:
        NotRunnableError: This machine cannot run what is built for the target.
    """
    interpreter, emulated = _find_starter(code, circumstances)
    pip = None if emulated else interpreter
    offline = circumstances.is_offline
    packages = runtime_packages(code.target, pip, is_offline=offline)
    client = runtime_client(code.target, pip, is_offline=offline)
    if packages is None:
        text = f"boto3 of {code.target.runtime} could not be fetched, `{code.handler.module}` runs without it"
        circumstances.note(text)
    if client is None:
        circumstances.note("awslambdaric could not be fetched, a client of lbundle's own stands in for it")
    emulator = emulated.emulator if emulated else ()
    return Runtime(interpreter=interpreter, packages=packages, client=client, emulator=emulator)


def _find_starter(code: Code, circumstances: Circumstances) -> tuple[Path, Emulated | None]:
    """Return a Python that runs what is built for the target, and how it is started where another machine's is."""
    if is_foreign(code.target):
        emulated, problem = find_emulated(code.target)
        if emulated is None:
            raise NotRunnableError(code.name, problem)
        circumstances.note(_EMULATED.format(architecture=code.target.architecture))
        return emulated.path, emulated
    interpreter, problem = find_python(code.target)
    if interpreter is None:
        raise NotRunnableError(code.name, problem)
    return interpreter, None


def invoke_code(
    code: Code, events: Sequence[object], settings: RunSettings, circumstances: Circumstances
) -> Iterator[Invocation]:
    """Give events to a handler, to one process as long as it lasts, and yield what comes of each.

    Raises:
        NotRunnableError: This machine cannot run what is built for the target.
    """
    runtime = circumstances.runtime or find_runtime(code, circumstances)
    waiting = [json.dumps(event).encode() for event in events]
    while waiting:
        share = waiting[:1] if circumstances.is_cold else waiting
        try:
            for invocation in _live(code, runtime, share, settings, circumstances):
                waiting = waiting[1:]
                yield invocation
        except SandboxError as error:
            circumstances = _otherwise(code, str(error), circumstances)


def _live(
    code: Code, runtime: Runtime, events: Sequence[bytes], settings: RunSettings, circumstances: Circumstances
) -> Iterator[Invocation]:
    """Take one process through its life."""
    arn = f"arn:aws:lambda:{REGION}:123456789012:function:{code.name}"
    with scratch_folder("run") as scratch:
        rooms = _furnish(code, runtime, scratch, circumstances)
        order = _order(code, rooms, settings, circumstances)
        if circumstances.seen is None:
            yield from answer_events(order, events, settings, arn=arn, sink=circumstances.sink)
            return
        with noticing_opened_files(code.task) as opened, noticing_opened_files(code.layers) as opened_of_layers:
            yield from answer_events(order, events, settings, arn=arn, sink=circumstances.sink)
        circumstances.seen.add(code, (*_read_record(rooms), *opened, *opened_of_layers))


def _otherwise(code: Code, reason: str, circumstances: Circumstances) -> Circumstances:
    """Do without namespaces of our own, which the host does not allow: by bubblewrap, or as far as that is honest."""
    if not circumstances.is_isolated:
        raise NotRunnableError(code.name, reason)
    if not circumstances.bubblewrap and (program := find_bubblewrap()):
        return replace(circumstances, bubblewrap=program)
    reason = f"bubblewrap: {reason}" if circumstances.bubblewrap else reason
    if not circumstances.has_network:
        raise NoNamespacesError(code.name, reason)
    circumstances.note(f"not apart from this machine ({reason}): a plain process, which sees its files and processes")
    return replace(circumstances, is_isolated=False, bubblewrap="")


def _furnish(code: Code, runtime: Runtime, scratch: Path, circumstances: Circumstances) -> Rooms:
    rooms = Rooms(
        is_isolated=circumstances.is_isolated,
        task=code.task,
        layers=code.layers,
        own=scratch / "own",
        client=runtime.client,
        packages=runtime.packages,
        record=scratch / "record",
        temporary=scratch / "tmp",
        scratch=scratch,
        interpreter=runtime.interpreter,
        emulator=runtime.emulator,
        bubblewrap=circumstances.bubblewrap,
    )
    for folder in (rooms.own, rooms.record, rooms.temporary, scratch / _HOME):
        folder.mkdir()
    for path in (*(Path(__file__).with_name(name) for name in _WORKERS), circumstances.prelude):
        if path is not None:
            shutil.copy(path, rooms.own)
    return rooms


def _order(code: Code, rooms: Rooms, settings: RunSettings, circumstances: Circumstances) -> Order:
    (rooms.own / "request.json").write_text(json.dumps(_request(code, rooms, circumstances)), encoding="utf-8")
    worker, told = rooms.inside(rooms.own / _WORKERS[0]), rooms.inside(rooms.own / "request.json")
    variables = {
        "TMPDIR": rooms.inside(rooms.temporary),
        # Apart from the host, the list of users says where the home is.
        **({} if rooms.is_isolated else {"HOME": str(rooms.scratch / _HOME)}),
        **lambda_environment(
            code.name, str(code.handler), rooms.inside(code.task), rooms.inside(code.layers), settings
        ),
        **circumstances.variables,
    }
    return Order(
        rooms=rooms,
        arguments=[*rooms.emulator, str(rooms.interpreter), "-I", "-S", "-B", worker, told],
        environment=variables,
        memory_bytes=settings.memory_mb * _MEGABYTE,
        has_network=circumstances.has_network,
    )


def _request(code: Code, rooms: Rooms, circumstances: Circumstances) -> dict[str, object]:
    folders = [code.task, *(code.task / folder for folder in code.search_folders)]
    folders += [Path(folder) for folder in search_folders(code.layers, code.target)]
    prelude = circumstances.prelude
    return {
        "handler": str(code.handler),
        "folders": [rooms.inside(folder) for folder in folders],
        "client": [rooms.inside(path) for path in (rooms.packages, rooms.client) if path],
        "record": rooms.inside(rooms.record / _RECORD) if circumstances.seen is not None else None,
        "prelude": rooms.inside(rooms.own / prelude.name) if prelude else None,
    }


def _read_record(rooms: Rooms) -> Iterator[Path]:
    """Give the places below the function's folder and its layers that a record names."""
    roots = {rooms.inside(folder) + "/": folder for folder in (rooms.task, rooms.layers)}
    path = rooms.record / _RECORD
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        name = os.path.normpath(os.fsdecode(line))
        for root, folder in roots.items():
            if f"{name}/".startswith(root):
                yield folder / name[len(root) :]
