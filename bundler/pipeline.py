"""The stages in order: read this first.

Resolving and tracing happen once for all functions that share what they are built from; planning, staging and packing
once per function, and only for functions that have changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler.errors import NothingToLockError, SeveralLocksError
from bundler.model.artifact import Artifact, StagedFile
from bundler.model.plan import LayerPlan, Plan
from bundler.model.progress import Progress
from bundler.model.project import BytecodeMode, Function, Layer, Project, Target
from bundler.model.report import ImportTiming
from bundler.model.wheels import LayerContents, Lock, LockFormat, LockPlan, Resolver, Site, Wheel, WrittenLock
from bundler.pack import digest_inputs, digest_layer, find_unchanged, write_metafile, write_zip
from bundler.plan import choose_layer_files, plan_files, plan_layer
from bundler.report import format_count, make_layer_metafile, make_metafile
from bundler.resolve import (
    complete_lock,
    describe_layer,
    fetch_wheels,
    find_lock,
    gather_site,
    leave_to_layers,
    read_layer_folder,
)
from bundler.system.interpreters import Interpreter, identify_interpreter
from bundler.trace import trace_functions, trace_layer
from bundler.transform import compile_modules, stage_files, stage_folder

LAYERS_FOLDER = "layers"
"""Where zips of layers go, below those of functions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The zip of a function or of a layer, as its metafile describes it."""

    name: str
    zip_path: Path
    metafile: dict[str, Any]
    is_unchanged: bool
    """The zip of an earlier build was still right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSettings:
    """How to build, whatever is built."""

    output: Path
    jobs: int
    progress: Progress
    is_offline: bool
    """Nobody is asked for what the cache lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSettings:
    """How to lock."""

    output: Path | None
    lock_format: LockFormat | None
    """`None` stands for that of the lock in use."""
    resolver: Resolver
    is_upgrade: bool
    is_offline: bool
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedGroup:
    """Functions that share a target, requirements, code and externals, and what resolving gave them."""

    functions: tuple[Function, ...]
    lock: Lock
    site: Site


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltLayer:
    """A finished layer, and what it was built from."""

    layer: Layer
    bundle: Bundle
    site: Site

    def contents(self, target: Target) -> LayerContents:
        """Return what it brings to functions of a target."""
        metafile = self.bundle.metafile
        origins = [file["origin"] for file in metafile["files"]]
        sizes = (metafile["zip"]["sha256"], metafile["zip"]["bytes"], metafile["zip"]["unzipped_bytes"])
        return describe_layer(self.layer, self.site, origins, target, sizes)


def build_layers(project: Project, settings: BuildSettings) -> tuple[BuiltLayer, ...]:
    """Build a zip and a metafile for every layer of a project, in the project's order."""
    return tuple(_build_layer(project, layer, settings) for layer in project.layers)


def build_project(
    project: Project, settings: BuildSettings, layers: Sequence[BuiltLayer] | None = None
) -> tuple[Bundle, ...]:
    """Build a zip and a metafile for every function of a project, in the project's order.

    `layers` are the project's, where they are built already; else they are built first.
    """
    built = build_layers(project, settings) if layers is None else layers
    bundles: dict[str, Bundle] = {}
    for functions in _share_sites(project.functions):
        group = _resolve(project, functions, built, settings)
        bundles |= {bundle.name: bundle for bundle in _build_group(project, group, settings)}
    return tuple(bundles[function.name] for function in project.functions)


def time_imports(project: Project, settings: BuildSettings) -> tuple[ImportTiming, ...]:
    """Measure how long the handlers of finished zips take to import, of those functions that have a limit for it."""
    from bundler.prove import measure_imports  # noqa: PLC0415 - few builds measure

    timings = []
    for function in project.functions:
        allowed_seconds = function.options.limit.imports_seconds
        if allowed_seconds is not None:
            settings.progress.start("import", function.name)
            zip_path = settings.output / f"{function.name}.zip"
            is_offline = settings.is_offline
            timings.append(measure_imports(function, zip_path, allowed_seconds=allowed_seconds, is_offline=is_offline))
    return tuple(timings)


def plan_project(project: Project, settings: BuildSettings) -> tuple[Plan, ...]:
    """Return the plan of every function of a project, and build nothing."""
    layers = build_layers(project, settings)
    return tuple(
        plan
        for functions in _share_sites(project.functions)
        for plan in _plan(_resolve(project, functions, layers, settings), functions, settings)
    )


def lock_project(project: Project, settings: LockSettings) -> tuple[WrittenLock, ...]:
    """Write a lock for every set of requirements that functions and layers have, for all targets they are used on."""
    from bundler.resolve.write_lock import plan_lock, write_lock  # noqa: PLC0415 - builds start fast

    targets: dict[LockPlan, dict[Target, None]] = {}
    only_binary: dict[LockPlan, set[str]] = {}
    users = [(function.options, function.target) for function in project.functions]
    users += [(layer.options, layer.target) for layer in project.layers if layer.options is not None]
    for options, target in users:
        if plan := plan_lock(options.requirements, target, settings.output, settings.lock_format):
            targets.setdefault(plan, {})[target] = None
            only_binary.setdefault(plan, set()).update(options.only_binary)
    if not targets:
        paths = {path.name: None for options, _ in users for path in options.requirements}
        raise NothingToLockError(tuple(paths))
    if len({plan.output for plan in targets}) < len(targets):
        raise SeveralLocksError(tuple(source.name for plan in targets for source in plan.sources))
    locks = []
    for plan, its_targets in targets.items():
        settings.progress.start("lock", ", ".join(map(str, its_targets)))
        locks.append(
            write_lock(
                plan,
                tuple(its_targets),
                only_binary=tuple(sorted(only_binary[plan])),
                resolver=settings.resolver,
                is_upgrade=settings.is_upgrade,
                is_offline=settings.is_offline,
            )
        )
    return tuple(locks)


def _share_sites(functions: Iterable[Function]) -> Iterator[tuple[Function, ...]]:
    """Group the functions that can be resolved and traced together."""
    groups: dict[object, list[Function]] = {}
    for function in functions:
        options = function.options
        tracing = (options.external, options.include, options.include_modules, options.exclude_modules)
        locked = (options.requirements, options.groups, options.extras, options.only_binary)
        shared = (function.target, function.code_root, function.layers, locked, *tracing)
        groups.setdefault(shared, []).append(function)
    return (tuple(group) for group in groups.values())


def _resolve(
    project: Project, functions: tuple[Function, ...], built: Sequence[BuiltLayer], settings: BuildSettings
) -> ResolvedGroup:
    target = functions[0].target
    settings.progress.start("resolve", str(target))
    options, root, is_offline = functions[0].options, functions[0].code_root, settings.is_offline
    layer_by_name = {layer.layer.name: layer for layer in built}
    layers = tuple(layer_by_name[name].contents(target) for name in functions[0].layers)
    ignored = (settings.output, *project.layer_folders)

    def gather(lock: Lock) -> Site:
        return gather_site(_fetch(lock, target, settings), root, target, ignore=ignored, layers=layers)

    lock = leave_to_layers(find_lock(options, target, root=root, resolver=Resolver.AUTO, is_offline=is_offline), layers)
    site = gather(lock)
    if completed := complete_lock(lock, site.missing, options, target, is_offline=is_offline):
        lock = leave_to_layers(completed, layers)
        site = gather(lock)
    return ResolvedGroup(functions=functions, lock=lock, site=_with_notes(site, lock))


def _fetch(lock: Lock, target: Target, settings: BuildSettings) -> tuple[Wheel, ...]:
    settings.progress.start("fetch", format_count(len(lock.pins), "package"))
    return fetch_wheels(lock, target, is_offline=settings.is_offline, on_progress=settings.progress.fetched)


def _with_notes(site: Site, lock: Lock) -> Site:
    return replace(site, warnings=(*lock.notes, *site.warnings))


def _plan(group: ResolvedGroup, functions: tuple[Function, ...], settings: BuildSettings) -> tuple[Plan, ...]:
    settings.progress.start("trace", ", ".join(function.name for function in functions))
    graph = trace_functions(functions, group.site)
    return tuple(plan_files(function, graph, group.site) for function in functions)


def _build_group(project: Project, group: ResolvedGroup, settings: BuildSettings) -> Iterator[Bundle]:
    """Build the functions that changed; the others keep their zips."""
    interpreter = identify_interpreter(group.functions[0].target.python)
    inputs = digest_inputs(project, group.functions, group.site, interpreter)
    changed = []
    for function in group.functions:
        metafile = find_unchanged(settings.output, function.name, inputs[function.name])
        if metafile is None:
            changed.append(function)
        else:
            yield _bundle(function, metafile, settings, is_unchanged=True)
    if changed:
        plans = _plan(group, tuple(changed), settings)
        settings.progress.start("compile", str(group.functions[0].target))
        bytecode = compile_modules(plans, interpreter, jobs=settings.jobs) if interpreter is not None else {}
        for plan in plans:
            artifact = _pack(plan, bytecode, settings)
            metafile = make_metafile(
                project_name=project.name,
                stage=project.stage,
                function=plan.function,
                plan=plan,
                artifact=artifact,
                distributions=group.site.distributions,
                layers=group.site.layers,
                lock_paths=group.lock.paths,
                inputs=inputs[plan.function.name],
                warnings=(*plan.warnings, *_bytecode_warnings(plan, interpreter)),
            )
            write_metafile(settings.output, plan.function.name, metafile)
            yield _bundle(plan.function, metafile, settings, is_unchanged=False)


def _build_layer(project: Project, layer: Layer, settings: BuildSettings) -> BuiltLayer:
    """Build a layer, unless it has not changed."""
    lock, site = _resolve_layer(project, layer, settings)
    interpreter = identify_interpreter(layer.target.python)
    inputs = digest_layer(project, layer, site, interpreter)
    output = settings.output / LAYERS_FOLDER
    zip_path = output / f"{layer.name}.zip"
    metafile = find_unchanged(output, layer.name, inputs)
    is_unchanged = metafile is not None
    if metafile is None:
        plan = _plan_layer(layer, site, settings)
        settings.progress.start("pack", layer.name)
        artifact = write_zip(_stage_layer(plan, site, interpreter, settings), zip_path, jobs=settings.jobs)
        metafile = make_layer_metafile(
            layer,
            artifact,
            omissions=plan.omissions,
            distributions=site.distributions,
            lock_paths=lock.paths,
            inputs=inputs,
            warnings=(*plan.warnings, *_bytecode_warnings(plan, interpreter)),
        )
        write_metafile(output, layer.name, metafile)
    bundle = Bundle(name=layer.name, zip_path=zip_path, metafile=metafile, is_unchanged=is_unchanged)
    return BuiltLayer(layer=layer, bundle=bundle, site=site)


def _resolve_layer(project: Project, layer: Layer, settings: BuildSettings) -> tuple[Lock, Site]:
    if layer.options is None:
        return Lock(pins=(), paths=()), read_layer_folder(layer.folder or project.root, layer.name)
    target, is_offline = layer.target, settings.is_offline
    settings.progress.start("resolve", f"layer {layer.name}")
    lock = find_lock(layer.options, target, root=project.root, resolver=Resolver.AUTO, is_offline=is_offline)
    site = gather_site(_fetch(lock, target, settings), None, target, ignore=())
    if completed := complete_lock(lock, site.missing, layer.options, target, is_offline=is_offline):
        lock = completed
        site = gather_site(_fetch(lock, target, settings), None, target, ignore=())
    return lock, _with_notes(site, lock)


def _plan_layer(layer: Layer, site: Site, settings: BuildSettings) -> LayerPlan:
    if layer.options is None:
        return LayerPlan(layer=layer, files=(), omissions=(), warnings=())
    settings.progress.start("trace", f"layer {layer.name}")
    chosen = choose_layer_files(layer, site)
    return plan_layer(layer, chosen, trace_layer(layer, site, chosen), site)


def _stage_layer(
    plan: LayerPlan, site: Site, interpreter: Interpreter | None, settings: BuildSettings
) -> tuple[StagedFile, ...]:
    if plan.layer.options is None:
        return stage_folder(site.files.values())
    settings.progress.start("compile", str(plan.target))
    bytecode = compile_modules((plan,), interpreter, jobs=settings.jobs) if interpreter is not None else {}
    return stage_files(plan, bytecode)


def _pack(plan: Plan, bytecode: dict[str, bytes], settings: BuildSettings) -> Artifact:
    settings.progress.start("pack", plan.function.name)
    staged = stage_files(plan, bytecode)
    return write_zip(staged, settings.output / f"{plan.function.name}.zip", jobs=settings.jobs)


def _bundle(function: Function, metafile: dict[str, Any], settings: BuildSettings, *, is_unchanged: bool) -> Bundle:
    zip_path = settings.output / f"{function.name}.zip"
    return Bundle(name=function.name, zip_path=zip_path, metafile=metafile, is_unchanged=is_unchanged)


def _bytecode_warnings(plan: Plan | LayerPlan, interpreter: Interpreter | None) -> tuple[str, ...]:
    if interpreter is not None or plan.bytecode is BytecodeMode.NONE:
        return ()
    version = plan.target.runtime.removeprefix("python")
    setting = f"LBUNDLE_PYTHON_{version.replace('.', '_')}"
    return (f"no Python {version} to compile for, so cold starts compile the source: install it or set {setting}",)
