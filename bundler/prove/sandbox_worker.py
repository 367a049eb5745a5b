"""Start a program apart from the host, watch over it, and end all that it started; run by lbundle's own interpreter.

Standard library only. Argument: the number of a socket that lbundle holds the other end of. One JSON line on it says
what to run; a JSON line tells that it runs and carries the socket it may connect to, later ones how it does and how it
ended. When lbundle closes its end, or is gone, everything ends.

With namespaces the program sees a root of its own: the folders that lbundle names, the host's programs and libraries,
all read-only, and an empty `/tmp`. Without them it is a plain process.
"""

import array
import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import struct
import sys
from collections.abc import Iterator
from typing import Any

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x20000, 1 << 27, 1 << 28, 1 << 29, 1 << 30
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
MS_RELATIME = 1 << 21
# What a mount has that an unprivileged user may not take from it, as `statvfs` and as `mount` number it.
LOCKED_FLAGS = {2: 2, 4: 4, 8: 8, 1024: 1024, 2048: 2048, 4096: MS_RELATIME}
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 24, 36, 38
LAST_CAPABILITY = 63
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 1, 64
DEVICES = ("null", "zero", "full", "random", "urandom")
TICK_SECONDS = 0.02

c_library = ctypes.CDLL(None, use_errno=True)
pivot_root_number = {"x86_64": 155}.get(os.uname().machine, 41)


def main() -> None:
    """Read the order and carry it out; whatever keeps the sandbox from being made is told."""
    control = socket.socket(fileno=int(sys.argv[1]))
    control.set_inheritable(False)
    order = json.loads(read_line(control))
    if not order["isolate"]:
        c_library.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        supervise(order, control)
        return
    try:
        enter_namespaces(order)
    except OSError as error:
        tell(control, failed=f"user namespaces: {error.strerror}")
        return
    if init := os.fork():
        # Nobody else knows the process that holds the namespaces: it goes when this one does.
        control.close()
        os.waitpid(init, 0)
        return
    c_library.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    try:
        make_root(order)
    except OSError as error:
        tell(control, failed=f"a root of its own: {error.strerror}")
        os._exit(0)
    supervise(order, control)
    os._exit(0)


def read_line(control: socket.socket) -> bytes:
    """Return what lbundle says first."""
    line = b""
    while not line.endswith(b"\n") and (part := control.recv(65536)):
        line += part
    return line


def tell(control: socket.socket, **facts: object) -> None:
    """Tell lbundle something; that it is gone is noticed elsewhere."""
    with contextlib.suppress(OSError):
        control.sendall(json.dumps(facts).encode() + b"\n")


def check(result: int) -> None:
    """Raise what the C library says is wrong."""
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def enter_namespaces(order: "dict[str, Any]") -> None:
    """Leave the host's users, mounts, processes and, if it is to be so, its network."""
    user, group = os.getuid(), os.getgid()
    kinds = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
    check(c_library.unshare(kinds if order["network"] else kinds | CLONE_NEWNET))
    users, groups = f"{order['user']} {user} 1", f"{order['group']} {group} 1"
    for name, text in (("setgroups", "deny"), ("uid_map", users), ("gid_map", groups)):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as stream:
            stream.write(text)
    if not order["network"]:
        start_loopback()


def start_loopback() -> None:
    """A network of one's own has nothing but a loopback, which is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount something, or change how it is mounted."""
    words = [None if word is None else os.fsencode(word) for word in (source, target, kind, data)]
    check(c_library.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]))


def bind(source: str, target: str, *, read_only: bool = True) -> None:
    """Show a file or a folder of the host's at a place of the new root."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    elif not os.path.exists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        open(target, "ab").close()
    mount(source, target, None, MS_BIND | MS_REC)
    if read_only:
        has = os.statvfs(target).f_flag
        kept = sum(flag for known, flag in LOCKED_FLAGS.items() if has & known)
        mount(source, target, None, MS_BIND | MS_REMOUNT | MS_RDONLY | kept)


def make_root(order: "dict[str, Any]") -> None:
    """Put a root together, read-only but for `/tmp`, and move there."""
    root = order["root"]
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "mode=755")
    for path in order["host"]:
        if os.path.islink(path) and os.path.isdir(path):
            os.symlink(os.readlink(path), root + path)
        elif os.path.exists(path):
            bind(os.path.realpath(path), root + path)
    for source, target, may_write in order["mounts"]:
        bind(source, root + target, read_only=not may_write)
    make_devices(root)
    name_user(root, order)
    os.makedirs(f"{root}/proc")
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | 8)
    os.chdir(root)
    check(c_library.syscall(pivot_root_number, b".", b"."))
    check(c_library.umount2(b".", MNT_DETACH))
    os.chdir("/")
    mount("none", "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)


def make_devices(root: str) -> None:
    """Give the devices that any program expects; Lambda has no shared memory either."""
    for name in DEVICES:
        bind(f"/dev/{name}", f"{root}/dev/{name}", read_only=False)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        os.symlink(f"/proc/self/fd/{number}", f"{root}/dev/{name}")


def name_user(root: str, order: "dict[str, Any]") -> None:
    """Give the user a name and an empty home where the host's list of users would be."""
    os.makedirs(root + order["home"])
    for place, source in order["users"].items():
        if os.path.exists(root + place):
            bind(source, root + place)


def supervise(order: "dict[str, Any]", control: socket.socket) -> None:
    """Start the program, tell how it does, and end what is left when lbundle has what it wants."""
    listening = socket.create_server(("127.0.0.1", 0))
    api = f"127.0.0.1:{listening.getsockname()[1]}"
    handed_on = array.array("i", [listening.fileno()])
    waking, woken = os.pipe()
    for end in (waking, woken):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken)
    program = os.fork()
    if program == 0:
        become({**order, "environment": {**order["environment"], "AWS_LAMBDA_RUNTIME_API": api}})
    control.sendmsg([b'{"runs": true}\n'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed_on)])
    listening.close()
    watch(program, order["memory_bytes"], control, waking)
    end_all()


def become(order: "dict[str, Any]") -> None:
    """Become the program, with no right that its user would not have."""
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.setsid()
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="utf-8") as stream:
            stream.write("1000")
        for capability in range(LAST_CAPABILITY + 1):
            c_library.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
        c_library.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        os.chdir(order["folder"])
        os.execve(order["arguments"][0], order["arguments"], order["environment"])  # noqa: S606 - a shell reads arguments
    except BaseException as error:  # noqa: BLE001 - nothing may return into the code of the parent
        os.write(2, f"{order['arguments'][0]} does not start: {error}\n".encode())
    os._exit(127)


def watch(program: int, memory_bytes: int, control: socket.socket, waking: int) -> None:
    """Tell how the program ended and, when asked, how much memory all of it took, until lbundle hangs up."""
    peak, is_running = 0, True
    while True:
        ready, _, _ = select.select([control.fileno(), waking], [], [], TICK_SECONDS if is_running else None)
        if waking in ready:
            os.read(waking, 4096)
        if is_running:
            held, must_stay = memory_of(program)
            peak = max(peak, held)
            if 0 < memory_bytes < must_stay:
                memory_bytes = 0
                tell(control, over=True, peak=peak)
                os.kill(program, signal.SIGKILL)
        for process, status in reap():
            if process == program:
                is_running = False
                tell(control, ended=os.waitstatus_to_exitcode(status), peak=peak)
        if control.fileno() in ready:
            if not control.recv(4096):
                return
            tell(control, peak=peak)


def reap() -> Iterator[tuple[int, int]]:
    """Give the children that have ended: those of the program too, once it is gone."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            yield ended


def memory_of(program: int) -> "tuple[int, int]":
    """Return what a program and all it started held at most, and what of that is no file the kernel can read again.

    What counts are pages that are there, not addresses that are reserved.
    """
    processes = list(family(program))
    if processes[1:]:
        facts = [read_sizes(f"/proc/{process}/smaps_rollup") for process in processes]
        held, mapped = (sum(fact.get(name, 0) for fact in facts) for name in ("Pss", "Pss_File"))
    else:
        fact = read_sizes(f"/proc/{program}/status")
        held, mapped = fact.get("VmHWM", 0), fact.get("RssFile", 0)
    return held, held - mapped


def family(program: int) -> Iterator[int]:
    """Give a process and those below it."""
    waiting = [program]
    while waiting:
        process = waiting.pop()
        yield process
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{process}/task"):
                waiting += children_of(f"{process}/task/{thread}")


def children_of(thread: str) -> "list[int]":
    """Return the processes that a thread started and that are there."""
    with contextlib.suppress(OSError), open(f"/proc/{thread}/children", encoding="utf-8") as stream:
        return [int(word) for word in stream.read().split()]
    return []


def read_sizes(path: str) -> "dict[str, int]":
    """Return the sizes that the kernel lists in kB, in bytes."""
    with contextlib.suppress(OSError), open(path, encoding="utf-8", errors="replace") as stream:
        lines = [line.split() for line in stream if line.endswith(" kB\n")]
        return {words[0][:-1]: int(words[1]) * 1024 for words in lines}
    return {}


def end_all() -> None:
    """End every child; what those leave behind becomes a child in turn."""
    for _ in range(1000):
        for process in children_of("thread-self"):
            os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


main()
