"""AWS SAM's settings: the Python functions of a template.yaml, with what `Globals` says of them all."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.configure.intrinsics import Intrinsics
from bundler.configure.options import OPTION_KEYS
from bundler.configure.sam_layers import declared_layers, used_layers
from bundler.configure.sam_resources import find_resources
from bundler.configure.service import FunctionTable, LayerTable, Service, Words, choose_names
from bundler.configure.tables import Mistakes, Setting
from bundler.configure.variables import DEFAULT_STAGE
from bundler.configure.yaml_lines import Value, read_document
from bundler.errors import SettingsUnreadableError
from bundler.system.files import read_bounded

FILE_NAMES = ("template.yaml", "template.yml", "template.json")
_SAM_FUNCTION = "AWS::Serverless::Function"
_PLAIN_FUNCTION = "AWS::Lambda::Function"
_WORDS = {
    kind: Words(
        runtime="Runtime",
        architecture="Architectures",
        handler="Handler",
        code=code,
        environment=("Environment", "Variables"),
        timeout="Timeout",
        memory="MemorySize",
    )
    for kind, code in ((_SAM_FUNCTION, "CodeUri"), (_PLAIN_FUNCTION, "Code"))
}
# A template has its resources at its first level; a serverless.yml has them below `resources`.
_RESOURCES = re.compile(rb"""^Resources\s*:|["']Resources["']\s*:""", re.MULTILINE)
_MARKS = (b"AWS::Serverless::", _PLAIN_FUNCTION.encode())
_OPTION_KEYS = ("code", "patterns", *OPTION_KEYS)
_NESTED = ("AWS::Serverless::Application", "AWS::CloudFormation::Stack")
_DEFAULT_REGION = "us-east-1"


def is_template(path: Path) -> bool:
    """Tell whether a file is there and speaks of Lambda functions: many files are called `template.yml`."""
    if not path.is_file():
        return False
    try:
        content = read_bounded(path)
    except OSError:
        return False
    return any(mark in content for mark in _MARKS) and _RESOURCES.search(content) is not None


def read_sam(path: Path, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read a template into tables; `wanted` limits them to those functions."""
    document = read_document(path, path.name, is_template=True)
    if not isinstance(document.value, dict):
        raise SettingsUnreadableError(path.name, 0, f"it must be a mapping of sections, not {document.describe()}")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    top = Setting("", document, Intrinsics(document, region).resolve, mistakes)
    resources = find_resources(top, _WORDS)
    layers = {table.name: table for table in declared_layers(top, path.parent)}
    return Service(
        settings_path=path,
        name=path.parent.resolve().name,
        stage=stage or DEFAULT_STAGE,
        functions=tuple(_function(top, name, *resources[name], layers) for name in choose_names(resources, wanted)),
        options=_options(top),
        layers=tuple(layers.values()),
        notes=tuple(_notes(top)),
    )


def _notes(top: Setting) -> Iterator[str]:
    """Say what may hold functions and is not read."""
    resources = top.get("Resources")
    for name in resources.keys() if resources else ():
        if name.startswith("Fn::ForEach"):
            yield f"what `{name}` makes is not read: functions need a place of their own"
    for name in find_resources(top, _NESTED):
        yield f"the functions of `{name}` are not read: name the template of its own to build them"


def _function(
    top: Setting, name: str, kind: str, resource: Setting, declared: Mapping[str, LayerTable]
) -> FunctionTable:
    sections = top.get("Globals") if kind == _SAM_FUNCTION else None
    shared = sections.get("Function") if sections else None
    tables = (resource.get("Properties") or resource, *((shared,) if shared else ()))
    shared_options, own_options = _options(top), _options(resource)
    options = tuple(table for table in (shared_options, own_options) if table)
    code = own_options.get("code") if own_options else None
    layers, foreign_layers = used_layers(tables, declared)
    if shared_options and (for_all := shared_options.get("code")):
        for_all.reject("must stand in the `Metadata` of a function: it names the code of one")
    return FunctionTable(
        name=name,
        setting=tables[0],
        words=_WORDS[kind],
        providers=tables[1:],
        patterns=tuple(text for one in options if (setting := one.get("patterns")) for text in setting.texts()),
        options=options,
        code=code,
        skipped=_why_skipped(resource, tables, _WORDS[kind], is_told=code is not None),
        layers=layers,
        foreign_layers=foreign_layers,
    )


def _options(table: Setting) -> Setting | None:
    metadata = table.get("Metadata")
    options = metadata.get("lbundle") if metadata else None
    if options:
        options.reject_unknown(_OPTION_KEYS)
    return options


def _why_skipped(resource: Setting, tables: tuple[Setting, ...], words: Words, *, is_told: bool) -> str | None:
    """Return why a function is not built; `is_told` when lbundle's own options say where its code is."""
    if _find("PackageType", tables) == "Image":
        return "it is a container image"
    # Of another language's function nothing more is asked: its archive may not even be there yet.
    runtime = _find(words.runtime, tables)
    if is_told or (runtime is not None and not str(runtime).startswith("python")):
        return None
    metadata = resource.get("Metadata")
    if metadata is not None and _find("SkipBuild", (metadata,)) in (True, "true"):
        return "`SkipBuild` says that it is built already"
    return _why_no_folder(tables, words.code or "")


def _why_no_folder(tables: tuple[Setting, ...], word: str) -> str | None:
    code = _find(word, tables)
    if any(table.has("InlineCode") for table in tables) or (isinstance(code, dict) and "ZipFile" in code):
        return "its code stands in the template"
    if isinstance(code, dict) or str(code).startswith("s3://"):
        return f"its `{word}` is not a folder here"
    is_zip = str(code).endswith(".zip")
    return f"its `{word}` is a zip, and no `Metadata.lbundle.code` says what it is made of" if is_zip else None


def _find(name: str, tables: tuple[Setting, ...]) -> Value:
    """Return a value from the first table that has it."""
    return next((setting.node.value for table in tables if (setting := table.get(name))), None)
