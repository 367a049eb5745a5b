"""What functions' variables lead to."""

from dataclasses import replace

from bundler.model.project import NamedCode
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site


def reach(folder, own, packages, handler="app.handle", **more):
    site = make_site(folder, own, packages)
    function = replace(make_function(folder, handler), **more)
    return sorted(trace_functions((function,), site).modules)


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
