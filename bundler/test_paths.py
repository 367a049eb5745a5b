"""Which files are tests by their names: decided here and nowhere else."""

import re

_CODE = (".py", ".pyc", ".so")
_FOLDERS = frozenset({"tests", "_tests", "benchmarks"})
_MODULES = frozenset({"tests", "conftest", "benchmarks"})
_DATA_FOLDER = re.compile(r"(?:^|/)(?:_?tests?|benchmarks)/")
_OWN = re.compile(r"(?:^|/)(?:tests?|__tests__)/|(?:^|/)conftest\.py\Z|(?:^|/)test_[^/]*\.py\Z")


def is_test_path(path: str) -> bool:
    """Tell whether a file belongs to a package's own tests or benchmarks; a top-level `tests` does not count.

    A folder or module called `test` may be there for others, `django/test/client.py`, `werkzeug/test.py`: of such a
    folder only the data counts, and what is called `test_*`.
    """
    below = path.partition("/")[2]
    if not below:
        return False
    if not below.endswith((*_CODE, "/")):
        return is_in_test_folder(below)
    *folders, name = below.split("/")
    stem = name.partition(".")[0]
    return not _FOLDERS.isdisjoint(folders) or stem in _MODULES or stem.startswith("test_")


def is_in_test_folder(path: str) -> bool:
    """Tell whether a path, or what of it is below a folder that is named, leads through a folder of tests."""
    return _DATA_FOLDER.search(path) is not None


def is_own_test_path(path: str) -> bool:
    """Tell whether a first-party file is a test, or data of tests, by its name."""
    return _OWN.search(path) is not None
