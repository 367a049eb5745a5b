"""What settings say of all functions together, whichever of them are asked for."""

import json

import pytest

from bundler.configure import read_resolved_project
from bundler.model.project import Architecture

TWO = """\
    functions:
      app: { handler: app.handler }
      big: { handler: jobs/big.run, architecture: arm64, runtime: python3.11 }
"""
CODE = {"jobs/big.py": "run = print\n"}


@pytest.mark.parametrize("functions", [(), ("app",), ("big",)])
def test_handlers_of_all_functions(project, functions):
    """The handlers of all functions are known, whatever is built and whatever the others are built for."""
    project.write(CODE).serverless(TWO)

    deployment = project.read(*functions).deployment

    assert deployment.handlers == {"app.handler", "jobs.big.run"}
    assert deployment.handler_files == {project.root / "app.py", project.root / "jobs/big.py"}


def test_handlers_of_what_is_left_alone(project):
    """A function that lbundle does not build, or that is broken, has a handler too."""
    project.serverless("""\
        functions:
          app: { handler: app.handler }
          done: { handler: done.run, package: { artifact: done.zip } }
          broken: { handler: gone.run, runtime: "${ssm:/nobody/knows}" }
        """)

    assert project.read("app").deployment.handlers == {"app.handler", "done.run", "gone.run"}


def test_handlers_of_resolved_settings(project):
    """The framework hands over all functions and says which of them it wants."""
    project.write(CODE)
    functions = {"app": {"handler": "app.handler"}, "big": {"handler": "jobs/big.run"}}
    text = json.dumps({"provider": {"name": "aws", "runtime": "python3.12"}, "functions": functions})

    result = read_resolved_project(project.root, text, stage=None, functions=("app",), runtime=None, architecture=None)

    assert [function.name for function in result.functions] == ["app"]
    assert result.deployment.handlers == {"app.handler", "jobs.big.run"}


def test_settings_in_other_files(project):
    """Files that `${file(…)}` names are settings, whatever stage is a part of the name, and files that these name."""
    project.write(
        {
            "functions.yml": "app: { handler: app.handler, environment: '${file(./variables.json)}' }\n",
            "variables.json": "{}",
            "config/dev.yml": "",
            "config/prod.yml": "",
            "config/other.json": "",
            "data.yml": "",
            "deps/base.txt": "-r more.txt  # and what it needs\n",
            "deps/more.txt": "",
        }
    ).serverless("""\
        functions: ${file(functions.yml)}
        custom:
          stage: ${file(config/${opt:stage, 'dev'}.yml):name, 'none'}
          any: ${file(${self:custom.name}.yml), 'none'}
          lbundle: { requirements: deps/base.txt }
        """)

    files = project.read().deployment.settings_files

    assert sorted(path.relative_to(project.root).as_posix() for path in files) == [
        "config/dev.yml",
        "config/prod.yml",
        "deps/base.txt",
        "deps/more.txt",
        "functions.yml",
        "serverless.yml",
        "variables.json",
    ]


def test_a_layer_is_the_same_whatever_is_built(project):
    """What a layer is built for, all functions that use it say, not only those that are asked for."""
    project.write({**CODE, "shared/one.py": ""}).serverless(
        TWO.replace("}", ", layers: [{ Ref: SharedLambdaLayer }] }") + "    layers: { shared: { path: shared } }\n"
    )

    alone, together = project.read("big"), project.read()

    assert alone.layers == together.layers
    assert together.layers[0].target.architecture is Architecture.X86_64
