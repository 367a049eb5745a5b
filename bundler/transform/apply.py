"""Turn planned files into the bytes that ship, file by file."""

import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from bundler.model.artifact import METADATA_ONLY, StagedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.plan import LayerPlan, Plan, PlannedFile
from bundler.model.project import BytecodeMode, Target
from bundler.model.wheels import SiteFile
from bundler.system.files import mode_of, read_site_file, read_start
from bundler.transform.metadata import metadata_alone, thin_metadata
from bundler.transform.strip import checks_itself, strip_symbols

_SHARED_OBJECT = re.compile(r"\.so(\.[\d.]+)?$")
_METADATA_FOLDERS = (".dist-info", ".egg-info")
_ELF_MAGIC = b"\x7fELF"
_KINDS = {".py": "source", ".pyc": "bytecode"}


class Stager:
    """Stages the plans of functions that share a site, or of a layer; contents are read when they are packed."""

    def __init__(self, bytecode: Mapping[str, bytes]) -> None:
        """Take what the path of each source compiles to; a source that is not in it ships as it is."""
        self._bytecode = bytecode
        self._starts: dict[str, bytes] = {}

    def stage(self, plan: Plan | LayerPlan) -> tuple[StagedFile, ...]:
        """Return what the zip of a function or of a layer holds, in order of name."""
        staged: dict[str, StagedFile] = {}
        paths = {planned.file.path for planned in plan.files}
        for planned in plan.files:
            for file in self._stage(planned, plan):
                # A package may bring stale bytecode under the very name of ours.
                if file.arcname not in staged or file.kind == "bytecode":
                    has_symbols = file.kind == "native" and plan.strip and not planned.file.is_own
                    is_stripped = has_symbols and not checks_itself(file.arcname, paths)
                    staged[file.arcname] = _without_symbols(file) if is_stripped else file
        return tuple(
            replace(staged[arcname], arcname=f"{plan.prefix}{arcname}") if plan.prefix else staged[arcname]
            for arcname in sorted(staged)
        )

    def _start(self, file: SiteFile) -> bytes:
        if file.path not in self._starts:
            self._starts[file.path] = read_start(file)
        return self._starts[file.path]

    def _stage(self, planned: PlannedFile, plan: Plan | LayerPlan) -> Iterator[StagedFile]:
        path = PurePosixPath(planned.file.path)
        if planned.module is None or path.suffix != ".py" or planned.file.is_program:
            yield self._stage_as_it_is(planned, plan)
            return
        compiled = None if plan.bytecode is BytecodeMode.NONE else self._bytecode.get(planned.file.path)
        if compiled is None:
            yield self._source(planned)
        elif _has_source(planned, plan.bytecode):
            major, minor = plan.target.python
            beside = path.parent / "__pycache__" / f"{path.stem}.cpython-{major}{minor}.pyc"
            yield self._source(planned)
            yield _bytecode(planned, str(beside), compiled)
        else:
            # Where its source would be: without one, Python does not look into `__pycache__`.
            yield _bytecode(planned, str(path.with_suffix(".pyc")), compiled)

    def _source(self, planned: PlannedFile) -> StagedFile:
        return self._file(planned, "source")

    def _stage_as_it_is(self, planned: PlannedFile, plan: Plan | LayerPlan) -> StagedFile:
        path = PurePosixPath(planned.file.path)
        if any(folder.endswith(_METADATA_FOLDERS) for folder in path.parts[:-1]):
            if planned.is_alone:
                return self._file(planned, METADATA_ONLY, metadata_alone)
            return self._file(planned, "metadata", thin_metadata if path.name == "METADATA" else None)
        change = partial(_with_interpreter, target=plan.target) if planned.file.is_program else None
        is_native = _SHARED_OBJECT.search(path.name) is not None or self._start(planned.file).startswith(_ELF_MAGIC)
        return self._file(planned, "native" if is_native else "data", change)

    def _file(self, planned: PlannedFile, kind: str, change: Callable[[bytes], bytes] | None = None) -> StagedFile:
        """Return a file that ships under its own name, as it is or changed."""
        file = planned.file
        return StagedFile(
            arcname=file.path,
            read=partial(read_site_file, file) if change is None else partial(_read_changed, file, change),
            is_executable=_is_executable("" if file.is_program else file.path, lambda: self._start(file)),
            owner=file.owner,
            kind=kind,
            cause=planned.cause,
            origin=file.path,
            origin_bytes=file.size_bytes,
            shared=f"{kind} {file.path}",
        )


def stage_folder(files: Iterable[SiteFile]) -> tuple[StagedFile, ...]:
    """Return the files of a folder as they are, to be packed under the paths they have there."""
    return tuple(_stage_own(file) for file in files)


def _stage_own(file: SiteFile) -> StagedFile:
    start, mode = read_start(file), mode_of(file)
    path = PurePosixPath(file.path)
    kind = _KINDS.get(path.suffix)
    if kind is None:
        is_metadata = any(folder.endswith(_METADATA_FOLDERS) for folder in path.parts[:-1])
        kind = "native" if start.startswith(_ELF_MAGIC) else "metadata" if is_metadata else "data"
    is_program = bool(mode & stat.S_IXUSR)
    return StagedFile(
        arcname=file.path,
        read=partial(read_site_file, file),
        is_executable=is_program or _is_executable(file.path, lambda: start),
        owner=file.owner,
        kind=kind,
        cause=Edge(source="", target=file.path, kind=EdgeKind.INCLUDE, line=0, name="layer"),
        origin=file.path,
        origin_bytes=file.size_bytes,
    )


def _read_changed(file: SiteFile, change: Callable[[bytes], bytes]) -> bytes:
    return change(read_site_file(file))


def _without_symbols(file: StagedFile) -> StagedFile:
    return replace(file, read=lambda: strip_symbols(file.read()), is_stripped=True, shared=f"stripped {file.origin}")


def _has_source(planned: PlannedFile, mode: BytecodeMode) -> bool:
    is_wanted = planned.source_need is not None or planned.file.is_own
    return mode is BytecodeMode.BESIDE or (mode is BytecodeMode.AUTO and is_wanted)


def _bytecode(planned: PlannedFile, arcname: str, compiled: bytes) -> StagedFile:
    return StagedFile(
        arcname=arcname,
        read=lambda: compiled,
        is_executable=False,
        owner=planned.file.owner,
        kind="bytecode",
        cause=planned.cause,
        origin=planned.file.path,
        origin_bytes=planned.file.size_bytes,
        shared=f"bytecode {planned.file.path}",
    )


def _with_interpreter(program: bytes, target: Target) -> bytes:
    """Return a program as an install writes it: `#!python` stands for the interpreter that it is installed for."""
    major, minor = target.python
    return re.sub(rb"\A#!pythonw?", f"#!/var/lang/bin/python{major}.{minor}".encode(), program)


def _is_executable(arcname: str, start: Callable[[], bytes]) -> bool:
    """Tell whether a file is a program; by its content alone, as not every host that builds keeps the mode."""
    if arcname.endswith(".py") or _SHARED_OBJECT.search(arcname):
        return False
    return start().startswith((_ELF_MAGIC, b"#!"))
