"""Measure what a build with little to do costs, against `python -c "import typer"`, in processor time.

Three cases take turns: nothing changed, one line changed in one handler, and the import. A service is made for the
run: `--functions N` handlers that share a module, or the sample service with `--project`.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
_RUNTIME = f"python3.{sys.version_info.minor}"
_SETTINGS = f"service: shop\nprovider:\n  name: aws\n  runtime: {_RUNTIME}\nfunctions:\n"


def main() -> None:
    """Build once, then let the cases take turns, and print medians and ratios."""
    arguments = _read_arguments()
    with tempfile.TemporaryDirectory(prefix="lbundle-instant-") as name:
        folder = Path(name)
        project = arguments.project or make_service(folder / "service", arguments.functions)
        build = [sys.executable, "-m", "bundler", "build", str(project), "--output", str(folder / "out")]
        edited = project / arguments.edit
        before = edited.read_bytes()
        seconds: dict[str, list[float]] = {"import typer": [], "unchanged": [], "one line": []}
        try:
            _spend(build)
            for _ in range(arguments.runs):
                seconds["import typer"].append(_spend([sys.executable, "-c", "import typer"]))
                _spend(build)  # after an edit, what is new is read once more
                seconds["unchanged"].append(_spend(build))
                edited.write_bytes(edited.read_bytes() + b"# one line more\n")
                seconds["one line"].append(_spend(build))
        finally:
            edited.write_bytes(before)
    base = statistics.median(seconds["import typer"])
    for case, spent in seconds.items():
        median = statistics.median(spent)
        print(f"{case:<14}{median:8.3f} s{median / base:8.2f} times the import")


def make_service(folder: Path, functions: int) -> Path:
    """Write a service of small functions that share a module, and return its folder."""
    (folder / "handlers").mkdir(parents=True)
    (folder / "shared.py").write_text("import json\n\n\ndef answer(value):\n    return json.dumps(value)\n")
    settings = [_SETTINGS]
    for number in range(functions):
        text = f"import shared\n\n\ndef handle(event, context):\n    return shared.answer({number})\n"
        (folder / "handlers" / f"f{number}.py").write_text(text)
        settings.append(f"  f{number}:\n    handler: handlers/f{number}.handle\n")
    (folder / "serverless.yml").write_text("".join(settings))
    return folder


def _spend(command: list[str]) -> float:
    """Run a command; return the processor time that it and all it started took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10, help="how often each case runs (default: 10)")
    parser.add_argument("--functions", type=int, default=40, help="how many the service has that is made (default: 40)")
    parser.add_argument("--project", type=Path, help="a project in place of the one that is made")
    parser.add_argument("--edit", default="handlers/f0.py", help="the file that gets a line more")
    return parser.parse_args()


if __name__ == "__main__":
    main()
