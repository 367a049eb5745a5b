"""Settings that the framework has resolved and hands over as JSON."""

import json

import pytest

from bundler.configure import read_resolved_project
from bundler.errors import SettingsMistakesError, SettingsUnreadableError

RESOLVED = {
    "service": "shop",
    "provider": {"name": "aws", "runtime": "python3.12", "stage": "prod", "architecture": "arm64"},
    "package": {"patterns": ["!tests/**"], "individually": True},
    "custom": {"lbundle": {"exclude": "*.map", "command": "uvx lbundle"}},
    "functions": {"app": {"handler": "app.handler", "package": {"patterns": ["${AWS::Region}/**"]}}},
}


def read(project, settings, *functions, stage=None):
    text = settings if isinstance(settings, str) else json.dumps(settings)
    return read_resolved_project(project.root, text, stage=stage, functions=functions, runtime=None, architecture=None)


def test_resolved_settings(project):
    """They describe the project, whatever the file beside them says, and what looks like a variable stays as it is."""
    project.write({"serverless.yml": "service: ${ssm:/nobody/knows}\n"})

    result = read(project, RESOLVED)

    (function,) = result.functions
    assert (result.name, result.stage, result.settings_path) == ("shop", "prod", project.root / "serverless.yml")
    assert (function.name, str(function.handler), str(function.target)) == (
        "app",
        "app.handler",
        "python3.12 on arm64",
    )
    assert function.patterns == ("!tests/**", "${AWS::Region}/**")
    assert function.options.exclude == ("*.map",)


def test_the_stage_asked_for(project):
    """A stage that is asked for wins over the provider's."""
    assert read(project, RESOLVED, stage="qa").stage == "qa"


def test_mistakes_without_lines(project):
    """A mistake names the file the user knows and no line: the JSON's are of no use."""
    project.write({"serverless.ts": ""})
    settings = {**RESOLVED, "custom": {"lbundle": {"exlude": "x"}}, "functions": {"app": {"handler": {"Ref": "x"}}}}

    with pytest.raises(SettingsMistakesError) as caught:
        read(project, settings)

    assert caught.value.mistakes == (
        "serverless.ts  custom.lbundle.exlude: unknown key, did you mean `exclude`?",
        "serverless.ts  functions.app.handler: must be text, not a mapping",
    )


def test_command_is_not_an_option_of_a_function(project):
    """How lbundle starts is a matter of the service."""
    settings = {**RESOLVED, "functions": {"app": {"handler": "app.handler", "lbundle": {"command": "x"}}}}

    with pytest.raises(SettingsMistakesError, match=r"functions\.app\.lbundle\.command: unknown key"):
        read(project, settings)


@pytest.mark.parametrize("text", ["", "service: shop", "[]", "[" * 100_000])
def test_unreadable(project, text):
    """What is no JSON object is refused."""
    with pytest.raises(SettingsUnreadableError, match=r"`serverless\.yml` cannot be read: "):
        read(project, text)


def test_a_function_that_is_asked_for_and_left_alone(project):
    """The framework packages it itself, so that this is no mistake here."""
    project.write({"run.sh": "#!/bin/sh\n"})
    settings = {**RESOLVED, "functions": {**RESOLVED["functions"], "web": {"handler": "run.sh"}}}

    result = read(project, settings, "web")

    (note,) = result.notes
    assert result.functions == ()
    assert note.startswith("function `web` is left alone: its handler `run.sh` is a program to start")
