"""Imports of first-party code that nothing provides, or that lead out of their package.

They are told, and an error where the function surely cannot start.
"""

import difflib
from collections.abc import Iterator, Mapping

from bundler.model.imports import Edge, EdgeKind, ImportGraph, MissingImport
from bundler.model.project import Function
from bundler.model.wheels import OWN_CODE, Site
from bundler.plan.reach import reach
from bundler.runtimes import possible_modules

_NOT_REQUIRED = "is its package in the requirements?"
# Of what is less alike, such as `aws-cdk` and `aws-xray-sdk`, nobody means the other.
_NEAR = 0.8
_AT_LOAD = frozenset({EdgeKind.IMPORT, EdgeKind.PACKAGE})


def tell_missing(
    function: Function, graph: ImportGraph, site: Site, owners: Mapping[str, str], shipped: Mapping[str, Edge]
) -> Iterator[str]:
    """Tell each package or module once that own code imports and nothing provides, where it is met first.

    `owners` has the top-level names of the site.
    """
    told: dict[str, list[MissingImport]] = {}
    for missing in _missing_at_load(graph, site, shipped):
        head = missing.name.partition(".")[0]
        told.setdefault(missing.name if head in owners else head, []).append(missing)
    for astray in graph.astray:
        if astray.source in shipped and astray.kind is not EdgeKind.TRY:
            yield f"{_astray_text(astray)} (Python refuses it where it runs)"
    for name, imports in told.items():
        first, *others = imports
        more = f" and {len(others)} more" if others else ""
        hint = _hint(name, owners.get(name.partition(".")[0]), site)
        what = f"{first.source}:{first.line}{more} imports `{first.name}`"
        if function.has_foreign_layers and hint == _NOT_REQUIRED:
            yield f"{what}, which is left to the layers that nothing is known of"
        else:
            yield f"{what}, which nothing provides; {hint}"


def find_unimportable(
    function: Function, graph: ImportGraph, site: Site, owners: Mapping[str, str], shipped: Mapping[str, Edge]
) -> tuple[str, ...]:
    """Return what keeps a function from being imported, as far as that is sure; nothing where it may work.

    It is where imports at load lead from the handler to a relative one that leaves its package, or to one of a
    top-level module that nothing has, none of the `owners` among it, and nothing that ships may make.
    """
    start = {function.handler_path: shipped[function.handler_path]} if function.handler_path in shipped else {}
    loaded = reach(start, graph, lambda edge: edge.kind not in _AT_LOAD)
    astray = (one for one in graph.astray if one.kind is EdgeKind.IMPORT and one.always_runs and one.source in loaded)
    # A folder of nothing but data can be imported too.
    possible = possible_modules(function.target.runtime) | owners.keys()
    absent = () if function.has_foreign_layers else _surely_absent(graph, site, possible, shipped, loaded)
    return (*map(_astray_text, astray), *absent)


def _surely_absent(
    graph: ImportGraph,
    site: Site,
    possible: frozenset[str],
    shipped: Mapping[str, Edge],
    loaded: Mapping[str, Edge],
) -> Iterator[str]:
    found: dict[str, str] = {}
    for missing in _missing_at_load(graph, site, shipped):
        head = missing.name.partition(".")[0]
        is_sure = (
            missing.is_absent and missing.always_runs and head not in possible and missing.made_by.isdisjoint(shipped)
        )
        if is_sure and missing.source in loaded:
            text = f"`{missing.source}:{missing.line}` imports `{missing.name}`, which nothing provides; "
            found.setdefault(head, text + _hint(missing.name, None, site))
    yield from found.values()


def _astray_text(astray: MissingImport) -> str:
    name = astray.name.lstrip(".")
    # A single dot leads out only of a module without a package.
    is_alone = astray.name.removesuffix(name) == "." or "/" not in astray.source
    top = astray.source.partition("/")[0]
    where = "the top level, where no module has a package" if is_alone else f"its top-level package `{top}`"
    hint = f"`{name}` there is imported by that name alone" if name else "what lies there is imported by its name"
    return (
        f"`{astray.source}:{astray.line}` has the relative import `{astray.name}`, which leads out of {where}; {hint}"
    )


def _missing_at_load(graph: ImportGraph, site: Site, shipped: Mapping[str, Edge]) -> Iterator[MissingImport]:
    for missing in graph.missing:
        if missing.source in shipped and site.files[missing.source].is_own and missing.kind is EdgeKind.IMPORT:
            yield missing


def _own_folder_of(name: str, site: Site) -> str:
    """Return the folder of the project that a module would be found in, were that on the path; else nothing."""
    endings = tuple(f"/{name.replace('.', '/')}{end}" for end in (".py", "/__init__.py"))
    found = (path for path, file in sorted(site.files.items()) if file.owner == OWN_CODE and path.endswith(endings))
    return next((path[: -len(ending)] for path in found for ending in endings if path.endswith(ending)), "")


def _hint(name: str, owner: str | None, site: Site) -> str:
    head = name.partition(".")[0]
    if head == "unzip_requirements":
        return "packages lie beside the code, so the line can go"
    if folder := _own_folder_of(name, site):
        return (
            f"`{folder}` has it, and is not on Python's path: `PYTHONPATH: {folder}` among the variables puts it there"
        )
    distribution = next((known for known in site.distributions if known.name == owner), None)
    if distribution is not None:
        return f"`{distribution.name}` {distribution.version} brings `{head}` without it"
    names = [known.name for known in site.distributions]
    near = difflib.get_close_matches(head.replace("_", "-").lower(), names, n=1, cutoff=_NEAR)
    return f"did you mean `{near[0]}`?" if near else _NOT_REQUIRED
