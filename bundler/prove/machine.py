"""What running a bundle's code takes: a Python that can, its files where nothing changes them, Lambda's variables."""

import platform
from collections.abc import Iterable
from pathlib import Path

from bundler.model.invocation import RunSettings
from bundler.model.project import Target
from bundler.system.archives import unzip
from bundler.system.interpreters import find_interpreter

_WRITABLE = 0o222
REGION = "eu-west-1"


def is_foreign(target: Target) -> bool:
    """Tell whether a target is Linux on another machine than this Linux."""
    return platform.system() == "Linux" and platform.machine() != target.architecture.machine


def find_python(target: Target) -> tuple[Path | None, str]:
    """Return a Python of this machine that can run what is built for a target, or `None` and why there is none."""
    machine = platform.machine()
    if platform.system() != "Linux":
        return None, f"this machine runs {platform.system()}, the bundle is built for Linux"
    if machine != target.architecture.machine:
        return None, f"this machine is {machine}, the bundle is built for {target.architecture}"
    interpreter = find_interpreter(target.python)
    version = ".".join(map(str, target.python))
    problem = f"there is no Python {version} here: install it or set LBUNDLE_PYTHON_{version.replace('.', '_')}"
    return interpreter, "" if interpreter else problem


def unzip_read_only(zip_paths: Iterable[Path], folder: Path) -> None:
    """Unpack zips over each other with their modes, and take away everybody's right to write."""
    folder.mkdir()
    modes: dict[Path, int] = {}
    for zip_path in zip_paths:
        modes |= unzip(zip_path, folder)
    for path, mode in modes.items():
        path.chmod(mode & ~_WRITABLE)
    for below in (folder, *folder.rglob("*")):
        if below.is_dir():
            below.chmod(0o555)


def make_writable(folder: Path) -> None:
    """Give back the right to write in a folder and those below it, so that it can be removed."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)


def lambda_environment(name: str, handler: str, folder: str, layers: str, settings: RunSettings) -> dict[str, str]:
    """Return the variables that Lambda sets, those of the settings after them; `layers` is where layers are unpacked.

    The keys are no one's: what asks AWS with them is refused, and what asks a server on this machine is served.
    """
    return {
        "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(settings.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": "JSON" if settings.has_json_logs else "Text",
        **({"AWS_LAMBDA_LOG_LEVEL": settings.log_level} if settings.log_level else {}),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]00000000000000000000000000000001",
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "example",
        "AWS_SESSION_TOKEN": "example",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": folder,
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "LD_LIBRARY_PATH": f"{folder}:{folder}/lib:{layers}/lib",
        "PATH": f"/usr/local/bin:/usr/bin:/bin:{layers}/bin",
        "PWD": folder,
        # Whether a runtime has time zone data is not known, so the host's must not stand in for the `tzdata` package.
        "PYTHONTZPATH": "",
        "SHLVL": "0",
        "TZ": ":UTC",
        "_HANDLER": handler,
        **dict(settings.variables),
    }
