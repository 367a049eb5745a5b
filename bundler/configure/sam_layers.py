"""The layers of a template: which lbundle ships or builds, and which of them a function has."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.configure.options import LAYER_OPTION_KEYS
from bundler.configure.sam_resources import find_resources
from bundler.configure.service import LayerTable, Words
from bundler.configure.tables import Setting
from bundler.system.files import is_folder

# What a function's properties and a layer's are called differs, and nothing answers for a layer but itself.
_CONTENT = {"AWS::Serverless::LayerVersion": "ContentUri", "AWS::Lambda::LayerVersion": "Content"}
_WORDS = Words(
    runtime="CompatibleRuntimes",
    architecture="CompatibleArchitectures",
    handler="",
    code=None,
    environment=(),
    timeout="",
    memory="",
)
_OPTION_KEYS = ("code", *LAYER_OPTION_KEYS)


def declared_layers(top: Setting, root: Path) -> Iterator[LayerTable]:
    """Yield the layers of a template that are known: those with `Metadata.lbundle`, and folders that ship as they are.

    What another builder makes of a layer (`BuildMethod`), and what a zip or S3 holds, is not known.
    """
    for name, (kind, layer) in find_resources(top, _CONTENT).items():
        if table := _layer(name, layer, _CONTENT[kind], root):
            yield table


def _layer(name: str, layer: Setting, word: str, root: Path) -> LayerTable | None:
    properties, metadata = layer.find("Properties"), layer.find("Metadata")
    content = properties.find(word) if properties else None
    options = metadata.find("lbundle") if metadata else None
    if options is None and (not _is_folder(content, root) or (metadata and metadata.has("BuildMethod"))):
        return None
    if options is not None:
        options.reject_unknown(_OPTION_KEYS)
    return LayerTable(
        name=name,
        setting=layer,
        path=content if options is None else None,
        options=options,
        code=(options.get("code") or (content if _is_folder(content, root) else None)) if options else None,
        runtimes=properties.find(_WORDS.runtime) if properties else None,
        architectures=properties.find(_WORDS.architecture) if properties else None,
        providers=(),
        words=_WORDS,
    )


def _is_folder(content: Setting | None, root: Path) -> bool:
    text = content.node.value if content is not None else None
    return isinstance(text, str) and is_folder(root / text)


def used_layers(
    tables: tuple[Setting, ...], declared: Mapping[str, LayerTable]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the known layers that a function has, in order, and in words the others; those of `Globals` come first."""
    local, foreign = [], []
    for setting in filter(None, (table.find("Layers") for table in reversed(tables))):
        nodes = setting.node.value if isinstance(setting.node.value, list) else []
        for node, element in zip(nodes, setting.find_elements(), strict=True):
            value = element.node.value if element is not None else None
            reference = node.value.get("Ref") if isinstance(node.value, dict) else None
            name = value if isinstance(value, str) else reference.value if reference is not None else None
            if name in declared:
                local.append(str(name))
            else:
                foreign.append(f"the layer `{name}`" if name else "a layer that only a deployment knows")
    return tuple(local), tuple(foreign)
