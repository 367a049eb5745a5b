"""The stages in order: read this first.

Resolving happens once for all functions that share what they are built from, in `resolve_functions`; what follows only
for those of them that have changed, in `build_functions`. Layers and locks have pipelines of their own beside this one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bundler.errors import UnimportableError
from bundler.metafile import render_metafile
from bundler.model.artifact import Artifact, StagedFile
from bundler.model.build import BuildSettings, BuiltLayer, Bundle, ResolvedGroup
from bundler.model.metafile import BundleMetafile, Metafile
from bundler.model.plan import LeftOut, Plan
from bundler.model.project import Deployment, Function, Options, Project, Target
from bundler.model.report import ImportTiming
from bundler.model.wheels import LayerContents, Lock, Resolver, Site, Wheel
from bundler.own_files import named_folders
from bundler.pack import (
    Compressor,
    OwnContents,
    describe_context,
    describe_own_files,
    describe_sources,
    digest_plan,
    digest_shapes,
    find_kept,
    find_packed,
    join_inputs,
    write_zip,
)
from bundler.plan import KnownSite, describe_left_out, hold_size, plan_files
from bundler.report import format_count, keep_symbols, make_metafile, packed_before, tell_own_files
from bundler.resolve import (
    complete_lock,
    describe_layer,
    fetch_wheels,
    find_handlers,
    find_lock,
    gather_site,
    leave_to_layers,
    naming_unset_variables,
)
from bundler.runtimes import external_distributions
from bundler.system.home import cache_folder
from bundler.system.interpreters import Interpreter, identify_interpreter
from bundler.system.metafiles import write_metafile
from bundler.system.temporary import clear_leftovers
from bundler.system.witness import know, watching
from bundler.trace import trace_functions
from bundler.transform import Guards, Stager, compile_modules, describe_bytecode

Described = TypeVar("Described", bound=BundleMetafile)

# Each takes some hundred bytes, and so do the edges that lead to it.
_FILES_AT_ONCE = 50_000


def build_project(
    project: Project, layers: Sequence[BuiltLayer], settings: BuildSettings
) -> Iterator[Bundle[Metafile]]:
    """Build a zip and a metafile for every function of a project, and yield each as it is done."""
    clear_leftovers(settings.output, written_files(function.name for function in project.functions))
    for functions in share_sites(project.functions):
        yield from build_functions(project, resolve_functions(project, functions, layers, settings), settings)


def written_files(names: Iterable[str]) -> frozenset[str]:
    """Return the names of the files that a build writes for functions or layers."""
    return frozenset(f"{name}.{ending}" for name in names for ending in ("zip", "json"))


def plan_project(project: Project, layers: Sequence[BuiltLayer], settings: BuildSettings) -> tuple[Plan, ...]:
    """Return the plan of every function of a project, and build nothing."""
    return tuple(
        plan
        for functions in share_sites(project.functions)
        for group in (resolve_functions(project, functions, layers, settings),)
        for plan in plan_group(group, group.functions, project.deployment, settings)
    )


def resolve_functions(
    project: Project, functions: tuple[Function, ...], layers: Sequence[BuiltLayer], settings: BuildSettings
) -> ResolvedGroup:
    """Lay out all that functions with the same target, requirements and code are made from."""
    options, target, root = functions[0].options, functions[0].target, functions[0].code_root
    layer_by_name = {layer.layer.name: layer for layer in layers}
    brought = tuple(_describe_layer(layer_by_name[name], target) for name in functions[0].layers)
    ignored = (settings.output, cache_folder(), *project.layer_folders)

    def gather(wheels: tuple[Wheel, ...]) -> Site:
        return gather_site(
            wheels,
            root,
            target,
            ignore=ignored,
            layers=brought,
            deployment=project.deployment,
            entered=named_folders(functions[0]),
        )

    settings.progress.start("resolve", str(target))
    lock, site = resolve_site(options, target, brought, settings, gather, root=root)
    with watching():
        located = find_handlers(functions, site, project.settings_path.name)
    return ResolvedGroup(functions=located, lock=lock, site=site)


def resolve_site(
    options: Options,
    target: Target,
    layers: tuple[LayerContents, ...],
    settings: BuildSettings,
    gather: Callable[[tuple[Wheel, ...]], Site],
    *,
    root: Path,
) -> tuple[Lock, Site]:
    """Find what is pinned, fetch its wheels and lay them out; once more where the pins turn out to be incomplete.

    `layers` bring their packages themselves; `gather` lays wheels out, and `root` is the folder a lock is sought for.
    """

    def lay_out(lock: Lock) -> Site:
        settings.progress.start("fetch", format_count(len(lock.pins), "package"))
        return gather(fetch_wheels(lock, target, is_offline=settings.is_offline, on_progress=settings.progress.fetched))

    with watching(), naming_unset_variables(options.requirements, options.working_folder):
        found = find_lock(options, target, root=root, resolver=Resolver.AUTO, is_offline=settings.is_offline)
        lock = leave_to_layers(found, layers)
        site = lay_out(lock)
        external = external_distributions(options.external, site)
        missing = tuple(name for name in site.missing if name not in external)
        if completed := complete_lock(lock, missing, options, target, is_offline=settings.is_offline):
            lock = leave_to_layers(completed, layers)
            site = lay_out(lock)
        _know_files(site)
    return lock, replace(site, warnings=(*lock.notes, *site.warnings))


def read_site(read: Callable[[], Site]) -> Site:
    """Return a site that is read from a folder, seen by who watches."""
    with watching():
        site = read()
        _know_files(site)
    return site


def _know_files(site: Site) -> None:
    """Tell who watches what all of it is made of, before any of it is read."""
    for file in site.files.values():
        if not file.container_sha256:
            know(file.container / file.member)
    for distribution in site.distributions:
        know(distribution.wheel.path, distribution.wheel.sha256)


def known_interpreter(target: Target) -> Interpreter | None:
    """Return what compiles for a target; who watches sees where it was looked for."""
    with watching():
        return identify_interpreter(target.python)


def build_functions(project: Project, group: ResolvedGroup, settings: BuildSettings) -> Iterator[Bundle[Metafile]]:
    """Build the functions that changed; the others keep their zips."""
    interpreter = known_interpreter(group.target)
    contents = OwnContents(group.site.files)
    shapes = digest_shapes(project, group, interpreter, allows_missing=settings.allows_missing)
    kept = set()
    for before in find_kept(shapes, contents, settings.output):
        kept.add(before.name)
        metafile = tell_own_files(before, contents.sizes, _describe_own(before, contents))
        yield _keep(metafile, before, settings)
    changed = tuple(function for function in group.functions if function.name not in kept)
    if changed:
        packer = _Packer(project, group, interpreter, contents, settings)
        yield from _pack_some_at_once(plan_group(group, changed, project.deployment, settings), packer, shapes)


def _pack_some_at_once(
    plans: Iterable[Plan], packer: "_Packer", shapes: Mapping[str, str]
) -> Iterator[Bundle[Metafile]]:
    """Pack plans as they are made, and forget them; raise `UnimportableError` with all there is to say.

    Once there is anything to refuse, nothing more is packed.
    """
    problems: list[tuple[str, str]] = []
    for some in _some_at_once(plans):
        problems += packer.problems(some)
        if not problems:
            yield from packer.pack(some, shapes)
    if problems:
        raise UnimportableError(tuple(problems), packer.notes)


def _some_at_once(plans: Iterable[Plan]) -> Iterator[tuple[Plan, ...]]:
    """Divide plans into as many as memory may hold at once: what is compiled together starts fewer processes."""
    some: list[Plan] = []
    for plan in plans:
        some.append(plan)
        if sum(len(one.files) + len(one.omissions) for one in some) >= _FILES_AT_ONCE:
            yield tuple(some)
            some.clear()
    if some:
        yield tuple(some)


class _Packer:
    """Packs planned functions of a group, but those of which a zip with the same bytes is there."""

    def __init__(
        self,
        project: Project,
        group: ResolvedGroup,
        interpreter: Interpreter | None,
        contents: OwnContents,
        settings: BuildSettings,
    ) -> None:
        self._project = project
        self._group = group
        self._interpreter = interpreter
        self._contents = contents
        self._settings = settings
        self._compressor = Compressor(settings.jobs, settings.output)

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to know of where the pins come from."""
        return self._group.lock.notes

    def problems(self, plans: Iterable[Plan]) -> list[tuple[str, str]]:
        """Return the functions that surely cannot be imported, each with a sentence that says why."""
        if self._settings.allows_missing:
            return []
        return [(plan.function.name, problem) for plan in plans for problem in plan.unimportable]

    def pack(self, plans: tuple[Plan, ...], shapes: Mapping[str, str]) -> Iterator[Bundle[Metafile]]:
        """Yield what became of each plan, in order."""
        left_out = {plan.function.name: describe_left_out(plan) for plan in plans}
        digests = {plan.function.name: self._digest(plan, left_out[plan.function.name]) for plan in plans}
        output = self._settings.output
        kept = {name: find_packed(output, name, digest) for name, digest in digests.items()}
        new = tuple(plan for plan in plans if kept[plan.function.name] is None)
        write = self._writer(new, left_out) if new else None
        for plan in plans:
            name = plan.function.name
            before, inputs = kept[name], join_inputs(digests[name], shapes[name])
            if before is not None:
                artifact = packed_before(before, plan, output / f"{name}.zip")
                metafile = self._describe(plan, artifact, inputs, before.unguarded)
                yield _keep(keep_symbols(metafile, before), before, self._settings)
            elif write is not None:
                yield _bundle(name, write(plan, inputs), self._settings, is_unchanged=False)
            self._contents.remember(shapes[name], plan.made_of, digests[name])

    def _digest(self, plan: Plan, left_out: LeftOut) -> str:
        context = describe_context(self._project, self._group.site)
        digest = digest_plan(context, plan, left_out, self._contents, self._interpreter)
        # A zip that lacks what it imports is none that a build without this would keep.
        return f"{digest}+missing" if self._settings.allows_missing else digest

    def _writer(self, plans: tuple[Plan, ...], left_out: Mapping[str, LeftOut]) -> Callable[[Plan, str], Metafile]:
        """Compile what all plans need; return what writes the zip and the metafile of one."""
        settings = self._settings
        for plan in plans:
            hold_size(plan.function.name, (planned.file for planned in plan.files))
        settings.progress.start("compile", str(self._group.target))
        stager = Stager(compile_modules(plans, self._interpreter, jobs=settings.jobs))
        guards = Guards(plans, self._interpreter, left_out)

        def write(plan: Plan, inputs: str) -> Metafile:
            name = plan.function.name
            settings.progress.start("pack", name)
            staged = guards.add(plan, stager.stage(plan))
            return write_described(
                staged,
                settings.output / f"{name}.zip",
                self._compressor,
                lambda artifact: self._describe(plan, artifact, inputs, guards.problem(plan)),
            )

        return write

    def _describe(self, plan: Plan, artifact: Artifact, inputs: str, unguarded: str) -> Metafile:
        site = self._group.site
        return make_metafile(
            project_name=self._project.name,
            stage=self._project.stage,
            function=plan.function,
            plan=plan,
            artifact=artifact,
            distributions=site.distributions,
            layers=site.layers,
            lock_paths=self._group.lock.paths,
            inputs=inputs,
            sources=describe_sources(site, {file.origin for file in artifact.files}, self._contents),
            unguarded=unguarded,
            warnings=(*plan.warnings, *describe_bytecode(plan, self._interpreter)),
        )


def write_described(
    staged: Iterable[StagedFile], path: Path, compressor: Compressor, describe: Callable[[Artifact], Described]
) -> Described:
    """Write a zip with the metafile that describes it beside it, both at once, and return the metafile."""
    described: list[Described] = []

    def render(artifact: Artifact) -> bytes:
        described.append(describe(artifact))
        return render_metafile(described[0]).encode()

    write_zip(staged, path, compressor, render)
    return described[0]


def _describe_own(metafile: Metafile, contents: OwnContents) -> dict[str, str]:
    return describe_own_files({file.origin for file in metafile.files}, contents)


def _keep(metafile: Metafile, before: Metafile, settings: BuildSettings) -> Bundle[Metafile]:
    """Return the bundle of a zip that stays; what its metafile tells of other files may have changed."""
    if metafile != before:
        write_metafile(settings.output / f"{metafile.name}.json", metafile)
    return _bundle(metafile.name, metafile, settings, is_unchanged=True)


def time_imports(project: Project, settings: BuildSettings) -> tuple[ImportTiming, ...]:
    """Measure how long the handlers of finished zips take to import, of those functions that have a limit for it."""
    timings = []
    for function in project.functions:
        allowed_seconds = function.options.limit.imports_seconds
        if allowed_seconds is not None:
            from bundler.prove import measure_imports  # noqa: PLC0415 - few builds measure

            settings.progress.start("import", function.name)
            zip_path = settings.output / f"{function.name}.zip"
            is_offline = settings.is_offline
            timings.append(measure_imports(function, zip_path, allowed_seconds=allowed_seconds, is_offline=is_offline))
    return tuple(timings)


def share_sites(functions: Iterable[Function]) -> Iterator[tuple[Function, ...]]:
    """Group the functions that can be resolved and traced together."""
    groups: dict[object, list[Function]] = {}
    for function in functions:
        options = function.options
        tracing = (options.external, options.include, options.include_modules, options.exclude_modules)
        locked = (options.requirements, options.groups, options.extras, options.only_binary)
        code = (function.code_root, function.search_folders, function.layers, named_folders(function))
        shared = (function.target, code, locked, *tracing)
        groups.setdefault(shared, []).append(function)
    return (tuple(group) for group in groups.values())


def _describe_layer(built: BuiltLayer, target: Target) -> LayerContents:
    """Return what a finished layer brings to functions of a target."""
    metafile = built.bundle.metafile
    origins = [file.origin for file in metafile.files]
    sizes = (metafile.zip.sha256, metafile.zip.bytes, metafile.zip.unzipped_bytes)
    return describe_layer(built.layer, built.site, origins, target, sizes)


def plan_group(
    group: ResolvedGroup, functions: tuple[Function, ...], deployment: Deployment, settings: BuildSettings
) -> Iterator[Plan]:
    """Trace functions of a group, and yield what each one's zip holds and leaves out."""
    settings.progress.start("trace", ", ".join(function.name for function in functions))
    graphs = trace_functions(functions, group.site, deployment, jobs=settings.jobs)
    known = KnownSite(group.site)
    for function, graph in zip(functions, graphs, strict=True):
        yield plan_files(function, graph, group.site, known)


def _bundle(name: str, metafile: Metafile, settings: BuildSettings, *, is_unchanged: bool) -> Bundle[Metafile]:
    zip_path = settings.output / f"{name}.zip"
    return Bundle(name=name, zip_path=zip_path, metafile=metafile, is_unchanged=is_unchanged)
