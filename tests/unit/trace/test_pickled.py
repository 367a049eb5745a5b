"""What stored objects name: pickles, compressed ones, archives of models."""

import gzip
import io
import pickle
import zipfile

import pytest


class _Named:
    """An object that is stored as a call of any module's function."""

    def __init__(self, module, name):
        self._place = f"{module}\n{name}\n"

    def in_protocol(self, protocol):
        module, name, _ = self._place.split("\n")
        if protocol < 2:
            return b"c" + self._place.encode() + b"."
        return (
            b"\x80\x04" + b"".join(b"\x8c" + bytes([len(part)]) + part.encode() for part in (module, name)) + b"\x93."
        )


def _archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.pkl", _Named("pkg.trees", "Tree").in_protocol(0)),
        ("model.bin", _Named("pkg.trees", "Tree").in_protocol(4)),
        ("model.joblib.gz", gzip.compress(_Named("pkg.trees", "Tree").in_protocol(4), mtime=0)),
        ("model.pt", _archive(**{"archive/data.pkl": _Named("pkg.trees", "Tree").in_protocol(4)})),
        ("model.skops", _archive(**{"schema.json": '{"__module__": "pkg.trees", "__class__": "Tree"}'})),
    ],
)
def test_stored_objects_name_their_modules(found, name, content):
    """Whoever loads a stored object imports the modules of the classes it is made of."""
    own = {"app.py": "import pickle\n", name: content}
    packages = {
        "pkg": {"pkg/__init__.py": "", "pkg/trees.py": "import pkg.base\n", "pkg/base.py": "", "pkg/other.py": ""}
    }

    assert found(own, packages) == {
        "pkg/__init__.py": "dynamic+package",
        "pkg/base.py": "import",
        "pkg/trees.py": "dynamic",
    }


def test_names_in_stored_objects_end_where_their_length_says(found):
    """What follows a name in a stored object may look like more of it."""
    own = {"app.py": "", "numbers.pickle": pickle.dumps({"pkg.trees": 1, "plain": "pkg.otherX"}, protocol=4)}
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/trees.py": "", "pkg/other.py": ""}}

    assert found(own, packages) == {"pkg/__init__.py": "dynamic+package", "pkg/trees.py": "dynamic"}


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ", b"x\x9c", b"\x80\x04", b""])
def test_broken_stored_objects_name_nothing(found, content):
    """A file that only starts like a stored object is data like any other."""
    assert found({"app.py": "", "model.joblib": content}) == {}


def test_stored_objects_of_packages(found):
    """A stored object that a package opens leads to what it names."""
    packages = {
        "pkg": {
            "pkg/__init__.py": "import os\nopen(os.path.join(os.path.dirname(__file__), 'model.pickle'))\n",
            "pkg/model.pickle": _Named("pkg.trees", "Tree").in_protocol(4),
            "pkg/trees.py": "",
        }
    }

    assert found({"app.py": "import pkg\n"}, packages) == {
        "pkg/__init__.py": "dynamic+import+package",
        "pkg/model.pickle": "data",
        "pkg/trees.py": "dynamic",
    }


def test_data_of_packages_that_is_pickled(found):
    """A package's data may be pickles under any name: what they name is imported when they are opened."""
    stored = _Named("host.parts", "Part").in_protocol(4)
    code = (
        "import os\ndef load(name):\n    return open(os.path.join(os.path.dirname(__file__), 'data', name + '.dat'))\n"
    )
    host = {"host/__init__.py": code, "host/data/a.dat": stored, "host/data/b.dat": b"host.other", "host/parts.py": ""}

    assert found({"app.py": "import host\n"}, {"host": {**host, "host/other.py": ""}}) == {
        "host/__init__.py": "dynamic+import+package",
        "host/data/a.dat": "data",
        "host/data/b.dat": "data",
        "host/parts.py": "dynamic",
    }
