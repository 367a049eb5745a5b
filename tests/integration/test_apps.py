"""Real applications with real packages: a bundle alone answers as the full install does."""

import tempfile
from pathlib import Path

import pytest

from bundler.prove.compare import find_differences
from tests.support.corpus import (
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
    """Unzipped alone into a read-only folder, a bundle gives the full install's answers, which are those recorded."""
    full = lay_out_in_full(application, work / "full", python)
    bundle = unzip(build_application(application, work).archive, work / "unzipped")

    expected = run_application(application, full, python, packages, record=False)
    found = run_application(application, bundle, python, packages, record=False)

    alike = [(event.name, None, ()) for event in application.events]
    answers = [event.recorded_answer for event in application.events]
    assert _compare(application, expected, answers) == alike
    assert _compare(application, found, [run.answer for run in expected]) == alike


def _compare(application, runs, answers):
    """Tell each event's name, its error, and where its answer differs."""
    return [
        (event.name, run.error, find_differences(answer, run.answer))
        for event, run, answer in zip(application.events, runs, answers, strict=True)
    ]
