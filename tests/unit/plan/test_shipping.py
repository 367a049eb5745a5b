"""Own files that do not ship by themselves: code that opens one needs it, but no secret; none leads anywhere."""

from dataclasses import replace

import pytest

from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

HERE = "from pathlib import Path\nHERE = Path(__file__).parent\n"
DEPLOY = {"deploy.py": "import pickle\n", "tests/test_app.py": "import json\n"}


@pytest.fixture
def planned(tmp_path):
    """Return what ships beside the handler and `app.py`'s warnings; `site` has what only resolving can know."""

    def run(own, *, site=(), **options):
        made = replace(make_site(tmp_path / "own", {"app.py": "", **own}), **dict(site))
        function = make_function(tmp_path / "own", **options)
        (graph,) = trace_functions((function,), made)
        plan = plan_files(function, graph, made)
        return sorted({one.file.path for one in plan.files} - {"app.py"}), plan.warnings

    return run


@pytest.mark.parametrize(
    "path",
    [
        *(
            ".github/workflows/ci.yml",
            ".gitlab-ci.yml",
            ".gitlab/ci/deploy.yml",
            "buildspec.yml",
            "ci/buildspec-prod.yml",
        ),
        *(
            "package.json",
            "tox.ini",
            "pyproject.toml",
            "docker-compose.yml",
            "compose.yaml",
            "Makefile",
            "parts/Makefile",
        ),
        *(".pre-commit-config.yaml", ".coveragerc", "Jenkinsfile", "azure-pipelines.yml", ".circleci/config.yml"),
        *("Procfile", "cdk.json", "samconfig.toml", "Taskfile.yml", "poe_tasks.toml", "bitbucket-pipelines.yml"),
    ],
)
def test_files_of_tools_lead_nowhere(planned, path):
    """What runs a script in CI, before a commit or from a task is no reason for the script to ship."""
    files, _ = planned({**DEPLOY, path: "run: python deploy.py\ntestpaths: tests\nserve: deploy.main:app\n"})

    assert [name for name in files if name.endswith(".py")] == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("package.json", "open('package.json')"),
        ("main.tf", f"{HERE}(HERE / 'main.tf').read_text()"),
        ("main.tf", f"{HERE}list(HERE.glob('*.tf'))"),
        ("modules/main.tf", f"{HERE}list((HERE / 'modules').iterdir())"),
        (
            "modules/vpc/main.tf",
            "import os, shutil\nshutil.copytree(os.path.join(os.path.dirname(__file__), 'modules'), '/tmp/m')",
        ),
        ("modules/main.tf", "import os\nos.listdir('modules')"),
        ("modules/vpc/main.tf", "import shutil\nshutil.copytree('./modules/', '/tmp/m')"),
        ("modules/vpc/main.tf", "import glob\nglob.glob('modules/vpc/*.tf')"),
        ("templates/starter/.gitignore", "import os\nfor one in os.walk('templates'):\n    print(one)"),
        ("pyproject.toml", "import tomllib\nwith open('pyproject.toml', 'rb') as f:\n    print(tomllib.load(f))"),
    ],
)
def test_code_that_opens_one(planned, path, code):
    """Evidence stands above names: what first-party code opens ships."""
    files, _ = planned({"app.py": f"{code}\n", path: "x = 1\n"})

    assert path in files


def test_code_that_names_another_folder(planned):
    """Only the folder that code names counts, and not every text that begins like its name."""
    code = "import os\nos.listdir('data')\nprint('modules of data')\nprint('modules %s' % os.name)\n"
    own = {"app.py": code, "modules/main.tf": "", "data/x.txt": ""}

    assert planned(own)[0] == ["data/x.txt"]


@pytest.mark.parametrize(
    "code", [f"{HERE}list(HERE.iterdir())", f"{HERE}list(HERE.glob('*'))", f"{HERE}open(HERE / name)"]
)
def test_code_that_opens_its_own_folder(planned, code):
    """Code that takes its own folder means data there, and none of the files of tools."""
    files, _ = planned({"app.py": f"{code}\n", "data.json": "", "main.tf": "", "Makefile": "", "terraform.tfstate": ""})

    assert files == ["data.json"]


def test_secrets_that_code_opens(planned):
    """What may hold secrets stays out though code opens it, and the build says how to ship it."""
    own = {"app.py": f"{HERE}open('dev.tfvars')\n(HERE / 'terraform.tfstate').read_text()\n"}
    own |= {"dev.tfvars": "", "terraform.tfstate": "", "prod.tfvars": ""}

    files, warnings = planned(own)

    assert files == []
    assert warnings == (
        "`app.py` opens `dev.tfvars`, which may hold secrets and stays out: name it in `include` to ship it",
        "`app.py:4` opens `terraform.tfstate`, which may hold secrets and stays out: name it in `include` to ship it",
    )


@pytest.mark.parametrize("options", [{"include": ("*.tfvars",)}, {"patterns": ("!**", "app.py", "dev.tfvars")}])
def test_secrets_that_the_user_names(planned, options):
    """The user's own words ship a secret, and nothing is warned of."""
    assert planned({"app.py": "open('dev.tfvars')\n", "dev.tfvars": ""}, **options) == (["dev.tfvars"], ())


def test_folders_of_an_app(planned):
    """Data in a folder of the CDK app's code ships only where the function uses something there."""
    own = {"infra/__init__.py": "", "infra/policy.json": "", "shared/names.py": "", "shared/names.json": ""}
    site = {"app_folders": frozenset({"infra/", "shared/"})}

    files, _ = planned({**own, "app.py": "import shared.names\n"}, site=site)

    assert files == ["shared/names.json", "shared/names.py"]


def test_files_of_an_app(planned):
    """Scripts of the app, and reports of lbundle's under any name, do not ship."""
    site = {"held_back": {"bin/shop.ts": "junk", "r.html": "junk"}}

    assert planned({"bin/shop.ts": "", "r.html": "", "page.html": ""}, site=site)[0] == ["page.html"]
