"""Trace what functions can need: functions and their site come in, an import graph goes out.

Nothing of the project or its packages is imported or run.
"""

from bundler.model.imports import ImportGraph
from bundler.model.project import Function
from bundler.model.wheels import Site


def trace_functions(functions: tuple[Function, ...], site: Site) -> ImportGraph:
    """Return one graph for functions that share a site, a target and their external packages.

    Raises `HandlerNotFoundError` when a handler's module is not among the site's files.
    """
    from bundler.trace.graph import Tracer  # noqa: PLC0415 - an unchanged build traces nothing

    return Tracer(site, functions).trace()
