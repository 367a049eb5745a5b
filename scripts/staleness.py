"""Edit a small service at random, and hold each build against one into an empty folder: a stale zip is the worst fault.

It ends with 1 where any file differs, and prints what was done before; the same seed does the same again.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.edits import Edits


def main() -> int:
    """Run the edits; return how the script ends."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lbundle-staleness-") as folder:
        wheels = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": f"{folder}/wheels"}
        os.environ.update({**wheels, "LBUNDLE_CACHE_DIR": f"{folder}/cache"})
        stale = 0
        for number, (told, differing) in enumerate(Edits(Path(folder), arguments.seed).run(arguments.edits)):
            stale += bool(differing)
            print(f"{number}: {told}{f' STALE: {differing}' if differing else ''}", flush=True)
    print(f"{stale} of {arguments.edits} edits left something stale (seed {arguments.seed})")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
