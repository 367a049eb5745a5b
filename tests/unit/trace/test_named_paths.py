"""Folders put on the path by names that other modules give them."""

import pytest

_RDPATHS = "import os\nhere = os.path.dirname(__file__)\nEXTRAS = os.path.join(here, 'Extras')\n"
_PACKAGE = {
    "kit/__init__.py": "",
    "kit/config.py": "from kit.paths import *\n",
    "kit/shared.py": "from .paths import EXTRAS\n",
    "kit/paths.py": _RDPATHS,
    "kit/Extras/score/scorer.py": "",
    "kit/Extras/other/unused.py": "",
}


@pytest.mark.parametrize(
    "code",
    [
        "from kit import config\nsys.path.append(os.path.join(config.EXTRAS, 'score'))\n",
        "from kit.config import EXTRAS\nsys.path.insert(0, EXTRAS + '/score')\n",
        "import kit.paths\nsys.path.append(os.path.join(kit.paths.EXTRAS, 'score'))\n",
        "from kit import shared\nsys.path.append(f'{shared.EXTRAS}/score')\n",
    ],
)
def test_a_folder_below_a_path_of_a_package(found, code):
    """A folder that a package keeps for its users to put on the path is found by the name that the package gives it."""
    own = {"app.py": f"import os, sys\n{code}import scorer\n"}

    reached = found(own, {"kit": _PACKAGE})

    assert reached["kit/Extras/score/scorer.py"] == "import"
    assert "kit/Extras/other/unused.py" not in reached


def test_a_folder_of_own_settings(found):
    """Own settings name a folder of own modules by its path, relative to themselves."""
    own = {
        "app.py": "from jobs.settings import LIBRARY\nimport sys\nsys.path.append(str(LIBRARY))\nimport helper\n",
        "jobs/__init__.py": "",
        "jobs/settings.py": "from pathlib import Path\nLIBRARY = Path(__file__).parent / 'library'\n",
        "jobs/library/helper.py": "",
    }

    assert found(own)["jobs/library/helper.py"] == "import"


@pytest.mark.parametrize(
    "code",
    [
        "import os\nsys.path.append(os.environ['EXTRAS'])\n",
        "from kit import config\nsys.path.append(config.MISSING)\n",
        "from kit.loop import EXTRAS\nsys.path.append(EXTRAS)\n",
    ],
)
def test_a_name_that_holds_no_path(found, code):
    """What no module of the site says puts nothing on the path, and modules that import from one another end."""
    packages = {
        "kit": {**_PACKAGE, "kit/loop.py": "from kit.pool import *\n", "kit/pool.py": "from kit.loop import *\n"}
    }

    assert "kit/Extras/score/scorer.py" not in found({"app.py": f"import sys\n{code}import scorer\n"}, packages)
