"""Pack the sample service with other packers in the same run, and print what each makes of it as Markdown.

`osls package` with serverless-python-requirements (slim, no Docker), `sam build`, `pip install --target` with zip, and
`lbundle build`: with empty caches, and again after a line of one handler changed. What `sam build` and pip leave is
zipped as `sam deploy` and people do. Each zip is unzipped and its handlers imported by fresh, isolated processes, which
take turns.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.builds import TargetPython, choose_python  # noqa: E402
from tests.support.installs import install_program  # noqa: E402
from tests.support.isolated import runtime_packages, unzip  # noqa: E402
from tests.support.my_api import HANDLERS, OWN_FOLDERS, PROJECT, import_handler  # noqa: E402
from tests.support.node_packages import install_node_packages  # noqa: E402

_NODE_PACKAGES = Path(__file__).with_name("packers") / "package.json"
_SAM = "aws-sam-cli==1.170.0"
_DATES = (1980, 1, 1, 0, 0, 0)
_QUIET = {
    "SLS_TELEMETRY_DISABLED": "1",
    "SAM_CLI_TELEMETRY": "0",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}
_CHANGED = "handlers/users.py"

Zips = dict[str, Path]
"""Function → its zip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What one packer made, and how long that took."""

    name: str
    first_seconds: float
    """With empty caches."""
    again_seconds: float
    """After a line of one handler changed."""
    zips: Zips


def main() -> None:
    """Pack with each, measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5, help="processes per zip (default: 5)")
    arguments = parser.parse_args()
    target = choose_python()
    packers: dict[str, Callable[[Path, TargetPython], Zips]] = {
        "lbundle": pack_with_lbundle,
        "serverless-python-requirements": pack_with_plugin,
        "sam build": pack_with_sam,
        "pip install -t": pack_with_pip,
    }
    with tempfile.TemporaryDirectory(prefix="lbundle-packers-") as folder:
        packed = [measure(name, pack, Path(folder) / name, target) for name, pack in packers.items()]
        imports = measure_imports(packed, Path(folder), target, arguments.runs)
        print(as_markdown(packed, imports, target))


def measure(name: str, pack: Callable[[Path, TargetPython], Zips], work: Path, target: TargetPython) -> Packed:
    """Pack a copy of the sample twice, with caches of its own that start empty."""
    print(f"packing with {name}", file=sys.stderr)
    project = shutil.copytree(PROJECT, work / "my-api", ignore=shutil.ignore_patterns(".lbundle", "__pycache__"))
    seconds = []
    zips: Zips = {}
    for _ in range(2):
        started = time.perf_counter()
        zips = pack(project, target)
        seconds.append(time.perf_counter() - started)
        with (project / _CHANGED).open("a") as handler:
            handler.write("\nCHANGED = True\n")
    return Packed(name=name, first_seconds=seconds[0], again_seconds=seconds[1], zips=zips)


# ---- packers


def pack_with_lbundle(project: Path, target: TargetPython) -> Zips:
    """Run `lbundle build`."""
    run([sys.executable, "-m", "bundler", "build", "--runtime", target.runtime], project, PYTHONPATH=str(ROOT))
    return {name: project / ".lbundle" / f"{name}.zip" for name in HANDLERS}


def pack_with_plugin(project: Path, target: TargetPython) -> Zips:
    """Run `osls package` with serverless-python-requirements in place of lbundle's options."""
    modules = install_node_packages(_NODE_PACKAGES)
    settings = project / "serverless.yml"
    if "pythonRequirements" not in settings.read_text():
        # Its own patterns remove metadata too, without which `createUser` cannot be imported.
        slim = "slim: true, slimPatternsAppendDefaults: false, slimPatterns: ['**/*.pyc', '**/__pycache__*']"
        options = f"{{dockerizePip: false, {slim}, pythonBin: {target.path}}}"
        text = re.sub(r"\$\{ssm:.*\}", "postgresql://", settings.read_text())
        text = re.sub(r"^    lbundle:\n( {6}.*\n)+", "", text, flags=re.MULTILINE)
        text = re.sub(r"^custom:\n", f"custom:\n  pythonRequirements: {options}\n", text, flags=re.MULTILINE)
        text = re.sub(r"python3\.\d+", target.runtime, text)
        settings.write_text(f"plugins: [serverless-python-requirements]\n{text}")
        (project / "node_modules").mkdir()
        (project / "node_modules" / "serverless-python-requirements").symlink_to(
            modules / "serverless-python-requirements"
        )
    run(["node", modules / "osls4" / "bin" / "serverless.js", "package"], project)
    return {name: project / ".serverless" / f"{name}.zip" for name in HANDLERS}


def pack_with_sam(project: Path, target: TargetPython) -> Zips:
    """Run `sam build`, and zip what it leaves as `sam deploy` does."""
    functions = "".join(
        f"  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: .\n"
        f"      Runtime: {target.runtime}\n      Handler: {handler}\n"
        for name, handler in HANDLERS.items()
    )
    (project / "template.yaml").write_text(f"Transform: AWS::Serverless-2016-10-31\nResources:\n{functions}")
    python = os.pathsep.join((str(target.path.parent), os.environ["PATH"]))
    run([install_program(_SAM, "sam"), "build"], project, PATH=python)
    # Functions of one source and runtime share a build.
    built = next(path for path in (project / ".aws-sam" / "build").iterdir() if path.is_dir())
    archive = zip_folder(built, project.parent / "sam.zip")
    return dict.fromkeys(HANDLERS, archive)


def pack_with_pip(project: Path, target: TargetPython) -> Zips:
    """Install everything beside the project's own folders, and zip that."""
    folder = project.parent / "installed"
    shutil.rmtree(folder, ignore_errors=True)
    requirements = project / "requirements.txt"
    run([target.path, "-m", "pip", "install", "--quiet", "--target", folder, "-r", requirements], project)
    for name in OWN_FOLDERS:
        shutil.copytree(project / name, folder / name)
    return dict.fromkeys(HANDLERS, zip_folder(folder, project.parent / "pip.zip"))


def zip_folder(folder: Path, archive: Path) -> Path:
    """Zip a folder at the usual level of compression."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DATES)
                opened.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive


def run(command: list[str | Path], project: Path, **environment: str) -> None:
    """Run a packer with caches beside the project; its words are told where it fails."""
    caches = project.parent / "caches"
    own = {
        "HOME": str(caches / "home"),
        "XDG_CACHE_HOME": str(caches),
        "LBUNDLE_CACHE_DIR": str(caches / "lbundle"),
        "PIP_CACHE_DIR": str(caches / "pip"),
    }
    (caches / "home").mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "SLS_"))}
    done = subprocess.run(
        command,
        cwd=project,
        env={**kept, **_QUIET, **own, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{command[0]} ended with code {done.returncode}:\n{done.stdout}{done.stderr}")


# ---- measuring


def measure_imports(
    packed: list[Packed], work: Path, target: TargetPython, runs: int
) -> Mapping[tuple[str, str], float]:
    """Return the median seconds of an import by packer and function; what one zip holds is unzipped once."""
    packages = runtime_packages(target.path)
    roots = {archive: work / f"unzipped-{number}" for number, archive in enumerate(sorted(archives(packed)))}
    for archive, root in roots.items():
        unzip(archive, root)
    seconds: dict[tuple[str, str], list[float]] = {}
    for attempt in range(runs + 1):
        for packer in packed:
            for function, archive in packer.zips.items():
                taken = import_handler(function, roots[archive], python=target.path, runtime_packages=packages)
                if attempt:  # the first only warms the disk cache
                    seconds.setdefault((packer.name, function), []).append(taken)
    return {key: statistics.median(taken) for key, taken in seconds.items()}


def archives(packed: list[Packed]) -> set[Path]:
    """Return every zip once."""
    return {archive for packer in packed for archive in packer.zips.values()}


def as_markdown(packed: list[Packed], imports: Mapping[tuple[str, str], float], target: TargetPython) -> str:
    """Return one table of builds and one of functions, all in ratios to lbundle's but its own."""
    ours = packed[0]
    lines = [
        f"| packer ({target.runtime}) | first, s | a line changed, s | all zips, MB | zips, ratio | imports, ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for packer in packed:
        zips = statistics.geometric_mean(size(packer.zips[name]) / size(ours.zips[name]) for name in HANDLERS)
        times = statistics.geometric_mean(imports[packer.name, name] / imports[ours.name, name] for name in HANDLERS)
        total = sum(size(archive) for archive in packer.zips.values()) / 1e6
        built = f"{packer.first_seconds:.1f} | {packer.again_seconds:.1f}"
        lines.append(f"| {packer.name} | {built} | {total:.1f} | {zips:.1f} | {times:.2f} |")
    lines += ["", f"| function | {' | '.join(f'{packer.name}: MB | ms' for packer in packed)} |"]
    lines.append(f"| --- |{' ---: | ---: |' * len(packed)}")
    for name in HANDLERS:
        cells = (f"{size(packer.zips[name]) / 1e6:.3g} | {imports[packer.name, name] * 1000:.0f}" for packer in packed)
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def size(archive: Path) -> int:
    """Return the bytes of a zip."""
    return archive.stat().st_size


if __name__ == "__main__":
    main()
