"""What functions' variables say of their code."""

import pytest

from bundler.errors import SettingsMistakesError
from bundler.model.project import NamedCode

HANDLER = "def handler(event, context): ...\n"


def test_names(project):
    """Values that read like names of code are kept, the function's before the provider's; others are not."""
    project.write({"app.py": HANDLER, "celeryconfig.py": "", "plugins/a.py": ""}).serverless("""\
        functions:
          app:
            handler: app.handler
            environment:
              SETTINGS: jobs.settings.${sls:stage}
              WRAPPED: jobs/mail.send
              TASKS: jobs.tidy, jobs.count:run
              CELERY_CONFIG_MODULE: celeryconfig
              PLUGINS: plugins
              STAGE: dev
              SECRET: 9f8e.77
              URL: https://example.com/a
              TABLE: !Ref Table
        """)

    assert project.function().named == (
        NamedCode(variable="CELERY_CONFIG_MODULE", name="celeryconfig"),
        NamedCode(variable="PLUGINS", name="plugins"),
        NamedCode(variable="SETTINGS", name="jobs.settings.dev"),
        NamedCode(variable="TASKS", name="jobs.tidy"),
        NamedCode(variable="TASKS", name="jobs.count:run"),
        NamedCode(variable="WRAPPED", name="jobs.mail.send"),
    )


def test_of_the_provider(project):
    """A function's variable stands in place of the provider's."""
    project.write({"app.py": HANDLER}).serverless(
        """\
        provider: {name: aws, runtime: python3.12, environment: {A: a.one, B: b.one}}
        functions: {app: {handler: app.handler, environment: {B: b.two}}}
        """,
        framed=False,
    )

    assert [named.name for named in project.function().named] == ["a.one", "b.two"]


def test_in_a_template(project):
    """In a template of SAM the variables stand in `Environment.Variables`, those of `Globals` too."""
    project.write(
        {
            "app.py": HANDLER,
            "template.yaml": """\
                Transform: AWS::Serverless-2016-10-31
                Globals: {Function: {Runtime: python3.12, Environment: {Variables: {A: a.one}}}}
                Resources:
                  App:
                    Type: AWS::Serverless::Function
                    Properties: {Handler: app.handler, Environment: {Variables: {B: b.two}}}
                """,
        }
    )

    assert [named.name for named in project.function("App").named] == ["a.one", "b.two"]


@pytest.mark.parametrize("value", ["src", "./src/", "/var/task/src:/opt/python", "$LAMBDA_TASK_ROOT/src:."])
def test_folders_on_the_path(project, value):
    """Modules of folders that `PYTHONPATH` names are found as Lambda finds them, handlers too."""
    project.write({"src/jobs/mail.py": HANDLER}).serverless(f"""\
        functions: {{app: {{handler: jobs/mail.handler, environment: {{PYTHONPATH: "{value}"}}}}}}
        """)

    function = project.function()

    assert (function.search_folders, function.handler_path) == (("src",), "src/jobs/mail.py")


def test_a_handler_that_a_package_may_bring(project):
    """With packages, a handler that no own file is called like waits for them."""
    project.write({"requirements.txt": "wrapper==1.0\n"}).serverless(
        "functions: {app: {handler: wrapper.main.handler}}"
    )

    function = project.function()

    assert (function.handler.module, function.handler_path) == ("wrapper.main", "")
    assert function.handler_problem.startswith(
        "serverless.yml:5  functions.app.handler: the file `wrapper/main.py` is not there"
    )


def test_a_handler_that_nothing_brings(project):
    """Without packages and layers, a handler without a file is a mistake at once."""
    project.serverless("functions: {app: {handler: wrapper.main.handler}}")

    with pytest.raises(SettingsMistakesError, match=r"the file `wrapper/main\.py` is not there"):
        project.read()


MODULE = """\
    package: {{individually: {individually}, patterns: ['!functions/*/tests/**', '!**/*.md', '!docs/**']}}
    functions: {{app: {{module: functions/pay, handler: handler.run}}}}
    """


def test_a_folder_packaged_alone(project):
    """`module`, as serverless-python-requirements has it, is the root of a function packaged individually."""
    project.write({"functions/pay/handler.py": "def run(): ...", "functions/pay/requirements.txt": ""})
    project.serverless(MODULE.format(individually="true"))

    function = project.function()

    assert function.code_root == project.root / "functions/pay"
    assert function.options.requirements == (project.root / "functions/pay/requirements.txt",)
    assert function.patterns == ("!tests/**", "!**/*.md")


def test_a_folder_not_packaged_alone(project):
    """`module` says nothing of functions that are packaged together."""
    project.write({"handler.py": "def run(): ..."}).serverless(MODULE.format(individually="false"))

    assert project.function().code_root == project.root


@pytest.mark.parametrize(
    ("value", "expected"), [("/mnt/packages", True), ("src:/mnt/packages", True), ("/var/task/src:/opt/python", False)]
)
def test_folders_elsewhere_on_the_path(project, value, expected):
    """A folder outside of the zip and its layers brings modules of which nothing is known."""
    project.serverless(f"""\
        functions: {{app: {{handler: app.handler, environment: {{PYTHONPATH: "{value}"}}}}}}
        """)

    assert project.function().has_foreign_layers is expected
