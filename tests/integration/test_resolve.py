"""Real packages from a real index, and real builds from source."""

import os
import zipfile

import pytest

from bundler.model.project import Architecture
from bundler.model.wheels import IndexOptions, Lock, Pin
from bundler.resolve import fetch_wheels, gather_site, read_lock
from bundler.runtimes import make_target
from tests.support.wheels import make_sdist

REQUIREMENTS = """\
certifi==2024.8.30
markupsafe==3.0.2 \\
    --hash=sha256:1c99d261bd2d5f6b59325c92c73df481e05e57f19837bdca8413b9eac4bd8028 \\
    --hash=sha256:88b49a3b9ff31e19998750c38e030fc7bb937398b1f78cfa599aaef92d693144
tomli==2.2.1 ; python_version < "3.11"
"""

# A backend that needs nothing installed, so that building it needs no index.
BACKEND = """\
import zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = "built_here-1.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as archive:
        archive.writestr("built_here.py", "import os\\n")
        metadata = "Metadata-Version: 2.1\\nName: built-here\\nVersion: 1.0\\n"
        archive.writestr("built_here-1.0.dist-info/METADATA", metadata)
        archive.writestr("built_here-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        archive.writestr("built_here-1.0.dist-info/RECORD", "")
    return name
"""
BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


@pytest.mark.network
@pytest.mark.parametrize(
    ("runtime", "architecture", "expected", "library"),
    [
        (
            "python3.12",
            Architecture.ARM64,
            ["certifi", "markupsafe"],
            "markupsafe/_speedups.cpython-312-aarch64-linux-gnu.so",
        ),
        (
            "python3.9",
            Architecture.X86_64,
            ["certifi", "markupsafe", "tomli"],
            "markupsafe/_speedups.cpython-39-x86_64-linux-gnu.so",
        ),
    ],
)
def test_real_packages(tmp_path, runtime, architecture, expected, library):
    """Whatever the host is, the site is the target's."""
    target = make_target(runtime, architecture)
    path = tmp_path / "requirements.txt"
    path.write_text(REQUIREMENTS)

    wheels = fetch_wheels(read_lock((path,), target, folder=path.parent), target, on_progress=lambda _: None)
    site = gather_site(wheels, tmp_path, target, ignore=())

    assert [distribution.name for distribution in site.distributions] == expected
    assert [path for path in site.files if path.startswith("markupsafe/") and path.endswith(".so")] == [library]
    assert site.warnings == ()


@pytest.mark.slow
def test_real_build(tmp_path, monkeypatch):
    """A source distribution with a build backend of its own becomes a wheel, without an index or a credential."""
    monkeypatch.setenv("MY_TOKEN", "secret")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    refuse = "import os\nassert not [name for name in os.environ if 'TOKEN' in name]\n"
    sdist = make_sdist(tmp_path, "built-here", "1.0", {"pyproject.toml": BUILD_SYSTEM, "backend.py": refuse + BACKEND})
    pin = Pin(name="built-here", version="1.0", hashes=(), url=sdist.as_uri(), origin="")
    lock = Lock(pins=(pin,), paths=(), index=IndexOptions(no_index=True))

    (wheel,) = fetch_wheels(lock, make_target("python3.12", Architecture.ARM64), on_progress=lambda _: None)

    assert wheel.path.name == "built_here-1.0-py3-none-any.whl"
    assert zipfile.ZipFile(wheel.path).read("built_here.py") == b"import os\n"
