"""From tables to a project, and everything that may be wrong with it."""

import pytest

from bundler.errors import (
    SettingsError,
    SettingsMissingError,
    SettingsUnreadableError,
    UnknownArchitectureError,
    UnknownFunctionError,
)
from bundler.model.project import (
    Architecture,
    BytecodeMode,
    Deployment,
    Function,
    Handler,
    Limit,
    Options,
    Project,
    Target,
)
from bundler.runtimes import UnknownRuntimeError

X86_64 = Target(runtime="python3.12", architecture=Architecture.X86_64, python=(3, 12), glibc=(2, 34))


def test_a_whole_project(project):
    """Everything a project says arrives in its record."""
    project.write({"requirements.txt": ""}).serverless("""\
        package:
          patterns: ["!tests/**"]
        functions:
          app:
            handler: ./app.handler
            runtime: python3.13
            architecture: arm64
            package: {patterns: ["data/**"]}
        """)

    result = project.read()

    assert result == Project(
        root=project.root,
        name="my-api",
        stage="dev",
        settings_path=project.root / "serverless.yml",
        functions=(
            Function(
                name="app",
                handler=Handler(module="app", attribute="handler"),
                handler_path="app.py",
                target=Target(runtime="python3.13", architecture=Architecture.ARM64, python=(3, 13), glibc=(2, 34)),
                code_root=project.root,
                patterns=("!tests/**", "data/**"),
                options=Options(
                    requirements=(project.root / "requirements.txt",),
                    working_folder=project.root,
                    include=(),
                    exclude=(),
                    include_modules=(),
                    exclude_modules=(),
                    external=None,
                    bytecode=BytecodeMode.AUTO,
                    limit=Limit(),
                ),
            ),
        ),
        deployment=Deployment(
            handlers=frozenset({"app.handler"}),
            handler_files=frozenset({project.root / "app.py"}),
            settings_files=frozenset({project.root / "serverless.yml", project.root / "requirements.txt"}),
        ),
        notes=("function `app`: Lambda cannot import `./app.handler`, deploy it as `app.handler`",),
    )


@pytest.mark.parametrize(
    ("provider", "function", "arguments", "expected"),
    [
        ("runtime: python3.12", "", {}, ("python3.12", "x86_64")),
        ("runtime: python3.12, architecture: arm64", "", {}, ("python3.12", "arm64")),
        ("runtime: python3.12, architecture: arm64", "architecture: x86_64", {}, ("python3.12", "x86_64")),
        ("runtime: python3.12", "runtime: python3.11", {}, ("python3.11", "x86_64")),
        ("runtime: python3.12", "runtime: python3.11", {"runtime": "python3.13"}, ("python3.13", "x86_64")),
        ("runtime: python3.12", "architecture: x86_64", {"architecture": "arm64"}, ("python3.12", "arm64")),
        ("name: aws", "", {"runtime": "python3.13"}, ("python3.13", "x86_64")),
        ("runtime: python3.12, architecture: arm64", "runtime: , architecture: ", {}, ("python3.12", "arm64")),
        ("runtime: nodejs20.x", "runtime: python3.12", {}, ("python3.12", "x86_64")),
        ("runtime: '${self:custom.runtime}'", "", {}, ("python3.12", "x86_64")),
    ],
)
def test_target(project, provider, function, arguments, expected):
    """The command line wins over the function, the function over the provider, and x86_64 is the default."""
    project.serverless(
        f"provider: {{{provider}}}\ncustom: {{runtime: python3.12}}\n"
        f"functions: {{app: {{handler: app.handler, {function}}}}}\n",
        framed=False,
    )

    target = project.function(**arguments).target

    assert (target.runtime, target.architecture) == expected


def test_every_mistake_at_once(project):
    """All mistakes of a file are reported together, in its order, each with its place and key."""
    project.serverless("""\
        custom:
          lbundle:
            exlude: []
        functions:
          one:
            handler: app.handle
          two:
            handler: ap.handler
            architecture: arm
          three:
            runtime: python3.99
            handler: handler
            package: {patterns: "${ssm:/p}"}
          four: {}
        """)

    with pytest.raises(SettingsError) as caught:
        project.read()

    assert caught.value.message.splitlines() == [
        "`serverless.yml` has 8 mistakes:",
        "  serverless.yml:7  custom.lbundle.exlude: unknown key, did you mean `exclude`?",
        "  serverless.yml:10  functions.one.handler: `app.py` does not define `handle`, it defines: `handler`",
        "  serverless.yml:12  functions.two.handler: the file `ap.py` is not there, did you mean `app.py`?",
        (
            "  serverless.yml:13  functions.two.architecture: `arm` is not an architecture of Lambda, "
            "did you mean `arm64`?"
        ),
        (
            "  serverless.yml:15  functions.three.runtime: `python3.99` is not a Python runtime of Lambda, "
            "did you mean `python3.9`?"
        ),
        "  serverless.yml:16  functions.three.handler: `handler` is not of the form `folder/module.function`",
        (
            "  serverless.yml:17  functions.three.package.patterns: `${ssm:/p}` has no value: `ssm:/p` needs AWS, "
            "which lbundle never asks"
        ),
        "  serverless.yml:18  functions.four: has no handler, such as `handlers/users.create_user`",
    ]
    assert caught.value.exit_code == 2


def test_no_runtime(project):
    """Without a runtime anywhere nothing can be chosen."""
    project.serverless("provider: {name: aws}\nfunctions: {app: {handler: app.handler}}\n", framed=False)

    (mistake,) = project.mistakes()

    assert mistake.startswith("serverless.yml:2  functions.app: has no runtime, such as `python3.")


def test_one_mistake_is_reported_once(project):
    """A runtime of the provider that has no value is one mistake, however many functions need it."""
    project.serverless(
        "provider: {runtime: '${env:LBUNDLE_NOT_SET}'}\n"
        "functions: {one: {handler: app.handler}, two: {handler: app.handler}}\n",
        framed=False,
    )

    assert project.mistakes() == (
        (
            "serverless.yml:1  provider.runtime: `${env:LBUNDLE_NOT_SET}` has no value: "
            "the environment variable `LBUNDLE_NOT_SET` is not set"
        ),
    )


def test_a_circle_is_a_mistake(project):
    """A setting whose variables go in a circle names the way around."""
    project.serverless(
        "custom: {a: '${self:custom.b}', b: '${self:custom.a}'}\nfunctions: {app: {handler: '${self:custom.a}'}}\n"
    )

    assert project.mistakes() == (
        (
            "serverless.yml:6  functions.app.handler: the variables go in a circle: "
            "`${self:custom.b}` → `${self:custom.a}` → `${self:custom.b}`"
        ),
    )


def test_handlers_of_another_shape(project):
    """A handler is a text."""
    project.serverless("functions: {one: {handler: [a, b]}, two: {handler: !Sub x}, three: {handler: 5}}\n")

    assert project.mistakes() == (
        "serverless.yml:5  functions.one.handler: must be text, not a list",
        "serverless.yml:5  functions.two.handler: `!Sub` is filled in by CloudFormation, lbundle needs text here",
        "serverless.yml:5  functions.three.handler: must be text, not a number",
    )


def test_only_the_functions_asked_for(project):
    """Functions come in the file's order, and those not asked for are not checked."""
    project.serverless("functions: {a: {handler: app.handler}, b: {handler: no.where}, c: {handler: app.handler}}\n")

    assert [function.name for function in project.read("c", "a").functions] == ["a", "c"]


def test_unknown_functions(project):
    """A function that is not there is answered with those that are."""
    project.serverless("functions: {a: {handler: app.handler}, b: {handler: app.handler}}\n")

    with pytest.raises(UnknownFunctionError) as caught:
        project.read("x", "a", "y", "x")

    assert caught.value.message == "there is no function `x`, `y`"
    assert caught.value.hints == ("the functions are: `a`, `b`",)


def test_unknown_runtime_asked_for(project):
    """A wrong `--runtime` is no mistake of the file."""
    project.serverless("functions: {a: {handler: app.handler}}\n")

    with pytest.raises(UnknownRuntimeError, match=r"^`python2` is not a Python runtime of Lambda$"):
        project.read(runtime="python2")


def test_unknown_architecture_asked_for(project):
    """A wrong `--architecture` is no mistake of the file."""
    project.serverless("functions: {a: {handler: app.handler}}\n")

    with pytest.raises(UnknownArchitectureError) as caught:
        project.read(architecture="arm")

    assert caught.value.message == "`arm` is not an architecture of Lambda"
    assert caught.value.hints == ("the architectures are: `x86_64`, `arm64`",)


def test_no_settings(project):
    """A folder without settings says what was looked for."""
    with pytest.raises(SettingsMissingError) as caught:
        project.read()

    assert caught.value.message == (
        f"`{project.root}` has no settings: looked for `serverless.yml`, `serverless.yaml`, `serverless.json`, "
        "`template.yaml`, "
        "`[tool.lbundle] in pyproject.toml`"
    )
    assert caught.value.hints == ()


def test_settings_that_are_code(project):
    """A serverless.ts is no settings file for lbundle, and the way out is named."""
    project.write({"serverless.ts": ""})

    with pytest.raises(SettingsMissingError) as caught:
        project.read()

    assert caught.value.hints == (
        "`serverless.ts` is code, which lbundle does not run: `serverless print --format yaml` writes what it says",
    )


@pytest.mark.parametrize("file", ["serverless.yml", "functions.yml"])
def test_bad_yaml(project, file):
    """Broken YAML names its file and line, also in a file that a variable reads."""
    project.serverless("functions: ${file(functions.yml)}\n").write({file: "a: 1\nb: [\n"})

    with pytest.raises(SettingsUnreadableError, match=rf"^`{file}:\d+` cannot be read: "):
        project.read()


@pytest.mark.parametrize(("text", "kind"), [("", "empty"), ("[]\n", "a list"), ("text\n", "text")])
def test_a_file_that_is_no_mapping(project, text, kind):
    """Settings of another shape are no settings."""
    project.write({"serverless.yml": text})

    with pytest.raises(SettingsUnreadableError) as caught:
        project.read()

    assert caught.value.message == f"`serverless.yml` cannot be read: it must be a mapping of settings, not {kind}"


def test_old_runtimes(project):
    """Runtimes that AWS supports no longer are told with their date and their functions; others are not."""
    project.serverless("""\
        functions:
          one: {handler: app.handler, runtime: python3.8}
          two: {handler: app.handler, runtime: python3.13}
          three: {handler: app.handler, runtime: python3.8}
        """)

    assert project.read().notes == (
        (
            "python3.8 of `one`, `three` is deprecated: AWS ended its support on 2024-10-14, "
            "and will let nobody create or update such functions one day"
        ),
    )


def test_a_relative_root(project, monkeypatch):
    """A relative folder becomes an absolute one, so that later stages may change folders."""
    project.serverless("functions: {app: {handler: app.handler}}\n")
    monkeypatch.chdir(project.root.parent)
    project.root = project.root.relative_to(project.root.parent)

    assert project.read().root.is_absolute()


NO_NAME = "its zip cannot be called `../../package.zip`: it has `/` in it"


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        (
            "serverless.yml",
            "provider: {name: aws, runtime: python3.12}\nfunctions:\n  ../../package: {handler: app.handler}\n",
            "serverless.yml:3  functions.../../package",
        ),
        (
            "serverless.yml",
            "provider: {name: aws, runtime: python3.12}\nlayers:\n  ../../package: {path: folder}\n",
            "serverless.yml:3  layers.../../package",
        ),
        (
            "serverless.yml",
            "provider: {name: aws, runtime: python3.12}\nlayers:\n  ../../package: {lbundle: {requirements: r.txt}}\n",
            "serverless.yml:3  layers.../../package",
        ),
        (
            "pyproject.toml",
            '[tool.lbundle]\nruntime = "python3.12"\n[tool.lbundle.functions]\n"../../package" = {handler = "app.f"}\n',
            "pyproject.toml:3  tool.lbundle.functions.../../package",
        ),
        (
            "pyproject.toml",
            '[tool.lbundle]\nruntime = "python3.12"\n[tool.lbundle.layers."../../package"]\nrequirements = "r.txt"\n',
            "pyproject.toml:3  tool.lbundle.layers.../../package",
        ),
        (
            "template.yaml",
            (
                "Resources:\n  ../../package:\n    Type: AWS::Serverless::Function\n"
                "    Properties: {Runtime: python3.12, Handler: app.handler}\n"
            ),
            "template.yaml:4  Resources.../../package.Properties",
        ),
        (
            "template.yaml",
            (
                "Resources:\n  ../../package:\n    Type: AWS::Serverless::LayerVersion\n"
                "    Properties: {ContentUri: folder}\n  App: {Type: AWS::Serverless::Function}\n"
            ),
            "template.yaml:2  Resources.../../package",
        ),
    ],
)
def test_names_are_no_paths(project, file, text, place):
    """A function or layer whose name leads to another folder is refused, in every kind of settings."""
    project.write({file: text, "folder/x.txt": "", "r.txt": ""})

    assert f"{place}: {NO_NAME}" in project.mistakes()


def test_names_of_one_file(project):
    """Two functions whose zips would be one file on some systems are a mistake."""
    project.serverless("functions:\n  hello: {handler: app.handler}\n  Hello: {handler: app.handler}\n")

    assert project.mistakes() == (
        (
            "serverless.yml:7  functions.Hello: its zip cannot be called `Hello.zip`: "
            "on macOS and Windows it is the same as `hello`"
        ),
    )


def test_a_name_that_is_not_used(project):
    """What lbundle leaves alone may be called as it likes: nothing is written for it."""
    project.serverless(
        "functions:\n  a/b: {handler: app.handler, runtime: nodejs20.x}\n  app: {handler: app.handler}\n"
    )

    assert [function.name for function in project.read().functions] == ["app"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("custom: {lbundle: {include: ['{1..100000}.txt']}}", "custom.lbundle.include"),
        ("custom: {lbundle: {exclude: '{1..100000}.txt'}}", "custom.lbundle.exclude"),
        ("package: {patterns: ['!{1..100000}.txt']}", "functions.app"),
    ],
)
def test_globs_of_too_many(project, text, key):
    """A glob whose braces make too many of it is a mistake."""
    project.serverless(f"{text}\nfunctions: {{app: {{handler: app.handler}}}}\n")

    (mistake,) = project.mistakes()

    assert f"  {key}: the glob `" in mistake
    assert "limit of 1000" in mistake


LONG = "x" * 400


@pytest.mark.parametrize(
    ("function", "key"),
    [
        (f"handler: {LONG}.handler", "handler"),
        (f"handler: app.handler, lbundle: {{requirements: {LONG}}}", "lbundle.requirements"),
        (f"handler: '${{file({LONG}.yml):x}}'", "handler"),
        (f"handler: app.handler, environment: {{MODULE: {LONG}}}", None),
    ],
)
def test_names_that_no_system_takes(project, function, key):
    """What is longer than any path is not there, like any other path that is not."""
    project.serverless(f"functions: {{app: {{{function}}}}}\n")

    if key is None:
        assert project.function().name == "app"
    else:
        (mistake,) = project.mistakes()
        assert f"  functions.app.{key}: " in mistake
        assert "is not there" in mistake


def test_a_template_with_a_long_folder(project):
    """So is a folder of a template's."""
    project.write(
        {
            "template.yaml": "Resources:\n  App:\n    Type: AWS::Serverless::Function\n"
            f"    Properties: {{Runtime: python3.12, Handler: app.handler, CodeUri: {LONG}}}\n"
        }
    )

    assert "is not there" in project.mistakes()[0]
