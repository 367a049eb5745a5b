"""Memory holds what is packed right now: neither how much a zip holds nor how many there are makes it grow."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import service_settings, write_project
from tests.support.wheels import make_wheel

FILES, FILE_BYTES = 12, 4_000_000
MEASURED = """
import sys
from pathlib import Path
from bundler import build
build(sys.argv[1], jobs=1, offline=True)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(status["VmHWM"].split()[0])
"""


def peak_bytes(project):
    """Build in a process of its own; return how much memory it had at most."""
    done = subprocess.run([sys.executable, "-c", MEASURED, project], check=True, capture_output=True, text=True)
    return int(done.stdout) * 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak of one program")
def test_peak(tmp_path, monkeypatch):
    """Ten functions that ship 48 MB each, which do not compress, take little more than one that ships nothing."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    numbers = random.Random(0)
    data = {f"heavy/part{number}.bin": numbers.randbytes(FILE_BYTES) for number in range(FILES)}
    opens = "import pathlib\nPARTS = [one.read_bytes() for one in pathlib.Path(__file__).parent.glob('*.bin')]\n"
    make_wheel(tmp_path / "wheels", "heavy", "1.0", {"heavy/__init__.py": opens, **data})
    functions = {f"f{number}": f"f{number}.handle" for number in range(10)}
    handlers = {f"{name}.py": "import heavy\nhandle = print\n" for name in functions}
    common = {"requirements.txt": "heavy==1.0\n"}
    light = write_project(
        tmp_path / "light",
        {**common, "serverless.yml": service_settings(f0="f0.handle"), "f0.py": "handle = print\n"},
    )
    heavy = write_project(tmp_path / "heavy", {**common, "serverless.yml": service_settings(**functions), **handlers})

    grown = peak_bytes(heavy) - peak_bytes(light)

    assert (heavy / ".lbundle" / "f9.zip").stat().st_size > FILES * FILE_BYTES
    assert grown < 10 * FILE_BYTES
