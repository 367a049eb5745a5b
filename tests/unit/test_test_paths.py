"""Which files are tests, by their names."""

import pytest

from bundler.test_paths import is_in_test_folder, is_own_test_path, is_test_path


@pytest.mark.parametrize(
    "path",
    [
        *("pkg/tests/data.csv", "pkg/tests/__init__.py", "pkg/part/_tests/a.py", "pkg/benchmarks/b.py"),
        *("pkg/conftest.py", "pkg/test_things.py", "pkg/test/test_things.py", "pkg/tests.py", "pkg/test/data/a.pkl"),
    ],
)
def test_tests_of_packages(path):
    """Folders of tests, and modules called as tests are."""
    assert is_test_path(path)


@pytest.mark.parametrize(
    "path",
    ["django/test/client.py", "werkzeug/test.py", "tests/a.py", "test_a.py", "pkg/testing/a.py", "pkg/latest.py"],
)
def test_what_is_there_for_others(path):
    """A folder or module called `test` is API, and what lies at the top is imported as anything else."""
    assert not is_test_path(path)


def test_names_below_a_folder():
    """What is left of a path below a folder that code names counts by its own folders."""
    assert is_in_test_folder("tests/a.csv")
    assert not is_in_test_folder("a.csv")


def test_first_party_tests():
    """The project's own tests may lie at the top."""
    assert is_own_test_path("tests/a.json")
    assert not is_own_test_path("contest/a.json")
