"""Compile Python sources to bytecode files; run by the target's own interpreter, in a process of its own.

Standard library only, and nothing newer than Python 3.8, which cannot evaluate the annotations of today: they are
quoted. Standard input holds one request after another, standard output the answers in the same order; numbers are four
bytes, little-endian:

    request   length of the path, path in UTF-8, length of the source, source, and of two more texts their lengths and
              themselves: statements that run before the source's first, and after its last
    answer    length of the bytecode file, the file; for a source that does not compile: 0, length of a text, the text,
              which is the line, a space, and the problem

The same source gives the same bytes, whatever else is compiled before it and on whatever host. CPython alone does not
promise that: marshal shares equal strings by identity, and so writes what else happens to be alive.
"""

import ast
import gc
import importlib.util
import marshal
import struct
import sys

# PEP 552: the source is known by its hash, and never looked at again.
_UNCHECKED_HASH = 0b01


def main() -> None:
    """Answer every request on standard input."""
    gc.disable()
    # Strings of one character live as long as the process, and stay interned once any source has made them so:
    # Python 3.10 and older write the two kinds differently.
    for number in range(256):
        sys.intern(chr(number))
    requests = sys.stdin.buffer.read()
    position = 0
    while position < len(requests):
        path, position = _take(requests, position)
        source, position = _take(requests, position)
        first, position = _take(requests, position)
        last, position = _take(requests, position)
        sys.stdout.buffer.write(answer(path.decode(), source, first.decode(), last.decode()))


def answer(path: str, source: bytes, first: str = "", last: str = "") -> bytes:
    """Return the framed answer for one source."""
    try:
        bytecode = compile_source(path, source, first, last)
    except SyntaxError as error:
        return _failure(error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        # Null bytes, a wrong coding line, an expression nested too deep.
        return _failure(0, str(error) or type(error).__name__)
    return struct.pack("<I", len(bytecode)) + bytecode


def compile_source(path: str, source: bytes, first: str = "", last: str = "") -> bytes:
    """Return an unchecked-hash bytecode file for a source, with `path` as the file its tracebacks name."""
    program = _surround(path, source, first, last) if first or last else source
    code = compile(program, path, "exec", dont_inherit=True, optimize=0)
    held = _parts(code)
    if any(isinstance(part, frozenset) for part in held):
        # The compiler remakes a set whose strings it finds interned already, and what it remakes is not shared.
        # With the first result alive every string is found, always.
        code = compile(program, path, "exec", dont_inherit=True, optimize=0)
        held += _parts(code)
    header = importlib.util.MAGIC_NUMBER + struct.pack("<I", _UNCHECKED_HASH) + importlib.util.source_hash(source)
    # Every part is in `held`: to marshal, an object that nothing else holds is written in a different way.
    return header + marshal.dumps(code)


def _surround(path: str, source: bytes, first: str, last: str) -> "ast.Module":
    """Return the program of a source with statements around it that take no line of their own.

    The docstring and what comes `from __future__` stay in front, as the language wants them there (PEP 236).
    """
    tree = ast.parse(source, path)
    body = tree.body
    start = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(getattr(body[0].value, "value", None), str):
        start = 1
    while start < len(body) and getattr(body[start], "module", None) == "__future__":
        start += 1
    nearest = (body[min(start, len(body) - 1)].lineno, body[-1].end_lineno or 1) if body else (1, 1)
    body[start:start] = _placed(first, nearest[0])
    body += _placed(last, nearest[1])
    return tree


def _placed(text: str, line: int) -> "list[ast.stmt]":
    """Return statements that all lie on a line."""
    statements = ast.parse(text).body
    for statement in statements:
        ast.increment_lineno(statement, line - 1)
    return statements


def _parts(value: object) -> "list[object]":
    """Return a code object with all constants and names inside it."""
    found = [value]
    if isinstance(value, (tuple, frozenset)):
        for member in value:
            found += _parts(member)
    elif hasattr(value, "co_code"):
        for name in ("consts", "names", "varnames", "freevars", "cellvars", "filename", "name"):
            found += _parts(getattr(value, "co_" + name))
    return found


def _failure(line: int, problem: str) -> bytes:
    text = f"{line} {problem}".encode()
    return struct.pack("<II", 0, len(text)) + text


def _take(data: bytes, position: int) -> "tuple[bytes, int]":
    (length,) = struct.unpack_from("<I", data, position)
    start = position + 4
    return data[start : start + length], start + length


if __name__ == "__main__":
    main()
