"""The stages in order for layers, which are built before the functions that run with them."""

from bundler.model.artifact import StagedFile
from bundler.model.build import BuildSettings, BuiltLayer, Bundle
from bundler.model.metafile import LayerMetafile
from bundler.model.plan import LayerPlan
from bundler.model.project import Layer, Project
from bundler.model.wheels import Lock, Site, Wheel
from bundler.pack import Compressor, digest_layer, find_unchanged
from bundler.pipeline import known_interpreter, read_site, resolve_site, write_described, written_files
from bundler.plan import choose_layer_files, hold_size, plan_layer
from bundler.report import make_layer_metafile
from bundler.resolve import gather_site, read_layer_folder
from bundler.system.home import cache_folder
from bundler.system.interpreters import Interpreter
from bundler.system.temporary import clear_leftovers
from bundler.trace import trace_layer
from bundler.transform import Stager, compile_modules, describe_bytecode, stage_folder

LAYERS_FOLDER = "layers"
"""Where zips of layers go, below those of functions."""


def build_layers(project: Project, settings: BuildSettings) -> tuple[BuiltLayer, ...]:
    """Build a zip and a metafile for every layer of a project, in the project's order."""
    clear_leftovers(settings.output / LAYERS_FOLDER, written_files(layer.name for layer in project.layers))
    return tuple(_build_layer(project, layer, settings) for layer in project.layers)


def _build_layer(project: Project, layer: Layer, settings: BuildSettings) -> BuiltLayer:
    """Build a layer, unless it has not changed."""
    lock, site = _resolve(project, layer, settings)
    interpreter = known_interpreter(layer.target)
    inputs = digest_layer(project, layer, site, interpreter)
    output = settings.output / LAYERS_FOLDER
    zip_path = output / f"{layer.name}.zip"
    metafile = find_unchanged(output, layer.name, inputs, LayerMetafile)
    is_unchanged = metafile is not None
    if metafile is None:
        plan = _plan(layer, site, settings)
        staged = _stage(plan, site, interpreter, settings)
        settings.progress.start("pack", layer.name)
        metafile = write_described(
            staged,
            zip_path,
            Compressor(settings.jobs, output),
            lambda artifact: make_layer_metafile(
                layer,
                artifact,
                planned=plan.files,
                omissions=plan.omissions,
                distributions=site.distributions,
                lock_paths=lock.paths,
                inputs=inputs,
                warnings=(*plan.warnings, *describe_bytecode(plan, interpreter)),
            ),
        )
    bundle = Bundle(name=layer.name, zip_path=zip_path, metafile=metafile, is_unchanged=is_unchanged)
    return BuiltLayer(layer=layer, bundle=bundle, site=site)


def _resolve(project: Project, layer: Layer, settings: BuildSettings) -> tuple[Lock, Site]:
    if layer.options is None:
        return Lock(pins=(), paths=()), read_site(lambda: read_layer_folder(layer.folder or project.root, layer.name))

    def gather(wheels: tuple[Wheel, ...]) -> Site:
        deployment = project.deployment
        return gather_site(
            wheels, layer.code_root, layer.target, ignore=(settings.output, cache_folder()), deployment=deployment
        )

    settings.progress.start("resolve", f"layer {layer.name}")
    return resolve_site(layer.options, layer.target, (), settings, gather, root=layer.code_root or project.root)


def _plan(layer: Layer, site: Site, settings: BuildSettings) -> LayerPlan:
    if layer.options is None:
        return LayerPlan(layer=layer, files=(), omissions=(), warnings=())
    settings.progress.start("trace", f"layer {layer.name}")
    chosen = choose_layer_files(layer, site)
    return plan_layer(layer, chosen, trace_layer(layer, site, chosen, jobs=settings.jobs), site)


def _stage(
    plan: LayerPlan, site: Site, interpreter: Interpreter | None, settings: BuildSettings
) -> tuple[StagedFile, ...]:
    shipped = site.files.values() if plan.layer.options is None else [planned.file for planned in plan.files]
    hold_size(plan.layer.name, shipped)
    if plan.layer.options is None:
        return stage_folder(shipped)
    settings.progress.start("compile", str(plan.target))
    return Stager(compile_modules((plan,), interpreter, jobs=settings.jobs)).stage(plan)
