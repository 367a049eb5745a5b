"""Events from the function's own triggers: printed, and given to the function."""

import json

import pytest

from tests.support.command_line import RUNTIME, run_lbundle, write_project

SETTINGS = f"""\
service: shop
provider: {{name: aws, runtime: {RUNTIME}}}
functions:
  create:
    handler: app.echo
    events:
      - http:
          path: users/{{id}}
          method: post
          request: {{schemas: {{application/json: {{type: object, required: [name]}}}}}}
      - sqs: jobs
  plain:
    handler: app.echo
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    files = {"app.py": "def echo(event, context):\n    return event\n", "requirements.txt": ""}
    folder = write_project(tmp_path_factory.mktemp("event") / "shop", {"serverless.yml": SETTINGS, **files})
    assert run_lbundle(folder, "build").code == 0
    return folder


def test_printed(project):
    """The event is that of the function's first trigger, or of another kind that is named."""
    own, named, foreign = (
        json.loads(run_lbundle(project, "event", "create", *words).stdout)
        for words in ((), ("--template", "sqs"), ("--template", "s3"))
    )

    assert (own["httpMethod"], own["path"], json.loads(own["body"])) == ("POST", "/users/id", {"name": "text"})
    assert named["Records"][0]["eventSourceARN"].endswith(":jobs")
    assert foreign["Records"][0]["s3"]["bucket"]["name"] == "bucket"


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("create", "--event-template"), "httpMethod"),
        (("--event-template", "create"), "httpMethod"),
        (("--event-template", "-f", "create"), "httpMethod"),
        (("create", "--event-template", "sqs"), "Records"),
        (("--event-template", "url", "create"), "rawPath"),
    ],
)
def test_given_to_the_function(project, words, where):
    """`--event-template` stands for an event, with a kind or without."""
    ended = run_lbundle(project, "invoke", *words, "--offline")

    assert (ended.code, where in json.loads(ended.stdout)) == (0, True)


def test_refused_by_the_api(project):
    """A body that the schema of its request does not let through is answered as API Gateway does."""
    event = json.loads(run_lbundle(project, "event", "create").stdout)
    (project / "bad.json").write_text(json.dumps({**event, "body": "{}"}))

    ended = run_lbundle(project, "invoke", "create", "--path", "bad.json", "--offline")

    assert (ended.code, json.loads(ended.stdout)["statusCode"]) == (8, 400)
    assert "note: API Gateway answers this itself and does not call the function: the body must contain ['name'] " in (
        ended.stderr
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("plain",), "error: `plain` has no trigger whose events are known\n\nhint: name one of: http, httpApi, url, "),
        (("create", "--template", "mail"), "error: `mail` is no kind of event\n\nhint: the kinds are: http, "),
        (("nobody",), "error: there is no function `nobody`"),
    ],
)
def test_mistakes(project, words, message):
    """What has no event is one error."""
    ended = run_lbundle(project, "event", *words)

    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.startswith(message)
