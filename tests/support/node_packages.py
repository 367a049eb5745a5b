"""Install packages from npm once for all runs."""

import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tests.support.installs import shared_folder


@cache
def install_node_packages(package: Path) -> Path:
    """Return a `node_modules` with what a package.json asks for, named after its folder; it needs Node.js with npm."""
    npm = shutil.which("npm")
    if npm is None:
        msg = "the tests of hosts that are written in JavaScript need Node.js 20 or later with npm on the PATH"
        raise RuntimeError(msg)
    digest = hashlib.sha256(package.read_bytes()).hexdigest()[:20]
    finished = shared_folder() / f"{package.parent.name}-{digest}"
    if not finished.exists():
        unfinished = Path(tempfile.mkdtemp(dir=shared_folder()))
        shutil.copy(package, unfinished)
        quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--legacy-peer-deps")
        done = subprocess.run([npm, "install", *quiet], cwd=unfinished, capture_output=True, text=True, check=False)
        if done.returncode:
            msg = f"npm could not install what {package} names:\n{done.stderr}"
            raise RuntimeError(msg)
        try:
            unfinished.rename(finished)
        except OSError:  # another run was faster
            shutil.rmtree(unfinished)
    return finished / "node_modules"
