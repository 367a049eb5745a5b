"""What functions and layers may be called: their names are those of files, on every system that builds them.

What Windows does not take: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

import unicodedata

# Room for the ending, and for what a file is called until it is whole, below the 255 bytes that file systems allow.
_LONGEST_BYTES = 200
_SPECIAL = frozenset('<>:"/\\|?*')
_PORT_DIGITS = "123456789¹²³"
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{n}" for port in ("com", "lpt") for n in _PORT_DIGITS)}
)


def name_problem(name: str) -> str | None:
    """Say why a name is no single plain part of a path on Linux, macOS and Windows; `None` where it is one."""
    if not name or name in {".", ".."}:
        return "it names no file"
    if found := sorted(_SPECIAL & set(name)):
        return f"it has `{found[0]}` in it"
    if not name.isprintable():
        return "it has a character in it that cannot be seen"
    if name.endswith((".", " ")) or name.startswith(" "):
        return "it begins with a space, or ends with one or with a dot"
    if name.partition(".")[0].rstrip().lower() in _DEVICES:
        return "Windows has a device of this name"
    is_long = len(name.encode()) > _LONGEST_BYTES
    return f"it is longer than {_LONGEST_BYTES} bytes" if is_long else None


def fold_name(name: str) -> str:
    """Return what two names have in common that are one file on macOS or Windows."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
