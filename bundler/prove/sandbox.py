"""A process apart from the host that speaks the Runtime API: started, listened to, and ended with all it started."""

import contextlib
import fcntl
import json
import os
import queue
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundler.prove.bubblewrap import bubblewrap_command
from bundler.prove.runtime_api import Heard, Kind, RuntimeApi
from bundler.system.process import Running

LogSink = Callable[[bytes], None]
"""Takes what a program prints, as it comes."""

_WORKER_PATH = Path(__file__).with_name("sandbox_worker.py")
_START_SECONDS = 20
_GRACE_SECONDS = 3
_CHUNK_BYTES = 1 << 20
_DRAIN_SECONDS = 1
# As Lambda's own user.
_USER, _GROUP, _USER_NAME = 993, 990, "sbx_user1051"
# What programs and libraries need of a host. Its homes, mounts and variable data are not among it.
_HOST = ("bin", "gnu", "lib", "lib32", "lib64", "nix", "sbin", "usr")
_SETTINGS = (
    *("ca-certificates", "pki", "ssl", "crypto-policies"),
    *("gai.conf", "host.conf", "hosts", "nsswitch.conf", "protocols", "resolv.conf", "services"),
    *("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types", "os-release"),
    *("group", "passwd"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """Where a program finds its folders, and what may be seen of the host."""

    is_isolated: bool
    task: Path
    layers: Path
    own: Path
    """lbundle's side of the runtime."""
    client: Path | None
    packages: Path | None
    """What the runtime brings: its client, and packages for the function."""
    record: Path
    """Where lbundle's side writes."""
    temporary: Path
    scratch: Path
    """A folder of lbundle's own."""
    interpreter: Path
    bubblewrap: str = ""
    """The program that sets apart where namespaces cannot be made directly."""
    emulator: tuple[str, ...] = ()
    """What starts the interpreter, as words, and where that finds libraries."""

    def inside(self, path: Path) -> str:
        """Return where the program finds one of its folders, or what lies below one."""
        for folder, place in self._places():
            if self.is_isolated and path.is_relative_to(folder):
                return str(Path(place, path.relative_to(folder)))
        return str(path)

    def mounts(self) -> list[tuple[str, str, bool]]:
        """Return what is seen at which place of the program's root, and whether it may write there.

        The interpreter is where it is on the host. That may be below `/opt`, so what layers bring is shown one by one.
        """
        shown = {place: folder for folder, place in self._places() if folder != self.layers}
        shown |= {f"/opt/{path.name}": path for path in self.layers.iterdir()}
        for program in (self.interpreter, *map(Path, self.emulator[:1])):
            shown |= {str(path): path for path in _installation(program)}
        shown |= {word: Path(word) for word in self.emulator[1:] if Path(word).is_absolute()}
        return [(str(path), place, path in (self.record, self.temporary)) for place, path in shown.items()]

    def _places(self) -> list[tuple[Path, str]]:
        places = [
            (self.task, "/var/task"),
            (self.layers, "/opt"),
            (self.own, "/var/rapid"),
            (self.client, "/var/client"),
            (self.packages, "/var/runtime"),
            (self.record, "/var/record"),
            (self.temporary, "/tmp"),  # noqa: S108 - in a root of its own
        ]
        return [(folder, place) for folder, place in places if folder is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to run."""

    rooms: Rooms
    arguments: Sequence[str]
    environment: Mapping[str, str]
    memory_bytes: int
    """What it may hold in memory; 0 is no limit."""
    has_network: bool


class SandboxError(Exception):
    """The sandbox cannot be made, for the reason that is told."""


class Sandbox:
    """One process and what it starts; what it says goes into `heard`, what it prints to the sink."""

    def __init__(self, order: Order, sink: LogSink) -> None:
        """Start it; raise `SandboxError` where the host does not allow what it takes."""
        self.heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self.peak_bytes = 0
        self.is_over_memory = False
        self._told = threading.Condition()
        self._asked, self._answered = 0, 0
        self._control, theirs = socket.socketpair()
        told = _spell(order)
        with theirs:
            command = _command(order.rooms, told, theirs.fileno())
            self._running = Running(command, environment=order.environment, inherited=[theirs.fileno()])
        self._logs = _Logs(self._running.output.fileno(), sink)
        try:
            self.api = RuntimeApi(self._begin(told), self.heard)
        except (SandboxError, OSError, ValueError) as error:
            self._control.close()
            self._running.end(_GRACE_SECONDS)
            self._finish_logs()
            reason = "it ended before it began" if isinstance(error, ConnectionError) else str(error)
            raise SandboxError(reason) from error
        self.started = time.monotonic()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def memory_bytes(self) -> int:
        """Return the most that was held in memory so far."""
        with self._told, contextlib.suppress(OSError):
            self._asked += 1
            self._control.sendall(b"?")
            self._told.wait_for(lambda: self._answered >= self._asked, timeout=1)
        return self.peak_bytes

    def print_all(self) -> None:
        """Wait until what was printed so far has reached the sink; not for a program that prints all the time."""
        self._logs.drain()

    def close(self) -> None:
        """End the process and all that it started, and wait for what it printed."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        self._running.end(_GRACE_SECONDS)
        self.api.close()
        self._finish_logs()
        self._listener.join(_GRACE_SECONDS)
        self._control.close()

    def _finish_logs(self) -> None:
        """Hand on what is still in the pipe; a process that could not be ended may hold it open for ever."""
        self._logs.join(_GRACE_SECONDS)
        if not self._logs.is_alive():
            self._running.close()

    def _begin(self, told: dict[str, Any]) -> socket.socket:
        """Say what to run and return the socket that it will connect to."""
        self._control.settimeout(_START_SECONDS)
        self._control.sendall(json.dumps(told).encode() + b"\n")
        said, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        self._control.settimeout(None)
        if not descriptors:
            reason = json.loads(said)["failed"] if said else "it ended before it began"
            raise SandboxError(reason)
        return socket.socket(fileno=descriptors[0])

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._control.makefile("rb") as lines:
            for line in lines:
                self._hear(json.loads(line))
        self.heard.put(Heard(kind=Kind.ENDED, code=-9))
        with self._told:
            self._answered = self._asked + 1
            self._told.notify_all()

    def _hear(self, told: dict[str, Any]) -> None:
        with self._told:
            self.peak_bytes = max(self.peak_bytes, told.get("peak", 0))
            self.is_over_memory |= "over" in told
            if "ended" in told:
                self.heard.put(Heard(kind=Kind.ENDED, code=told["ended"]))
            elif "over" not in told:
                self._answered += 1
            self._told.notify_all()


def _spell(order: Order) -> dict[str, Any]:
    rooms = order.rooms
    root = rooms.scratch / "root"
    root.mkdir(exist_ok=True)
    home = f"/home/{_USER_NAME}"
    return {
        "isolate": rooms.is_isolated and not rooms.bubblewrap,
        "network": order.has_network,
        "root": str(root),
        "user": _USER,
        "group": _GROUP,
        "home": home,
        "users": dict(_write_users(rooms.scratch, home)),
        "host": [*(f"/{name}" for name in _HOST), *(f"/etc/{name}" for name in _SETTINGS)],
        "mounts": rooms.mounts(),
        "folder": rooms.inside(rooms.task),
        "arguments": list(order.arguments),
        "environment": dict(order.environment),
        "memory_bytes": order.memory_bytes,
    }


def _write_users(scratch: Path, home: str) -> Iterator[tuple[str, str]]:
    """Write lists of users with Lambda's own user alone; give where each belongs, and where it lies."""
    users = {
        "passwd": f"root:x:0:0:root:/root:/bin/sh\n{_USER_NAME}:x:{_USER}:{_GROUP}::{home}:/sbin/nologin\n",
        "group": f"root:x:0:\n{_USER_NAME}:x:{_GROUP}:\n",
    }
    for name, text in users.items():
        (scratch / name).write_text(text, encoding="utf-8")
        yield f"/etc/{name}", str(scratch / name)


def _command(rooms: Rooms, told: Mapping[str, Any], descriptor: int) -> Sequence[str | Path]:
    """Return what starts the worker, which reads its order from a socket."""
    python = Path(sys.executable).resolve()
    if rooms.bubblewrap:
        words = [str(python), str(descriptor)]
        return bubblewrap_command(rooms.bubblewrap, told, _installation(python), _WORKER_PATH, words)
    return [sys.executable, "-I", "-S", _WORKER_PATH, str(descriptor)]


def _installation(interpreter: Path) -> list[Path]:
    """Return the folders that an interpreter is installed in: that of each link on the way to it.

    A program that starts one, such as an emulator, may lie in any folder, and finds what it needs there.
    """
    folders = []
    path = interpreter
    for _ in range(10):
        if not path.is_relative_to("/usr"):
            folders.append(path.parent.parent if path.parent.name == "bin" else path.parent)
        if not path.is_symlink():
            break
        path = path.parent / path.readlink()
    shown = [Path(os.path.normpath(folder)) for folder in folders]
    return [folder for folder in dict.fromkeys(shown) if str(folder) not in {"/", "/usr"}]


class _Logs(threading.Thread):
    """Hands on what a program prints as it comes."""

    def __init__(self, descriptor: int, sink: LogSink) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        # A program that prints much is not to wait for us more often than it has to.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _CHUNK_BYTES)
        self._sink = sink
        self._reading = threading.Lock()
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while select.select([self._descriptor], [], []):
                with self._reading:
                    content = os.read(self._descriptor, _CHUNK_BYTES)
                    if not content:
                        return
                    self._sink(content)

    def drain(self) -> None:
        end = time.monotonic() + _DRAIN_SECONDS
        while time.monotonic() < end and self.is_alive():
            with self._reading:
                if not select.select([self._descriptor], [], [], 0)[0]:
                    return
            time.sleep(0.001)
