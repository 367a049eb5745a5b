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

    The runtime's own boto3 counts unless something that is reached works with few versions of it. Raises
    `HandlerNotFoundError` when a handler's module is not among the site's files.
    """
    from bundler.trace.graph import Tracer  # noqa: PLC0415 - an unchanged build traces nothing

    target, chosen = functions[0].target, functions[0].options.external
    graph = Tracer(site, target, external_distributions(chosen, site, among=()), functions).trace()
    reached = {site.files[path].owner for path in graph.modules}
    external = external_distributions(chosen, site, reached)
    return graph if external == graph.external else Tracer(site, target, external, functions).trace()


def trace_layer(layer: Layer, site: Site, paths: Collection[str]) -> ImportGraph:
    """Return what all modules among some files of a layer's site lead to."""
    from bundler.trace.graph import Tracer  # noqa: PLC0415 - an unchanged build traces nothing

    chosen = layer.options.external if layer.options is not None else None
    return Tracer(site, layer.target, external_distributions(chosen, site)).trace_files(paths)
