"""The gate: what it compares, what it blames, and how it ends."""

import json
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile

import pytest

from bundler import __version__
from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.wheels import make_wheel

SETTINGS = service_settings(hello="app.hello", plain="plain.answer")
NOISE = "".join(f"NAME_{number} = {number * 7919 % 10007}\n" for number in range(4000))


def git(folder, *arguments):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path):
    """A repository with a baseline, whose lock has a package that nothing imports yet."""
    make_wheel(tmp_path / "wheels", "greeter", "1.0", {"greeter/__init__.py": NOISE})
    make_wheel(tmp_path / "wheels", "greeter", "2.0", {"greeter/__init__.py": NOISE + NOISE.replace("NAME", "MORE")})
    folder = write_project(
        tmp_path / "shop",
        {
            "serverless.yml": SETTINGS,
            "requirements.txt": "greeter==1.0\n",
            "app.py": "import json\n\n\ndef hello(event, context):\n    return json.dumps(event)\n",
            "plain.py": "def answer(event, context):\n    return 42\n",
            ".gitignore": ".lbundle\n",
        },
    )
    assert run_lbundle(folder, "baseline").code == 0
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "One")
    return folder


def add_import(project):
    (project / "app.py").write_text("import json\nimport greeter\n\n\ndef hello(event, context):\n    return 1\n")


def check(project, *arguments, **environment):
    ended = run_lbundle(project, "check", *arguments, **environment)
    return ended.code, ended.stdout


def test_unchanged(project):
    """Nothing grew: the check passes, and says so of each function and of all together."""
    code, text = check(project)

    assert (code, text.count("unchanged")) == (0, 3)


def test_baseline_leads_nowhere(project):
    """The baseline names packages and modules, and yet nothing ships for it."""
    text = (project / "lbundle-sizes.json").read_text().replace('"hello"', '"greeter.hello"')
    (project / "lbundle-sizes.json").write_text(text)

    assert run_lbundle(project, "build").code == 0

    with zipfile.ZipFile(project / ".lbundle/hello.zip") as archive:
        assert [name for name in archive.namelist() if "greeter" in name or "sizes" in name] == []


def test_new_import(project):
    """A second commit that adds an import fails, by the line that did it."""
    add_import(project)
    git(project, "commit", "-qam", "Two")

    code, text = check(project, "--against", "git:HEAD~1")

    assert code == 7
    assert "  app.py:2 now imports greeter (greeter 1.0): +" in text
    (finding,) = [line for line in text.splitlines() if line.startswith("error: hello")]
    assert finding.endswith("(zip-grew)")
    assert "app.py:2 now imports greeter" in finding


def test_github(project, tmp_path):
    """On GitHub the finding is an annotation of the import's line, and the table goes to the job's summary."""
    add_import(project)
    summary = tmp_path / "summary.md"

    code, text = check(project, GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))

    assert code == 7
    (annotation,) = [line for line in text.splitlines() if "title=hello" in line]
    assert annotation.startswith("::error file=app.py,line=2,title=hello%3A zip-grew::the zip grew by ")
    assert summary.read_text().startswith("| function | before | after | change |\n")
    assert "app.py:2 now imports greeter" in summary.read_text()


def test_paths_are_those_of_the_repository(project):
    """A check of a project in a folder below names files as CI finds them, from where it was called."""
    add_import(project)
    wheels = str(project.parent / "wheels")

    ended = run_lbundle(project.parent, "check", project.name, "--format", "gitlab", PIP_FIND_LINKS=wheels)

    locations = [issue["location"]["path"] for issue in json.loads(ended.stdout)]
    assert (ended.code, locations) == (7, ["shop/app.py", "shop/serverless.yml"])


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif"])
def test_paths_from_a_folder_of_the_repository(tmp_path, form):
    """Called in a folder of the repository, a check names files from its root, and through the code's own folder."""
    settings = "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Hello:\n    Type: AWS::Serverless::Function\n"
    properties = "{CodeUri: src/, Handler: app.hello, Runtime: python3.12}"
    app = "def hello(event, context):\n    return 1\n"
    project = write_project(
        tmp_path / "shop" / "api", {"template.yaml": f"{settings}    Properties: {properties}\n", "src/app.py": app}
    )
    git(project.parent, "init", "-q")
    assert run_lbundle(project, "baseline").code == 0
    (project / "src" / "app.py").write_text(app + NOISE)

    code, text = check(project, "--format", form)

    assert code == 7
    found = re.findall(r"""(?:file=|"path": "|"uri": ")([^,"]*)""", text)
    assert found == ["api/src/app.py", "api/template.yaml"]


def test_upgrade(project):
    """A package that grew with a new version is blamed by both versions."""
    add_import(project)
    assert check(project, "--update")[0] == 0
    (project / "requirements.txt").write_text("greeter==2.0\n")

    code, text = check(project)

    assert code == 7
    assert "  greeter went from 1.0 to 2.0: +" in text


def test_new_data(project):
    """A new data file of the project is blamed by its path."""
    (project / "cities.txt").write_text(NOISE)

    code, text = check(project)

    assert code == 7
    assert text.count("  cities.txt is new: +") == 2


def pretend_another_lbundle(project, *, was_smaller=(), knew_nothing=False):
    """Change the baseline to one of another version, in which some packages and files weighed less or did not ship."""
    path = project / "lbundle-sizes.json"
    sizes = json.loads(path.read_text())
    function = sizes["functions"]["hello"]
    for kind, name, weight in was_smaller:
        old = function[kind][name]["zip"] if kind == "packages" else function[kind][name]
        function["zip"] -= old - weight
        if weight and kind == "packages":
            function[kind][name]["zip"] = weight
        elif weight:
            function[kind][name] = weight
        elif kind == "packages":
            del function[kind][name]
    sizes["lbundle"] = "0.0.1"
    if knew_nothing:
        del sizes["lbundle"], sizes["locked"], sizes["unshipped"]
        for function in sizes["functions"].values():
            del function["digests"]
    path.write_text(json.dumps(sizes))


@pytest.mark.parametrize("weight", [0, 100])
def test_another_lbundle(project, weight):
    """What another lbundle ships of the same sources passes, with a note that stays until the baseline is made anew."""
    add_import(project)
    assert run_lbundle(project, "baseline").code == 0
    pretend_another_lbundle(project, was_smaller=[("packages", "greeter", weight)])

    for code, text in (check(project), check(project, "--max-growth", "1%")):
        assert code == 0
        reason = "more of greeter 1.0 is reached" if weight else "now ships greeter 1.0"
        assert f"  {reason}, by lbundle itself: +" in text
        (note,) = [line for line in text.splitlines() if line.startswith(("note", "error"))]
        assert note.startswith(
            f"note: (all): lbundle {__version__} makes larger zips of the same sources than 0.0.1, which "
        )
        assert note.endswith("`lbundle baseline` accepts it (lbundle-grew)")
    assert run_lbundle(project, "baseline").code == 0
    assert "note:" not in check(project)[1]


def test_another_lbundle_and_a_change(project):
    """What the user changes counts as ever: another lbundle excuses its own doing alone."""
    add_import(project)
    assert run_lbundle(project, "baseline").code == 0
    pretend_another_lbundle(project, was_smaller=[("packages", "greeter", 20_000)])
    (project / "app.py").write_text((project / "app.py").read_text() + NOISE)

    code, text = check(project)

    assert code == 7
    (error,) = [line for line in text.splitlines() if line.startswith("error: hello")]
    assert "kB is allowed: app.py changed: +" in error
    assert "greeter" not in error
    assert text.count(f"note: (all): lbundle {__version__} makes larger zips") == 1


def test_a_baseline_of_the_first_kind(project):
    """It tells neither lbundle nor contents: packages of the same version are excused, and own files are not."""
    add_import(project)
    assert run_lbundle(project, "baseline").code == 0
    pretend_another_lbundle(project, was_smaller=[("packages", "greeter", 100)], knew_nothing=True)

    code, text = check(project)

    assert code == 0
    assert f"note: (all): lbundle {__version__} makes larger zips of the same sources than an older one, which" in text


def test_removed_function(project):
    """A function that is gone is told, and fails nothing."""
    (project / "serverless.yml").write_text(SETTINGS.partition("  plain:")[0])

    code, text = check(project)

    assert code == 0
    assert "  the function is gone: -" in text


def test_new_function(project):
    """A function that is new is told, and counts in the total alone."""
    (project / "more.py").write_text("import greeter\n\n\ndef answer(event, context):\n    return 1\n")
    (project / "serverless.yml").write_text(SETTINGS + "  more:\n    handler: more.answer\n")

    code, text = check(project)

    assert code == 7
    assert "  the function is new: +" in text
    assert "(total-grew)" in text
    assert "error: more: " not in text


def test_against_another_checkout(project, tmp_path):
    """The folder of another build serves as the state before, as a baseline does; a zip or metafile as a function's."""
    assert run_lbundle(project, "build", "--output", str(tmp_path / "before")).code == 0
    add_import(project)

    whole = check(project, "--against", str(tmp_path / "before"))
    ones = [check(project, "--against", str(tmp_path / "before" / name)) for name in ("hello.json", "hello.zip")]

    assert whole[0] == 7
    assert "  app.py:2 now imports greeter (greeter 1.0): +" in whole[1]
    assert "plain " in whole[1]
    assert ones[0] == ones[1]
    assert ones[0][1].splitlines()[:3] == whole[1].splitlines()[:3]
    assert "plain " not in ones[0][1]


def test_changed_option(project):
    """A changed option is told as the reason beside what it did."""
    add_import(project)
    assert check(project, "--update")[0] == 0
    (project / "serverless.yml").write_text(SETTINGS + "custom:\n  lbundle:\n    bytecode: beside\n")

    code, text = check(project)

    assert code == 7
    assert "  `bytecode` changed from default to beside" in text
    assert "  more of greeter 1.0 is reached: +" in text


@pytest.mark.parametrize(("growth", "code"), [("1 MB", 0), ("1%", 7)])
def test_allowed_growth(project, growth, code):
    """What may be added is a share or a size."""
    add_import(project)

    assert check(project, "--max-growth", growth)[0] == code


def test_growth_of_one_function(project):
    """A function's own limit counts for it."""
    add_import(project)
    own = SETTINGS.replace("app.hello\n", "app.hello\n    lbundle: {limit: {max-growth: 1 MB}}\n")
    (project / "serverless.yml").write_text(own)

    code, text = check(project)

    assert "error: hello" not in text
    assert (code, "error: (all): all zips together grew" in text) == (7, True)


def test_package_limit(project):
    """A package that brings more than its own limit fails the build."""
    add_import(project)
    (project / "serverless.yml").write_text(SETTINGS + "custom:\n  lbundle:\n    limit: {packages: {Greeter: 1 kB}}\n")

    ended = run_lbundle(project, "build")

    assert ended.code == 7
    assert "`greeter` unpacks to" in ended.stdout
    assert "its limit is 1,000; app.py:2 leads to it (package-over-limit)" in " ".join(ended.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--against", "nowhere.json"), "error: no sizes in `nowhere.json`: it is not there"),
        (
            ("--against", "app.py"),
            "error: no sizes in `app.py`: it is neither a baseline nor a metafile of this version",
        ),
        (("--max-growth", "much"), "error: `much` is not a growth such as `5%`, `200 kB` or `5% or 200 kB`"),
    ],
)
def test_nothing_to_compare(project, arguments, message):
    """What cannot be compared is one error, before anything is built."""
    ended = run_lbundle(project, "check", *arguments)

    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.splitlines()[0] == message


def test_unwritable(project):
    """A report that cannot be written is one error, not a trace of ours."""
    ended = run_lbundle(project, "check", "--output", "app.py/report.txt")

    assert ended.code == 6
    assert "error: `app.py/report.txt` cannot be written: " in ended.stderr


def test_notes(project):
    """What is left alone is told, as in a build."""
    (project / "serverless.yml").write_text(SETTINGS + "  page:\n    handler: page.run\n    runtime: nodejs20.x\n")

    ended = run_lbundle(project, "check", "--offline")

    assert ended.code == 0
    assert "note: function `page` is left alone: its runtime is `nodejs20.x`\n" in ended.stderr


def test_unknown_revision(project):
    """A revision without a baseline is one error."""
    ended = run_lbundle(project, "check", "--against", "git:nosuch")

    assert ended.code == 2
    assert ended.stderr.startswith("error: no sizes in `git:nosuch`: ")


def test_formats(project):
    """Every format names the function, the file and the line that is to blame."""
    add_import(project)

    sarif = json.loads(check(project, "--format", "sarif")[1])
    gitlab = json.loads(check(project, "--format", "gitlab")[1])
    junit = ET.fromstring(check(project, "--format", "junit")[1])
    markdown = check(project, "--format", "markdown")[1]

    result = sarif["runs"][0]["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (sarif["version"], result["ruleId"], result["level"]) == ("2.1.0", "zip-grew", "error")
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("app.py", 2)
    assert (gitlab[0]["check_name"], gitlab[0]["location"]) == ("zip-grew", {"path": "app.py", "lines": {"begin": 2}})
    cases = {case.get("name"): [child.get("type") for child in case] for case in junit.iter("testcase")}
    assert cases == {"hello": ["zip-grew"], "plain": [], "(all)": ["total-grew"]}
    assert "- **error** `hello`: the zip grew by" in markdown


def test_baseline_is_stable(project):
    """A baseline written twice has the same bytes, and its order does not depend on the settings'."""
    first = (project / "lbundle-sizes.json").read_bytes()
    head, _, rest = SETTINGS.partition("functions:\n")
    hello, _, plain = rest.partition("  plain:")
    (project / "serverless.yml").write_text(f"{head}functions:\n  plain:{plain}{hello}")

    assert run_lbundle(project, "baseline").code == 0

    assert (project / "lbundle-sizes.json").read_bytes() == first


def test_baseline_after_a_merge(project):
    """git merges branches that changed different functions; a conflict is told with its line, `--update` ends it."""
    add_import(project)
    assert check(project, "--update")[0] == 0
    git(project, "commit", "-qam", "One branch")
    git(project, "checkout", "-qb", "other", "HEAD~1")
    (project / "plain.py").write_text("import greeter\n\n\ndef answer(event, context):\n    return 42\n")
    assert check(project, "--update")[0] == 0
    git(project, "commit", "-qam", "Another branch")
    git(project, "merge", "-q", "-m", "Both", "@{-1}")

    assert check(project)[0] == 0

    sizes = project / "lbundle-sizes.json"
    head, zip_line, tail = sizes.read_text().rpartition('"zip"')
    sizes.write_text(f"{head.rstrip()}\n<<<<<<< HEAD\n   {zip_line}{tail}")
    ended = run_lbundle(project, "check")
    number = head.count("\n") + 1

    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        f"error: `lbundle-sizes.json` has a conflict that git left: line {number}",
        "",
        "hint: once the code is merged, `lbundle check --update` writes it anew",
    ]
    assert check(project, "--update")[0] == 0
    assert check(project)[0] == 0


def test_growth_of_all(project):
    """What the settings allow for every function is allowed to all zips together."""
    add_import(project)
    (project / "serverless.yml").write_text(SETTINGS + "custom:\n  lbundle: {limit: {max-growth: 1% or 1 MB}}\n")

    assert check(project)[0] == 0


def test_diff(project):
    """Zips, metafiles, folders and revisions are compared alike."""
    old = project / ".lbundle/hello.zip"
    kept = project / "kept.zip"
    kept.write_bytes(old.read_bytes())
    add_import(project)
    assert run_lbundle(project, "build").code == 0

    by_revision = run_lbundle(project, "diff", "git:HEAD", ".lbundle")
    by_zip = run_lbundle(project, "diff", "kept.zip", ".lbundle/hello.zip")
    as_json = json.loads(run_lbundle(project, "diff", "git:HEAD", ".", "--format", "json").stdout)

    assert "  app.py:2 now imports greeter (greeter 1.0): +" in by_revision.stdout
    assert "  now ships greeter, greeter-1.0.dist-info: +" in by_zip.stdout
    assert as_json["functions"][0]["function"] == "hello"


def test_report_agrees_with_the_zip(project):
    """Packages and headers make up the zip's bytes, and the zip's own table says the same."""
    add_import(project)
    assert run_lbundle(project, "build").code == 0

    told = json.loads(run_lbundle(project, "report", "hello", "--format", "json").stdout)["functions"][0]
    text = run_lbundle(project, "report").stdout

    with zipfile.ZipFile(project / ".lbundle/hello.zip") as archive:
        sizes = {member.filename: (member.file_size, member.compress_size) for member in archive.infolist()}
    assert {file["path"]: (file["size"], file["zipped"]) for file in told["files"]} == sizes
    packed = sum(package["zipped"] for package in told["packages"])
    assert packed + told["zip"]["overhead_bytes"] == (project / ".lbundle/hello.zip").stat().st_size
    assert max(map(len, text.splitlines())) <= 80
    assert [line for line in text.splitlines() if line != line.rstrip()] == []
    assert "hello (" in text
    assert "plain (" in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_report_names_what_nobody_reaches(project, form):
    """A package of the lock that no function reaches is named, where all functions are asked for."""
    whole = run_lbundle(project, "report", "--format", form).stdout
    one = run_lbundle(project, "report", "hello", "--format", form).stdout

    assert "\nIn the lock, but no function reaches it: greeter\n" in whole
    assert "greeter\n" not in one


def test_report_without_a_build(tmp_path):
    """Without a build there is nothing to report, and the error says where it looked."""
    folder = write_project(tmp_path / "shop", {"serverless.yml": SETTINGS})

    ended = run_lbundle(folder, "report")

    assert ended.code == 2
    assert "no build has left metafiles there" in ended.stderr
