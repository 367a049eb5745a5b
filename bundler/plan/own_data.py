"""The data of the project's own code: it ships whole, as code opens it in ways nobody can see."""

from collections.abc import Mapping

from bundler.globs import last_verdict
from bundler.model.imports import Edge, EdgeKind
from bundler.model.project import Function
from bundler.model.wheels import OWN_CODE, Site
from bundler.own_files import is_brought_back, is_in_app
from bundler.plan.exclude import omission_rule, own_file_rule

# Of a local project's files; modules, stubs, sources to compile and metadata are none.
_LOCAL_DATA = frozenset({"unused-data", "unlinked", "documentation"})


def own_data(function: Function, site: Site, reached: Mapping[str, Edge]) -> dict[str, Edge]:
    """Return the data that ships with what was reached so far.

    Of local projects that is the data of those of which something is reached. `patterns` are about the function's own
    folder, and what is installed lies elsewhere in it.
    """
    owners = {site.files[path].owner for path in reached}
    installed = installed_folders(function, site, reached)
    found = {}
    app_folders = {folder for folder in site.app_folders if is_in_app(folder, (folder,), reached)}
    for path, file in site.files.items():
        if not file.is_own or path.endswith(".py"):
            continue
        rule = own_file_rule(path, site)
        if file.is_local:
            is_wanted = rule is None and file.owner in owners and omission_rule(file, frozenset()) in _LOCAL_DATA
        elif path.startswith(installed) or last_verdict(path, function.patterns) is False:
            is_wanted = False
        else:
            held_back = rule or ("junk" if path.startswith(tuple(app_folders)) else None)
            is_wanted = held_back is None or is_brought_back(path, function)
        if is_wanted:
            found[path] = Edge(source="", target=path, kind=EdgeKind.INCLUDE, line=0, name="own data")
    return found


def installed_folders(function: Function, site: Site, reached: Mapping[str, Edge]) -> tuple[str, ...]:
    """Return the folders of local projects among the function's own, from which nothing is imported itself."""
    paths = [known.wheel.pin.path for known in site.distributions]
    inside = [path for path in paths if path is not None and function.code_root in path.parents]
    folders = [f"{path.relative_to(function.code_root).as_posix()}/" for path in inside]
    own_modules = [path for path in reached if site.files[path].owner == OWN_CODE and path.endswith(".py")]
    return tuple(folder for folder in folders if not any(path.startswith(folder) for path in own_modules))
