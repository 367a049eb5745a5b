"""Handlers that are programs to start, as Lambda Web Adapter takes them."""

import pytest

WRAPPER = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap"}
OTHER_WRAPPER = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/datadog_wrapper"}


def template(handler, variables, where="Properties"):
    listed = ", ".join(f"{name}: {value}" for name, value in variables.items())
    environment = f"Environment: {{Variables: {{{listed}}}}}"
    shared = f"Globals: {{Function: {{{environment}}}}}\n" if where == "Globals" else ""
    own = environment if where == "Properties" else ""
    return f"""\
{shared}Resources:
  Web:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: web/
      Handler: {handler}
      Runtime: python3.12
      {own}
  App:
    Type: AWS::Serverless::Function
    Properties: {{Handler: app.handler, Runtime: python3.12}}
"""


@pytest.fixture
def web(project):
    """Return a project with a program, and Python files beside it."""
    return project.write(
        {
            "web/run.sh": "#!/bin/sh\nexec python main.py\n",
            "web/bin/start": "#!/bin/sh\n",
            "web/main.py": "def handler(event, context): ...\n",
        }
    )


@pytest.mark.parametrize("where", ["Properties", "Globals"])
@pytest.mark.parametrize(
    ("handler", "variables"),
    [
        ("run.sh", WRAPPER),
        ("run.sh", {}),
        ("bin/start", WRAPPER),
        ("bin/start", {}),
        ("main.py", WRAPPER),
        ("made-later.sh", WRAPPER),
        ("start", WRAPPER),
    ],
)
def test_a_program(web, handler, variables, where):
    """A function whose handler is started is left alone and said to be; the others are built."""
    read = web.write({"template.yaml": template(handler, variables, where)}).read()

    assert [function.name for function in read.functions] == ["App"]
    (note,) = read.notes
    assert note == (
        f"function `Web` is left alone: its handler `{handler}` is a program to start, as Lambda Web Adapter does, "
        "not a function"
    )


@pytest.mark.parametrize("variables", [{}, WRAPPER, OTHER_WRAPPER])
def test_a_function_with_a_wrapper(web, variables):
    """Most wrappers start Python all the same: what is a function stays one."""
    read = web.write({"template.yaml": template("main.handler", variables)}).read()

    assert [function.name for function in read.functions] == ["Web", "App"]


@pytest.mark.parametrize(
    ("handler", "variables", "problem"),
    [
        ("main.py", {}, "`main.py` does not define `py`, it defines: `handler`"),
        ("main.py", OTHER_WRAPPER, "`main.py` does not define `py`, it defines: `handler`"),
        ("run.handler", {}, "the file `run.py` is not there, there is: `main.py`"),
        ("main.handle", WRAPPER, "`main.py` does not define `handle`, it defines: `handler`"),
    ],
)
def test_a_slip_of_the_pen(web, handler, variables, problem):
    """What is no program stays a mistake."""
    (mistake,) = web.write({"template.yaml": template(handler, variables)}).mistakes()

    assert mistake.endswith(f"Handler: {problem}")


def test_a_program_that_is_asked_for(web):
    """A function named on the command line is not skipped in silence."""
    (mistake,) = web.write({"template.yaml": template("run.sh", WRAPPER)}).mistakes("Web")

    assert "cannot be bundled: its handler `run.sh` is a program to start" in mistake


def test_a_program_of_serverless_yml(web):
    """The other kinds of settings are read alike."""
    web.serverless("""\
        functions:
          web: {handler: web/run.sh, environment: {AWS_LAMBDA_EXEC_WRAPPER: /opt/bootstrap}}
          app: {handler: app.handler}
        """)

    assert [function.name for function in web.read().functions] == ["app"]
