"""Find handlers that no own file defines: wrappers in packages, and own code that is installed as a package."""

from dataclasses import replace

from bundler.errors import SettingsMistakesError
from bundler.model.project import Function
from bundler.model.wheels import Site

_ENDINGS = ("/__init__.py", ".py")


def find_handlers(functions: tuple[Function, ...], site: Site, settings_name: str) -> tuple[Function, ...]:
    """Return the functions with the file of each one's handler.

    Where a layer that nothing is known of may bring the handler, what the function's variables name takes its place.

    Raises:
        SettingsMistakesError: No package has the module of a handler.
    """
    found = tuple(
        function if function.handler_path else replace(function, handler_path=_find(function, site))
        for function in functions
    )
    problems = tuple(function.handler_problem for function in found if not function.handler_path)
    if problems:
        raise SettingsMistakesError(settings_name, problems)
    return found


def _find(function: Function, site: Site) -> str:
    names = [function.handler.module]
    if function.has_foreign_layers:
        names += [named.name.partition(":")[0].rpartition(".")[0] for named in function.named]
    folders = ("", *(f"{folder}/" for folder in function.search_folders))
    paths = (
        f"{folder}{name.replace('.', '/')}{end}" for name in names if name for folder in folders for end in _ENDINGS
    )
    return next((path for path in paths if path in site.files), "")
