"""SAM's templates: functions, globals, layers of settings, CloudFormation's functions, what is left alone."""

import pytest

from bundler.errors import SettingsMissingError, UnknownFunctionError
from bundler.model.project import Architecture, BytecodeMode

HANDLER = "def handler(event, context): ...\n"
HEAD = "Transform: AWS::Serverless-2016-10-31\n"
APP = """\
Resources:
  App:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
"""


def template(project, text, *, name="template.yaml"):
    return project.write({name: HEAD + text})


def describe(project, **arguments):
    return {
        function.name: (function.target.runtime, str(function.target.architecture), function.code_root.name)
        for function in project.read(**arguments).functions
    }


@pytest.mark.parametrize("name", ["template.yaml", "template.yml"])
def test_file_names(project, name):
    """Both spellings of the template's name are read."""
    template(project, APP, name=name)

    result = project.read()

    assert (result.settings_path, result.name, result.stage) == (project.root / name, "service", "dev")
    assert describe(project) == {"App": ("python3.12", "x86_64", "service")}


def test_json(project):
    """A template may be JSON."""
    project.write(
        {
            "template.json": '{"Resources": {"App": {"Type": "AWS::Lambda::Function",\n'
            '"Properties": {"Runtime": "python3.12", "Handler": "app.handler", "Code": "."}}}}'
        }
    )

    assert describe(project) == {"App": ("python3.12", "x86_64", "service")}


def test_globals_stand_behind_properties(project):
    """`Globals` answer what a SAM function does not say, and nothing for a plain Lambda function."""
    project.write({"src/app.py": HANDLER, "other/app.py": HANDLER})
    template(
        project,
        """\
Globals:
  Function: {Runtime: python3.12, Architectures: [arm64], CodeUri: src/, Handler: app.handler}
Resources:
  One: {Type: AWS::Serverless::Function}
  Two:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Architectures: [x86_64], CodeUri: ./other}
  Three:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.11, Handler: app.handler, Code: src}
  Table: {Type: AWS::Serverless::SimpleTable}
""",
    )

    assert describe(project) == {
        "One": ("python3.12", "arm64", "src"),
        "Two": ("python3.13", "x86_64", "other"),
        "Three": ("python3.11", "x86_64", "src"),
    }


def test_requirements(project):
    """Requirements beside the code are a function's own; without them it has the project's, or those it names."""
    project.write({"a/app.py": HANDLER, "a/requirements.txt": "", "b/app.py": HANDLER, "requirements.txt": ""})
    template(
        project,
        """\
Globals: {Function: {Runtime: python3.12, Handler: app.handler}}
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {CodeUri: a}}
  B: {Type: AWS::Serverless::Function, Properties: {CodeUri: b}}
  Named:
    Type: AWS::Serverless::Function
    Metadata: {lbundle: {requirements: [requirements.txt, a/requirements.txt]}}
    Properties: {CodeUri: a}
""",
    )

    requirements = {function.name: function.options.requirements for function in project.read().functions}

    assert requirements == {
        "A": (project.root / "a/requirements.txt",),
        "B": (project.root / "requirements.txt",),
        "Named": (project.root / "requirements.txt", project.root / "a/requirements.txt"),
    }


def test_options(project):
    """Options stand under `Metadata.lbundle`, the template's and the function's."""
    template(
        project,
        """\
Metadata: {lbundle: {patterns: ['!tests/**'], bytecode: none, limit: {zip: 5 MB}}}
"""
        + APP
        + """\
    Metadata:
      BuildMethod: makefile
      lbundle: {patterns: ['!docs/**'], bytecode: only, limit: {unzipped: 1 kB}}
""",
    )

    function = project.function("App")

    assert function.patterns == ("!tests/**", "!docs/**")
    assert function.options.bytecode is BytecodeMode.ONLY
    assert (function.options.limit.zip_bytes, function.options.limit.unzipped_bytes) == (5_000_000, 1000)


@pytest.mark.parametrize(
    "runtime",
    [
        "!Ref Runtime",
        "{Ref: Runtime}",
        "!Sub 'python${Version}'",
        "{'Fn::Sub': 'python${Version}'}",
        "!Sub ['python${V}', {V: !Ref Version}]",
        "!FindInMap [Runtimes, !Ref 'AWS::Region', python]",
        "!If [IsNew, !Ref Runtime, python3.9]",
        "!If [IsOld, python3.9, !Ref Runtime]",
        "!Join ['', [python, !Ref Version]]",
        "!Select [1, !Split [',', 'python3.9,python3.13']]",
        "!Select [1, !Ref Names]",
        "!Select [0, !Ref Numbers]",
    ],
)
def test_functions_of_cloudformation(project, monkeypatch, runtime):
    """What the template itself answers is answered, in short and long forms."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    template(
        project,
        f"""\
Parameters:
  Runtime: {{Type: String, Default: python3.13}}
  Version: {{Type: String, Default: '3.13'}}
  Names: {{Type: CommaDelimitedList, Default: 'python3.9, python3.13'}}
  Numbers: {{Type: List<String>, Default: 'python3.13'}}
Mappings: {{Runtimes: {{eu-west-1: {{python: python3.13}}}}}}
Conditions:
  IsNew: !And [!Equals [!Ref Version, '3.13'], !Not [!Condition IsOld]]
  IsOld: !Or [!Equals [a, b], {{'Fn::Equals': [!Ref Version, '3.9']}}]
Resources:
  App: {{Type: AWS::Serverless::Function, Properties: {{Runtime: {runtime}, Handler: app.handler}}}}
""",
    )

    assert project.function("App").target.runtime == "python3.13"


def test_no_value(project):
    """`AWS::NoValue` stands for an absent key."""
    template(
        project,
        APP
        + "      Architectures: !If [Never, [arm64], !Ref AWS::NoValue]\n"
        + "Conditions: {Never: !Equals [a, b]}\n",
    )

    assert project.function("App").target.architecture is Architecture.X86_64


def test_every_mistake_at_once(project):
    """Each mistake is told with its line, in the order of the file."""
    template(
        project,
        """\
Metadata:
  lbundle: {exlude: [a]}
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: !Ref Runtime
      Handler: app.handlr
  Two:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.99
      Architectures: [x86_64, arm64]
      CodeUri: srcs
      Handler: app.handler
  Three:
    Type: AWS::Serverless::Function
    Metadata: {lbundle: {limit: much}}
    Properties:
      Runtime: !GetAtt Other.Runtime
      CodeUri: !Sub '${No}/src'
  Four:
    Type: AWS::Lambda::Function
    Properties: {Code: ., Runtime: !If [Round, a, b]}
Parameters: {Runtime: {Type: String}}
Conditions: {Round: !Not [!Condition Round]}
""",
    )
    project.write({"src/app.py": HANDLER})

    near = "did you mean `python3.9`?"
    needs = "lbundle needs its value here"
    assert project.mistakes() == (
        "template.yaml:3  Metadata.lbundle.exlude: unknown key, did you mean `exclude`?",
        f"template.yaml:8  Resources.One.Properties.Runtime: the parameter `Runtime` has no default, {needs}",
        "template.yaml:9  Resources.One.Properties.Handler: `app.py` does not define `handlr`, it defines: `handler`",
        f"template.yaml:13  Resources.Two.Properties.Runtime: `python3.99` is not a Python runtime of Lambda, {near}",
        "template.yaml:14  Resources.Two.Properties.Architectures: must be text, not a list",
        "template.yaml:15  Resources.Two.Properties.CodeUri: the folder `srcs` is not there, did you mean `src`?",
        "template.yaml:19  Resources.Three.Metadata.lbundle.limit: must be a mapping, not text",
        f"template.yaml:21  Resources.Three.Properties.Runtime: `Fn::GetAtt` is filled in by CloudFormation, {needs}",
        f"template.yaml:22  Resources.Three.Properties.CodeUri: `No` is neither a parameter nor a resource, {needs}",
        "template.yaml:25  Resources.Four.Properties.Runtime: the condition `Round` leads back to itself",
        "template.yaml:25  Resources.Four.Properties: has no handler, such as `handlers/users.create_user`",
    )


@pytest.mark.parametrize(
    ("runtime", "problem"),
    [
        ("!Ref App", "`App` is known to CloudFormation alone, lbundle needs its value here"),
        ("!Ref AWS::StackName", "`AWS::StackName` is known to CloudFormation alone, lbundle needs its value here"),
        ("!FindInMap [Runtimes, a]", "there is no `Runtimes.a` in `Mappings`"),
        ("!If [Never, a]", "`Fn::If` takes a list of 3, not of 2"),
        ("!If [Never, a, b]", "the condition `Never` is not there"),
        ("!Select [2, [a, b]]", "`Fn::Select` asks for item `2` of 2"),
        ("!Join ['', text]", "`template.yaml:6` must be a list, not text"),
        ("!Sub [[a], {}]", "`template.yaml:6` must be text, not a list"),
    ],
)
def test_functions_without_an_answer(project, runtime, problem):
    """What the template cannot answer is a mistake of the setting that asks."""
    template(project, APP.replace("python3.12", runtime))

    assert project.mistakes() == (f"template.yaml:6  Resources.App.Properties.Runtime: {problem}",)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ("PackageType: Image", "it is a container image"),
        ("Runtime: nodejs22.x, CodeUri: !Ref Nobody", "its runtime is `nodejs22.x`"),
        ("Runtime: python3.12, InlineCode: 'def f(): ...'", "its code stands in the template"),
        ("Runtime: python3.12, CodeUri: s3://bucket/key", "its `CodeUri` is not a folder here"),
        ("Runtime: python3.12, CodeUri: {Bucket: b, Key: k}", "its `CodeUri` is not a folder here"),
        (
            "Runtime: python3.12, CodeUri: dist/app.zip",
            "its `CodeUri` is a zip, and no `Metadata.lbundle.code` says what it is made of",
        ),
    ],
)
def test_left_alone(project, properties, reason):
    """Functions that are nothing to bundle are named with the reason; asked for by name they are a mistake."""
    template(project, APP + f"  Other: {{Type: AWS::Serverless::Function, Properties: {{{properties}}}}}\n")

    result = project.read()

    assert ([function.name for function in result.functions], result.notes) == (
        ["App"],
        (f"function `Other` is left alone: {reason}",),
    )
    assert project.mistakes("Other") == (f"template.yaml:8  Resources.Other.Properties: cannot be bundled: {reason}",)


def test_code_in_a_plain_function(project):
    """A plain function's code may stand in the template, and `SkipBuild` says that a function is built already."""
    template(
        project,
        APP
        + "  Inline: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Code: {ZipFile: x}}}\n"
        + "  Built: {Type: AWS::Lambda::Function, Metadata: {SkipBuild: true}}\n",
    )

    assert project.read().notes == (
        "function `Inline` is left alone: its code stands in the template",
        "function `Built` is left alone: `SkipBuild` says that it is built already",
    )


def test_zip_as_code(project):
    """`code` names the folder of a function whose `CodeUri` is the zip to be made of it, and only a function has it."""
    project.write({"src/app.py": HANDLER, "src/requirements.txt": ""})
    template(
        project,
        """\
Metadata: {lbundle: {bytecode: none}}
Resources:
  App:
    Type: AWS::Serverless::Function
    Metadata: {SkipBuild: true, lbundle: {code: src}}
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: .lbundle/App.zip}
  Skipped:
    Type: AWS::Serverless::Function
    Metadata: {SkipBuild: true}
  Built:
    Type: AWS::Serverless::Function
    Metadata: {SkipBuild: false}
    Properties: {Runtime: python3.12, Handler: src/app.handler}
""",
    )

    functions = project.read().functions

    assert [(function.name, function.code_root, function.options.requirements) for function in functions] == [
        ("App", project.root / "src", (project.root / "src/requirements.txt",)),
        ("Built", project.root, ()),
    ]


def test_wrong_code(project):
    """A folder of code that is not there, or one for all functions, is a mistake under the key that names it."""
    template(project, "Metadata: {lbundle: {code: .}}\n" + APP + "    Metadata: {lbundle: {code: srcs}}\n")
    project.write({"src/app.py": HANDLER})

    assert project.mistakes() == (
        "template.yaml:2  Metadata.lbundle.code: must stand in the `Metadata` of a function: it names the code of one",
        "template.yaml:9  Resources.App.Metadata.lbundle.code: the folder `srcs` is not there, did you mean `src`?",
    )


def test_layers_are_named(project):
    """Layers that are not known are named once, each with the functions that have it; those of all come first."""
    resources = (
        APP
        + """\
      Layers: [!Ref Deps, !Ref Arn, !GetAtt Other.Arn]
  Other:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.12
      Handler: app.handler
"""
    )
    arn = "arn:aws:lambda:eu-west-1:123456789012:layer:geo:3"
    shared = f"Parameters: {{ Arn: {{ Type: String, Default: '{arn}' }} }}\n"
    shared += "Globals: { Function: { Layers: [!Ref Shared] } }\n"
    template(project, shared + resources)

    notes = project.read().notes

    told = "name its packages in `external`"
    assert notes == (
        f"nothing is known of what the layer `Shared` brings to `App`, `Other`: {told}",
        f"nothing is known of what the layer `Deps` brings to `App`: {told}",
        f"nothing is known of what the layer `{arn}` brings to `App`: {told}",
        f"nothing is known of what a layer that only a deployment knows brings to `App`: {told}",
    )


LAYERS = """\
  Deps:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: makefile, lbundle: { exclude: ['**/*.map'] } }
    Properties: { ContentUri: layers/deps, CompatibleRuntimes: [python3.13], CompatibleArchitectures: [arm64] }
  Folder:
    Type: AWS::Lambda::LayerVersion
    Properties: { Content: layers/folder }
  Finished:
    Type: AWS::Serverless::LayerVersion
    Metadata: { lbundle: { code: layers/deps } }
    Properties: { ContentUri: .lbundle/layers/Finished.zip }
  Pip:
    Type: AWS::Serverless::LayerVersion
    Metadata: { BuildMethod: python3.12 }
    Properties: { ContentUri: layers/folder }
  Later:
    Type: AWS::Serverless::LayerVersion
    Properties: { ContentUri: not-there-yet }
"""


def test_layers(project):
    """lbundle knows the layers that ask for it and folders that ship as they are, and functions have them."""
    project.write({"layers/deps/requirements.txt": "", "layers/folder/python/common.py": ""})
    used = "      Layers: [!Ref Folder, !Ref Finished, !Ref Pip, !Ref Later]\n"
    template(project, APP + used + LAYERS)

    result = project.read()

    deps, folder, finished = result.layers
    root = project.root
    assert (deps.name, str(deps.target), deps.code_root) == ("Deps", "python3.13 on arm64", root / "layers/deps")
    assert (deps.folder, deps.options.exclude) == (None, ("**/*.map",))
    assert deps.options.requirements == (root / "layers/deps/requirements.txt",)
    assert (folder.name, folder.folder, folder.options) == ("Folder", root / "layers/folder", None)
    assert (finished.code_root, str(finished.target)) == (root / "layers/deps", "python3.12 on x86_64")
    assert result.layer_folders == (root / "layers/deps", root / "layers/folder", root / "layers/deps")
    assert result.functions[0].layers == ("Folder", "Finished")
    assert [note.partition("layer ")[2].partition(" ")[0] for note in result.notes] == ["`Pip`", "`Later`"]


def test_mistakes_in_layers(project):
    """An unknown key, a folder that is not there and a layer for another runtime are mistakes."""
    wrong = LAYERS.replace("exclude:", "exlude:").replace("code: layers/deps", "code: layers/dep")
    template(project, APP + "      Layers: [!Ref Deps]\n" + wrong)

    other = "built for python3.13 on arm64, not python3.12 on x86_64"
    assert [mistake.partition("  ")[2] for mistake in project.mistakes()] == [
        f"Resources.App.Properties: uses the layer `Deps`, which is {other}",
        "Resources.Deps.Metadata.lbundle.exlude: unknown key, did you mean `exclude`?",
        "Resources.Finished: has no runtime to be built for, say so in `CompatibleRuntimes`",
        "Resources.Finished.Metadata.lbundle.code: the folder `layers/dep` is not there, there is none",
    ]


def test_nested_applications_are_named(project):
    """Functions of nested applications are told to have a template of their own."""
    nested = "  Shop: { Type: AWS::Serverless::Application, Properties: { Location: shop/template.yaml } }\n"
    template(project, APP + nested)

    assert project.read().notes == ("the functions of `Shop` are not read: name the template of its own to build them",)


def test_loops_are_named(project):
    """Functions that a loop makes are not read, and a note says so."""
    template(project, APP + "  Fn::ForEach::Functions: [Name, [a, b], {}]\n")

    assert project.read().notes == (
        "what `Fn::ForEach::Functions` makes is not read: functions need a place of their own",
    )


def test_unknown_function(project):
    """A name that the template does not have is an error with those it has."""
    template(project, APP)

    with pytest.raises(UnknownFunctionError) as caught:
        project.read("Nobody")

    assert caught.value.hints == ("the functions are: `App`",)


def test_which_settings_are_read(project):
    """A serverless.yml comes before a template, and that before pyproject.toml; the rest is told, and can be named."""
    project.serverless("functions: {fromServerless: {handler: app.handler}}\n")
    template(project, APP)
    project.write(
        {"pyproject.toml": "[tool.lbundle]\nruntime = 'python3.12'\nfunctions.plain.handler = 'app.handler'\n"}
    )

    result = project.read()
    named = [describe(type(project)(project.root / name)) for name in ("template.yaml", "pyproject.toml")]

    assert [function.name for function in result.functions] == ["fromServerless"]
    assert result.notes == (
        "`serverless.yml` is read, `template.yaml` is not: name it to read it",
        "`serverless.yml` is read, `pyproject.toml` is not: name it to read it",
    )
    assert [list(functions) for functions in named] == [["App"], ["plain"]]


def test_other_templates(project):
    """A file called template.yml that describes no functions is not taken for settings."""
    project.write({"template.yml": "subject: Hello\n", "pyproject.toml": "[project]\nname = 'x'\n"})

    with pytest.raises(SettingsMissingError):
        project.read()
    with pytest.raises(SettingsMissingError):
        type(project)(project.root / "pyproject.toml").read()


def test_functions_that_double(project):
    """What a template's functions make of aliases is bounded, in length, in number and in depth."""
    texts = ["x0: &x0 {'Fn::Join': ['', [x, y]]}", "y0: &y0 {'Fn::Join': ['', [x]]}"]
    texts += [f"x{n}: &x{n} {{'Fn::Join': ['', [*x{n - 1}, *x{n - 1}]]}}" for n in range(1, 41)]
    texts += [f"y{n}: &y{n} {{'Fn::Join': ['', [*y{n - 1}]]}}" for n in range(1, 201)]
    conditions = [f"  C{n}: !And [!Condition C{n - 1}, !Condition C{n - 1}]" for n in range(1, 41)]
    head = "\n".join([*texts, "Conditions:", "  C0: !Equals [a, b]", *conditions, ""])

    template(project, head + APP.replace("app.handler", "!If [C40, *x1, app.handler]"))
    answered = project.function("App").handler
    problems = []
    for name in ("x40", "y200"):
        template(project, head + APP.replace("app.handler", f"*{name}"))
        problems += project.mistakes()

    assert str(answered) == "app.handler"
    assert "a function makes a text of 131,072 characters, at most 100,000 are read" in problems[0]
    assert "the functions are nested too deeply" in problems[1]
