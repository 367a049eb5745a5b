"""The whole build in order: layers, functions, and what is wrong with them."""

from bundler.layer_pipeline import build_layers
from bundler.model.build import BuildSettings, Built
from bundler.model.project import Project
from bundler.pipeline import build_project, time_imports
from bundler.report import ToldFunction, find_slow_imports, summarise_build, summarise_bundle, tell_function
from bundler.system.metafiles import read_function_metafile


def build_all(project: Project, settings: BuildSettings, *, with_times: bool = True) -> Built:
    """Build the layers and functions of a project, and hold the functions against their limits.

    Imports are timed where a limit says so, and then only `with_times`.
    """
    layers = build_layers(project, settings)
    limits = {function.name: function.options.limit for function in project.functions}
    told: dict[str, ToldFunction] = {}
    unchanged = set()
    for bundle in build_project(project, layers, settings):
        told[bundle.name] = tell_function(str(bundle.zip_path), bundle.metafile, limits[bundle.name])
        if bundle.is_unchanged:
            unchanged.add(bundle.name)
    functions = [told[function.name] for function in project.functions]
    timings = time_imports(project, settings) if with_times else ()
    timed = (read_function_metafile(settings.output / f"{timing.function}.json") for timing in timings)
    slow = find_slow_imports([metafile for metafile in timed if metafile is not None], timings, limits)
    described = [summarise_bundle(str(layer.bundle.zip_path), layer.bundle.metafile) for layer in layers]
    return Built(
        summary=summarise_build(functions, described, slow, project.notes),
        unchanged=frozenset(unchanged),
        unchanged_layers=frozenset(layer.bundle.name for layer in layers if layer.bundle.is_unchanged),
    )
