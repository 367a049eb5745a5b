"""All checks of a finished zip, in order: the archive, its size, the handler, bytecode, native code."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

from bundler.model.project import Handler, Target
from bundler.model.report import Finding
from bundler.prove.archive import check_archive
from bundler.prove.bundle import Bundle, read_bundle
from bundler.prove.bytecode import check_bytecode
from bundler.prove.native import check_native
from bundler.runtimes import direct_upload_limit_bytes, unzipped_limit_bytes


def check_bundle(zip_path: Path, *, target: Target, handler: Handler) -> tuple[Finding, ...]:
    """Return what is wrong with a finished zip, found by reading it alone; errors keep it from running as promised."""
    try:
        bundle = read_bundle(zip_path, target=target, handler=handler)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        message = f"the zip cannot be opened: {error}"
        return (Finding(name="zip-unreadable", level="error", function=zip_path.stem, message=message),)
    return (
        *check_archive(bundle),
        *_check_size(bundle),
        *_check_handler(bundle),
        *check_bytecode(bundle),
        *check_native(bundle),
    )


def _check_size(bundle: Bundle) -> Iterator[Finding]:
    """Lambda's limits are the first sizes that it refuses."""
    unzipped_bytes = sum(entry.file_size for entry in bundle.entries)
    if unzipped_bytes >= unzipped_limit_bytes():
        yield bundle.error(
            "lambda-unzipped-limit",
            f"the zip unpacks to {unzipped_bytes:,} bytes, Lambda takes less than {unzipped_limit_bytes():,}",
        )
    if bundle.zip_bytes >= direct_upload_limit_bytes():
        yield bundle.warning(
            "lambda-direct-upload",
            f"the zip has {bundle.zip_bytes:,} bytes, from {direct_upload_limit_bytes():,} on it has to go through S3",
        )


def _check_handler(bundle: Bundle) -> Iterator[Finding]:
    module = bundle.handler.module
    if not bundle.paths.intersection(_module_paths(module, bundle.target)):
        yield bundle.error("handler-missing", f"the handler's module is not in the zip: `{module}`")


def _module_paths(module: str, target: Target) -> Iterator[str]:
    """Give every path the target's Python would import a module from."""
    base = module.replace(".", "/")
    major, minor = target.python
    machine = target.architecture.machine
    for extension in (f".cpython-{major}{minor}-{machine}-linux-gnu.so", ".abi3.so", ".so", ".py", ".pyc"):
        yield f"{base}/__init__{extension}"
        yield f"{base}{extension}"
