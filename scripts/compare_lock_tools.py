#!/usr/bin/env python3
"""Hold our readers of locks against the tools that write them: what ships is what each tool would export.

A project with extras, groups, markers and forks is locked by every one of uv, Poetry (with `poetry-plugin-export`), PDM
and Pipenv that is on the PATH. For each runtime and architecture, what we read is compared with the tool's own export,
its markers answered by `packaging`. Ends with 1 where anything differs.

The one argument is the address of an index's pages (`…/simple/`), for Poetry and Pipenv; uv and PDM go by their own
settings.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import Requirement

from bundler.errors import BundleError
from bundler.model.project import Architecture, Target
from bundler.resolve.lock_formats import read_lock_file
from bundler.runtimes import make_target
from bundler.standards import marker_environment, normalise_name

RUNTIMES = [f"python3.{minor}" for minor in range(9, 15)]
DEPENDENCIES = """\
dependencies = [
    "requests[socks]>=2.28", "uvicorn[standard]>=0.23", "sqlalchemy[asyncio]>=2", "tomli; python_version < '3.11'",
    "numpy<2.1; python_version < '3.10'", "numpy>=2.1; python_version >= '3.10'",
    "pywin32; sys_platform == 'win32'",
]
[project.optional-dependencies]
fast = ["orjson>=3.10; platform_machine == 'x86_64'", "cachetools"]
slow = ["orjson<3.10"]
[dependency-groups]
base = ["idna"]
lint = [{ include-group = "base" }, "pycodestyle"]
"""
PROJECT = f'[project]\nname = "shop"\nversion = "1.0"\nrequires-python = ">=3.9,<4"\n{DEPENDENCIES}'
WITHOUT_SLOW = PROJECT.replace('slow = ["orjson<3.10"]\n', "")
# PDM locks one version of each package for all targets, so it finds none for this.
WITHOUT_FORKS = "\n".join(line for line in WITHOUT_SLOW.splitlines() if "numpy" not in line) + "\n"
SOURCE = '[[tool.poetry.source]]\nname = "mirror"\nurl = "INDEX"\npriority = "primary"\n'
PIPFILE = """\
[[source]]
name = "pypi"
url = "INDEX"
verify_ssl = true
[packages]
requests = { extras = ["socks"], version = ">=2.28" }
uvicorn = { extras = ["standard"], version = "*" }
[dev-packages]
pycodestyle = "*"
"""


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A project manager: its project, and how it is asked."""

    name: str
    lock: str
    settings: str
    lock_command: str
    export_command: str
    choices: dict[str, tuple[tuple[str, ...], tuple[str, ...]]]
    """What is added to the export, with the groups and extras that are the same to us."""
    settings_name: str = "pyproject.toml"


TOOLS = (
    Tool(
        name="uv",
        lock="uv.lock",
        settings=PROJECT + '[tool.uv]\npackage = false\nconflicts = [[{ extra = "fast" }, { extra = "slow" }]]\n',
        lock_command="uv lock",
        export_command="uv export --frozen --no-default-groups --no-hashes --no-header",
        choices={
            "": ((), ()),
            "--group lint": (("lint",), ()),
            "--extra fast": ((), ("fast",)),
            "--extra slow": ((), ("slow",)),
        },
    ),
    Tool(
        name="poetry",
        lock="poetry.lock",
        settings=f"{WITHOUT_SLOW}[tool.poetry]\npackage-mode = false\n{SOURCE}",
        lock_command="poetry lock",
        export_command="poetry export --without-hashes",
        choices={"": ((), ()), "--with lint": (("lint",), ()), "-E fast": ((), ("fast",))},
    ),
    Tool(
        name="pdm",
        lock="pdm.lock",
        settings=f"{WITHOUT_FORKS}[tool.pdm]\ndistribution = false\n",
        lock_command="pdm lock -G :all",
        export_command="pdm export --no-hashes",
        choices={"--prod": ((), ()), "-G lint": (("lint",), ()), "--prod -G fast": ((), ("fast",))},
    ),
    Tool(
        name="pipenv",
        lock="Pipfile.lock",
        settings=PIPFILE,
        settings_name="Pipfile",
        lock_command="pipenv lock",
        export_command="pipenv requirements",
        choices={"": ((), ()), "--dev": (("dev",), ())},
    ),
)


def main() -> int:
    """Compare every tool that is there; return 1 where anything differs."""
    failures = 0
    for tool in TOOLS:
        if shutil.which(tool.name) is None:
            print(f"{tool.name}: not on the PATH")
            continue
        with TemporaryDirectory() as name:
            folder = Path(name)
            settings = tool.settings.replace("INDEX", sys.argv[1])
            (folder / tool.settings_name).write_text(settings, encoding="utf-8")
            call(tool.lock_command, folder)
            differences = list(compare(tool, folder))
        print(f"{tool.name}: {len(tool.choices) * len(RUNTIMES) * 2} comparisons, {len(differences)} differ")
        print("".join(f"  {difference}\n" for difference in differences), end="")
        failures += len(differences)
    return 1 if failures else 0


def compare(tool: Tool, folder: Path) -> Iterator[str]:
    """Yield where what we read is not what the tool exports."""
    for asked, (groups, extras) in tool.choices.items():
        exported = call(f"{tool.export_command} {asked}", folder)
        for runtime in RUNTIMES:
            for architecture in Architecture:
                target = make_target(runtime, architecture)
                try:
                    lock = read_lock_file(
                        folder / tool.lock, target, root=folder, folder=folder, groups=groups, extras=extras
                    )
                except BundleError as error:
                    yield f"{target} {asked}: {error.message}"
                    continue
                ours, theirs = {(pin.name, pin.version) for pin in lock.pins}, set(read_export(exported, target))
                if ours != theirs:
                    yield f"{target} {asked}: ours alone {sorted(ours - theirs)}, theirs alone {sorted(theirs - ours)}"


def read_export(text: str, target: Target) -> Iterator[tuple[str, str]]:
    """Yield name and version of each line that holds on a target."""
    for line in text.splitlines():
        plain = line.partition(" #")[0].strip()
        if plain and not plain.startswith(("#", "-")):
            requirement = Requirement(plain)
            if requirement.marker is None or requirement.marker.evaluate(marker_environment(target)):
                yield normalise_name(requirement.name), str(requirement.specifier).removeprefix("==")


def call(command: str, folder: Path) -> str:
    """Return what a command prints."""
    environment = {**os.environ, "POETRY_VIRTUALENVS_IN_PROJECT": "true", "PIPENV_VENV_IN_PROJECT": "1"}
    done = subprocess.run(command.split(), cwd=folder, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
