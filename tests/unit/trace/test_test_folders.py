"""Data of own code in folders called `tests`: evidence stands above names of folders."""

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import WITHOUT_DOUBT, make_function, make_site

NAMES = ("iron.json", "new/zinc.json")
OWN = {f"{folder}/{name}": "" for folder in ("tests", "lab/tests") for name in NAMES}
BELOW = ["tests/iron.json", "tests/new/zinc.json"]
ALL = ["lab/tests/iron.json", "lab/tests/new/zinc.json", *BELOW]


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return the own data that ships with a handler of some code, in order."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))

    def run(code, patterns=(), packages=None, **options):
        imports = "import glob, json, os, shutil\nfrom pathlib import Path\nHERE = os.path.dirname(__file__)\n"
        site = make_site(tmp_path / "own", {**OWN, "app.py": imports + code}, packages)
        function = make_function(tmp_path / "own", patterns=patterns, **options)
        (graph,) = trace_functions((function,), site)
        paths = (planned.file.path for planned in plan_files(function, graph, site).files)
        return [path for path in paths if path.endswith(".json")]

    return run


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("os.listdir(os.path.join(HERE, 'tests'))\n", BELOW),
        ("list((Path(__file__).parent / 'tests').iterdir())\n", BELOW),
        ("def f(n):\n    return open(f'{HERE}/tests/{n}.json')\n", BELOW),
        ("open(os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'tests', 'iron.json'))\n", ["tests/iron.json"]),
        ("os.listdir(os.path.join(HERE, 'lab', 'tests'))\n", ALL[:2]),
        ("glob.glob('tests/*.json')\n", ALL),
        ("os.listdir('tests')\n", ALL),
        ("Path('lab/tests').iterdir()\n", ALL),
        ("open('tests/iron.json')\n", [ALL[0], BELOW[0]]),
        ("KIND = 'tests'\ndef f(base, n):\n    return open(os.path.join(base, KIND, n + '.json'))\n", ALL),
        ("def f(base):\n    return open(f'{base}/tests/new/zinc.json')\n", [ALL[1], BELOW[1]]),
        ("for folder in ('tests', 'other'):\n    os.listdir(folder)\n", ALL),
        ("KINDS = {'t': 'tests'}\ndef f(k):\n    return os.listdir(KINDS[k])\n", ALL),
        ("def read(kind):\n    return os.listdir(os.path.join(HERE, kind))\nread('tests')\n", ALL),
        ("shutil.copy('tests/iron.json', '/tmp/x')\n", [ALL[0], BELOW[0]]),
        ("print('tests')\n", []),
        ("def f(event):\n    return event.get('tests'), event['tests']\n", []),
        ("def f(http, base):\n    return http.get(f'{base}/tests/all')\n", []),
        ("def f(http):\n    return http.get('https://lab.example/tests/iron.json')\n", []),
        ("'''Data in tests/iron.json.'''\n", []),
        ("", []),
    ],
)
def test_own_folders_called_tests(data, code, expected):
    """What own code lists or opens in a folder called `tests` ships; what it only mentions does not."""
    assert data(code) == expected


def test_patterns_stand_above(data):
    """What `package.patterns` leave out stays out."""
    assert data("os.listdir('tests')\n", patterns=("!tests/**",)) == ALL[:2]


@pytest.mark.parametrize("folder", ["tests", "docs", "examples"])
def test_folders_of_packages(data, folder):
    """A folder that a package names is meant, whatever its name; one inside of what it names is in doubt."""
    code = f"import os\nos.listdir(os.path.join(os.path.dirname(__file__), '{folder}'))\n"
    packages = {"pkg": {"pkg/__init__.py": code, f"pkg/{folder}/a.json": "", f"pkg/{folder}/more/tests/b.json": ""}}

    inside = f"pkg/{folder}/more/tests/b.json"
    assert data("import pkg\n", packages=packages) == [f"pkg/{folder}/a.json", inside]
    assert data("import pkg\n", packages=packages, shake=WITHOUT_DOUBT) == [f"pkg/{folder}/a.json"]


def test_a_folder_called_test_may_be_there_for_others(found):
    """What a function imports of `pkg/test/client.py` ships; what lies in a folder of tests does not."""
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "def f():\n    from pkg.test.client import Client\n"
                "    from pkg.tests import data\n    import pkg.test.test_client\n"
            ),
            **dict.fromkeys(("pkg/test/__init__.py", "pkg/test/client.py", "pkg/test/test_client.py"), ""),
            **dict.fromkeys(("pkg/tests/__init__.py", "pkg/tests/data.py"), ""),
        }
    }

    reached = found({"app.py": "import pkg\n"}, packages)

    assert "pkg/test/client.py" in reached
    assert not {"pkg/tests/data.py", "pkg/test/test_client.py"} & set(reached)
