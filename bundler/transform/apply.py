"""Turn planned files into the bytes that ship, file by file."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from bundler.model.artifact import StagedFile
from bundler.model.plan import Plan, PlannedFile
from bundler.model.project import BytecodeMode, Function
from bundler.system.files import read_site_file
from bundler.transform.metadata import thin_metadata

_SHARED_OBJECT = re.compile(r"\.so(\.[\d.]+)?$")
_METADATA_FOLDERS = (".dist-info", ".egg-info")
_ELF_MAGIC = b"\x7fELF"


def stage_files(plan: Plan, bytecode: Mapping[str, bytes]) -> tuple[StagedFile, ...]:
    """Return what a function's zip holds, in order of name.

    `bytecode` maps a source's path to what it compiles to; a source that is not in it ships as it is.
    """
    staged: dict[str, StagedFile] = {}
    for planned in plan.files:
        for file in _stage(planned, plan.function, bytecode):
            # A package may bring stale bytecode under the very name of ours.
            if file.arcname not in staged or file.kind == "bytecode":
                staged[file.arcname] = file
    return tuple(staged[arcname] for arcname in sorted(staged))


def _stage(planned: PlannedFile, function: Function, bytecode: Mapping[str, bytes]) -> Iterator[StagedFile]:
    path = PurePosixPath(planned.file.path)
    if planned.module is None or path.suffix != ".py":
        yield _stage_as_it_is(planned)
        return
    mode = function.options.bytecode
    compiled = None if mode is BytecodeMode.NONE else bytecode.get(planned.file.path)
    if compiled is None:
        yield _file(planned, str(path), read_site_file(planned.file), "source")
    elif _has_source(planned, mode):
        major, minor = function.target.python
        beside = path.parent / "__pycache__" / f"{path.stem}.cpython-{major}{minor}.pyc"
        yield _file(planned, str(path), read_site_file(planned.file), "source")
        yield _file(planned, str(beside), compiled, "bytecode")
    else:
        # Where its source would be: without one, Python does not look into `__pycache__`.
        yield _file(planned, str(path.with_suffix(".pyc")), compiled, "bytecode")


def _has_source(planned: PlannedFile, mode: BytecodeMode) -> bool:
    return mode is BytecodeMode.BESIDE or planned.needs_source or (mode is BytecodeMode.AUTO and planned.file.is_own)


def _stage_as_it_is(planned: PlannedFile) -> StagedFile:
    path = PurePosixPath(planned.file.path)
    content = read_site_file(planned.file)
    if any(folder.endswith(_METADATA_FOLDERS) for folder in path.parts[:-1]):
        is_thinned = path.name == "METADATA"
        return _file(planned, str(path), thin_metadata(content) if is_thinned else content, "metadata")
    is_native = _SHARED_OBJECT.search(path.name) is not None or content.startswith(_ELF_MAGIC)
    return _file(planned, str(path), content, "native" if is_native else "data")


def _file(planned: PlannedFile, arcname: str, content: bytes, kind: str) -> StagedFile:
    return StagedFile(
        arcname=arcname,
        content=content,
        is_executable=_is_executable(arcname, content),
        owner=planned.file.owner,
        kind=kind,
        cause=planned.cause,
        origin=planned.file.path,
    )


def _is_executable(arcname: str, content: bytes) -> bool:
    """Tell whether a file is a program; by its content alone, as not every host that builds keeps the mode."""
    if arcname.endswith(".py") or _SHARED_OBJECT.search(arcname):
        return False
    return content.startswith((_ELF_MAGIC, b"#!"))
