"""The whole build in order: layers, functions, and what is wrong with them."""

from bundler.layer_pipeline import build_layers
from bundler.model.build import BuildSettings, Built
from bundler.model.project import Project
from bundler.pipeline import build_project, time_imports
from bundler.report import find_findings, find_slow_imports


def build_all(project: Project, settings: BuildSettings, *, with_times: bool = True) -> Built:
    """Build the layers and functions of a project, and hold the functions against their limits.

    Imports are timed where a limit says so, and then only `with_times`.
    """
    layers = build_layers(project, settings)
    functions = build_project(project, layers, settings)
    timings = time_imports(project, settings) if with_times else ()
    metafiles = [bundle.metafile for bundle in functions]
    limits = {function.name: function.options.limit for function in project.functions}
    findings = (*find_findings(metafiles, limits), *find_slow_imports(metafiles, timings, limits))
    return Built(layers=tuple(layer.bundle for layer in layers), functions=functions, findings=findings)
