"""Run what is too long for the tests, and write what each script found to `docs/long-run/`, with commit and date."""

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "long-run"
SCRIPTS = {
    "prove_apps": "Is every application proved",
    "removals": "Is a file named that is taken out of a bundle",
    "staleness": "Is anything stale after five hundred random edits",
    "guard_cost": "What the guard costs while nothing is missed",
}


def main() -> int:
    """Run the chosen scripts one after the other; end with 1 where one did not pass."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("script", nargs="*", help=f"of {', '.join(SCRIPTS)}; default: all")
    chosen = parser.parse_args().script
    if unknown := set(chosen) - set(SCRIPTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    codes = [_run(name) for name in chosen or SCRIPTS]
    return int(any(codes))


def _run(name: str) -> int:
    """Run a script; nothing is written where it breaks off."""
    commit = _say("git", "describe", "--always", "--dirty", "--abbrev=10")
    done = subprocess.run([sys.executable, ROOT / "scripts" / f"{name}.py"], stdout=subprocess.PIPE, check=False)
    if done.stdout.rstrip().endswith(b"|"):
        print(f"{name} broke off", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    head = f"# {SCRIPTS[name]}\n\n`scripts/{name}.py` at `{commit}` on {datetime.now(UTC):%Y-%m-%d}:\n\n"
    (FOLDER / f"{name}.md").write_bytes(head.encode() + done.stdout)
    return done.returncode


def _say(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
