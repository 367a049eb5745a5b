"""Unpacking a finished zip for tools that run its files."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from bundler.errors import BundleNotDescribedError
from bundler.prove import UnpackedBundle, unpack_bundle
from bundler.system import interpreters
from bundler.system.metafiles import write_metafile
from tests.support.metafiles import describe_layer, make_layer_report, write_report

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def write_zip(folder, files, *, runtime=f"python{VERSION}", layers=()):
    """Write a zip of files, each as text and mode, and a metafile beside it."""
    path = folder / "hello.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, (text, mode) in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, text)
    return write_report(path, runtime=runtime, layers=[describe_layer(name) for name in layers])


def test_unpack(tmp_path, monkeypatch):
    """Every file comes out with its mode, in a folder of the zip's own, and a Python of its version is named."""
    monkeypatch.setenv(f"LBUNDLE_PYTHON_{VERSION.replace('.', '_')}", sys.executable)
    path = write_zip(tmp_path, {"app.py": ("x = 1\n", 0o644), "bin/tool": ("#!/bin/sh\n", 0o755)})

    unpacked = unpack_bundle(path)

    files = {str(file.relative_to(unpacked.folder)) for file in unpacked.folder.rglob("*") if file.is_file()}
    assert files == {"app.py", "bin/tool"}
    assert (unpacked.folder / "app.py").read_text() == "x = 1\n"
    assert os.access(unpacked.folder / "bin/tool", os.X_OK)
    assert unpacked == UnpackedBundle(
        folder=tmp_path / "unpacked" / "hello" / unpacked.folder.name,
        layers=(),
        runtime=f"python{VERSION}",
        interpreter=interpreters.find_interpreter(sys.version_info[:2]),
    )


def test_unpack_again(tmp_path):
    """The same zip is unpacked once; another one elsewhere, and the folder of the first stays for whoever runs it."""
    path = write_zip(tmp_path, {"app.py": ("x = 1\n", 0o644)})
    first = unpack_bundle(path).folder
    (first / "mark").touch()
    again = unpack_bundle(path).folder
    write_zip(tmp_path, {"app.py": ("x = 2\n", 0o644)})
    second = unpack_bundle(path).folder

    assert again == first
    assert (first / "mark").exists()
    assert second != first
    assert (second / "app.py").read_text() == "x = 2\n"
    assert sorted(folder.name for folder in first.parent.iterdir()) == sorted([first.name, second.name])


def test_old_folders_go(tmp_path):
    """What nobody asked for in a day is removed."""
    path = write_zip(tmp_path, {"app.py": ("x = 1\n", 0o644)})
    first = unpack_bundle(path).folder
    os.utime(first, (0, 0))
    write_zip(tmp_path, {"app.py": ("x = 2\n", 0o644)})
    second = unpack_bundle(path).folder

    assert list(first.parent.iterdir()) == [second]


def test_without_a_metafile(tmp_path):
    """A zip that nothing describes cannot be run: its Python is not known."""
    path = write_zip(tmp_path, {})
    path.with_suffix(".json").unlink()

    with pytest.raises(BundleNotDescribedError, match="nothing says what"):
        unpack_bundle(path)


def test_unpack_a_layer(tmp_path):
    """The zip of a layer is unpacked as well."""
    path = write_zip(tmp_path, {"python/a.py": ("a = 1\n", 0o644)})
    write_metafile(path.with_suffix(".json"), make_layer_report("hello"))

    assert (unpack_bundle(path).folder / "python" / "a.py").read_text() == "a = 1\n"


def test_unpack_layers(tmp_path):
    """Layers are laid over each other in a folder of their own, a later one on top, and named in order."""
    path = write_zip(tmp_path, {"app.py": ("x = 1\n", 0o644)}, layers=("one", "two"))
    narrow = f"python/lib/python{VERSION}/site-packages/b.py"
    contents = {
        "one": {"python/a.py": ("a = 1\n", 0o644), "python/c.py": ("c = 1\n", 0o644)},
        "two": {"python/a.py": ("a = 2\n", 0o644), narrow: ("b = 2\n", 0o644)},
    }
    for name, files in contents.items():
        (tmp_path / "layers").mkdir(exist_ok=True)
        write_zip(tmp_path / "layers", files).rename(tmp_path / "layers" / f"{name}.zip")

    unpacked = unpack_bundle(path)

    folders = [Path(folder) for folder in unpacked.layers]
    assert [folder.name for folder in folders] == ["site-packages", "python"]
    assert [(folders[1] / name).read_text() for name in ("a.py", "c.py")] == ["a = 2\n", "c = 1\n"]
    assert (folders[0] / "b.py").read_text() == "b = 2\n"
