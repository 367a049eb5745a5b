"""Read files in another process: one of ours for speed, or the target's own Python for syntax that ours does not know.

Standard library and the readers only, as the target's Python has nothing else. Standard input holds a pickled pair of
the reader's name and a tuple of what it is given; standard output its pickled answer, a list:

- `read_facts` is given sources, each as its bytes and whether it is own code, and the target; it answers with their
  facts in that order;
- `read_uses` is given one source, and answers with what it uses; with nothing where it cannot be read.
"""

import pickle
import sys
from collections.abc import Callable
from typing import Any

from bundler.model.project import Target
from bundler.trace.facts.read import read_facts
from bundler.trace.facts.uses import read_uses


def main() -> None:
    """Answer the request on standard input."""
    question, given = pickle.load(sys.stdin.buffer)  # noqa: S301 - a pipe from the process that started this one
    sys.stdout.buffer.write(pickle.dumps(_ANSWERS[question](*given)))


def _facts_of(sources: list[tuple[bytes, bool]], target: Target) -> list[Any]:
    return [tuple(read_facts(content, target=target, is_own=is_own)) for content, is_own in sources]


def _uses_of(source: bytes) -> list[Any]:
    return list(read_uses(source) or ())


_ANSWERS: dict[str, Callable[..., Any]] = {"read_facts": _facts_of, "read_uses": _uses_of}

if __name__ == "__main__":
    main()
