"""Small samples of `scripts/removals.py` and `scripts/prove_apps.py`, whose whole runs take too long."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.corpus import find_applications
from tests.support.removals import draw_applications, draw_removals, proving

pytestmark = [pytest.mark.network, pytest.mark.slow]

# What is drawn from: applications that are built and run in a few seconds.
SMALL = ("chameleon", "computed-data", "inflect-words", "jinja2", "markdown", "marshmallow", "pint-uncertain", "pyaes")
SAMPLE = draw_applications(SMALL, 2)
SCRIPT = Path(__file__).parents[2] / "scripts" / "prove_apps.py"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache-of-removals")


@pytest.fixture(autouse=True)
def _one_cache(cache, monkeypatch):
    """The runtime's packages and the wheels are fetched once."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(cache))


@pytest.mark.parametrize("name", SAMPLE)
def test_what_is_taken_out_is_named(name, tmp_path):
    """A bundle without a file that the run uses fails and names it, or the full install does without it too."""
    (application,) = find_applications([name])

    with proving(application, tmp_path) as proved:
        outcomes = [proved.try_without(removal) for removal in draw_removals(proved.used(), 2, name)]

    assert len(outcomes) == 2
    assert [outcome for outcome in outcomes if not outcome.is_right] == []


def test_applications_are_proved():
    """`lbundle prove` passes where an application lies, with all its events."""
    done = subprocess.run([sys.executable, SCRIPT, *SAMPLE], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("\n2 of 2 projects are proved\n")
