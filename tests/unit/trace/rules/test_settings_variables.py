"""What variables of the function name."""

from bundler.model.project import NamedCode
from bundler.trace.rules.settings_variables import RULE


def test_what_it_finds(brought):
    """A variable names a module, and may name any module of a first-party package."""
    own = {"app.py": "", "conf.py": "", "jobs/__init__.py": "", "jobs/one.py": "", "other.py": ""}
    named = (NamedCode(variable="SETTINGS", name="conf"), NamedCode(variable="JOBS", name="jobs"))

    found = brought(RULE, own, options={"named": named})
    assert found == ["conf.py", "jobs/__init__.py", "jobs/one.py"]


def test_what_it_must_not_catch(brought):
    """Of a package that is not first-party, the module itself is meant, and nothing by what no module has as name."""
    packages = {"pkg": {"pkg/__init__.py": "", "pkg/one.py": ""}}
    named = (NamedCode(variable="LEVEL", name="debug"), NamedCode(variable="ENGINE", name="pkg"))

    assert brought(RULE, {"app.py": ""}, packages, options={"named": named}) == ["pkg/__init__.py"]
