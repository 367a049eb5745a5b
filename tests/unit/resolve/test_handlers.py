"""Handlers that no own file defines."""

from dataclasses import replace

import pytest

from bundler.errors import SettingsMistakesError
from bundler.model.project import NamedCode
from bundler.resolve.handlers import find_handlers
from tests.support.sites import make_function, make_site

OWN = {"src/charge.py": "def handler(event, context): ..."}


@pytest.fixture
def locate(tmp_path):
    """Return where the handler `wrapper.main.handler` is found among own code and a package."""

    def run(package, **more):
        site = make_site(tmp_path, OWN, {"wrapper": package})
        function = replace(make_function(tmp_path, "wrapper.main.handler"), handler_path="", **more)
        (found,) = find_handlers((function,), site, "serverless.yml")
        return found.handler_path

    return run


@pytest.mark.parametrize("path", ["wrapper/main.py", "wrapper/main/__init__.py"])
def test_in_a_package(locate, path):
    """A package's module is a handler like any other."""
    assert locate({path: ""}) == path


def test_in_a_layer_from_elsewhere(locate):
    """What a variable names stands for the handler that a layer brings, of which nothing is known."""
    named = (NamedCode(variable="REAL_HANDLER", name="src.charge.handler"),)

    assert locate({}, has_foreign_layers=True, named=named) == "src/charge.py"


def test_nowhere(locate):
    """A handler that no package has is the mistake that the settings' reader found."""
    with pytest.raises(SettingsMistakesError) as caught:
        locate({"wrapper/other.py": ""}, handler_problem="serverless.yml:5  the file is not there")

    assert "serverless.yml:5  the file is not there" in str(caught.value)
