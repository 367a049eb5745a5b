"""AWS SAM's settings: the Python functions of a template.yaml, with what `Globals` says of them all."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from bundler.configure.intrinsics import Intrinsics
from bundler.configure.options import OPTION_KEYS
from bundler.configure.service import FunctionTable, Service, Words, choose_names
from bundler.configure.tables import Mistakes, Setting
from bundler.configure.variables import DEFAULT_STAGE
from bundler.configure.yaml_lines import Value, read_document
from bundler.errors import SettingsUnreadableError

FILE_NAMES = ("template.yaml", "template.yml", "template.json")
_SAM_FUNCTION = "AWS::Serverless::Function"
_PLAIN_FUNCTION = "AWS::Lambda::Function"
_WORDS = {
    _SAM_FUNCTION: Words(runtime="Runtime", architecture="Architectures", handler="Handler", code="CodeUri"),
    _PLAIN_FUNCTION: Words(runtime="Runtime", architecture="Architectures", handler="Handler", code="Code"),
}
# A template has its resources at its first level; a serverless.yml has them below `resources`.
_RESOURCES = re.compile(rb"""^Resources\s*:|["']Resources["']\s*:""", re.MULTILINE)
_MARKS = (b"AWS::Serverless::", _PLAIN_FUNCTION.encode())
_OPTION_KEYS = ("code", "patterns", *OPTION_KEYS)
_DEFAULT_REGION = "us-east-1"


def is_template(path: Path) -> bool:
    """Tell whether a file is there and speaks of Lambda functions: many files are called `template.yml`."""
    if not path.is_file():
        return False
    content = path.read_bytes()
    return any(mark in content for mark in _MARKS) and _RESOURCES.search(content) is not None


def read_sam(path: Path, stage: str | None, wanted: tuple[str, ...], mistakes: Mistakes) -> Service:
    """Read a template into tables; `wanted` limits them to those functions."""
    document = read_document(path, path.name, is_template=True)
    if not isinstance(document.value, dict):
        raise SettingsUnreadableError(path.name, 0, f"it must be a mapping of sections, not {document.describe()}")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or _DEFAULT_REGION
    top = Setting("", document, Intrinsics(document, region).resolve, mistakes)
    resources = _functions(top)
    return Service(
        settings_path=path,
        name=path.parent.resolve().name,
        stage=stage or DEFAULT_STAGE,
        functions=tuple(_function(top, name, *resources[name]) for name in choose_names(resources, wanted)),
        options=_options(top),
        notes=_notes(top),
    )


def _functions(top: Setting) -> dict[str, tuple[str, Setting]]:
    """Return the type and the resource of each function, by logical id."""
    resources = top.get("Resources")
    functions: dict[str, tuple[str, Setting]] = {}
    for name, node in resources.node.value.items() if resources and isinstance(resources.node.value, dict) else ():
        kind = node.value.get("Type") if isinstance(node.value, dict) else None
        if resources is not None and kind is not None and kind.value in _WORDS:
            functions[name] = (str(kind.value), resources.under(f"Resources.{name}", name))
    return functions


def _notes(top: Setting) -> tuple[str, ...]:
    resources = top.get("Resources")
    loops = [name for name in (resources.keys() if resources else ()) if name.startswith("Fn::ForEach")]
    return tuple(f"what `{name}` makes is not read: functions need a place of their own" for name in loops)


def _function(top: Setting, name: str, kind: str, resource: Setting) -> FunctionTable:
    sections = top.get("Globals") if kind == _SAM_FUNCTION else None
    shared = sections.get("Function") if sections else None
    tables = (resource.get("Properties") or resource, *((shared,) if shared else ()))
    shared_options, own_options = _options(top), _options(resource)
    options = tuple(table for table in (shared_options, own_options) if table)
    code = own_options.get("code") if own_options else None
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
        foreign_layers=tuple(_layers(tables)),
    )


def _layers(tables: tuple[Setting, ...]) -> Iterator[str]:
    """Yield in words which layers a function has; those of `Globals` come with its own."""
    for setting in filter(None, (table.find("Layers") for table in tables)):
        nodes = setting.node.value if isinstance(setting.node.value, list) else []
        for node, element in zip(nodes, setting.find_elements(), strict=True):
            value = element.node.value if element is not None else None
            reference = node.value.get("Ref") if isinstance(node.value, dict) else None
            name = value if isinstance(value, str) else reference.value if reference is not None else None
            yield f"the layer `{name}`" if name else "a layer that only a deployment knows"


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
