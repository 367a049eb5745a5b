"""Time lbundle's cold resolve and fetch of the sample's lock against `uv pip install --target`, and print a table.

Both get the same wheels from a mirror on this machine, so that the network is equal, and start with empty caches; they
take turns, as whole processes. lbundle reads the lock, fetches and gathers the site; uv resolves, fetches and unpacks.
A second run of lbundle follows, in which the mirror counts the requests.
"""

import argparse
import hashlib
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bundler.model.project import Architecture  # noqa: E402
from bundler.model.wheels import Wheel  # noqa: E402
from bundler.resolve import fetch_wheels, read_lock  # noqa: E402
from bundler.runtimes import make_target  # noqa: E402

REQUIREMENTS = ROOT / "fixtures" / "my-api" / "requirements.txt"
TARGET = make_target("python3.12", Architecture.X86_64)
_RESOLVE = f"""
import sys
from pathlib import Path
from bundler.model.project import Architecture
from bundler.resolve import fetch_wheels, gather_site, read_lock
from bundler.runtimes import make_target
target = make_target("{TARGET.runtime}", Architecture.{TARGET.architecture.name})
wheels = fetch_wheels(read_lock((Path(sys.argv[1]),), target), target, on_progress=lambda _: None)
gather_site(wheels, Path(sys.argv[2]), target, ignore=())
"""


def main() -> None:
    """Make the mirror, let both take turns, and print."""
    runs = _read_arguments().runs
    with tempfile.TemporaryDirectory(prefix="lbundle-fetch-") as folder:
        work = Path(folder)
        wheels = fetch_wheels(read_lock((REQUIREMENTS,), TARGET), TARGET, on_progress=lambda _: None)
        _make_mirror(wheels, work / "mirror")
        with subprocess.Popen(
            [sys.executable, __file__, "--serve", work / "mirror"], stdout=subprocess.PIPE, text=True
        ) as server:
            try:
                _compare(work, _Mirror(server), runs, wheels)
            finally:
                server.terminate()


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=7, help="cold runs of each (default: 7)")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _serve(arguments.serve)
    return arguments


class _Mirror:
    """The mirror's process: says its port, then a line for each request."""

    def __init__(self, server: "subprocess.Popen[str]") -> None:
        assert server.stdout is not None  # noqa: S101 - it is a pipe
        self.url = f"http://127.0.0.1:{server.stdout.readline().strip()}/simple"
        self.requests: list[str] = []
        threading.Thread(target=self.requests.extend, args=(server.stdout,), daemon=True).start()


def _compare(work: Path, mirror: _Mirror, runs: int, wheels: tuple[Wheel, ...]) -> None:
    ours, theirs = [], []
    for attempt in range(runs + 1):
        cold = [_time_lbundle(work, mirror.url), _time_uv(work, mirror.url)]
        if attempt:  # the first only warms the disk cache
            ours.append(cold[0])
            theirs.append(cold[1])
    before = len(mirror.requests)
    again = _time_lbundle(work, mirror.url, is_cold=False)
    size = sum(wheel.path.stat().st_size for wheel in wheels) / 1e6
    print(f"{len(wheels)} wheels, {size:.1f} MB, {TARGET}, median of {runs}")
    print("| | seconds |\n|---|---|")
    print(f"| lbundle, cold | {statistics.median(ours):.2f} |")
    print(f"| uv pip install --target, cold | {statistics.median(theirs):.2f} |")
    print(f"| ratio | {statistics.median(ours) / statistics.median(theirs):.2f} |")
    print(f"| lbundle, again ({len(mirror.requests) - before} requests) | {again:.2f} |")


def _time_lbundle(work: Path, url: str, *, is_cold: bool = True) -> float:
    cache, project = work / "lbundle-cache", work / "project"
    if is_cold:
        shutil.rmtree(cache, ignore_errors=True)
    project.mkdir(exist_ok=True)
    return _time(
        [sys.executable, "-c", _RESOLVE, REQUIREMENTS, project],
        {"LBUNDLE_CACHE_DIR": str(cache), "PIP_INDEX_URL": url, "PIP_CONFIG_FILE": os.devnull, "PYTHONPATH": str(ROOT)},
    )


def _time_uv(work: Path, url: str) -> float:
    for name in ("uv-cache", "installed"):
        shutil.rmtree(work / name, ignore_errors=True)
    version = ".".join(map(str, TARGET.python))
    glibc = "_".join(map(str, TARGET.glibc))
    target = ["--python-version", version, "--python-platform", f"{TARGET.architecture.machine}-manylinux_{glibc}"]
    places = ["--target", work / "installed", "--cache-dir", work / "uv-cache"]
    uv = [sys.executable, "-m", "uv", "--no-config", "pip", "install", "--quiet"]
    return _time([*uv, "--no-deps", "--default-index", url, *target, *places, "-r", REQUIREMENTS], {})


def _time(command: list[str | Path], environment: dict[str, str]) -> float:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    start = time.perf_counter()
    subprocess.run(command, env={**kept, **environment}, check=True)
    return time.perf_counter() - start


def _make_mirror(wheels: tuple[Wheel, ...], folder: Path) -> None:
    """Write a plain index: a page for each name, with hashes, and the wheels."""
    (folder / "files").mkdir(parents=True)
    for wheel in wheels:
        shutil.copy(wheel.path, folder / "files")
        digest = hashlib.sha256(wheel.path.read_bytes()).hexdigest()
        page = folder / "simple" / wheel.pin.name / "index.html"
        page.parent.mkdir(parents=True)
        name = wheel.path.name
        # With metadata beside each wheel, as large indexes have it: uv would fetch wheels twice without.
        (folder / "files" / f"{name}.metadata").write_bytes(_read_metadata(wheel))
        link = f'<a href="../../files/{name}#sha256={digest}" data-core-metadata="true">{name}</a>'
        page.write_text(f"<!DOCTYPE html>{link}", encoding="utf-8")


def _read_metadata(wheel: Wheel) -> bytes:
    with zipfile.ZipFile(wheel.path) as archive:
        (name,) = (name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        return archive.read(name)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        sys.stdout.write(f"{self.path}\n")  # in one piece: requests come side by side
        sys.stdout.flush()


def _serve(folder: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder))) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
