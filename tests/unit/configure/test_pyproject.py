"""`[tool.lbundle]` in pyproject.toml."""

import pytest

from bundler.errors import SettingsMissingError, SettingsUnreadableError, UnknownFunctionError
from bundler.model.project import Architecture, Handler, Limit

SETTINGS = """\
[project]
name = "my-api"

[tool.lbundle]
runtime = "python3.12"
patterns = ["!tests/**"]
exclude = ["*.md"]
limit = { zip = "5 MB" }

[tool.lbundle.functions.app]
handler = "app.handler"

[tool.lbundle.functions."other-one"]
handler = "app.handler"
runtime = "python3.13"
architecture = "arm64"
patterns = ["data/**"]
exclude = []
"""


def test_a_project(project):
    """Functions have their own settings and share the table's."""
    project.write({"pyproject.toml": SETTINGS})

    result = project.read(stage="prod")
    app, other = result.functions

    assert (result.name, result.stage, result.settings_path.name) == ("my-api", "prod", "pyproject.toml")
    assert (app.name, app.handler, app.target.runtime) == (
        "app",
        Handler(module="app", attribute="handler"),
        "python3.12",
    )
    assert (app.patterns, app.options.exclude, app.options.limit) == (
        ("!tests/**",),
        ("*.md",),
        Limit(zip_bytes=5_000_000),
    )
    assert (other.name, other.target.runtime, other.target.architecture) == (
        "other-one",
        "python3.13",
        Architecture.ARM64,
    )
    assert (other.patterns, other.options.exclude) == (("!tests/**", "data/**"), ())


def test_the_framework_comes_first(project):
    """With a serverless.yml the table is not read."""
    project.write({"pyproject.toml": SETTINGS}).serverless("functions: {mine: {handler: app.handler}}\n")

    assert [function.name for function in project.read().functions] == ["mine"]


def test_mistakes(project):
    """Mistakes have the line of their key, or of their table."""
    project.write(
        {
            "pyproject.toml": """\
            [tool.lbundle]
            runtim = "python3.12"

            [tool.lbundle.functions.app]  # the only one
            handlr = "app.handler"
            bytecode = "all"
            limit = { zip = 0 }
            """
        }
    )

    assert project.mistakes() == (
        "pyproject.toml:2  tool.lbundle.runtim: unknown key, did you mean `runtime`?",
        "pyproject.toml:4  tool.lbundle.functions.app: has no runtime, such as `python3.12`",
        "pyproject.toml:5  tool.lbundle.functions.app.handlr: unknown key, did you mean `handler`?",
        "pyproject.toml:6  tool.lbundle.functions.app.bytecode: `all` is not one of `auto`, `only`, `beside`, `none`",
        (
            "pyproject.toml:7  tool.lbundle.functions.app.limit.zip: `0` is not a size such as `5 MB`, `40 MiB` or "
            "a number of bytes"
        ),
    )


def test_variables_are_plain_text(project):
    """`${…}` belongs to the framework: here it is text."""
    project.write({"pyproject.toml": SETTINGS.replace("!tests/**", "${opt:stage}")})

    assert project.function().patterns == ("${opt:stage}",)


def test_unknown_functions(project):
    """A function that is not there is answered with those that are."""
    project.write({"pyproject.toml": SETTINGS})

    with pytest.raises(UnknownFunctionError) as caught:
        project.read("x")

    assert caught.value.hints == ("the functions are: `app`, `other-one`",)


def test_a_table_without_functions(project):
    """An empty table is a project without functions, named after its folder."""
    project.write({"pyproject.toml": "[tool.lbundle]\n"})

    result = project.read()

    assert (result.name, result.functions) == ("service", ())


def test_another_tools_file(project):
    """A pyproject.toml without the table is no settings file."""
    project.write({"pyproject.toml": "[tool.other]\n"})

    with pytest.raises(SettingsMissingError):
        project.read()


def test_bad_toml(project):
    """Broken TOML names the file and the parser's own place."""
    project.write({"pyproject.toml": "[tool.lbundle\n"})

    with pytest.raises(SettingsUnreadableError, match=r"^`pyproject.toml` cannot be read: .*line 1"):
        project.read()
