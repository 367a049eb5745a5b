"""The stages in order for `lbundle lock`: settings are read, a lock for every set of requirements is written."""

from collections.abc import Sequence

from bundler.errors import NothingToLockError, SeveralLocksError
from bundler.model.build import LockSettings
from bundler.model.paths import show_path
from bundler.model.project import Options, Project, Target
from bundler.model.wheels import LockPlan, WrittenLock
from bundler.resolve.unset import naming_unset_variables
from bundler.resolve.write_lock import plan_lock, write_lock


def lock_project(project: Project, settings: LockSettings) -> tuple[WrittenLock, ...]:
    """Write a lock for every set of requirements that functions and layers have, for all targets they are used on."""
    users = [(function.options, function.target) for function in project.functions]
    users += [(layer.options, layer.target) for layer in project.layers if layer.options is not None]
    plans: dict[LockPlan, list[tuple[Options, Target]]] = {}
    for options, target in users:
        if plan := plan_lock(options, target, settings.output, settings.lock_format):
            plans.setdefault(plan, []).append((options, target))
    if not plans:
        raise NothingToLockError(
            tuple(dict.fromkeys(show_path(path, project.root) for options, _ in users for path in options.requirements))
        )
    if len({plan.output for plan in plans}) < len(plans):
        raise SeveralLocksError(tuple(show_path(source, project.root) for plan in plans for source in plan.sources))
    return tuple(_lock(plan, its_users, settings) for plan, its_users in plans.items())


def _lock(plan: LockPlan, users: Sequence[tuple[Options, Target]], settings: LockSettings) -> WrittenLock:
    targets = tuple(dict.fromkeys(target for _, target in users))
    settings.progress.start("lock", ", ".join(map(str, targets)))
    with naming_unset_variables(plan.sources, plan.working_folder):
        return write_lock(
            plan,
            targets,
            only_binary=tuple(sorted({name for options, _ in users for name in options.only_binary})),
            resolver=settings.resolver,
            is_upgrade=settings.is_upgrade,
            is_offline=settings.is_offline,
        )
