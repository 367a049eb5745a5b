"""The app of CDK beside functions is known by the file that its settings name, and by what that imports."""

import pytest

from bundler.resolve.cdk_app import find_app


@pytest.fixture
def app(tmp_path):
    """Return the files of the app among some files."""

    def run(files):
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        return list(find_app(tmp_path, files))

    return run


def settings(command):
    return f'{{ "app": "{command}" }}\n'


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python app.py", ["app.py"]),
        ("python3 -m infra.main", ["infra/main.py"]),
        ("poetry run python infra/main.py", ["infra/main.py"]),
        ("python -m infra", ["infra/__main__.py"]),
        ("node ./app.js", ["app.js"]),
        ("npx ts-node --prefer-ts-exts bin/shop.ts", ["bin/shop.ts"]),
        ("mvn -q exec:java", []),
        ("'", []),
    ],
)
def test_the_command(app, command, expected):
    """The first word of the command that names a file is the app."""
    files = dict.fromkeys(("app.py", "infra/main.py", "infra/__main__.py", "app.js", "bin/shop.ts", "handler.py"), "")

    assert app({**files, "cdk.json": settings(command)}) == expected


def test_imports_of_scripts(app):
    """What an app in JavaScript or TypeScript imports is the app's, with what a compiler put beside it."""
    files = {
        "cdk.json": settings("npx ts-node bin/shop.ts"),
        "bin/shop.ts": "import { Shop } from '../lib/shop';\nimport * as cdk from 'aws-cdk-lib';\n",
        "lib/shop.ts": "const parts = require('./parts');\nimport './side.js';\nimport data from './data.json';\n",
        "lib/parts/index.ts": "",
        "lib/side.ts": "",
        "lib/data.json": "",
        "lib/shop.js": "",
        "lib/shop.d.ts": "",
        "viewer/page.js": "",
    }

    assert app(files) == sorted(files.keys() - {"cdk.json", "viewer/page.js"})


def test_imports_of_python(app):
    """What an app in Python imports is the app's, from its folder and relative to its modules."""
    files = {
        "deploy/cdk.json": settings("python app.py"),
        "deploy/app.py": "from stacks.shop import Shop\nimport aws_cdk\n",
        "deploy/stacks/__init__.py": "",
        "deploy/stacks/shop.py": "from . import parts\nfrom .names import NAME\n",
        "deploy/stacks/parts.py": "syntax error",
        "deploy/stacks/names.py": "",
        "handler.py": "",
    }

    assert app(files) == sorted(files.keys() - {"deploy/cdk.json", "handler.py"})


@pytest.mark.parametrize("text", ["", "[]", '{ "app": 5 }', '{ "context": {} }', "{"])
def test_other_settings(app, text):
    """Settings that name no app are no mistake of lbundle's."""
    assert app({"cdk.json": text, "app.py": ""}) == []
