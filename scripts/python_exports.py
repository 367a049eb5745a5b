#!/usr/bin/env python3
"""Write down what CPython's libraries export: which symbols extensions of each version may ask for.

The arguments are `libpythonX.Y.so` files of the versions to know; the file that is written is
`bundler/runtimes/python_exports.json`. Patch releases of a version differ by a few private symbols at most.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from bundler.system.elf import read_python_symbols

OUTPUT = Path(__file__).parents[1] / "bundler" / "runtimes" / "python_exports.json"
# Modules that are built in in one build and files of their own in another.
MODULE = "PyInit_"


def main() -> None:
    """Write the list anew."""
    exports = {}
    for path in map(Path, sys.argv[1:]):
        version = re.search(r"libpython(\d\.\d+)", path.name)
        if version is None:
            sys.exit(f"{path} is no library of a version")
        names = read_python_symbols(path.read_bytes()).given
        exports[version[1]] = {name for name in names if not name.startswith(MODULE)}
    versions = sorted(exports, key=lambda version: [int(part) for part in version.split(".")])
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(set().union(*exports.values())):
        groups[" ".join(version for version in versions if name in exports[version])].append(name)
    document = {
        "reading": "symbols of Python's C API by the versions that export them; of others nothing is known",
        "source": f"the dynamic symbols of {', '.join(Path(path).resolve().parents[1].name for path in sys.argv[1:])}",
        "versions": versions,
        "exports": {these: " ".join(names) for these, names in sorted(groups.items())},
    }
    OUTPUT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
