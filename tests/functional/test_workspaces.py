"""Projects of several packages: members and path dependencies ship as they are now, with metadata and entry points."""

import json

import pytest

from tests.functional.test_local_packages import APP, call_handler
from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.local_projects import sdist_files, write_local_project

pytestmark = pytest.mark.slow

SETTINGS = service_settings(hello="app.hello")
MODULES = {
    "common/__init__.py": "",
    "common/words.py": "WORD = 'hello'\n",
    "common/greet.py": "def greet():\n    return 'greeted'\n",
    "common/unused.py": "UNUSED = 1\n",
}
ENTRY_POINTS = "[shop.greeters]\nplain = common.greet:greet\n"
SHOP = '[project]\nname = "shop"\nversion = "1.0"\ndependencies = ["common"]\n'
UV = """\
version = 1
[manifest]
members = ["common", "shop"]
[[package]]
name = "common"
version = "1.5"
source = {{ editable = "{common}" }}
[[package]]
name = "shop"
version = "1.0"
source = {{ virtual = "{shop}" }}
dependencies = [{{ name = "common" }}]
"""
POETRY = """\
[[package]]
name = "common"
version = "1.5"
optional = false
groups = ["main"]
files = []
develop = true
[package.source]
type = "directory"
url = "{common}"
[metadata]
lock-version = "2.1"
"""
PDM = """\
[metadata]
groups = ["default"]
lock_version = "4.5.0"
[[package]]
name = "common"
version = "1.5"
groups = ["default"]
editable = true
path = "{common}"
"""
PIPFILE = '{{"_meta": {{}}, "default": {{"common": {{"editable": true, "path": "{common}"}}}}}}'


@pytest.fixture
def common(tmp_path):
    """A package in a `src` layout, which is installed nowhere."""
    (tmp_path / "wheels").mkdir()
    return write_local_project(tmp_path / "all" / "packages" / "common", "common", MODULES, ENTRY_POINTS)


def check(project, words):
    """Build, run the handler, change the package and see the change in the next build."""
    zip_path = project / ".lbundle" / "hello.zip"

    first = run_lbundle(project, "build")
    said = call_handler(zip_path)
    again = run_lbundle(project, "build")
    words.write_text("WORD = 'again'\n", encoding="utf-8")
    changed = run_lbundle(project, "build")

    assert [ended.code for ended in (first, again, changed)] == [0, 0, 0], first
    assert ("Tracing" in again.stderr, "Tracing" in changed.stderr) == (False, True)
    assert (said, call_handler(zip_path)) == ("('hello', '1.5', 'greeted')", "('again', '1.5', 'greeted')")
    metafile = json.loads((project / ".lbundle" / "hello.json").read_text(encoding="utf-8"))
    assert metafile["warnings"] == []
    assert not [file for file in metafile["files"] if "unused" in file["path"]]


def test_member_of_a_uv_workspace(common):
    """The lock of the workspace that a service is a member of is found above it."""
    root = common.parents[1]
    workspace = '[tool.uv.workspace]\nmembers = ["packages/*", "services/*"]\n'
    write_project(
        root, {"pyproject.toml": workspace, "uv.lock": UV.format(common="packages/common", shop="services/shop")}
    )
    project = write_project(
        root / "services" / "shop", {"serverless.yml": SETTINGS, "app.py": APP, "pyproject.toml": SHOP}
    )
    (root / "services" / "wheels").mkdir()

    check(project, common / "src/common/words.py")


@pytest.mark.parametrize(
    ("name", "lock"), [("uv.lock", UV), ("poetry.lock", POETRY), ("pdm.lock", PDM), ("Pipfile.lock", PIPFILE)]
)
def test_service_at_the_root(common, name, lock):
    """A service at the root of a workspace has members and editable path dependencies below it."""
    root = common.parents[1]
    text = lock.format(common="packages/common", shop=".")
    write_project(root, {"serverless.yml": SETTINGS, "app.py": APP, "pyproject.toml": SHOP, name: text})

    check(root, common / "src/common/words.py")


UV_ROOT = 'version = 1\n[[package]]\nname = "common"\nversion = "1.5"\nsource = { editable = "." }\n'
EMPTY = {
    "uv.lock": UV_ROOT,
    "poetry.lock": 'package = []\n[metadata]\nlock-version = "2.1"\n',
    "pdm.lock": '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\n',
}


@pytest.mark.parametrize("name", EMPTY)
def test_root_with_src_layout(tmp_path, name):
    """A project in a `src` layout is imported as it would be once it is installed, though its lock is its own."""
    (tmp_path / "wheels").mkdir()
    files = sdist_files("common", MODULES, ENTRY_POINTS)
    project = write_project(tmp_path / "shop", {**files, "serverless.yml": SETTINGS, "app.py": APP, name: EMPTY[name]})

    check(project, project / "src/common/words.py")


@pytest.mark.parametrize(
    "setting", ["[tool.poetry]\npackage-mode = false\n", "[tool.pdm]\ndistribution = false\n"], ids=["poetry", "pdm"]
)
def test_root_that_is_no_package(tmp_path, setting):
    """A project that says it is no package is not built."""
    (tmp_path / "wheels").mkdir()
    files = sdist_files("common", MODULES, ENTRY_POINTS)
    files["pyproject.toml"] += setting
    files["backend.py"] = "raise RuntimeError\n"
    name = "poetry.lock" if "poetry" in setting else "pdm.lock"
    app = "def hello(event, context):\n    return 1\n"
    project = write_project(tmp_path / "shop", {**files, "serverless.yml": SETTINGS, "app.py": app, name: EMPTY[name]})

    assert run_lbundle(project, "build").code == 0
