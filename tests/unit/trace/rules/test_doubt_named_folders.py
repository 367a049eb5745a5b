"""Data of folders that a module gives a name for others."""

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "from lib.include import PATH\nread(PATH)",
        "from lib import include\nread(include.PATH)",
        "import lib.include\nread(lib.include.PATH)",
        "import lib.include as inside\nread(path=inside.PATH)",
        "from . import include\nread(include.PATH)",
    ],
)
def test_a_folder_that_another_module_has_a_name_for(data, code):
    """A path that a module gives a name is taken by whoever imports the name, or takes it as an attribute."""
    package = {
        "lib/__init__.py": code,
        "lib/include/__init__.py": f"import os\nPATH = os.path.dirname(__file__)\n{'#' * 500}",
        "lib/include/tests/one.sql": "",
        "lib/other.sql": "",
    }
    assert data({"lib": package}) == ["lib/include/tests/one.sql"]
    package["lib/__init__.py"] = "from lib import include"
    assert data({"lib": package}) == []
