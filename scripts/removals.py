"""Take files that runs use out of bundles, one at a time, and hold `lbundle prove` to naming each.

Applications of `fixtures/apps` are drawn by a seed, and of each a few modules, libraries and data files that ship and
that the run of an event opens. A bundle is built without the file, as if nothing had led to it; `prove` has to fail and
to name it. It may pass only where the full install without the same file gives the same answer too.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.corpus import find_applications  # noqa: E402
from tests.support.removals import SEED, Outcome, draw_applications, draw_removals, proving  # noqa: E402


def main() -> int:
    """Print a row for each removal and what came of all."""
    arguments = _read_arguments()
    print("| application | event | without | verdict | named | the full install without it |")
    print("| --- | --- | --- | --- | --- | --- |")
    outcomes = []
    for outcome in _try(arguments):
        outcomes.append(outcome)
        print(_row(outcome), flush=True)
    wrong = [outcome for outcome in outcomes if not outcome.is_right]
    alike = [outcome for outcome in outcomes if not outcome.fails]
    named = sum(outcome.is_named for outcome in outcomes)
    print(
        f"\nSeed {arguments.seed}: of {len(outcomes)} removals {named} are named, {len(outcomes) - len(alike)} fail, ",
        end="",
    )
    print(f"{len(alike)} pass; {len(wrong)} of these although the full install answers otherwise, or unnamed")
    return int(bool(wrong))


def _try(arguments: argparse.Namespace) -> Iterator[Outcome]:
    applications = {application.name: application for application in find_applications()}
    chosen = arguments.application or draw_applications(applications, arguments.applications, arguments.seed)
    for name in chosen:
        with (
            tempfile.TemporaryDirectory(prefix="lbundle-removals-") as work,
            proving(applications[name], Path(work)) as proved,
        ):
            for removal in draw_removals(proved.used(), arguments.removals, name, arguments.seed):
                yield proved.try_without(removal)


def _row(outcome: Outcome) -> str:
    alone = "answers otherwise" if not outcome.is_alike_without else "answers alike"
    removal = outcome.removal
    event = removal.event.removeprefix("events/").removesuffix(".json")
    cells = (
        outcome.application,
        event,
        f"`{removal.path}`",
        outcome.status,
        "yes" if outcome.is_named else "no",
        alone,
    )
    return f"| {' | '.join(cells)} |"


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("application", nargs="*", help="names of applications (default: drawn by the seed)")
    parser.add_argument("--applications", type=int, default=20, metavar="N", help="how many are drawn; default: 20")
    parser.add_argument("--removals", type=int, default=5, metavar="N", help="how many of each; default: 5")
    parser.add_argument("--seed", type=int, default=SEED, help=f"default: {SEED}")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
