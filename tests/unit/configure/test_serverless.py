"""The framework's shapes: stage, functions, packages, what is skipped."""

import pytest

FUNCTIONS = "functions: {app: {handler: app.handler}}\n"


def names(project, **arguments):
    return [function.name for function in project.read(**arguments).functions]


@pytest.mark.parametrize("file", ["serverless.yml", "serverless.yaml"])
def test_file_names(project, file):
    """Both spellings of the file's name are read."""
    project.write({file: "service: x\nprovider: {runtime: python3.12}\n" + FUNCTIONS})

    assert project.read().settings_path == project.root / file


def test_json(project):
    """The settings may be JSON."""
    project.write(
        {
            "serverless.json": '{"service": "x", "provider": {"runtime": "python3.12"},\n'
            '\t"functions": {"app": {"handler": "app.handler"}}}'
        }
    )

    assert names(project) == ["app"]


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("service: my-api", "my-api"),
        ("service: {name: my-api}", "my-api"),
        ("service: 'a-${sls:stage}'", "a-dev"),
        ("", "service"),
    ],
)
def test_service_name(project, service, name):
    """The service's name is a text or a table with one, and the folder's where there is none."""
    project.serverless(f"{service}\nprovider: {{runtime: python3.12}}\n{FUNCTIONS}", framed=False)

    assert project.read().name == name


@pytest.mark.parametrize(
    ("provider", "stage", "expected"),
    [
        ("stage: ${opt:stage, 'test'}", None, "test"),
        ("stage: ${opt:stage, 'test'}", "prod", "prod"),
        ("stage: staging", None, "staging"),
        ("stage: staging", "prod", "prod"),
        ("stage: ${sls:stage}", None, "dev"),
        ("region: eu-west-1", None, "dev"),
        ("region: eu-west-1", "prod", "prod"),
    ],
)
def test_stage(project, provider, stage, expected):
    """The stage asked for wins over `provider.stage`, and that over dev."""
    project.serverless(
        f"""\
        service: x
        provider:
          runtime: python3.12
          {provider}
        package: {{patterns: ["${{sls:stage}}"]}}
        {FUNCTIONS}""",
        framed=False,
    )

    result = project.read(stage=stage)

    assert (result.stage, result.functions[0].patterns) == (expected, (expected,))


def test_a_stage_without_a_value(project):
    """A stage that needs AWS is a mistake, unless a stage is asked for."""
    project.serverless(f"provider: {{runtime: python3.12, stage: '${{ssm:/x}}'}}\n{FUNCTIONS}", framed=False)

    assert project.mistakes() == (
        (
            "serverless.yml:1  provider.stage: `${ssm:/x}` has no value: `ssm:/x` needs AWS, which lbundle never asks; "
            "`--stage NAME` names one in its place"
        ),
    )
    assert project.read(stage="prod").stage == "prod"


def test_functions_in_a_list(project):
    """`functions` may be a list of tables, some of them in files of their own."""
    project.write({"more.yml": "two: {handler: app.handler}\nthree: {handler: app.handler}\n"}).serverless("""\
        functions:
          - one: {handler: app.handler}
          - ${file(more.yml)}
        """)

    assert names(project) == ["one", "two", "three"]


def test_functions_in_a_file(project):
    """`functions` may be a file, and a mistake in it names that file and line."""
    project.write({"functions.yml": "one:\n  handler: app.handler\ntwo:\n  handler: app.run\n"}).serverless(
        "functions: ${file(./functions.yml)}\n"
    )

    assert project.mistakes() == (
        "functions.yml:4  functions.two.handler: `app.py` does not define `run`, it defines: `handler`",
    )


def test_a_function_in_a_file(project):
    """One function's table may come from a file."""
    project.write({"one.yml": "fn: {handler: app.handler, runtime: python3.13}\n"}).serverless(
        "functions: {one: '${file(one.yml):fn}'}\n"
    )

    assert project.function("one").target.runtime == "python3.13"


def test_a_function_twice(project):
    """Two functions of one name in a list would hide one another."""
    project.serverless("""\
        functions:
          - one: {handler: app.handler}
          - one: {handler: app.handler}
        """)

    assert project.mistakes() == ("serverless.yml:7  functions.one: there is another function of this name",)


@pytest.mark.parametrize(
    ("functions", "mistake"),
    [
        ("functions: text", "5  functions: must be a mapping of functions, not text"),
        ("functions: [text]", "5  functions[0]: must be a mapping of functions, not text"),
        ("functions: {one: text}", "5  functions.one: must be a mapping, not text"),
        (
            "functions: {one: }",
            "5  functions.one: has no handler, such as `handlers/users.create_user`",
        ),
        (
            "functions: {one: '${ssm:/x}'}",
            "5  functions.one: `${ssm:/x}` has no value: `ssm:/x` needs AWS, which lbundle never asks",
        ),
        (
            "functions: '${file(no.yml)}'",
            "5  functions: `${file(no.yml)}` has no value: the file `no.yml` is not there",
        ),
        (
            "functions: {one: !Ref X}",
            "5  functions.one: `!Ref` is filled in by CloudFormation, lbundle needs a mapping here",
        ),
    ],
)
def test_malformed_functions(project, functions, mistake):
    """Functions of another shape are a mistake with their line."""
    assert project.serverless(functions + "\n").mistakes() == (f"serverless.yml:{mistake}",)


def test_no_functions(project):
    """A service of resources alone has no functions."""
    assert project.serverless("resources: {}\n").read().functions == ()


def test_skipped_functions(project):
    """Images, finished zips and other runtimes are left alone, and said to be."""
    project.serverless("""\
        functions:
          app: {handler: app.handler}
          image: {image: "123.dkr.ecr/x:latest"}
          zip: {handler: x.y, package: {artifact: build/x.zip}}
          node: {handler: src/x.y, runtime: nodejs20.x}
        """)

    result = project.read()

    assert [function.name for function in result.functions] == ["app"]
    assert result.notes == (
        "function `image` is left alone: it is a container image",
        "function `zip` is left alone: `package.artifact` names a finished zip",
        "function `node` is left alone: its runtime is `nodejs20.x`",
    )


def test_a_service_that_is_a_finished_zip(project):
    """`package.artifact` of the service stands for every function."""
    project.serverless("package: {artifact: all.zip}\n" + FUNCTIONS)

    assert project.read().notes == ("function `app` is left alone: `package.artifact` names a finished zip",)


def test_a_skipped_function_that_is_asked_for(project):
    """A function named on the command line is not skipped in silence."""
    project.serverless("functions: {node: {handler: x.y, runtime: nodejs20.x}}\n")

    assert project.mistakes("node") == (
        "serverless.yml:5  functions.node: cannot be bundled: its runtime is `nodejs20.x`",
    )


@pytest.mark.parametrize(
    ("package", "own", "patterns"),
    [
        ("{patterns: ['!a', b]}", "{patterns: ['!c']}", ("!a", "b", "!c")),
        ("{patterns: a}", "{}", ("a",)),
        ("{exclude: [a, '!b'], include: [c]}", "{exclude: [d], include: [e]}", ("!a", "b", "!d", "c", "e")),
        ("{exclude: [a], patterns: [x]}", "{include: [c], patterns: [y]}", ("!a", "c", "x", "y")),
        ("{individually: true, excludeDevDependencies: false}", "{}", ()),
        ("", "", ()),
    ],
)
def test_patterns(project, package, own, patterns):
    """Older excludes, then includes, then patterns, the service's before the function's."""
    project.serverless(f"package: {package}\nfunctions: {{app: {{handler: app.handler, package: {own}}}}}\n")

    assert project.function().patterns == patterns


def test_useless_variables_do_no_harm(project):
    """What lbundle does not use may need AWS, another tool, or be broken."""
    project.serverless("""\
        custom:
          secret: ${ssm:/a/b}
          circle: ${self:custom.circle}
        plugins: ${file(plugins.js):all}
        functions:
          app:
            handler: app.handler
            role: !GetAtt Role.Arn
            environment: {KEY: "${cf:stack.out}", ACCOUNT: "${aws:accountId}"}
            events: "${vault:x}"
        resources: ${self:nothing}
        """)

    assert names(project) == ["app"]


def test_dotenv(project, monkeypatch):
    """With `useDotenv` the stage's .env answers `env:`, the process's own environment wins, and no .env ships."""
    monkeypatch.setenv("LBUNDLE_TEST_B", "process")
    monkeypatch.delenv("LBUNDLE_TEST_A", raising=False)
    project.write({".env.prod": "LBUNDLE_TEST_A=file\nLBUNDLE_TEST_B=file\n"}).serverless(
        "useDotenv: true\npackage: {patterns: ['${env:LBUNDLE_TEST_A}-${env:LBUNDLE_TEST_B}']}\n" + FUNCTIONS
    )

    assert project.function(stage="prod").patterns == ("!.env*", "file-process")


def test_without_dotenv(project, monkeypatch):
    """Without `useDotenv` no file is read."""
    monkeypatch.delenv("LBUNDLE_TEST_A", raising=False)
    project.write({".env": "LBUNDLE_TEST_A=file\n"}).serverless(
        "package: {patterns: [\"${env:LBUNDLE_TEST_A, 'none'}\"]}\n" + FUNCTIONS
    )

    assert project.function().patterns == ("none",)
