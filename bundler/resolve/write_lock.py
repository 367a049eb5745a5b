"""Requirements → a lock on disk: the pins for every target, with the hashes of all their files, in pip-tools' style."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from bundler import standards
from bundler.errors import LockOverwriteError, RequirementError, UnpinnedRequirementError
from bundler.model.project import Target
from bundler.model.wheels import Pin, Resolver, WrittenLock
from bundler.resolve.choose import files_of_version
from bundler.resolve.compile import Compiled, compile_wanted
from bundler.resolve.index import PackageIndex
from bundler.resolve.lock_formats import is_lock_file
from bundler.resolve.locks import Wanted, read_lock, read_wanted, state_pin
from bundler.resolve.pip_settings import PipSettings, read_pip_settings
from bundler.resolve.resolvers import CONSTRAINTS, REQUIREMENTS, choose_resolver
from bundler.system.files import write_atomically

_THREADS = 16
_SOURCE_ENDING = ".in"
_EXTRAS = re.compile(r"\[.*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """Which requirements become which lock."""

    sources: tuple[Path, ...]
    output: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One pin of the lock and the targets it holds for."""

    pin: Pin
    targets: tuple[Target, ...]
    wanted_by: frozenset[str]


def plan_lock(requirements: tuple[Path, ...], target: Target, output: Path | None) -> LockPlan | None:
    """Return what to compile and where to write it; `None` where there is nothing to compile.

    `requirements.in` becomes `requirements.txt`, whichever of the two the settings name. A `requirements.txt` alone is
    its user's own: its lock is `requirements.lock.txt`.
    """
    if not requirements or any(map(is_lock_file, requirements)):
        return None
    sources = tuple(_source_of(path) for path in requirements)
    if output is not None:
        return LockPlan(sources=sources, output=output)
    if len(sources) == 1 and sources[0].suffix == _SOURCE_ENDING:
        return LockPlan(sources=sources, output=sources[0].with_suffix(".txt"))
    if _is_whole(sources, target):
        return None
    return LockPlan(sources=sources, output=sources[0].with_suffix(".lock.txt"))


def write_lock(
    plan: LockPlan, targets: tuple[Target, ...], *, resolver: Resolver, is_upgrade: bool, is_offline: bool
) -> WrittenLock:
    """Compile a lock for the targets and write it; versions of the one that is there stay unless `is_upgrade`."""
    tool = choose_resolver(resolver)
    wanted = {target: read_wanted(plan.sources, target) for target in targets}
    _check_output(plan, wanted[targets[0]])
    existing = {target: _existing_pins(plan, target) for target in targets}
    compiled = {
        target: compile_wanted(
            wanted[target], target, tool, preferred=() if is_upgrade else existing[target], is_offline=is_offline
        )
        for target in targets
    }
    settings = read_pip_settings(wanted[targets[0]].index, is_offline=is_offline)
    entries = tuple(_merge(compiled))
    content = "\n".join((*_header(plan, targets), *_render(entries, targets, plan, settings)))
    write_atomically(plan.output, f"{content}\n".encode())
    notes = dict.fromkeys(note for one in compiled.values() for note in one.notes)
    return WrittenLock(path=plan.output, pin_count=len(entries), targets=targets, resolver=tool, notes=tuple(notes))


def _source_of(path: Path) -> Path:
    source = path.with_suffix(_SOURCE_ENDING)
    return source if source.is_file() else path


def _is_whole(paths: tuple[Path, ...], target: Target) -> bool:
    """Tell whether requirements pin every version and have its hashes."""
    try:
        lock = read_lock(paths, target)
    except UnpinnedRequirementError:
        return False
    return all(pin.hashes or pin.path for pin in lock.pins)


def _check_output(plan: LockPlan, wanted: Wanted) -> None:
    if plan.output.resolve() in {path.resolve() for path in wanted.paths}:
        raise _overwrites(plan)


def _existing_pins(plan: LockPlan, target: Target) -> tuple[str, ...]:
    """Return the pins of the lock that is there; raise where what is there is no lock."""
    if not plan.output.is_file():
        return ()
    try:
        lock = read_lock((plan.output,), target)
    except (UnpinnedRequirementError, RequirementError) as error:
        raise _overwrites(plan) from error
    return tuple(f"{pin.name}=={pin.version}" for pin in lock.pins if not (pin.url or pin.path))


def _overwrites(plan: LockPlan) -> LockOverwriteError:
    return LockOverwriteError(plan.output.name, plan.output.with_suffix(_SOURCE_ENDING).name)


def _merge(compiled: dict[Target, Compiled]) -> Iterator[_Entry]:
    """Yield each pin once, with all targets that have it."""
    found: dict[tuple[str, str, str | None, Path | None], list[tuple[Target, Pin]]] = {}
    wanted_by: dict[str, set[str]] = {}
    for target, answer in compiled.items():
        for pin in answer.pins:
            found.setdefault((pin.name, pin.version, pin.url, pin.path), []).append((target, pin))
        for line in answer.lines:
            name = standards.ParsedRequirement(line.requirement).name
            wanted_by.setdefault(name, set()).update(line.wanted_by)
    for key in sorted(found, key=lambda key: (key[0], [(target.python, str(target)) for target, _ in found[key]])):
        pins = [pin for _, pin in found[key]]
        extras = sorted({extra for pin in pins for extra in pin.extras})
        pin = replace(pins[0], extras=tuple(extras))
        targets = tuple(target for target, _ in found[key])
        yield _Entry(pin=pin, targets=targets, wanted_by=frozenset(wanted_by.get(key[0], ())))


def _header(plan: LockPlan, targets: tuple[Target, ...]) -> Iterator[str]:
    sources = ", ".join(source.name for source in plan.sources)
    yield f"# Made by `lbundle lock` from {sources} for {', '.join(map(str, targets))}."
    yield "# It keeps these versions while they will do; `lbundle lock --upgrade` takes the newest."


def _render(
    entries: tuple[_Entry, ...], targets: tuple[Target, ...], plan: LockPlan, settings: PipSettings
) -> Iterator[str]:
    with PackageIndex(settings) as index, ThreadPoolExecutor(max_workers=_THREADS) as pool:
        index.read_find_links()
        found = pool.map(lambda entry: entry.pin.hashes or _find_hashes(entry.pin, index), entries)
        for entry, hashes in zip(entries, found, strict=True):
            marker = _marker(entry.targets, targets)
            requirement = _state_portably(entry.pin, plan.output.parent) + (f" ; {marker}" if marker else "")
            yield " \\\n    ".join((requirement, *(f"--hash={one}" for one in hashes)))
            yield from _annotate(entry, plan)


def _find_hashes(pin: Pin, index: PackageIndex) -> tuple[str, ...]:
    """Return the hashes of a pin's files as the index gives them; a file it gives none for is read for it."""
    if pin.path:
        return ()
    if pin.url:
        return (_hash_file(pin.url, index),)
    files = files_of_version(pin, index.list_files(pin.name))
    return tuple(
        sorted(
            {
                next((one for one in file.hashes if one.startswith("sha256:")), None) or _hash_file(file.url, index)
                for file in files
            }
        )
    )


def _hash_file(url: str, index: PackageIndex) -> str:
    pieces: list[bytes] = []
    index.download(url, lambda _: pieces.clear(), pieces.append)
    return f"sha256:{hashlib.sha256(b''.join(pieces)).hexdigest()}"


def _marker(holds_for: tuple[Target, ...], targets: tuple[Target, ...]) -> str:
    """Return what tells the targets a pin holds for from the others; empty where it holds for all."""
    if len(holds_for) == len(targets):
        return ""
    is_python_told = len({target.python for target in targets}) > 1
    is_machine_told = len({target.architecture for target in targets}) > 1
    alternatives = []
    for target in holds_for:
        python = f'python_version == "{target.python[0]}.{target.python[1]}"' if is_python_told else ""
        machine = f'platform_machine == "{target.architecture.machine}"' if is_machine_told else ""
        alternatives.append(" and ".join(filter(None, (python, machine))))
    return " or ".join(dict.fromkeys(alternatives))


def _state_portably(pin: Pin, folder: Path) -> str:
    """Return the pin as a line; a file or folder on this machine by its path from the lock's folder."""
    if pin.path is None and not (pin.url and pin.url.startswith("file:")):
        return state_pin(pin)
    place = pin.path or url2pathname(urlsplit(pin.url or "").path)
    path = Path(os.path.relpath(place, folder.resolve())).as_posix()
    extras = f"[{','.join(pin.extras)}]" if pin.extras else ""
    return f"{path if path.startswith('../') else f'./{path}'}{extras}"


def _annotate(entry: _Entry, plan: LockPlan) -> Iterator[str]:
    """Say who wants a pin, as pip-tools does."""
    names = sorted(_names(entry.wanted_by, plan))
    if len(names) == 1:
        yield f"    # via {names[0]}"
    elif names:
        yield "    # via"
        yield from (f"    #   {name}" for name in names)


def _names(wanted_by: Iterable[str], plan: LockPlan) -> set[str]:
    """Return the names of distributions without extras, and our own file's in place of the resolver's."""
    sources = " ".join(f"-r {source.name}" for source in plan.sources)
    kept = (name for name in wanted_by if not name.endswith(f"-c {CONSTRAINTS}"))
    return {
        sources if name == f"-r {REQUIREMENTS}" else standards.normalise_name(_EXTRAS.sub("", name)) for name in kept
    }
