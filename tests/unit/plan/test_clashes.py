"""Paths that several distributions bring: what ships of them is told or an error, what does not is no matter."""

from dataclasses import replace

import pytest

from bundler.errors import FileClashError
from bundler.model.wheels import Clash
from bundler.plan.clashes import hold_clashes
from tests.support.plans import make_edge
from tests.support.sites import make_site

PATHS = ("one/a.py", "one/b.py", "one/c.py", "one/d.py", "one/LICENSE")


@pytest.fixture
def hold(tmp_path):
    """Return what is said of a clash on each of these paths, of which some ship."""

    def hold(clash, *shipped):
        site = make_site(tmp_path, {"app.py": ""}, {"one": dict.fromkeys(PATHS, "")})
        site = replace(site, clashes=dict.fromkeys(PATHS, clash))
        return tuple(hold_clashes({path: make_edge(path, source="app.py") for path in ("app.py", *shipped)}, site))

    return hold


def test_nothing_leads_to_it(hold):
    """A clash among files that do not ship is no matter."""
    assert hold(Clash(owner="one", others=("two",), is_code=True, is_last=False)) == ()


def test_code_that_ships(hold):
    """Code that ships and may be that of either is an error that names both, and what leads to it."""
    with pytest.raises(FileClashError) as caught:
        hold(Clash(owner="one", others=("two",), is_code=True, is_last=False), "one/b.py")

    assert caught.value.exit_code == 3
    assert caught.value.message == "`one` and `two` both bring `one/b.py`, with different content"
    assert caught.value.hints == (
        "`app.py` leads to it",
        "only one of them can be installed: take the other out of the requirements",
    )


def test_code_of_the_one_that_is_installed_last(hold):
    """Where one requires the others its file ships, which is told once for all files."""
    clash = Clash(owner="one", others=("two", "three"), is_code=True, is_last=True)

    assert hold(clash, *PATHS[:4]) == (
        (
            "`one` and `two` and `three` bring different files as `one/a.py`, `one/b.py`, `one/c.py` and 1 more: "
            "that of `one` ships, which requires the others and so is installed last"
        ),
    )


def test_documents(hold):
    """What is no code is told and does no harm."""
    clash = Clash(owner="one", others=("two",), is_code=False, is_last=False)

    assert hold(clash, "one/LICENSE") == (
        "`one` and `two` bring different files as `one/LICENSE`: that of `one` ships",
    )


def test_hidden_by_another(hold):
    """A file that another one hides is no matter: an own one, or one of a layer."""
    assert hold(Clash(owner="two", others=("three",), is_code=True, is_last=False), "one/a.py") == ()
