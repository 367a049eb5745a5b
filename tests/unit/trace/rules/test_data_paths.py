"""Data at paths from a file's own folder."""

from bundler.trace.rules.data_paths import RULE


def test_what_it_finds(brought):
    """What a path from the file's own folder leads to ships."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "import os\nopen(os.path.join(os.path.dirname(__file__), 'a.csv'))\n",
            "pkg/a.csv": "",
            "pkg/b.csv": "",
        }
    }

    assert brought(RULE, own, packages) == ["pkg/a.csv"]


def test_what_it_must_not_catch(brought):
    """A path that is only printed opens nothing."""
    own = {"app.py": "import pkg\n"}
    packages = {
        "pkg": {
            "pkg/__init__.py": "import os\nprint(os.path.join(os.path.dirname(__file__), 'a.csv'))\n",
            "pkg/a.csv": "",
        }
    }

    assert brought(RULE, own, packages) == []


def test_a_first_party_folder_that_is_named(brought):
    """All data of a folder that first-party code names ships, whatever the folders in it are called."""
    code = "import pathlib, shutil\nshutil.copytree(pathlib.Path(__file__).parent / 'shop', '/tmp/shop')\n"
    own = {"app.py": code, "shop/models/a.sql": "", "shop/tests/b.sql": "", "tests/c.sql": ""}

    assert brought(RULE, own, {}) == ["shop/models/a.sql", "shop/tests/b.sql"]


def test_a_first_party_file_of_source_that_is_read(brought):
    """Source in a folder that is no package may be read as text, whichever file of it; that of a package is code."""
    code = "import pathlib\nHERE = pathlib.Path(__file__).parent\n"
    code += "def read(name):\n    return (HERE / 'snippets' / name).read_text(), (HERE / 'tools' / name).read_text()\n"
    own = {"app.py": code, "snippets/days.py": "", "tools/__init__.py": "", "tools/other.py": ""}

    assert brought(RULE, own, {}) == ["snippets/days.py"]
