"""Set a process apart by bubblewrap, which may make namespaces on machines where others may not."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

PROGRAM = "bwrap"
_WORKER = "/var/sandbox_worker.py"


def find_bubblewrap() -> str:
    """Return the path of bubblewrap, or nothing where the machine has none."""
    return shutil.which(PROGRAM) or ""


def bubblewrap_command(
    program: str, order: Mapping[str, Any], installation: Sequence[Path], worker: Path, arguments: Sequence[str]
) -> list[str]:
    """Return the command that lays the root of an order out and starts the worker in it.

    `installation` is where the interpreter lies that runs the worker; `arguments` ends with the worker's own.
    """
    python, *told = arguments
    return [
        *(program, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"),
        *(() if order["network"] else ("--unshare-net",)),
        *("--uid", str(order["user"]), "--gid", str(order["group"])),
        *_host(order["host"]),
        *(word for mount in order["mounts"] for word in _mount(*mount)),
        *(word for path in installation for word in ("--ro-bind", str(path), str(path))),
        *("--dev", "/dev", "--proc", "/proc", "--dir", order["home"]),
        *(word for place, source in order["users"].items() for word in ("--ro-bind", source, place)),
        *("--ro-bind", str(worker), _WORKER, "--remount-ro", "/", "--chdir", "/"),
        *(python, "-I", "-S", _WORKER, *told),
    ]


def _host(names: Sequence[str]) -> Iterator[str]:
    """Show what programs need of the host, links as links."""
    for path in map(Path, names):
        if path.is_symlink() and path.is_dir():
            yield from ("--symlink", str(path.readlink()), str(path))
        elif path.exists():
            yield from ("--ro-bind", str(path.resolve()), str(path))


def _mount(source: str, target: str, may_write: bool) -> tuple[str, str, str]:  # noqa: FBT001 - as orders spell it
    return ("--bind" if may_write else "--ro-bind", source, target)
