"""What plugins of the Serverless Framework add: functions of settings of their own, handlers that they write."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler.configure.environment import SEARCH_PATH
from bundler.configure.handlers import WSGI_HANDLER, WSGI_PROBLEM, HandlerError, handler_path, split_handler
from bundler.configure.service import FunctionTable
from bundler.configure.tables import Setting
from bundler.configure.yaml_lines import Node

# What Lift makes functions of, and what it appends to the name of the construct.
_LIFT_FUNCTIONS = {"worker": "Worker", "authorizer": "Authorizer"}
# A handler elsewhere is a plugin's; resources are CloudFormation's, which has their code from another place.
_READ_SECTIONS = frozenset({"functions", "layers", "package", "provider", "resources"})
_WSGI_PLUGIN = "serverless-wsgi"
_WSGI_SETTINGS = ".serverless-wsgi"
# As its older versions call it, and as newer ones still take it.
_OLD_WSGI_HANDLER = "wsgi.handler"


def construct_functions(top: Setting) -> Iterator[tuple[str, Setting]]:
    """Yield the functions that Lift makes of `constructs`, by the names that it gives them: `jobsWorker`."""
    constructs = top.find("constructs")
    for name in _names(constructs):
        construct = constructs.find(name) if constructs is not None else None
        for word, ending in _LIFT_FUNCTIONS.items():
            function = construct.find(word) if construct is not None else None
            # A text names one of `functions`.
            if construct is not None and function is not None and isinstance(function.node.value, dict):
                yield f"{name}{ending}", construct.under(f"constructs.{name}.{word}", word)


def note_other_functions(top: Setting, functions: Iterable[Setting], root: Path) -> Iterator[str]:
    """Say which handlers stand where only a plugin makes functions of them; `functions` are those that are read."""
    if top.has("constructs") and top.find("constructs") is None:
        yield "`constructs` cannot be read: functions that Lift makes of it are built by `serverless package` alone"
    told = {_handler(function) for function in functions}
    for key, handler in _find_handlers(top):
        if handler not in told and _is_there(handler, root):
            told.add(handler)
            yield (
                f"`{key}` is read by a plugin, if at all: a function that it makes of the handler `{handler}` "
                "is built by `serverless package` alone"
            )


def why_written(top: Setting, function: Setting, root: Path) -> str | None:
    """Return why a function is left to the framework, where one of its plugins writes the handler as it packages."""
    handler = _handler(function)
    is_written = handler in {WSGI_HANDLER, _OLD_WSGI_HANDLER} and _has_wsgi(top)
    return WSGI_PROBLEM if is_written and not _is_there(handler, root) else None


def wsgi_app(top: Setting, function: Setting, folder: str) -> Mapping[str, str]:
    """Return what `serverless-wsgi` tells the handler that it writes: the app, and the folder to import it from.

    `folder` is that of the function's code, empty for the service's own.
    """
    custom = top.find("custom")
    settings = custom.find("wsgi") if custom is not None else None
    app = settings.find("app") if settings is not None else None
    if (
        app is None
        or not isinstance(app.node.value, str)
        or _handler(function) not in {WSGI_HANDLER, _OLD_WSGI_HANDLER}
    ):
        return {}
    path, _, name = app.node.value.removeprefix("./").rpartition("/")
    return {app.key: name, SEARCH_PATH: "" if path == folder else path}


def written_settings(tables: Iterable[FunctionTable], root: Path) -> Iterator[Path]:
    """Yield where `serverless-wsgi` writes its settings, which the handlers that it writes read and nothing else."""
    for table in tables:
        if table.told:
            yield root / (str(table.code.node.value) if table.code is not None else "") / _WSGI_SETTINGS


def patterns_of_others(patterns: Iterable[str]) -> tuple[str, ...]:
    """Return patterns for a function that has no written handler: the plugin adds its settings to those of all."""
    return tuple(pattern for pattern in patterns if pattern.rpartition("/")[2] != _WSGI_SETTINGS)


def _find_handlers(top: Setting) -> Iterator[tuple[str, str]]:
    """Yield the handler of each table that has one, with the table's key."""
    waiting, seen = [top], set[int]()
    while waiting:
        setting = waiting.pop()
        # A table with an anchor has several places.
        if id(setting.node.value) not in seen and setting.key not in _READ_SECTIONS:
            seen.add(id(setting.node.value))
            if handler := _handler(setting):
                yield setting.key, handler
            waiting.extend(_open_tables(setting))


def _open_tables(setting: Setting) -> Iterator[Setting]:
    """Yield the tables and lists in one, those in files of their own too; no other variable is asked."""
    value = setting.node.value
    found: list[Setting | None] = []
    if isinstance(value, dict):
        found = [setting.find(name) for name, child in value.items() if _holds_tables(child)]
    elif isinstance(value, list) and any(map(_holds_tables, value)):
        found = setting.find_elements()
    yield from (child for child in found if child is not None)


def _holds_tables(node: Node) -> bool:
    return isinstance(node.value, dict | list) or (isinstance(node.value, str) and node.value.startswith("${file("))


def _has_wsgi(top: Setting) -> bool:
    """Tell whether a service has `serverless-wsgi`: by its plugins, or where these are not told by its settings."""
    plugins = top.find("plugins")
    if plugins is None:
        custom = top.find("custom")
        return custom is not None and custom.has("wsgi")
    listed = plugins.find("modules") or plugins
    return any(found is not None and found.node.value == _WSGI_PLUGIN for found in listed.find_elements())


def _names(table: Setting | None) -> tuple[str, ...]:
    return tuple(table.node.value) if table is not None and isinstance(table.node.value, dict) else ()


def _handler(table: Setting) -> str:
    """Return the handler that a table names; empty without one."""
    setting = table.find("handler")
    return setting.node.value if setting is not None and isinstance(setting.node.value, str) else ""


def _is_there(handler: str, root: Path) -> bool:
    try:
        return bool(handler_path(split_handler(handler).module, root))
    except HandlerError:
        return False
