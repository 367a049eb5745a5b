"""What plugins of the Serverless Framework add: functions of constructs, handlers that they write."""

import pytest

WSGI = """\
plugins: {plugins}
functions:
  api: {{handler: {handler}}}
  app: {{handler: app.handler}}
"""


def names(project):
    return [function.name for function in project.read().functions]


def test_functions_of_constructs(project):
    """Lift's queues and webhooks have functions, by the names that Lift gives them, with all that functions may say."""
    project.write({"lib/more.yml": "{type: webhook, path: /x, authorizer: {handler: app.handler}}\n"}).serverless("""\
        functions: {app: {handler: app.handler}}
        constructs:
          jobs: {type: queue, worker: {handler: app.handler, runtime: python3.13, lbundle: {exclude: '*.map'}}}
          hook: ${file(lib/more.yml)}
          mails: {type: queue, worker: app}
          site: {type: static-website, path: public}
        """)

    assert names(project) == ["app", "jobsWorker", "hookAuthorizer"]
    worker = project.function("jobsWorker")
    assert (worker.target.runtime, worker.options.exclude) == ("python3.13", ("*.map",))
    assert project.read().notes == ()


def test_a_mistake_in_a_construct(project):
    """A construct's handler is checked as any other, and named by its own key."""
    project.serverless("constructs: {jobs: {type: queue, worker: {handler: app.handle}}}\n")

    assert project.mistakes() == (
        "serverless.yml:5  constructs.jobs.worker.handler: `app.py` does not define `handle`, it defines: `handler`",
    )


def test_a_construct_with_the_name_of_a_function(project):
    """Both would have one zip."""
    project.serverless("""\
        functions: {jobsWorker: {handler: app.handler}}
        constructs: {jobs: {type: queue, worker: {handler: app.handler}}}
        """)

    assert project.mistakes() == (
        "serverless.yml:6  constructs.jobs.worker: there is another function of its name, `jobsWorker`",
    )


def test_constructs_that_cannot_be_read(project):
    """They may hold functions, which is said."""
    project.serverless("constructs: ${file(constructs.js)}\n")

    assert project.read().notes == (
        "`constructs` cannot be read: functions that Lift makes of it are built by `serverless package` alone",
    )


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ("appSync: {dataSources: {users: {config: {function: {handler: users.find}}}}}", "users.config.function"),
        ("appSync: [{dataSources: {users: {handler: users.find}}}]", "appSync[0].dataSources.users"),
        ("appSync: ${file(sync.yml)}", "appSync.source"),
        ("constructs: {api: {type: my-own, api: {handler: '${self:service}.find'}}}", "constructs.api.api"),
    ],
)
def test_functions_of_other_plugins(project, settings, key):
    """A handler outside `functions` is named: what a plugin makes of it is not known here."""
    project.write({"users.py": "def find(event, context): ...\n", "sync.yml": "source: {handler: users.find}\n"})
    project.serverless(f"service: users\nprovider: {{runtime: python3.12}}\n{settings}\n", framed=False)

    (note,) = project.read().notes
    assert note.endswith(
        f"{key}` is read by a plugin, if at all: a function that it makes of the handler `users.find` "
        "is built by `serverless package` alone"
    )


@pytest.mark.parametrize(
    "settings",
    [
        "custom: {base: &base {handler: app.handler}}\nfunctions: {app: *base}",
        "custom: {base: {handler: app.handler}}\nfunctions: {app: '${self:custom.base}'}",
        "custom: {log: {handler: logging.StreamHandler}, other: {handler: src/index.handler}}",
        "resources: {Resources: {X: {Type: 'AWS::Lambda::Function', handler: app.handler}}}",
        "custom: {text: '${self:custom.no}', list: ['${self:custom.no}'], handler: '${self:custom.no}'}",
    ],
)
def test_what_is_no_function_of_a_plugin(project, settings):
    """Templates of functions, and handlers that are no file's of the service, are not named."""
    assert project.serverless(f"{settings}\n").read().notes == ()


@pytest.mark.parametrize(
    "plugins",
    [
        "[serverless-wsgi]",
        "{modules: [serverless-wsgi, serverless-lbundle]}",
        "${file(plugins.yml)}\ncustom: {wsgi: {app: app.handler}}",
    ],
)
@pytest.mark.parametrize("handler", ["wsgi_handler.handler", "wsgi.handler"])
def test_a_handler_that_a_plugin_writes(project, plugins, handler):
    """It is there only while the framework packages: the other functions are built, and all that is needed is told."""
    project.serverless(WSGI.format(plugins=plugins, handler=handler))

    assert names(project) == ["app"]
    (note,) = project.read().notes
    assert note == (
        "function `api` is left alone: the file `wsgi_handler.py` is not there, `serverless-wsgi` writes it when the "
        "framework packages: name that plugin before `serverless-lbundle`, set `custom.wsgi.packRequirements: false`, "
        "have `werkzeug` among the requirements, and run `serverless package`"
    )


def test_a_handler_that_a_plugin_has_written(project):
    """While the framework packages, the function is built as any other."""
    project.write({"wsgi_handler.py": "def handler(event, context): ...\n"})
    project.serverless(WSGI.format(plugins="[serverless-wsgi]", handler="wsgi_handler.handler"))

    assert names(project) == ["api", "app"]


@pytest.mark.parametrize(
    ("app", "names_of", "folders"),
    [
        ("api.app", ["api.app"], ()),
        ("./src/web/api.app", ["api.app"], ("src/web",)),
        ("${self:service.no, 'src/api.app'}", ["api.app"], ("src",)),
    ],
)
def test_the_app_of_a_written_handler(project, app, names_of, folders):
    """The handler imports what `custom.wsgi.app` names, from the folder before it; other functions do not."""
    project.write({"wsgi_handler.py": "def handler(event, context): ...\n", ".serverless-wsgi": "{}"})
    project.serverless(WSGI.format(plugins="[serverless-wsgi]", handler="wsgi_handler.handler"))
    settings = project.root / "serverless.yml"
    more = f'custom: {{wsgi: {{app: "{app}"}}}}\npackage: {{patterns: [wsgi_handler.py, .serverless-wsgi]}}\n'
    settings.write_text(settings.read_text() + more)

    api, other = project.function("api"), project.function("app")

    assert ([known.name for known in api.named], api.search_folders) == (names_of, folders)
    assert (other.named, other.search_folders) == ((), ())
    assert (api.patterns, other.patterns) == (("wsgi_handler.py", ".serverless-wsgi"), ("wsgi_handler.py",))
    assert project.root / ".serverless-wsgi" in project.read().deployment.settings_files


def test_the_app_of_a_written_handler_in_a_folder_of_its_own(project):
    """In a function that is packaged from its own folder, the app is at the root; `PYTHONPATH` counts as well."""
    project.write({"web/wsgi_handler.py": "def handler(event, context): ...\n"}).serverless("""\
        package: {individually: true}
        custom: {wsgi: {app: web/api.app}}
        functions: {api: {handler: wsgi_handler.handler, module: web, environment: {PYTHONPATH: lib}}}
        """)

    api = project.function("api")

    assert ([known.name for known in api.named], api.search_folders) == (["api.app"], ("lib",))


def test_a_handler_that_nobody_writes(project):
    """Without the plugin nobody writes the handler: that is a mistake."""
    project.serverless(WSGI.format(plugins="[serverless-lbundle]", handler="wsgi_handler.handler"))

    (mistake,) = project.mistakes()
    assert mistake.startswith("serverless.yml:7  functions.api.handler: the file `wsgi_handler.py` is not there, `serv")


@pytest.mark.parametrize(
    ("text", "root"),
    [("true", "fn2"), ("True", "fn2"), ("false", "service")],
)
def test_booleans_as_text(project, monkeypatch, text, root):
    """A variable gives text, which says `true` as the value itself does."""
    monkeypatch.setenv("INDIVIDUALLY", text)
    project.write({"fn2/app.py": "def handler(event, context): ...\n"}).serverless("""\
        package: {individually: "${env:INDIVIDUALLY}"}
        functions:
          app: {handler: app.handler, module: fn2, lbundle: {strip: "${env:INDIVIDUALLY}"}}
          whole: {handler: app.handler}
        useDotenv: ${env:INDIVIDUALLY}
        """)

    function = project.function()
    assert (function.code_root.name, function.options.strip) == (root, root == "fn2")
    assert project.function("whole").patterns == (("!.env*",) if root == "fn2" else ())


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("${env:NOT_SET_ANYWHERE}", "`${env:NOT_SET_ANYWHERE}` has no value: the environment variable"),
        ("perhaps", "must be `true` or `false`, not text"),
    ],
)
def test_an_answer_that_decides_and_is_not_there(project, value, problem):
    """Where the root of the code hangs on it, nothing is guessed."""
    project.write({"fn2/app.py": "def handler(event, context): ...\n"}).serverless(f"""\
        package: {{individually: "{value}"}}
        functions: {{app: {{handler: app.handler, module: fn2}}}}
        """)

    (mistake,) = project.mistakes()
    assert mistake.startswith(f"serverless.yml:5  package.individually: {problem}")


def test_only_binary_as_text(project):
    """`true` stands for every package there too."""
    project.serverless("functions: {app: {handler: app.handler, lbundle: {only-binary: 'true'}}}\n")

    assert project.function().options.only_binary == (":all:",)
