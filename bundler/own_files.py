"""Which of the project's own files ship by themselves: the table of those that do not, and what brings one back.

Own data ships whole, as code opens it in ways that nobody can see. What stands in this table is read by those who
build, deploy and test, and not by a function. docs/shipping.md has it in words.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache

from bundler.globs import last_match, last_verdict
from bundler.model.project import Function
from bundler.test_paths import is_own_test_path

SKIPPED_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", "__pycache__", "node_modules", ".venv", ".nox", ".tox"),
        *(".idea", ".vscode", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
        *(".aws-sam", ".serverless", ".terraform", ".terragrunt-cache", "cdk.out", "cdktf.out", ".lbundle"),
    }
)
"""Folders that are not entered: version control, caches, output of builds, other tools' packages."""

UNPACKED_FOLDER = "unpacked"
"""Where the files of zips are laid out beside them: no code where such zips are."""

_SECRETS = (
    *("*.tfstate", "*.tfstate.*", "*.tfvars", "*.tfvars.json", "*.tfbackend", "*.tfplan", "tfplan"),
    *(".terraformrc", "terraform.rc", ".terraform.d/", "credentials.tfrc.json"),
    *(".netrc", "_netrc", ".pypirc", "pip.conf", "pip.ini", "uv.toml", "poetry.toml", "pdm.toml"),
)
"""State, variables and plans of Terraform and OpenTofu, and logins: no code that names one brings it back."""

_ANYWHERE = (
    # Version control, editors, what they leave behind, environments.
    *(".git*", ".*ignore", ".DS_Store", "Thumbs.db", ".editorconfig", "*.swp", "*~", "*.pyc", "*.pyo"),
    *(".env", ".env.*", ".envrc"),
    *("CODEOWNERS", "*.code-workspace", ".devcontainer/", ".aws/", ".ssh/", ".docker/", ".kube/"),
    *(".tool-versions", "mise.toml", ".mise.toml", ".python-version", ".node-version"),
    ".nvmrc",
    # Requirements, locks and settings of those who install them.
    *("requirements*.txt", "requirements*.in", "*-requirements*.txt", "*-requirements*.in", "constraints*.txt"),
    *("Pipfile", "Pipfile.lock", "pylock*.toml"),
    *("uv.lock", "poetry.lock", "pdm.lock", ".pdm-python", "pixi.lock"),
    *(".npmrc", ".yarnrc", ".yarnrc.yml", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"),
    # Terraform and OpenTofu.
    *("*.tf", "*.tf.json", "*.tofu", "*.tofu.json", "*.tftpl", "*.hcl", ".terraform*", ".opentofu-version"),
    *(".infracost/", "crash.log", "crash.*.log"),
    # CDK, SAM and other ways to deploy.
    *("cdk.json", "cdk.context.json", "cdktf.json", "source.bat", ".cdk.staging/", "samconfig.toml", "samconfig.yaml"),
    "samconfig.yml",
    *("serverless-compose.yml", "Pulumi.yaml", "Pulumi.*.yaml", ".chalice/", "zappa_settings.*"),
    # Continuous integration.
    *(".github/", ".gitlab/", ".gitea/", ".forgejo/", ".circleci/", ".buildkite/", ".semaphore/", ".teamcity/"),
    *(".azure-pipelines/", ".azuredevops/", "azure-pipelines*.yml", "azure-pipelines*.yaml", "bitbucket-pipelines.yml"),
    *("Jenkinsfile*", ".travis.yml", ".appveyor.yml", "appveyor.yml", ".cirrus.yml", ".drone.yml", ".woodpecker.yml"),
    *(".woodpecker/", "buildspec*.yml", "buildspec*.yaml", "cloudbuild.yaml", "cloudbuild.yml", "codefresh.yml"),
    *("wercker.yml", "bamboo-specs/", "gl-*-report.json", ".codecov.yml", "codecov.yml", ".coveralls.yml"),
    *("renovate.json*", ".renovaterc*", "sonar-project.properties", ".readthedocs.yml", ".readthedocs.yaml", ".snyk"),
    # Hooks before a commit, linters, tests and their coverage.
    *(".pre-commit-config.yaml", ".pre-commit-config.yml", ".pre-commit-hooks.yaml", "lefthook.yml", ".lefthook.yml"),
    *(".husky/", ".lintstagedrc*", ".coveragerc", ".coverage", ".coverage.*", "coverage.xml", "htmlcov/", ".flake8"),
    *(".pylintrc", "pylintrc", ".isort.cfg", ".style.yapf", ".bandit", ".yamllint*", ".markdownlint*", ".prettierrc*"),
    *(".eslintrc*", ".ruff.toml", ".mypy.ini", ".pytest.ini", "pyrightconfig.json", ".cfnlintrc*", ".checkov.y*ml"),
    *(".bumpversion.cfg", ".bumpversion.toml", ".hadolint.yaml"),
    # lbundle's own.
    "lbundle-sizes.json",
)
"""Names of files, and of folders where a `/` ends them, at any depth."""

_AT_THE_TOP = (
    *("package.json", "tsconfig*.json", "jest.config.*", "eslint.config.*", "turbo.json", "nx.json", "lerna.json"),
    *("serverless.yml", "serverless.yaml", "serverless.json", "serverless.ts", "serverless.js", "serverless.?js"),
    *("template.yaml", "template.yml", "packaged.yaml", "packaged.yml", "packaged-template.y*ml"),
    *("pyproject.toml", "setup.py", "setup.cfg", "MANIFEST.in", "tox.ini", "noxfile.py", "pytest.ini", "mypy.ini"),
    *("ruff.toml", "hatch.toml", "pants.toml", "BUILD", "BUILD.bazel", "WORKSPACE", "poe_tasks.*", "invoke.y*ml"),
    *("Makefile", "makefile", "GNUmakefile", "*.mk", "justfile", "Justfile", ".justfile", "Taskfile.y*ml"),
    *("Taskfile.dist.y*ml", "Rakefile", "Earthfile", "Procfile", "Vagrantfile", "Tiltfile", "skaffold.yaml"),
    *("Dockerfile*", "Containerfile*", "docker-compose*.y*ml", "compose.y*ml", "compose.*.y*ml", "docker-bake.*"),
    *("README*", "CHANGELOG*", "CONTRIBUTING*", "mkdocs.yml"),
)
"""Names of files beside the code; deeper down these may be templates of projects, which own code opens unseen."""


def _compile(names: Iterable[str]) -> re.Pattern[str]:
    """Return what finds names in which `*` stands for anything, `?` for one character and a `/` ends a folder's."""
    parts = (re.escape(name).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") for name in names)
    return re.compile("(?:^|/)(?:" + "|".join(part if part.endswith("/") else f"{part}\\Z" for part in parts) + ")")


_SECRET = _compile(_SECRETS)
_JUNK = _compile((*_ANYWHERE, *(f"{name}/" for name in sorted(SKIPPED_FOLDERS))))
_TOOLS = _compile(_AT_THE_TOP)


@cache
def rule_by_name(path: str) -> str | None:
    """Return the rule by which an own data file does not ship by itself, as its name says, or `None`."""
    if _SECRET.search(path):
        return "secret"
    if _JUNK.search(path) or ("/" not in path and _TOOLS.search(path)):
        return "junk"
    return "tests" if is_own_test_path(path) else None


def is_of_tools(path: str) -> bool:
    """Tell whether a file is one that tools read, at any depth: what it names is no code of a function."""
    return rule_by_name(path) in {"secret", "junk"} or _TOOLS.search(path) is not None


def is_in_app(path: str, app_folders: Iterable[str], reached: Collection[str]) -> bool:
    """Tell whether only the CDK app has to do with the folder that a file lies in: nothing there was reached."""
    folders = [folder for folder in app_folders if path.startswith(folder)]
    return any(not any(other.startswith(folder) for other in reached) for folder in folders)


def may_ship(path: str, function: Function) -> bool:
    """Tell whether the user's settings let an own data file ship where something asks for it."""
    if last_verdict(path, function.options.exclude):
        return False
    return bool(last_verdict(path, function.options.include)) or last_verdict(path, function.patterns) is not False


def ships_by_itself(path: str, rule: str | None, function: Function) -> bool:
    """Tell whether an own data file ships though nothing asks for it; `rule` is the one that holds it back."""
    return may_ship(path, function) and (rule is None or is_brought_back(path, function))


def is_brought_back(path: str, function: Function) -> bool:
    """Tell whether the user's own words name a file that does not ship by itself.

    `include` does by any glob; a pattern where it is the file's own path, or reads like a name of the table: `*.tfvars`
    does, and `**` does not.
    """
    if last_verdict(path, function.options.include):
        return True
    pattern = (last_match(path, function.patterns) or "!").removeprefix("./")
    return not pattern.startswith("!") and (pattern == path or rule_by_name(pattern) is not None)


def named_folders(function: Function) -> frozenset[str]:
    """Return the folders among those that are not entered which the user's own words name."""
    globs = (*function.options.include, *(pattern for pattern in function.patterns if not pattern.startswith("!")))
    return SKIPPED_FOLDERS.intersection(part for pattern in globs for part in pattern.split("/"))
