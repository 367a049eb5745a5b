"""Trace what functions can need: functions and their site come in, an import graph for each goes out.

Nothing of the project or its packages is imported or run.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace

from bundler.model.imports import ImportGraph
from bundler.model.project import NO_DEPLOYMENT, Deployment, Function, Layer
from bundler.model.wheels import Site
from bundler.runtimes import external_distributions
from bundler.system.files import noting_reads


def trace_functions(
    functions: tuple[Function, ...], site: Site, deployment: Deployment = NO_DEPLOYMENT, *, jobs: int = 1
) -> Iterator[ImportGraph]:
    """Yield the graph of each of some functions that share a site and a target, each when it is asked for.

    What one function leads to says nothing of another: each is walked alone, over facts that are read once. The
    runtime's own boto3 counts unless something that is reached works with few versions of it. Raises
    `HandlerNotFoundError` when a handler's module is not among the site's files.
    """
    from bundler.trace.engine import Engine  # noqa: PLC0415 - an unchanged build traces nothing
    from bundler.trace.facts.store import FactsStore  # noqa: PLC0415 - an unchanged build traces nothing

    store = FactsStore(functions[0].target, jobs)

    def trace(function: Function) -> ImportGraph:
        def trace_without(external: frozenset[str]) -> ImportGraph:
            return Engine(site, store, external, function, deployment).trace(function)

        chosen = function.options.external
        with noting_reads() as asked:
            graph = trace_without(external_distributions(chosen, site, among=()))
            external = external_distributions(chosen, site, {site.files[path].owner for path in graph.modules})
            graph = graph if external == graph.external else trace_without(external)
        return replace(graph, asked=frozenset(asked))

    waiting = Counter(map(_without_name, functions))
    graphs: dict[Function, ImportGraph] = {}
    for function in functions:
        kind = _without_name(function)
        graph = graphs.pop(kind, None) or trace(function)
        waiting[kind] -= 1
        if waiting[kind]:
            graphs[kind] = graph
        yield graph


def _without_name(function: Function) -> Function:
    """Return what tracing reads of a function: one file often has the handlers of several."""
    return replace(function, name="", handler=replace(function.handler, attribute=""))


def trace_layer(layer: Layer, site: Site, paths: Collection[str], *, jobs: int = 1) -> ImportGraph:
    """Return what all modules among some files of a layer's site lead to."""
    from bundler.trace.engine import Engine  # noqa: PLC0415 - an unchanged build traces nothing
    from bundler.trace.facts.store import FactsStore  # noqa: PLC0415 - an unchanged build traces nothing

    chosen = layer.options.external if layer.options is not None else None
    return Engine(site, FactsStore(layer.target, jobs), external_distributions(chosen, site)).trace_files(paths)
