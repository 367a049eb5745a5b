"""All checks of a finished zip, in order: the archive, its size, the handler, bytecode, native code."""

from collections.abc import Iterator
from pathlib import Path

from bundler.model.project import Handler, Target
from bundler.model.report import Finding
from bundler.prove.archive import check_archive
from bundler.prove.bundle import Bundle, read_bundle
from bundler.prove.bytecode import check_bytecode
from bundler.prove.layers import LayersBeside
from bundler.prove.native import check_native
from bundler.runtimes import direct_upload_limit_bytes, unzipped_limit_bytes
from bundler.system.files import DAMAGES

_NO_LAYERS = LayersBeside()


def check_bundle(
    zip_path: Path,
    *,
    target: Target,
    handler: Handler | None,
    handler_path: str = "",
    layers: LayersBeside = _NO_LAYERS,
    is_folder: bool = False,
) -> tuple[Finding, ...]:
    """Return what is wrong with a finished zip, found by reading it alone; errors keep it from running as promised.

    `handler_path` is where the handler is, if that does not follow from its name: in a folder that a variable puts on
    the path; or in its place the code that a layer's handler calls. A layer has no handler; of one that is a folder of
    the user's own (`is_folder`), only the archive is checked.
    """
    try:
        bundle = read_bundle(zip_path, target=target, handler=handler, layers=layers)
        is_told = handler_path in bundle.paths
    except DAMAGES as error:
        message = f"the zip cannot be opened: {error}"
        return (Finding(name="zip-unreadable", level="error", function=zip_path.stem, message=message),)
    if is_folder:
        return (*check_archive(bundle), *_check_size(bundle))
    return (
        *check_archive(bundle),
        *_check_size(bundle),
        *(() if is_told else _check_handler(bundle)),
        *check_bytecode(bundle),
        *check_native(bundle),
    )


def _check_size(bundle: Bundle) -> Iterator[Finding]:
    """Lambda's limits are the first sizes that it refuses."""
    unzipped_bytes = sum(entry.file_size for entry in bundle.entries)
    all_bytes = unzipped_bytes + bundle.layers.unzipped_bytes
    if all_bytes >= unzipped_limit_bytes():
        text = f"the zip unpacks to {unzipped_bytes:,} bytes"
        text += f", with its layers {all_bytes:,}" if bundle.layers.unzipped_bytes else ""
        yield bundle.error("lambda-unzipped-limit", f"{text}, Lambda takes less than {unzipped_limit_bytes():,}")
    if bundle.zip_bytes >= direct_upload_limit_bytes():
        yield bundle.warning(
            "lambda-direct-upload",
            f"the zip has {bundle.zip_bytes:,} bytes, from {direct_upload_limit_bytes():,} on it has to go through S3",
        )


def _check_handler(bundle: Bundle) -> Iterator[Finding]:
    module = bundle.handler.module if bundle.handler is not None else None
    if module is not None and not bundle.paths.intersection(_module_paths(module, bundle.target)):
        yield bundle.error("handler-missing", f"the handler's module is not in the zip: `{module}`")


def _module_paths(module: str, target: Target) -> Iterator[str]:
    """Give every path the target's Python would import a module from."""
    base = module.replace(".", "/")
    major, minor = target.python
    machine = target.architecture.machine
    for extension in (f".cpython-{major}{minor}-{machine}-linux-gnu.so", ".abi3.so", ".so", ".py", ".pyc"):
        yield f"{base}/__init__{extension}"
        yield f"{base}{extension}"
