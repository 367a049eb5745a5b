"""The Serverless Framework's settings: serverless.yml with its stage, variables, functions and package patterns."""

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from bundler.configure.dotenv import read_dotenv
from bundler.configure.options import LAYER_OPTION_KEYS, OPTION_KEYS
from bundler.configure.plugins import (
    construct_functions,
    note_other_functions,
    patterns_of_others,
    why_written,
    written_settings,
    wsgi_app,
)
from bundler.configure.service import PLAIN_WORDS, FunctionTable, LayerTable, Service, choose_names
from bundler.configure.tables import Mistakes, Setting
from bundler.configure.variables import DEFAULT_STAGE, Variables
from bundler.configure.yaml_lines import Node, Tagged, parse_values, read_document
from bundler.errors import SettingsUnreadableError

FILE_NAMES = ("serverless.yml", "serverless.yaml", "serverless.json")
# What only the Serverless plugin reads: how it starts lbundle.
_PLUGIN_KEYS = ("command",)
CODE_FILE_NAMES = ("serverless.ts", "serverless.js", "serverless.mjs", "serverless.cjs")


def read_serverless(path: Path, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read a serverless.yml into tables; `wanted` limits them to those functions."""
    document = _check_mapping(read_document(path, path.name), path.name)
    reader = _Reader(path.parent, document, mistakes)
    stage_name = stage or reader.find_stage()
    top = reader.open({"stage": stage} if stage else {}, stage_name)
    return _service(top, path, stage_name, wanted, mistakes)


def read_resolved(path: Path, text: str, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read what the framework made of a settings file, as JSON: a `${` that is left there is CloudFormation's."""
    document = _check_mapping(parse_values(text, path.name), path.name)
    top = Setting("", document, lambda node: node, mistakes)
    provider = _provider(top)
    setting = provider.get("stage") if provider else None
    stage_name = stage or (setting.text() if setting else None) or DEFAULT_STAGE
    return _service(top, path, stage_name, wanted, mistakes)


def _check_mapping(document: Node, shown: str) -> Node:
    if isinstance(document.value, dict):
        return document
    raise SettingsUnreadableError(shown, 0, f"it must be a mapping of settings, not {document.describe()}")


def _service(top: Setting, path: Path, stage: str, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    functions = _functions(top, mistakes)
    names = choose_names(functions, wanted)
    layers = tuple(_layers(top))
    tables = tuple(_function(top, path.parent, name, functions[name], layers) for name in names)
    return Service(
        settings_path=path,
        name=_service_name(top) or path.parent.resolve().name,
        stage=stage,
        functions=tables,
        options=_shared_options(top),
        layers=layers,
        notes=tuple(note_other_functions(top, functions.values(), path.parent)),
        more_settings=tuple(written_settings(tables, path.parent)),
    )


class _Reader:
    """Opens the document twice: once to learn the stage, once with it."""

    def __init__(self, folder: Path, document: Node, mistakes: Mistakes) -> None:
        self._folder = folder
        self._document = document
        self._mistakes = mistakes

    def find_stage(self) -> str:
        provider = _provider(self._top({}, DEFAULT_STAGE, os.environ))
        setting = provider.get("stage") if provider else None
        if self._mistakes.has("provider.stage"):
            self._mistakes.explain("provider.stage", "`--stage NAME` names one in its place")
        return (setting.text() if setting else None) or DEFAULT_STAGE

    def open(self, options: Mapping[str, str], stage: str) -> Setting:
        top = self._top(options, stage, os.environ)
        use_dotenv = top.get("useDotenv")
        if use_dotenv is None or not use_dotenv.boolean():
            return top
        return self._top(options, stage, ChainMap(os.environ, read_dotenv(self._folder, stage)))

    def _top(self, options: Mapping[str, str], stage: str, environment: Mapping[str, str]) -> Setting:
        variables = Variables(
            folder=self._folder, document=self._document, options=options, stage=stage, environment=environment
        )
        return Setting("", self._document, variables.resolve, self._mistakes)


def _service_name(top: Setting) -> str | None:
    service = top.get("service")
    if service is not None and service.has("name"):
        service = service.get("name")
    return service.text() if service else None


def _provider(top: Setting) -> Setting | None:
    """Return the provider's table; `provider: aws` is short for a table without settings."""
    provider = top.get("provider")
    return None if provider is None or isinstance(provider.node.value, str) else provider


def _functions(top: Setting, mistakes: Mistakes) -> dict[str, Setting]:
    """Return every function's table by name: `functions` is a mapping, or a list of mappings."""
    setting = top.get("functions")
    functions: dict[str, Setting] = {}
    for table in setting.elements() if setting else []:
        if not isinstance(table.node.value, dict):
            table.reject("must be a mapping of functions, not " + table.node.describe())
            continue
        for name, node in table.node.value.items():
            key = f"functions.{name}"
            if name in functions:
                mistakes.add(node.place, key, "there is another function of this name")
            functions[name] = table.under(key, name)
    for name, table in construct_functions(top):
        if name in functions:
            table.reject(f"there is another function of its name, `{name}`")
        functions[name] = table
    return functions


def _function(top: Setting, root: Path, name: str, setting: Setting, declared: tuple[LayerTable, ...]) -> FunctionTable:
    provider = _provider(top)
    patterns = _patterns(top, setting)
    module = _module(top, setting)
    folder = module.node.value.strip("./") if module is not None and isinstance(module.node.value, str) else ""
    if folder:
        patterns = tuple(filter(None, (_below(pattern, folder) for pattern in patterns)))
    told = wsgi_app(top, setting, folder)
    layers, foreign_layers = _used_layers(declared, provider, setting)
    return FunctionTable(
        name=name,
        setting=setting,
        words=PLAIN_WORDS,
        providers=(provider,) if provider else (),
        patterns=patterns if told else patterns_of_others(patterns),
        options=_option_tables(top, setting),
        code=module,
        skipped=_why_skipped(top, setting) or why_written(top, setting, root / folder),
        layers=layers,
        foreign_layers=foreign_layers,
        told=told,
    )


def _layers(top: Setting) -> Iterator[LayerTable]:
    """Yield the layers that the service declares; a finished zip is none that lbundle has to do with."""
    provider = _provider(top)
    section = top.find("layers")
    if section is None or not isinstance(section.node.value, dict):
        return
    for name in section.node.value:
        setting = section.under(f"layers.{name}", name)
        package = setting.find("package")
        options = setting.get("lbundle")
        if options is not None:
            options.reject_unknown(LAYER_OPTION_KEYS)
        if package is None or package.find("artifact") is None:
            yield LayerTable(
                name=name,
                setting=setting,
                path=setting.get("path"),
                options=options,
                code=None,
                runtimes=setting.get("compatibleRuntimes"),
                architectures=setting.get("compatibleArchitectures"),
                providers=(provider,) if provider else (),
                words=PLAIN_WORDS,
            )


def _used_layers(
    declared: tuple[LayerTable, ...], provider: Setting | None, function: Setting
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the layers of this service that a function uses, and what names the others; its own replace all others."""
    setting = function.find("layers") or (provider.find("layers") if provider else None)
    names = {_logical_id(table.name): table.name for table in declared}
    local, foreign = [], []
    for element in setting.find_elements() if setting is not None else []:
        logical_id = _reference(element) if element is not None else ""
        if logical_id in names:
            local.append(names[logical_id])
        else:
            foreign.append(_describe_layer(element, logical_id))
    return tuple(local), tuple(foreign)


def _logical_id(layer: str) -> str:
    """Return the name that the framework gives to a layer's resource."""
    plain = layer.replace("-", "Dash").replace("_", "Underscore")
    return f"{plain[:1].upper()}{plain[1:]}LambdaLayer"


def _reference(setting: Setting) -> str:
    value = setting.node.value
    if isinstance(value, Tagged):
        return value.text if value.tag == "!Ref" else ""
    reference = setting.find("Ref")
    return str(reference.node.value) if reference is not None else ""


def _describe_layer(setting: Setting | None, logical_id: str) -> str:
    name = setting.node.value if setting is not None and isinstance(setting.node.value, str) else logical_id
    return f"the layer `{name}`" if name else "a layer that only a deployment knows"


def _shared_options(top: Setting) -> Setting | None:
    custom = top.get("custom")
    return custom.get("lbundle") if custom else None


def _option_tables(top: Setting, function: Setting) -> tuple[Setting, ...]:
    shared = _shared_options(top)
    if shared is not None:
        shared.reject_unknown((*OPTION_KEYS, *_PLUGIN_KEYS))
    own = function.get("lbundle")
    if own is not None:
        own.reject_unknown(OPTION_KEYS)
    return tuple(table for table in (shared, own) if table is not None)


def _why_skipped(top: Setting, function: Setting) -> str | None:
    if function.has("image"):
        return "it is a container image"
    for table in (function, top):
        package = table.get("package") if table.has("package") else None
        if package is not None and package.has("artifact"):
            return "`package.artifact` names a finished zip"
    return None


def _module(top: Setting, function: Setting) -> Setting | None:
    """Return the folder that serverless-python-requirements packages alone, with requirements of its own.

    Its key of this name counts where functions are packaged individually, and stays in settings that leave the plugin.
    """
    module = function.find("module")
    if module is None or module.node.value in {".", "./"}:
        return None
    packages = (table.get("package") if table.has("package") else None for table in (function, top))
    individually = next((found for package in packages if package and (found := package.get("individually"))), None)
    return module if individually is not None and individually.boolean() else None


def _below(pattern: str, folder: str) -> str | None:
    """Return a pattern of the service's files as one of the files below a folder; `None` where it fits none of them."""
    negation, parts = pattern[: pattern.startswith("!")], pattern.removeprefix("!").removeprefix("./").split("/")
    for name in folder.split("/"):
        if parts[0] == "**":
            break
        if len(parts) == 1 or not fnmatchcase(name, parts[0]):
            return None
        parts = parts[1:]
    return negation + "/".join(parts)


def _patterns(top: Setting, function: Setting) -> tuple[str, ...]:
    """Return `package.patterns`, the service's before the function's, in the framework's order.

    The older `exclude` and `include` come first, as the framework applies them; with `useDotenv` it leaves out `.env*`.
    """
    packages = [table.get("package") for table in (top, function) if table.has("package")]
    tables = [table for table in packages if table is not None]
    texts = {
        name: [text for table in tables if (setting := table.get(name)) for text in setting.texts()]
        for name in ("exclude", "include", "patterns")
    }
    use_dotenv = top.get("useDotenv")
    hidden = ["!.env*"] if use_dotenv is not None and use_dotenv.truth() else []
    excluded = [text[1:] if text.startswith("!") else f"!{text}" for text in texts["exclude"]]
    return (*hidden, *excluded, *texts["include"], *texts["patterns"])
