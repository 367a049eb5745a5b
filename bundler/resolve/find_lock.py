"""Requirements as a project has them → `Lock`: read where it is one, compiled where it is none."""

from dataclasses import replace
from pathlib import Path

from bundler.errors import BundleError, PinConflictError, UnpinnedRequirementError
from bundler.model.paths import show_path
from bundler.model.project import Options, Target
from bundler.model.wheels import Lock, Pin, Resolver
from bundler.resolve.git import pin_commits
from bundler.resolve.lock_formats import is_lock_file, read_lock_file
from bundler.resolve.locks import forbid_builds, read_lock
from bundler.resolve.project_indexes import merge_indexes
from bundler.resolve.requirements_index import read_index
from bundler.resolve.stale import find_source, requirements_notes, unlocked_notes

_RIVALS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.txt")
_NAMED = 3


def find_lock(options: Options, target: Target, *, root: Path, resolver: Resolver, is_offline: bool) -> Lock:
    """Return what a function's requirements pin for a target; the notes say what the user should know of it.

    `root` is the folder of the function's project, as a lock may hold several projects.
    """
    lock = _find(options, target, root=root, resolver=resolver, is_offline=is_offline)
    return _with_options(lock, options, is_offline=is_offline)


def _find(options: Options, target: Target, *, root: Path, resolver: Resolver, is_offline: bool) -> Lock:
    if not options.requirements:
        return Lock(pins=(), paths=(), notes=unlocked_notes(root, options.working_folder))
    locks = [
        read_lock_file(
            path,
            target,
            root=root,
            folder=options.working_folder,
            groups=options.groups,
            extras=options.extras,
        )
        for path in options.requirements
        if is_lock_file(path)
    ]
    if plain := tuple(path for path in options.requirements if not is_lock_file(path)):
        locks.append(_read_or_compile(replace(options, requirements=plain), target, resolver, is_offline=is_offline))
    if len(locks) == 1:
        lock = locks[0]
        return replace(lock, notes=(*lock.notes, *_rival_notes(lock, target, root, options.working_folder)))
    return Lock(
        pins=_merge(locks),
        paths=tuple(path for lock in locks for path in lock.paths),
        # Plain requirements come last and may name any index; locks add to them.
        index=merge_indexes(lock.index for lock in locks),
        notes=tuple(note for lock in locks for note in lock.notes),
    )


def _read_or_compile(options: Options, target: Target, resolver: Resolver, *, is_offline: bool) -> Lock:
    requirements, folder = options.requirements, options.working_folder
    try:
        lock = read_lock(requirements, target, folder=folder)
        stale = (note for path in requirements for note in requirements_notes(path, lock.pins, target, folder))
        # What a lock was made from names its indexes, with logins that no lock should have.
        index = merge_indexes((read_index(filter(None, map(find_source, requirements)), folder), lock.index))
        return replace(lock, index=index, notes=(*lock.notes, *stale))
    except UnpinnedRequirementError:
        from bundler.resolve.compile import compile_lock  # noqa: PLC0415 - most projects have a lock

        return compile_lock(options, target, resolver=resolver, is_offline=is_offline)


def complete_lock(
    lock: Lock, missing: tuple[str, ...], options: Options, target: Target, *, is_offline: bool
) -> Lock | None:
    """Return the whole of a lock whose pins need more than it names, `None` where it is to stay as it is.

    Requirements that pin what the project itself imports are installed by pip with all that those need. A project
    manager's lock and one with hashes are complete by definition: pip looks for nothing beyond them either.
    """
    is_whole = any(map(is_lock_file, options.requirements)) or any(pin.hashes for pin in lock.pins)
    if is_whole or not missing:
        return None
    from bundler.resolve.compile import compile_lock  # noqa: PLC0415 - most projects have a lock

    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    completed = compile_lock(
        options,
        target,
        resolver=Resolver.AUTO,
        is_offline=is_offline,
        reason=f"does not pin {', '.join(f'`{name}`' for name in missing[:_NAMED])}{more}, which its packages need",
    )
    return _with_options(completed, options, is_offline=is_offline)


def _with_options(lock: Lock, options: Options, *, is_offline: bool) -> Lock:
    lock = replace(lock, index=forbid_builds(lock.index, options.only_binary))
    return pin_commits(lock, is_offline=is_offline)


def _merge(locks: list[Lock]) -> tuple[Pin, ...]:
    merged: dict[str, Pin] = {}
    for pin in (pin for lock in locks for pin in lock.pins):
        other = merged.setdefault(pin.name, pin)
        if other.version != pin.version:
            raise PinConflictError(pin.name, ((other.version, other.origin), (pin.version, pin.origin)))
    return tuple(merged[name] for name in sorted(merged))


def _rival_notes(lock: Lock, target: Target, root: Path, folder: Path) -> tuple[str, ...]:
    """Say where another lock of the same folder pins other versions: one of the two is out of date."""
    used = lock.paths[0] if lock.paths else None
    if used is None or used.name not in _RIVALS:
        return ()
    versions = {pin.name: pin.version for pin in lock.pins}
    notes = []
    for rival in (used.with_name(name) for name in _RIVALS if name != used.name):
        others = _try_to_read(rival, target, root, folder) if rival.is_file() else ()
        odd = sorted(
            f"{pin.name} {versions[pin.name]}, not {pin.version}"
            for pin in others
            if versions.get(pin.name, pin.version) != pin.version
        )
        if odd:
            more = f" and {len(odd) - _NAMED} more" if len(odd) > _NAMED else ""
            one, other = show_path(used, folder), show_path(rival, folder)
            notes.append(f"`{one}` is used, `{other}` disagrees: {'; '.join(odd[:_NAMED])}{more}")
    return tuple(notes)


def _try_to_read(path: Path, target: Target, root: Path, folder: Path) -> tuple[Pin, ...]:
    try:
        if is_lock_file(path):
            return read_lock_file(path, target, root=root, folder=folder, groups=(), extras=()).pins
        return read_lock((path,), target, folder=folder).pins
    except BundleError:
        return ()
