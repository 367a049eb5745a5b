"""Compare what two commits would ship: for each function of `fixtures/apps` and `fixtures/my-api` its plan.

Of each plan the sets of files count, which of them keep their source, and the rule of each omission. Causes may differ
where both chains are true, so they are not compared. Prints what differs, and ends with 1 if anything does.
"""

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "fixtures"
_MOST_SHOWN = 10

# Runs in the tree of either commit, whose own `bundler` it imports.
_PLANS = """
import json, sys
from pathlib import Path
from bundler.commands.build_settings import how_to_build
from bundler.configure import read_project
from bundler.errors import BundleError
from bundler.layer_pipeline import build_layers
from bundler.model.progress import Silence
from bundler.pipeline import plan_project

def plans_of(folder):
    project = read_project(folder, stage=None, functions=(), runtime=None, architecture=None)
    settings = how_to_build(folder, None, 1, Silence(), is_offline=False)
    for plan in plan_project(project, build_layers(project, settings), settings):
        files = {file.file.path: "with source" if file.source_need else "ships" for file in plan.files}
        yield plan.function.name, {**files, **{one.path: one.rule for one in plan.omissions}}

for folder in map(Path, sys.argv[1:]):
    try:
        plans = dict(plans_of(folder))
    except BundleError as error:
        plans = {"error": {str(error): ""}}
    print(json.dumps([folder.name, plans]), flush=True)
"""


def main() -> int:
    """Plan all applications with both commits and print what differs."""
    arguments = _read_arguments()
    folders = [FIXTURES / "my-api" if name == "my-api" else FIXTURES / "apps" / name for name in arguments.application]
    folders = folders or [
        FIXTURES / "my-api",
        *(path.parent for path in sorted(FIXTURES.glob("apps/*/serverless.yml"))),
    ]
    is_alike = True
    with tempfile.TemporaryDirectory(prefix="lbundle-plans-") as work:
        before = _plan_with(arguments.base, folders, Path(work) / "base")
        after = _plan_with(arguments.head, folders, Path(work) / "head")
        for (name, old), (_, new) in zip(before, after, strict=True):
            differences = list(_differences(old, new))
            is_alike = is_alike and not differences
            print(f"{name}: {'differs' if differences else 'alike'}", *differences, sep="\n", flush=True)
    return int(not is_alike)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", help="a commit")
    parser.add_argument("head", nargs="?", default="", help="another one (default: the files as they are now)")
    parser.add_argument("--application", nargs="*", default=[], help="names of applications (default: all)")
    return parser.parse_args()


def _plan_with(commit: str, folders: list[Path], tree: Path) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Yield the plans of each folder as a commit makes them; without one, as this tree does."""
    if commit:
        tree.mkdir()
        archive = [shutil.which("git") or "git", "archive", "--format=tar", commit, "bundler"]
        with tarfile.open(fileobj=io.BytesIO(subprocess.check_output(archive, cwd=ROOT))) as opened:
            opened.extractall(tree, filter="data")
    started = subprocess.Popen(
        [sys.executable, "-c", _PLANS, *map(str, folders)],
        cwd=tree if commit else ROOT,
        env={**os.environ, "PYTHONPATH": str(tree if commit else ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        for line in started.stdout or ():
            name, plans = json.loads(line)
            yield name, plans
    if started.returncode:
        raise SystemExit(started.returncode)


def _differences(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> Iterator[str]:
    for function in sorted(old.keys() | new.keys()):
        before, after = old.get(function, {}), new.get(function, {})
        changed = [path for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]
        for path in changed[:_MOST_SHOWN]:
            yield f"  {function}: {path}: {before.get(path, 'not there')} → {after.get(path, 'not there')}"
        if len(changed) > _MOST_SHOWN:
            yield f"  {function}: … and {len(changed) - _MOST_SHOWN} more"


if __name__ == "__main__":
    sys.exit(main())
