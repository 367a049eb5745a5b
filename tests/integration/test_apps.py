"""Real applications with real packages: a bundle alone answers as the full install does."""

import tempfile
from pathlib import Path

import pytest

from bundler.prove.compare import find_differences
from tests.support.corpus import (
    KNOWN_MISSES,
    RUNTIME_PYTHON,
    build_application,
    find_applications,
    lay_out_in_full,
    run_application,
)
from tests.support.isolated import find_python, runtime_packages, unzip

pytestmark = [pytest.mark.network, pytest.mark.slow]

APPLICATIONS = [pytest.param(application, id=application.name) for application in find_applications()]


@pytest.fixture(scope="session")
def python():
    return find_python(RUNTIME_PYTHON) or pytest.skip(f"there is no CPython {RUNTIME_PYTHON} on this machine")


@pytest.fixture(scope="session")
def packages(python):
    return runtime_packages(python)


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache-of-applications")


@pytest.fixture(autouse=True)
def _one_cache(cache, monkeypatch):
    """Many applications use the same wheels: they are fetched and read once."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(cache))


@pytest.fixture
def work():
    """A folder that goes at once: pytest would keep gigabytes of `tmp_path`s."""
    with tempfile.TemporaryDirectory(prefix="lbundle-apps-") as folder:
        yield Path(folder)


@pytest.mark.parametrize("application", APPLICATIONS)
def test_bundle_answers_as_the_full_install(application, work, python, packages):
    """Unzipped alone into a read-only folder, a bundle gives the full install's answers, which are those recorded.

    A known miss has to be one: once the bundle answers as the full install does, it goes from the list.
    """
    full = lay_out_in_full(application, work / "full", python)
    bundle = unzip(build_application(application, work).archive, work / "unzipped")

    expected = run_application(application, full, python, packages, record=False)
    found = run_application(application, bundle, python, packages, record=False)

    answers = [event.recorded_answer for event in application.events]
    assert [run.error for run in expected] == [None] * len(expected)
    assert list(map(find_differences, answers, [run.answer for run in expected])) == [()] * len(expected)
    missed = {
        event.name: given.error or find_differences(wanted.answer, given.answer)
        for event, wanted, given in zip(application.events, expected, found, strict=True)
    }
    missed = {name: difference for name, difference in missed.items() if difference}
    assert missed.keys() == KNOWN_MISSES.get(application.name, {}).keys(), missed
