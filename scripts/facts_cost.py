"""Print what reading facts costs against `ast.parse` of the same files, on one core.

python scripts/facts_cost.py FOLDER…      folders of Python source; default: the packages of this environment
"""

import ast
import sys
import sysconfig
import time
import warnings
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bundler.model.project import Architecture  # noqa: E402
from bundler.runtimes import make_target  # noqa: E402
from bundler.trace.facts.read import read_facts  # noqa: E402


def main() -> None:
    """Read every file both ways, the better of two rounds each."""
    folders = [Path(name) for name in sys.argv[1:]] or [Path(sysconfig.get_path("purelib"))]
    contents = [path.read_bytes() for folder in dict.fromkeys(folders) for path in sorted(folder.rglob("*.py"))]
    target = make_target("python3.12", Architecture.X86_64)
    parsing = min(_time(contents, _parse) for _ in range(2))
    reading = min(_time(contents, lambda content: read_facts(content, target=target, is_own=False)) for _ in range(2))
    megabytes = sum(map(len, contents)) / 1e6
    print(f"{len(contents)} files, {megabytes:.1f} MB")
    print(f"ast.parse   {parsing:6.2f} s   {megabytes / parsing:5.1f} MB/s")
    print(f"read_facts  {reading:6.2f} s   {megabytes / reading:5.1f} MB/s")
    print(f"ratio       {reading / parsing:6.2f}")


def _time(contents: list[bytes], read: Callable[[bytes], object]) -> float:
    started = time.process_time()
    for content in contents:
        read(content)
    return time.process_time() - started


def _parse(content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(content)
        except (SyntaxError, ValueError):
            return


if __name__ == "__main__":
    main()
