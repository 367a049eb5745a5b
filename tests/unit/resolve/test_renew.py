"""A local project of which only copied files changed gives the wheel that a build would give, without a build."""

import csv
import io
import zipfile

import pytest

from bundler.resolve.local_project import read_project_files
from bundler.resolve.renew import remember_copies, renew_wheel
from tests.support.command_line import write_project

STATIC = '[project]\nname = "common"\nversion = "1.5"\n'
FILES = {
    "pyproject.toml": STATIC,
    "README.md": "About\n",
    "src/common/__init__.py": "",
    "src/common/part/__init__.py": "",
    "src/common/words.py": "WORD = 1\n",
    "tests/__init__.py": "",
}
COPIES = {path.removeprefix("src/"): content for path, content in FILES.items() if path.startswith("src/")}
INFO = "common-1.5.dist-info"


@pytest.fixture
def built(tmp_path, monkeypatch):
    """Return how to write a project and the wheel that a build once made of it; the answer is its folder."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    def build(files, members, name="common-1.5-py3-none-any.whl"):
        folder = write_project(tmp_path / "project", files)
        record = "".join(f"{path},sha256=old,0\n" for path in members) + f"{INFO}/RECORD,,\n"
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            for path, content in {**members, f"{INFO}/METADATA": "Name: common\n", f"{INFO}/RECORD": record}.items():
                wheel.writestr(path, content)
        remember_copies(folder, read_project_files(folder), tmp_path / name, "python3.12")
        return folder

    return build


def renew(folder, kind="python3.12"):
    return renew_wheel(folder, read_project_files(folder), kind, "wheels")


def test_changed_source(built):
    """The new wheel has the changed file, the others as they were, and a list of files that says so."""
    folder = built(FILES, COPIES)
    write_project(folder, {"src/common/words.py": "WORD = 2\n"})

    path, sha256 = renew(folder)

    with zipfile.ZipFile(path) as wheel:
        contents = {name: wheel.read(name).decode() for name in wheel.namelist()}
    rows = {name: rest for name, *rest in csv.reader(io.StringIO(contents[f"{INFO}/RECORD"]))}
    assert {name: contents[name] for name in COPIES} == {**COPIES, "common/words.py": "WORD = 2\n"}
    assert contents[f"{INFO}/METADATA"] == "Name: common\n"
    assert rows["common/words.py"] == ["sha256=PYyTiVjMQI33RnW9IpGsSu58oIPsQnQApn5RySLrvS8", "9"]
    assert (path.name, path.parent.name) == ("common-1.5-py3-none-any.whl", sha256)
    assert renew(folder) == (path, sha256)


@pytest.mark.parametrize(
    "change",
    [
        {"README.md": "Other\n"},
        {"pyproject.toml": STATIC + "[tool]\n"},
        {"src/common/new.py": ""},
        {"tests/__init__.py": "# new\n"},
    ],
)
def test_change_that_a_build_has_to_see(built, change):
    """A new file, and any change of what is not copied, may change more than the copies."""
    folder = built(FILES, COPIES)
    write_project(folder, change)

    assert renew(folder) is None


def test_another_target(built):
    """A wheel is known for the target that it was built for."""
    assert renew(built(FILES, COPIES), "python3.13") is None


@pytest.mark.parametrize(
    ("files", "members", "name"),
    [
        ({"pyproject.toml": STATIC + 'dynamic = ["readme"]\n'}, {}, None),
        ({"pyproject.toml": '[project]\nname = "common"\n'}, {}, None),
        ({"pyproject.toml": '[tool.poetry]\nversion = "0.0.0"\n'}, {}, None),
        ({"setup.py": ""}, {}, None),
        ({}, {"common/made.py": "MADE = 1\n"}, None),
        ({"vendor/common/words.py": "WORD = 1\n"}, {}, None),
        ({}, {}, "common-1.5-cp312-cp312-linux_x86_64.whl"),
    ],
    ids=["dynamic", "no version", "computed version", "program", "generated", "ambiguous", "native"],
)
def test_build_that_does_more_than_copy(built, files, members, name):
    """Where metadata may follow the sources, or a file was made or may be a copy of several, a build has to tell."""
    folder = built({**FILES, **files}, {**COPIES, **members}, name or "common-1.5-py3-none-any.whl")

    assert renew(folder) is None


def test_poetry(built):
    """Poetry's own table states the version too."""
    folder = built({**FILES, "pyproject.toml": '[tool.poetry]\nname = "common"\nversion = "1.5"\n'}, COPIES)

    assert renew(folder) is not None
