"""Requirements → a lock on disk: the pins for every target, with the hashes of all their files."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bundler import standards
from bundler.addresses import public_address
from bundler.errors import (
    LockNameError,
    LockOverwriteError,
    LockTargetError,
    RequirementError,
    UnpinnedRequirementError,
)
from bundler.model.project import Options, Target
from bundler.model.wheels import Lock, LockFormat, LockPlan, Pin, Resolver, WrittenLock
from bundler.resolve.compile import Compiled, compile_wanted
from bundler.resolve.git import pin_commits
from bundler.resolve.lock_as_requirements import render_requirements
from bundler.resolve.lock_entries import Entry, find_files
from bundler.resolve.lock_formats import is_lock_file, is_pylock, read_lock_file, read_sources
from bundler.resolve.locks import Wanted, read_lock, read_wanted
from bundler.resolve.pip_settings import read_pip_settings
from bundler.resolve.resolvers import choose_resolver
from bundler.system.files import write_output

_SOURCE_ENDING = ".in"
_USUAL_NAME = "requirements"


def plan_lock(options: Options, target: Target, output: Path | None, lock_format: LockFormat | None) -> LockPlan | None:
    """Return what to compile and where to write it; `None` where there is nothing to compile.

    `requirements.in` becomes `requirements.txt` or `pylock.toml`, whichever of them the settings name; without a
    `lock_format` the one that is in use stays. A `requirements.txt` alone is its user's own: its lock is
    `requirements.lock.txt`.
    """
    requirements, folder = options.requirements, options.working_folder
    sources = _sources_of(requirements)
    if not sources:
        return None
    if lock_format is None:
        is_pylock_wanted = is_pylock(output) if output else any(map(is_pylock, requirements))
        lock_format = LockFormat.PYLOCK if is_pylock_wanted else LockFormat.REQUIREMENTS
    if output is not None:
        if is_pylock(output) is not (lock_format is LockFormat.PYLOCK):
            raise LockNameError(output.name, lock_format)
        return LockPlan(sources=sources, output=output, working_folder=folder)
    if lock_format is LockFormat.PYLOCK:
        return LockPlan(sources=sources, output=sources[0].with_name(_pylock_name(sources[0])), working_folder=folder)
    if len(sources) == 1 and sources[0].suffix == _SOURCE_ENDING:
        return LockPlan(sources=sources, output=sources[0].with_suffix(".txt"), working_folder=folder)
    if _is_whole(sources, target, folder):
        return None
    return LockPlan(sources=sources, output=sources[0].with_suffix(".lock.txt"), working_folder=folder)


def write_lock(
    plan: LockPlan,
    targets: tuple[Target, ...],
    *,
    only_binary: tuple[str, ...] = (),
    resolver: Resolver,
    is_upgrade: bool,
    is_offline: bool,
) -> WrittenLock:
    """Compile a lock for the targets and write it; versions of the one that is there stay unless `is_upgrade`."""
    tool = choose_resolver(resolver)
    wanted = {
        target: read_wanted(plan.sources, target, folder=plan.working_folder, only_binary=only_binary)
        for target in targets
    }
    _check_output(plan, wanted[targets[0]])
    existing = {target: _existing_pins(plan, target) for target in targets}
    compiled = {
        target: _with_commits(
            compile_wanted(
                wanted[target], target, tool, preferred=() if is_upgrade else existing[target], is_offline=is_offline
            ),
            is_offline=is_offline,
        )
        for target in targets
    }
    settings = read_pip_settings(wanted[targets[0]].index, is_offline=is_offline)
    entries = find_files(_merge(compiled), settings)
    if is_pylock(plan.output):
        # Its writer takes time to load.
        from bundler.resolve.lock_as_pylock import render_pylock  # noqa: PLC0415 - one format of two

        content = render_pylock(entries, targets, plan, settings)
    else:
        content = render_requirements(entries, targets, plan, wanted[targets[0]].options)
    write_output(plan.output, content.encode())
    notes = dict.fromkeys((*(note for one in compiled.values() for note in one.notes), *_left_out(entries)))
    return WrittenLock(path=plan.output, pin_count=len(entries), targets=targets, resolver=tool, notes=tuple(notes))


def _left_out(entries: Iterable[Entry]) -> Iterator[str]:
    """Say of which addresses the lock has less than the requirements: what may be a secret is not written down."""
    for pin in (entry.pin for entry in entries):
        url = pin.url or (pin.git.url if pin.git else "")
        if not url.startswith("ssh:") and public_address(url) != url:
            yield (
                f"the address of `{pin.name}` is written without its login or query: "
                "whoever builds gives a login in `~/.netrc` or keyring"
            )


def _with_commits(compiled: Compiled, *, is_offline: bool) -> Compiled:
    """Return the answer with the commit that each branch or tag stands for now."""
    return replace(compiled, pins=pin_commits(Lock(pins=compiled.pins, paths=()), is_offline=is_offline).pins)


def _sources_of(requirements: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the files that somebody writes by hand; none where another tool keeps the lock."""
    sources: dict[Path, None] = {}
    for path in requirements:
        if not is_lock_file(path):
            source = path.with_suffix(_SOURCE_ENDING)
            sources[source if source.is_file() else path] = None
        elif own := read_sources(path):
            sources |= dict.fromkeys(own)
        else:
            return ()
    return tuple(sources)


def _pylock_name(source: Path) -> str:
    """Return a name that PEP 751 allows."""
    name = source.name.removesuffix(source.suffix).replace(".", "-")
    return "pylock.toml" if name == _USUAL_NAME else f"pylock.{name}.toml"


def _is_whole(paths: tuple[Path, ...], target: Target, folder: Path) -> bool:
    """Tell whether requirements pin every version and have its hashes."""
    try:
        lock = read_lock(paths, target, folder=folder)
    except UnpinnedRequirementError:
        return False
    return all(pin.hashes or pin.path or pin.git for pin in lock.pins)


def _check_output(plan: LockPlan, wanted: Wanted) -> None:
    if plan.output.resolve() in {path.resolve() for path in wanted.paths}:
        raise _overwrites(plan)


def _existing_pins(plan: LockPlan, target: Target) -> tuple[str, ...]:
    """Return the pins of the lock that is there; raise where what is there is no lock, or another tool's."""
    path = plan.output
    if not path.is_file():
        return ()
    if is_pylock(path) and not read_sources(path):
        raise _overwrites(plan)
    try:
        if is_pylock(path):
            folder = plan.working_folder
            pins = read_lock_file(path, target, root=path.parent, folder=folder, groups=(), extras=()).pins
        else:
            pins = read_lock((path,), target, folder=plan.working_folder).pins
    except LockTargetError:
        return ()
    except (UnpinnedRequirementError, RequirementError) as error:
        raise _overwrites(plan) from error
    return tuple(f"{pin.name}=={pin.version}" for pin in pins if pin.is_from_index)


def _overwrites(plan: LockPlan) -> LockOverwriteError:
    name = plan.output.name
    return LockOverwriteError(name, plan.sources[0].name if is_pylock(plan.output) else f"{plan.output.stem}.in")


def _merge(compiled: dict[Target, Compiled]) -> Iterator[Entry]:
    """Yield each pin once, with all targets that have it."""
    found: dict[tuple[str, str, str], list[tuple[Target, Pin]]] = {}
    wanted_by: dict[str, set[str]] = {}
    for target, answer in compiled.items():
        for pin in answer.pins:
            found.setdefault((pin.name, pin.version, str(pin.url or pin.path or pin.git)), []).append((target, pin))
        for line in answer.lines:
            name = standards.ParsedRequirement(line.requirement).name
            wanted_by.setdefault(name, set()).update(line.wanted_by)
    for key in sorted(found, key=lambda key: (key[0], [(target.python, str(target)) for target, _ in found[key]])):
        pins = [pin for _, pin in found[key]]
        extras = sorted({extra for pin in pins for extra in pin.extras})
        pin = replace(pins[0], extras=tuple(extras))
        targets = tuple(target for target, _ in found[key])
        yield Entry(pin=pin, targets=targets, wanted_by=frozenset(wanted_by.get(key[0], ())))
