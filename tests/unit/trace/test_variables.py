"""What functions' variables lead to."""

from dataclasses import replace

import pytest

from bundler.model.project import NamedCode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


def reach(folder, own, packages, handler="app.handle", **more):
    site = make_site(folder, own, packages)
    function = replace(make_function(folder, handler), **more)
    return sorted(next(trace_functions((function,), site)).modules)


def named(name):
    return (NamedCode(variable="SETTINGS", name=name),)


def test_named_modules(tmp_path):
    """A variable may name a module, or something in one, of own code and of packages."""
    own = {"app.py": "", "conf/prod.py": "import base\n", "base.py": "", "conf/test.py": ""}
    packages = {"storage": {"storage/backends.py": "", "storage/other.py": ""}}

    variables = (*named("conf.prod"), *named("storage.backends:Bucket"))

    assert reach(tmp_path, own, packages, named=variables) == [
        "app.py",
        "base.py",
        "conf/prod.py",
        "storage/backends.py",
    ]


def test_a_named_folder_of_scripts(tmp_path):
    """A variable may name a folder of Python files that is no package."""
    own = {"app.py": "", "plugins/one.py": "import helper\n", "helper.py": "", "other/two.py": ""}

    assert reach(tmp_path, own, {}, named=named("plugins")) == ["app.py", "helper.py", "plugins/one.py"]


def test_a_named_package(tmp_path):
    """Of an own package that a variable names, the event may want any module: `f"{os.environ['JOBS']}.{name}"`."""
    own = {"app.py": "", "jobs/__init__.py": "", "jobs/one.py": "import helper\n", "helper.py": "", "other.py": ""}

    reached = reach(
        tmp_path, own, {"storage": {"storage/__init__.py": "", "storage/other.py": ""}}, named=named("jobs")
    )

    assert reached == ["app.py", "helper.py", "jobs/__init__.py", "jobs/one.py"]


def test_the_handler_behind_a_wrapper(tmp_path):
    """A handler in a package leads to the handler of the own code that a variable names."""
    own = {"src/charge.py": "from src.ledger import book\n", "src/ledger.py": "", "src/other.py": ""}
    packages = {"wrapper": {"wrapper/main.py": "import os\n"}}

    reached = reach(tmp_path, own, packages, "wrapper.main.handler", named=named("src.charge.handler"))

    assert reached == ["src/charge.py", "src/ledger.py", "wrapper/main.py"]


def test_the_handler_in_a_layer_from_elsewhere(tmp_path):
    """Where nothing brings the handler, tracing starts from the file that stands for it."""
    own = {"src/charge.py": "from src.ledger import book\n", "src/ledger.py": ""}

    reached = reach(tmp_path, own, {}, "wrapper.main.handler", handler_path="src/charge.py")

    assert reached == ["src/charge.py", "src/ledger.py"]


def test_a_folder_on_the_path(tmp_path):
    """What lies in a folder that a variable puts on the path is imported from the top."""
    own = {"src/app.py": "import jobs.mail\n", "src/jobs/mail.py": "", "mail.py": ""}

    reached = reach(tmp_path, own, {}, search_folders=("src",), handler_path="src/app.py")

    assert reached == ["src/app.py", "src/jobs/mail.py"]


def test_a_module_that_is_there_twice(tmp_path):
    """A project that the lock installs is in its own folder too: the handler there and what both lead to ship."""
    own = {"src/shop/__init__.py": "", "src/shop/web.py": "from shop import old\n", "src/shop/old.py": "import one\n"}
    packages = {
        "shop": {"shop/__init__.py": "", "shop/web.py": "from shop import old\n", "shop/old.py": "import two\n"},
        "parts": {"one.py": "", "two.py": "", "three.py": ""},
    }
    site = make_site(tmp_path, own, packages)
    function = replace(
        make_function(tmp_path, "shop.web.handle"), search_folders=("src",), handler_path="src/shop/web.py"
    )

    shipped = {
        str(planned.file.path) for planned in plan_files(function, next(trace_functions((function,), site)), site).files
    }

    both = {"shop/__init__.py", "shop/web.py", "shop/old.py"}
    assert {path for path in shipped if path.endswith(".py")} == {
        *both,
        *(f"src/{path}" for path in both),
        "one.py",
        "two.py",
    }


@pytest.mark.parametrize("order", ["insert(0, ", "append("])
def test_a_folder_put_on_the_path_that_has_a_module_as_well(found, order):
    """Whatever comes first on the path, both modules of a name ship, also where one was reached before."""
    code = f"import shop.old\nimport sys\nsys.path.{order}os.path.join(os.path.dirname(__file__), 'src'))\n"
    own = {"app.py": f"import os\n{code}", "src/shop/__init__.py": "", "src/shop/old.py": "import one\n"}
    packages = {"shop": {"shop/__init__.py": "", "shop/old.py": ""}, "parts": {"one.py": ""}}

    assert set(found(own, packages)) == {
        "one.py",
        "shop/__init__.py",
        "shop/old.py",
        "src/shop/__init__.py",
        "src/shop/old.py",
    }


def test_a_settings_file_that_code_names(found):
    """A file that looks like junk, such as `.env`, is needed where own code names it as it lies in the zip."""
    own = {
        "app.py": "class Settings:\n    env_file = '.env'\n    other = 'conf/.env.prod'\n",
        ".env": "A=1\n",
        "conf/.env.prod": "",
        ".env.local": "",
        "sub/.env": "",
    }

    assert found(own) == {".env": "data", "conf/.env.prod": "data"}
