"""Trace what functions can need: functions and their site come in, an import graph goes out.

Nothing of the project or its packages is imported or run.
"""

from collections.abc import Collection

from bundler.model.imports import ImportGraph
from bundler.model.project import Function, Layer
from bundler.model.wheels import Site
from bundler.runtimes import external_distributions


def trace_functions(functions: tuple[Function, ...], site: Site) -> ImportGraph:
    """Return one graph for functions that share a site, a target and their external packages.

    Raises `HandlerNotFoundError` when a handler's module is not among the site's files.
    """
    from bundler.trace.graph import Tracer  # noqa: PLC0415 - an unchanged build traces nothing

    target, external = functions[0].target, external_distributions(functions[0].options.external, site)
    return Tracer(site, target, external, functions).trace()


def trace_layer(layer: Layer, site: Site, paths: Collection[str]) -> ImportGraph:
    """Return what all modules among some files of a layer's site lead to."""
    from bundler.trace.graph import Tracer  # noqa: PLC0415 - an unchanged build traces nothing

    chosen = layer.options.external if layer.options is not None else None
    return Tracer(site, layer.target, external_distributions(chosen, site)).trace_files(paths)
