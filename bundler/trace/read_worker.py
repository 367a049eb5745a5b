"""Read facts in another process: one of ours for speed, or the target's own Python for syntax that ours does not know.

Standard library and the readers only, as the target's Python has nothing else. Standard input holds a pickled pair of
sources, each as its bytes and whether it is own code, and the target; standard output the pickled facts in that order.
"""

import pickle
import sys

from bundler.trace.read import read_facts


def main() -> None:
    """Answer the request on standard input."""
    sources, target = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
    facts = [tuple(read_facts(content, target=target, is_own=is_own)) for content, is_own in sources]
    sys.stdout.buffer.write(pickle.dumps(facts))


if __name__ == "__main__":
    main()
