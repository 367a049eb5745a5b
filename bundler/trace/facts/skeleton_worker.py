"""Write down as source what bytecode files ask for; run by the target's own interpreter, in a process of its own.

Standard library only, and nothing newer than Python 3.8, which cannot evaluate the annotations of today: they are
quoted. Standard input holds a pickled list of bytecode files, standard output a pickled list of as many texts, `None`
for what this interpreter cannot load.

Such a text is a skeleton: the imports of the code, its strings, and the names it uses, each on its own line of the real
source as far as that can be had, functions as functions. It is read as any source is. What a call is given is only
known where it is one string; else it is given `_`, which nobody can tell.
"""

import dis
import importlib.util
import marshal
import pickle
import sys
import types

_HEADER_BYTES = 16
# A name by itself says nothing, but these stand for the file's own place.
_PLACES = ("__file__", "__path__", "__spec__")
_STARTING = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF")
_GOING_ON = ("LOAD_ATTR", "LOAD_METHOD")
_BETWEEN = ("PUSH_NULL", "PRECALL", "CACHE", "EXTENDED_ARG", "COPY_FREE_VARS", "RESUME", "NOT_TAKEN")


def main() -> None:
    """Answer the request on standard input."""
    files = pickle.load(sys.stdin.buffer)  # noqa: S301 - a pipe from the process that started this one
    sys.stdout.buffer.write(pickle.dumps([skeleton(content) for content in files]))


def skeleton(content: bytes) -> "str | None":
    """Return the skeleton of a bytecode file's source, or `None` if this Python would not load the file (PEP 552)."""
    if content[:4] != importlib.util.MAGIC_NUMBER:
        return None
    try:
        code = marshal.loads(content[_HEADER_BYTES:])  # noqa: S302 - as the import system reads it, and nothing is run
    except (EOFError, ValueError, TypeError):
        return None
    if not isinstance(code, types.CodeType):
        return None
    lines = {}  # type: dict[int, str]
    _read(code, 1, lines, is_function=False)
    return "\n".join(lines.get(number, "") for number in range(1, max(lines, default=0) + 1)) + "\n"


def _read(code: types.CodeType, line: int, lines: "dict[int, str]", *, is_function: bool) -> None:
    """Add what a code object and those inside it say; classes run when what they stand in does."""
    reader = _Reader(line)
    for instruction in dis.get_instructions(code):
        reader.read(instruction)
    reader.end_name()
    for number in sorted(reader.found):
        _place("; ".join(dict.fromkeys(reader.found[number])), number, lines, is_function=is_function)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            is_run_later = is_function or bool(constant.co_flags & 0x02)  # CO_NEWLOCALS: a function's
            _read(constant, constant.co_firstlineno, lines, is_function=is_run_later)


def _place(statements: str, line: int, lines: "dict[int, str]", *, is_function: bool) -> None:
    """Write statements to their line, or to the next that is free: one line holds one block."""
    while line in lines:
        line += 1
    lines[line] = ("def _(): " if is_function else "if _: ") + statements


class _Reader:
    """Goes through the instructions of one code object."""

    def __init__(self, line: int) -> None:
        self._line = line
        self._constants = []  # type: list[object]
        self._name = ""
        """The dotted name that is being loaded."""
        self._called = ""
        """The dotted name that was loaded last, if what comes next may be its first argument."""
        self._bound = []  # type: list[str]
        """What the import that was read last takes from its module."""
        self.found = {}  # type: dict[int, list[str]]
        """Statements by line."""

    def read(self, instruction: dis.Instruction) -> None:
        """Take one instruction into account."""
        name, value = instruction.opname, instruction.argval
        self._line = _line_of(instruction) or self._line
        if name in _BETWEEN:
            return
        if name.startswith(_GOING_ON) and self._name:
            self._name = f"{self._name}.{value}"
            return
        self.end_name()
        if name.startswith(_STARTING) and isinstance(value, str):
            self._name = value
        elif name == "IMPORT_NAME":
            self._add_import(value)
        elif name == "IMPORT_FROM":
            self._bound.append(value)
        elif name.startswith("STORE_") and self._bound:
            self._add_other_name(self._bound.pop(), value)
        elif name.startswith("LOAD_") and ("CONST" in name or "SMALL_INT" in name):
            self._add_constant(value)
        else:
            self._called = ""

    def end_name(self) -> None:
        """Note the dotted name that was loaded, as something that is called."""
        if self._name and all(part.isidentifier() for part in self._name.split(".")):
            is_place = self._name.split(".")[-1] in _PLACES
            self._add(f"_({self._name})" if is_place else f"{self._name}(_)")
            self._called = "" if is_place else self._name
        self._name = ""

    def _add_constant(self, value: object) -> None:
        self._constants = [*self._constants[-1:], value]
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                self._add(ascii(text))
        if isinstance(value, str) and self._called:
            statements = self.found[self._line_of_call()]
            statements[statements.index(f"{self._called}(_)")] = f"{self._called}({value!a})"
        self._called = ""

    def _line_of_call(self) -> int:
        return max(line for line, statements in self.found.items() if f"{self._called}(_)" in statements)

    def _add_import(self, module: str) -> None:
        level, names = ([0, None, *self._constants])[-2:]
        dots = "." * level if isinstance(level, int) else ""
        if isinstance(names, tuple) and names:
            said = self.found.setdefault(self._line, [])
            # These strings were no more than the names to import.
            said[:] = [statement for statement in said if statement not in map(ascii, names)]
            self._add("from {}{} import {}".format(dots, module, ", ".join(names)))
        else:
            self._add(f"import {module}")

    def _add_other_name(self, name: str, other: object) -> None:
        """Note that what is imported gets another name: `from importlib import import_module as load`."""
        statements = self.found.get(self._line, [])
        if statements and statements[-1].startswith("from ") and other != name:
            head, _, names = statements[-1].rpartition(" import ")
            renamed = [f"{part} as {other}" if part == name else part for part in names.split(", ")]
            statements[-1] = "{} import {}".format(head, ", ".join(renamed))

    def _add(self, statement: str) -> None:
        self.found.setdefault(self._line, []).append(statement)


def _line_of(instruction: dis.Instruction) -> "int | None":
    """Return the line an instruction starts or, from Python 3.13 on, belongs to."""
    number = getattr(instruction, "line_number", None)
    if number is None and not isinstance(instruction.starts_line, bool):
        number = instruction.starts_line
    return number


if __name__ == "__main__":
    main()
