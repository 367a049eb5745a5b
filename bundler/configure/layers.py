"""The layers of a service: which are declared, what they are built for, and which of them a function uses."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bundler.configure.options import read_options
from bundler.configure.service import PLAIN_WORDS, FunctionTable, LayerTable
from bundler.configure.tables import Setting, suggest
from bundler.errors import UnknownArchitectureError
from bundler.model.project import Architecture, Function, Layer, Target
from bundler.runtimes import UnknownRuntimeError, make_target, runtime_names
from bundler.system.files import is_folder

_NAMED = 3


def read_layer(
    table: LayerTable, root: Path, *, users: Iterable[Target], runtime: str | None, architecture: str | None
) -> Layer | None:
    """Return a layer, or `None` when something is wrong with it, which is noted.

    Args:
        table: The layer as the settings write it.
        root: The folder its paths start from.
        users: What the functions that use it are built for: what it is for where nothing says so.
        runtime: A runtime in place of the settings'.
        architecture: An architecture in place of the settings'.
    """
    if table.options is not None and table.path is not None:
        table.path.reject("ships a folder as it is, but other settings say how to build the layer: keep one of the two")
    folder = _folder(table.path, root) if table.path is not None and table.options is None else None
    target = _target(table, tuple(users), runtime, architecture)
    code_root = _folder(table.code, root) if table.code is not None else None
    is_whole = code_root is not None if table.code is not None else folder is not None or table.options is not None
    if target is None or not is_whole:
        return None
    options = read_options((table.options,), root, code_root or root) if table.options is not None else None
    return Layer(name=table.name, target=target, folder=folder, options=options, code_root=code_root)


def layer_folders(tables: Iterable[LayerTable], root: Path) -> tuple[Path, ...]:
    """Return the folders that ship as layers; one that holds the project's code stays its code as well."""
    named = [setting.node.value for table in tables for setting in (table.path, table.code) if setting is not None]
    folders = [root / text for text in named if isinstance(text, str)]
    return tuple(folder for folder in folders if folder.resolve() not in (root.resolve(), *root.resolve().parents))


def check_use(function: Function, table: FunctionTable, layers: Mapping[str, Layer]) -> None:
    """Note where a function uses a layer that is built for another runtime or architecture."""
    for name in function.layers:
        layer = layers.get(name)
        if layer is not None and layer.options is not None and layer.target != function.target:
            table.setting.reject(f"uses the layer `{name}`, which is built for {layer.target}, not {function.target}")


def foreign_notes(functions: Iterable[FunctionTable]) -> tuple[str, ...]:
    """Say once of each layer from elsewhere that nothing is known of it."""
    users: dict[str, list[str]] = {}
    for function in functions:
        for text in function.foreign_layers if function.skipped is None else ():
            users.setdefault(text, []).append(function.name)
    return tuple(
        f"nothing is known of what {text} brings to {_name(names)}: name its packages in `external`"
        for text, names in users.items()
    )


def _name(names: list[str]) -> str:
    named = ", ".join(f"`{name}`" for name in names[:_NAMED])
    return f"{named} and {len(names) - _NAMED} more" if len(names) > _NAMED else named


def _folder(setting: Setting, root: Path) -> Path | None:
    text = setting.text()
    if text is not None and not is_folder(root / text):
        there = [path.name for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
        setting.reject(f"the folder `{text}` is not there, {suggest(text, sorted(there))}")
        return None
    return root / text if text is not None else None


def _target(
    table: LayerTable, users: tuple[Target, ...], runtime: str | None, architecture: str | None
) -> Target | None:
    is_built = table.options is not None
    runtimes = [text for text in _texts(table.runtimes) if text.startswith("python")]
    architectures = _texts(table.architectures)
    for setting, found, word in (
        (table.runtimes, runtimes, "runtime"),
        (table.architectures, architectures, "architecture"),
    ):
        if is_built and setting is not None and len(found) > 1:
            setting.reject(f"what lbundle builds is for one {word}: name one, and make a layer for each")
            return None
    chosen_runtime = runtime or next(iter(runtimes), None) or _of_users(user.runtime for user in users)
    chosen_runtime = chosen_runtime or _provided(table, table.words.runtime)
    chosen_architecture = architecture or next(iter(architectures), None)
    chosen_architecture = chosen_architecture or _of_users(user.architecture.value for user in users)
    chosen_architecture = chosen_architecture or _provided(table, table.words.architecture)
    return _make_target(table, chosen_runtime, chosen_architecture or Architecture.X86_64.value)


def _make_target(table: LayerTable, runtime: str | None, architecture: str) -> Target | None:
    is_python = runtime is not None and runtime.startswith("python")
    if not is_python and table.options is None:
        # A folder ships as it is, for whatever language.
        return make_target(runtime_names()[-1], Architecture.X86_64)
    try:
        return make_target(runtime or "", Architecture(architecture))
    except UnknownRuntimeError:
        word = "compatibleRuntimes" if table.words is PLAIN_WORDS else table.words.runtime
        known = suggest(runtime, runtime_names()) if runtime else f"say so in `{word}`"
        problem = f"`{runtime}` is not a Python runtime of Lambda" if runtime else "has no runtime to be built for"
        (table.runtimes or table.setting).reject(f"{problem}, {known}")
    except ValueError:
        names = [known.value for known in Architecture]
        if table.architectures is None:
            raise UnknownArchitectureError(architecture, tuple(names)) from None
        table.architectures.reject(f"`{architecture}` is not an architecture of Lambda, {suggest(architecture, names)}")
    return None


def _texts(setting: Setting | None) -> list[str]:
    return list(setting.texts()) if setting is not None else []


def _of_users(words: Iterable[str]) -> str | None:
    """Return what all functions agree on."""
    distinct = tuple(dict.fromkeys(words))
    return distinct[0] if len(distinct) == 1 else None


def _provided(table: LayerTable, word: str) -> str | None:
    found = (provider.find(word) for provider in table.providers)
    return next((str(setting.node.value) for setting in found if setting is not None), None)
