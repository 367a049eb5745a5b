"""Check bytecode: of the target's Python, never compared with a source, and where an import finds it."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from bundler.model.report import Finding
from bundler.prove.bundle import HEADER_BYTES, Bundle, Member, name_some, quote
from bundler.system.interpreters import identify_interpreter

_MAGIC_BYTES = 4
# PEP 552: the first bit says that the source is known by its hash, the second that the hash is to be checked.
_UNCHECKED_HASH = 0b01


def check_bytecode(bundle: Bundle) -> Iterator[Finding]:
    """Give what keeps a bytecode file from being used as it is."""
    compiled = [member for member in bundle.members if member.path.endswith(".pyc")]
    headed = [member for member in compiled if len(member.header) == HEADER_BYTES]
    cut = [member.path for member in compiled if len(member.header) < HEADER_BYTES]
    if cut:
        yield bundle.error("pyc-header", f"bytecode shorter than its header: {name_some(quote(cut))}")
    if headed:
        yield from _check_magic(bundle, headed)
    checked = [member.path for member in headed if _flags(member) != _UNCHECKED_HASH]
    if checked:
        message = f"bytecode that is not marked as unchecked-hash, so its source decides: {name_some(quote(checked))}"
        yield bundle.error("pyc-checked", message)
    yield from _check_places(bundle, [member.path for member in compiled])


def _check_magic(bundle: Bundle, headed: list[Member]) -> Iterator[Finding]:
    """Compare with what the target's Python says of itself, or else all files with each other."""
    version = _version(bundle)
    interpreter = identify_interpreter(bundle.target.python)
    if interpreter is not None:
        magic = interpreter.magic
    else:
        magic = Counter(_magic(member) for member in headed).most_common(1)[0][0]
        yield bundle.warning(
            "pyc-magic-unknown",
            f"there is no Python {version} on this machine to compare bytecode with: most has the number {magic.hex()}",
        )
    odd = [f"`{member.path}` ({_magic(member).hex()})" for member in headed if _magic(member) != magic]
    if odd:
        right = f"Python {version}'s {magic.hex()}" if interpreter is not None else f"most of it, {magic.hex()}"
        yield bundle.error("pyc-magic", f"bytecode with another number than {right}: {name_some(odd)}")


def _check_places(bundle: Bundle, compiled: list[str]) -> Iterator[Finding]:
    paths = bundle.paths
    by_problem: dict[str, list[str]] = {}
    for path in compiled:
        if problem := _place_problem(PurePosixPath(path), paths, bundle):
            by_problem.setdefault(problem, []).append(path)
    for problem, odd in by_problem.items():
        yield bundle.error("pyc-place", f"bytecode that no import finds, as {problem}: {name_some(quote(odd))}")


def _place_problem(path: PurePosixPath, paths: frozenset[str], bundle: Bundle) -> str:
    """Return why Python does not look at a bytecode file, empty if it does (PEP 3147)."""
    if path.parent.name != "__pycache__":
        if str(path.with_suffix(".py")) in paths:
            return "its source lies beside it"
        return "a module's name has no dot" if "." in path.stem else ""
    major, minor = bundle.target.python
    tag = f".cpython-{major}{minor}.pyc"
    if not path.name.endswith(tag):
        return f"it is not named `*{tag}`"
    source = path.parent.parent / f"{path.name.removesuffix(tag)}.py"
    return "" if str(source) in paths else "its source is not there"


def _magic(member: Member) -> bytes:
    return member.header[:_MAGIC_BYTES]


def _flags(member: Member) -> int:
    return int.from_bytes(member.header[_MAGIC_BYTES : 2 * _MAGIC_BYTES], "little")


def _version(bundle: Bundle) -> str:
    return ".".join(map(str, bundle.target.python))
