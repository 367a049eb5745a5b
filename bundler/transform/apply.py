"""Turn planned files into the bytes that ship, file by file."""

import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from bundler.model.artifact import METADATA_ONLY, StagedFile
from bundler.model.imports import Edge, EdgeKind
from bundler.model.plan import LayerPlan, Plan, PlannedFile
from bundler.model.project import BytecodeMode, Target
from bundler.model.wheels import SiteFile
from bundler.system.files import read_own_file, read_site_file
from bundler.transform.metadata import metadata_alone, thin_metadata
from bundler.transform.strip import checks_itself, strip_symbols

_SHARED_OBJECT = re.compile(r"\.so(\.[\d.]+)?$")
_METADATA_FOLDERS = (".dist-info", ".egg-info")
_ELF_MAGIC = b"\x7fELF"
_KINDS = {".py": "source", ".pyc": "bytecode"}


class Stager:
    """Stages the plans of functions that share a site, or of a layer: what they have in common is read once."""

    def __init__(self, bytecode: Mapping[str, bytes]) -> None:
        """Take what the path of each source compiles to; a source that is not in it ships as it is."""
        self._bytecode = bytecode
        self._contents: dict[str, bytes] = {}
        self._stripped: dict[str, bytes] = {}

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
                    staged[file.arcname] = self._without_symbols(file) if is_stripped else file
        return tuple(
            replace(staged[arcname], arcname=f"{plan.prefix}{arcname}") if plan.prefix else staged[arcname]
            for arcname in sorted(staged)
        )

    def _read(self, file: SiteFile) -> bytes:
        if file.path not in self._contents:
            self._contents[file.path] = read_site_file(file)
        return self._contents[file.path]

    def _without_symbols(self, file: StagedFile) -> StagedFile:
        if file.origin not in self._stripped:
            self._stripped[file.origin] = strip_symbols(file.content)
        content = self._stripped[file.origin]
        return replace(file, content=content, stripped_bytes=len(file.content) - len(content))

    def _stage(self, planned: PlannedFile, plan: Plan | LayerPlan) -> Iterator[StagedFile]:
        path = PurePosixPath(planned.file.path)
        if planned.module is None or path.suffix != ".py" or planned.file.is_program:
            yield self._stage_as_it_is(planned, plan)
            return
        compiled = None if plan.bytecode is BytecodeMode.NONE else self._bytecode.get(planned.file.path)
        if compiled is None:
            yield _file(planned, str(path), self._read(planned.file), "source")
        elif _has_source(planned, plan.bytecode):
            major, minor = plan.target.python
            beside = path.parent / "__pycache__" / f"{path.stem}.cpython-{major}{minor}.pyc"
            yield _file(planned, str(path), self._read(planned.file), "source")
            yield _file(planned, str(beside), compiled, "bytecode")
        else:
            # Where its source would be: without one, Python does not look into `__pycache__`.
            yield _file(planned, str(path.with_suffix(".pyc")), compiled, "bytecode")

    def _stage_as_it_is(self, planned: PlannedFile, plan: Plan | LayerPlan) -> StagedFile:
        path = PurePosixPath(planned.file.path)
        content = self._read(planned.file)
        if any(folder.endswith(_METADATA_FOLDERS) for folder in path.parts[:-1]):
            if planned.is_alone:
                return _file(planned, str(path), metadata_alone(content), METADATA_ONLY)
            is_thinned = path.name == "METADATA"
            return _file(planned, str(path), thin_metadata(content) if is_thinned else content, "metadata")
        if planned.file.is_program:
            content = _with_interpreter(content, plan.target)
        is_native = _SHARED_OBJECT.search(path.name) is not None or content.startswith(_ELF_MAGIC)
        return _file(planned, str(path), content, "native" if is_native else "data")


def stage_folder(files: Iterable[SiteFile]) -> tuple[StagedFile, ...]:
    """Return the files of a folder as they are, to be packed under the paths they have there."""
    return tuple(_stage_own(file) for file in files)


def _stage_own(file: SiteFile) -> StagedFile:
    content, mode = read_own_file(file)
    path = PurePosixPath(file.path)
    kind = _KINDS.get(path.suffix)
    if kind is None:
        is_metadata = any(folder.endswith(_METADATA_FOLDERS) for folder in path.parts[:-1])
        kind = "native" if content.startswith(_ELF_MAGIC) else "metadata" if is_metadata else "data"
    is_program = bool(mode & stat.S_IXUSR)
    return StagedFile(
        arcname=file.path,
        content=content,
        is_executable=is_program or _is_executable(file.path, content),
        owner=file.owner,
        kind=kind,
        cause=Edge(source="", target=file.path, kind=EdgeKind.INCLUDE, line=0, name="layer"),
        origin=file.path,
    )


def _has_source(planned: PlannedFile, mode: BytecodeMode) -> bool:
    is_wanted = planned.source_need is not None or planned.file.is_own
    return mode is BytecodeMode.BESIDE or (mode is BytecodeMode.AUTO and is_wanted)


def _file(planned: PlannedFile, arcname: str, content: bytes, kind: str) -> StagedFile:
    return StagedFile(
        arcname=arcname,
        content=content,
        is_executable=_is_executable("" if planned.file.is_program else arcname, content),
        owner=planned.file.owner,
        kind=kind,
        cause=planned.cause,
        origin=planned.file.path,
    )


def _with_interpreter(program: bytes, target: Target) -> bytes:
    """Return a program as an install writes it: `#!python` stands for the interpreter that it is installed for."""
    major, minor = target.python
    return re.sub(rb"\A#!pythonw?", f"#!/var/lang/bin/python{major}.{minor}".encode(), program)


def _is_executable(arcname: str, content: bytes) -> bool:
    """Tell whether a file is a program; by its content alone, as not every host that builds keeps the mode."""
    if arcname.endswith(".py") or _SHARED_OBJECT.search(arcname):
        return False
    return content.startswith((_ELF_MAGIC, b"#!"))
