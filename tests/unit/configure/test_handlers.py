"""From a handler's text to its file and function."""

import pytest

from bundler.configure.handlers import FoundHandler, HandlerError, find_handler, is_elsewhere
from bundler.model.project import Handler


@pytest.fixture
def root(tmp_path):
    """Return a folder of handlers."""
    files = {
        "app.py": "def handler(event, context): ...\n",
        "handlers/users.py": "def create_user(event, context): ...\ndef get_user(event, context): ...\ndef _x(): ...\n",
        "handlers/orders/__init__.py": "handler = lambda event, context: None\n",
        "both.py": "def module(): ...\n",
        "both/__init__.py": "def package(): ...\n",
        "my-functions/pay.py": "def run(event, context): ...\n",
        "node_modules/x/userz.py": "",
        ".hidden/userz.py": "",
        "empty.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def problem(text, root):
    with pytest.raises(HandlerError) as caught:
        find_handler(text, root)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "module", "attribute", "path"),
    [
        ("app.handler", "app", "handler", "app.py"),
        ("./app.handler", "app", "handler", "app.py"),
        ("handlers/users.create_user", "handlers.users", "create_user", "handlers/users.py"),
        ("handlers.users.create_user", "handlers.users", "create_user", "handlers/users.py"),
        ("./handlers/users.get_user", "handlers.users", "get_user", "handlers/users.py"),
        ("handlers/orders.handler", "handlers.orders", "handler", "handlers/orders/__init__.py"),
        ("my-functions/pay.run", "my-functions.pay", "run", "my-functions/pay.py"),
        ("both.package", "both", "package", "both/__init__.py"),
    ],
)
def test_forms(root, text, module, attribute, path):
    """Slashes and dots both part folders; a package wins over a module of its name, as in Python."""
    handler = Handler(module=module, attribute=attribute)

    assert find_handler(text, root) == FoundHandler(handler=handler, path=path)


@pytest.mark.parametrize(
    "text", ["handler", "app.", ".handler", "../app.handler", "/app.handler", "app.my-handler", "a..b", ""]
)
def test_malformed(root, text):
    """A handler is a module and a function within the project."""
    assert problem(text, root) == f"`{text}` is not of the form `folder/module.function`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handlers/user.create_user", "the file `handlers/user.py` is not there, did you mean `handlers/users.py`?"),
        ("src/users.create_user", "the file `src/users.py` is not there, did you mean `handlers/users.py`?"),
        (
            "handlers/zzzzzzzzzzzzzz.x",
            "the file `handlers/zzzzzzzzzzzzzz.py` is not there, there is: `handlers/users.py`",
        ),
        (
            "q/w.x",
            (
                "the file `q/w.py` is not there, there is: `app.py`, `both.py`, `both/__init__.py`, `empty.py`, "
                "`handlers/orders/__init__.py`, `handlers/users.py`, `my-functions/pay.py`"
            ),
        ),
    ],
)
def test_a_file_that_is_not_there(root, text, expected):
    """A missing file is answered with the nearest one, else with what its folder or the project has."""
    assert problem(text, root) == expected


def test_a_project_without_code(tmp_path):
    """In an empty folder there is nothing to offer."""
    assert problem("app.handler", tmp_path) == "the file `app.py` is not there, there is none"


def test_a_handler_that_a_plugin_writes(tmp_path):
    """A handler that only packaging makes is no slip of the pen: the way to have it is told."""
    (tmp_path / "app.py").write_text("")

    assert problem("wsgi_handler.handler", tmp_path) == (
        "the file `wsgi_handler.py` is not there, `serverless-wsgi` writes it when the framework packages: name that "
        "plugin before `serverless-lbundle`, set `custom.wsgi.packRequirements: false`, have `werkzeug` among the "
        "requirements, and run `serverless package`"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "handlers/users.delete_user",
            "`handlers/users.py` does not define `delete_user`, it defines: `create_user`, `get_user`",
        ),
        (
            "handlers/orders.run",
            "`handlers/orders/__init__.py` does not define `run`, it defines: `handler`",
        ),
        ("empty.run", "`empty.py` does not define `run`, it defines: nothing"),
    ],
)
def test_a_function_that_is_not_there(root, text, expected):
    """A missing function is answered with the functions there are, else with every name."""
    assert problem(text, root) == expected


@pytest.mark.parametrize(
    "source",
    [
        "def run(): ...",
        "async def run(): ...",
        "class run: ...",
        "run = 1",
        "run: object = 1",
        "a, (b, *run) = x",
        "(run := 1)",
        "import run",
        "import run.sub",
        "import x as run",
        "from x import run",
        "from x import y as run",
        "if x:\n    def run(): ...\nelse:\n    pass",
        "try:\n    from x import run\nexcept ImportError:\n    run = None",
        "with x as run: ...",
        "for run in x: ...",
        "while x:\n    run = 1",
        "match x:\n    case [run, *rest]: ...",
        "match x:\n    case {**run}: ...",
        "def f():\n    global run\n    run = 1",
        "from x import *",
        "def __getattr__(name): ...",
        "from lazy import __getattr__",
        "globals()['run'] = 1",
        "vars().update(run=1)",
        "exec('run = 1')",
        "import sys\nsetattr(sys.modules[__name__], 'run', 1)",
        "import sys\nsys.modules[__name__] = object()",
        "def broken(:",
        "\0",
    ],
)
def test_names_that_are_or_may_be_there(tmp_path, source):
    """A name is accepted when any statement binds it, or when the module may bind names unseen."""
    (tmp_path / "app.py").write_text(source)

    handler = find_handler("app.run", tmp_path).handler

    assert handler.attribute == "run"


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    run = 1",
        "class C:\n    def run(self): ...",
        "x = lambda: (run := 1)",
        "run",
        "x.run = 1",
        "import x.run",
    ],
)
def test_names_of_other_scopes(tmp_path, source):
    """A name bound inside a function or a class, or only read, is no function of the module."""
    (tmp_path / "app.py").write_text(source)

    assert problem("app.run", tmp_path).startswith("`app.py` does not define `run`")


def test_a_folder_on_the_path(root):
    """A handler is looked for in folders that a variable puts on Python's path, after the code's own."""
    found = [find_handler(text, root, ("handlers", "my-functions")).path for text in ("app.handler", "pay.run")]

    assert found == ["app.py", "my-functions/pay.py"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("wrapper.package.handler", True), ("handlers/nothing.run", False), ("users.nothing", False)],
)
def test_what_a_package_may_bring(root, text, expected):
    """A package may bring a handler whose first name the code does not have."""
    assert is_elsewhere(text, root, ("handlers",)) is expected
