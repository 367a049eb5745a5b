"""lbundle's own options: each key of `custom.lbundle` and how its value is read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from bundler.configure.proof_options import PROOF_KEYS
from bundler.configure.tables import Setting, suggest
from bundler.globs import glob_problem
from bundler.model.project import ALL_PACKAGES, DEFAULT_GROWTH, BytecodeMode, Growth, Limit, Options, Shake, ShakeMode
from bundler.standards import normalise_name
from bundler.system.files import is_file

# A lock that a project manager keeps is the truth, and a `requirements.txt` beside it at best a copy.
DEFAULT_REQUIREMENTS = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pylock.toml",
    "requirements.txt",
    "requirements.in",
)
OPTION_KEYS = (
    "requirements",
    "groups",
    "extras",
    "only-binary",
    "include",
    "exclude",
    "include-modules",
    "exclude-modules",
    "external",
    "bytecode",
    "shake",
    "strip",
    "guard",
    "limit",
    *PROOF_KEYS,
)
LAYER_OPTION_KEYS = ("requirements", "groups", "extras", "only-binary", "exclude", "external", "bytecode", "strip")
"""What decides how a layer is built: all of its packages ship, so nothing is traced from a handler."""

# As AWS writes its limits, "250 MB" is 262,144,000 bytes; here MB is what the SI says and MiB what AWS means.
_UNITS = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_SECONDS = {"ms": 0.001, "s": 1.0}
_MOST_SHOWN = 100
_LIMIT_KEYS = ("zip", "unzipped", "packages", "imports", "max-growth")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]*)")
_Value = TypeVar("_Value")
_WORKSPACE = re.compile(r"^\[tool\.uv\.workspace\]", re.MULTILINE)
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def read_options(tables: tuple[Setting, ...], root: Path, code_root: Path) -> Options:
    """Return the options of one function from the tables that set them; of one key, the last value counts.

    Requirements beside the function's own code are its default before those beside the settings.
    """
    chosen = {name: setting for table in tables for name in OPTION_KEYS if (setting := table.get(name)) is not None}
    return Options(
        requirements=_requirements(chosen, root, code_root),
        working_folder=root,
        groups=_read(chosen, "groups", Setting.texts, ()),
        extras=_read(chosen, "extras", Setting.texts, ()),
        only_binary=_read(chosen, "only-binary", _only_binary, ()),
        include=_read(chosen, "include", _globs, ()),
        exclude=_read(chosen, "exclude", _globs, ()),
        include_modules=_read(chosen, "include-modules", _modules, ()),
        exclude_modules=_read(chosen, "exclude-modules", _modules, ()),
        external=_read(chosen, "external", _distributions, None),
        bytecode=_read(chosen, "bytecode", _bytecode, BytecodeMode.AUTO),
        shake=_read(chosen, "shake", _shake, Shake()),
        strip=_read(chosen, "strip", Setting.boolean, True),  # noqa: FBT003 - the default
        guard=_read(chosen, "guard", Setting.boolean, True),  # noqa: FBT003 - the default
        limit=_limit([setting for table in tables if (setting := table.get("limit")) is not None]),
    )


def _read(chosen: Mapping[str, Setting], name: str, reader: Callable[[Setting], _Value], default: _Value) -> _Value:
    return reader(chosen[name]) if name in chosen else default


def _globs(setting: Setting) -> tuple[str, ...]:
    patterns = setting.texts()
    check_globs(setting, patterns)
    return patterns


def check_globs(setting: Setting, patterns: Iterable[str]) -> None:
    """Note the first glob that cannot be used."""
    for pattern in patterns:
        if problem := glob_problem(pattern):
            shown = pattern if len(pattern) <= _MOST_SHOWN else f"{pattern[:_MOST_SHOWN]}…"
            setting.reject(f"the glob `{shown}` cannot be used: {problem}")


def _requirements(chosen: Mapping[str, Setting], root: Path, code_root: Path) -> tuple[Path, ...]:
    if "requirements" not in chosen:
        folders = dict.fromkeys((code_root, root))
        defaults = (path for folder in folders for name in DEFAULT_REQUIREMENTS if (path := folder / name).is_file())
        return tuple(islice(chain(defaults, _workspace_locks(code_root)), 1))
    paths = []
    for element in chosen["requirements"].elements():
        name = element.text()
        if name is not None and not is_file(root / name):
            there = [path.name for path in root.iterdir() if path.suffix in {".txt", ".in", ".lock", ".toml"}]
            element.reject(f"the file `{name}` is not there, {suggest(name, sorted(there))}")
        elif name is not None:
            paths.append(root / name)
    return tuple(paths)


def _workspace_locks(folder: Path) -> Iterator[Path]:
    """Yield the locks of uv's workspaces above a project, the nearest first: a member has none of its own."""
    if (folder / "pyproject.toml").is_file():
        for above in folder.resolve().parents:
            lock, settings = above / "uv.lock", above / "pyproject.toml"
            if lock.is_file() and settings.is_file() and _WORKSPACE.search(settings.read_text(encoding="utf-8")):
                yield lock


def _modules(setting: Setting) -> tuple[str, ...]:
    names = []
    for element in setting.elements():
        name = element.text()
        if name is not None and not _MODULE.fullmatch(name):
            element.reject(f"`{name}` is not the dotted name of a module (all below it goes with it)")
        elif name is not None:
            names.append(name)
    return tuple(names)


def _distributions(setting: Setting) -> tuple[str, ...]:
    return tuple(normalise_name(name) for name in setting.texts())


def _only_binary(setting: Setting) -> tuple[str, ...]:
    """Read `true` for every package, or a list of them; pip's `:all:` and `:none:` count too."""
    is_all = setting.truth()
    if is_all is not None:
        return (ALL_PACKAGES,) if is_all else ()
    names = setting.texts()
    return () if ":none:" in names else tuple(name if name == ALL_PACKAGES else normalise_name(name) for name in names)


def _bytecode(setting: Setting) -> BytecodeMode:
    modes = [mode.value for mode in BytecodeMode]
    word = setting.text()
    if word is None or word in modes:
        return BytecodeMode(word or "auto")
    setting.reject(f"`{word}` is not one of {', '.join(f'`{mode}`' for mode in modes)}")
    return BytecodeMode.AUTO


def _shake(setting: Setting) -> Shake:
    """Read one mode for all, or a table of modes by distribution with a `default`."""
    if not isinstance(setting.node.value, dict):
        return Shake(default=_shake_mode(setting))
    children = ((name, setting.get(name)) for name in setting.keys())  # noqa: SIM118 - a method that checks
    modes = {name: _shake_mode(child) for name, child in children if child is not None}
    default = modes.pop("default", Shake().default)
    return Shake(default=default, distributions=tuple(sorted((normalise_name(name), modes[name]) for name in modes)))


def _shake_mode(setting: Setting) -> ShakeMode:
    modes = [mode.value for mode in ShakeMode]
    word = setting.text()
    if word is None or word in modes:
        return ShakeMode(word or "safe")
    setting.reject(f"`{word}` is no way to shake, {suggest(word, modes)}")
    return ShakeMode.SAFE


def _limit(settings: list[Setting]) -> Limit:
    """Read the limits, each from the last table that sets it: a function that lowers one keeps the others."""
    sizes: dict[str, Setting] = {}
    for setting in settings:
        setting.reject_unknown(_LIMIT_KEYS)
        sizes |= {name: child for name in _LIMIT_KEYS if (child := setting.get(name)) is not None}
    return Limit(
        zip_bytes=_read(sizes, "zip", _size, None),
        unzipped_bytes=_read(sizes, "unzipped", _size, None),
        packages=_read(sizes, "packages", _package_sizes, ()),
        imports_seconds=_read(sizes, "imports", _duration, None),
        growth=_read(sizes, "max-growth", _growth, DEFAULT_GROWTH),
    )


def _package_sizes(setting: Setting) -> tuple[tuple[str, int], ...]:
    children = ((name, setting.get(name)) for name in setting.keys())  # noqa: SIM118 - a method that checks
    sizes = ((normalise_name(name), _size(child)) for name, child in children if child is not None)
    return tuple((name, size_bytes) for name, size_bytes in sizes if size_bytes is not None)


def _growth(setting: Setting) -> Growth:
    value = setting.node.value
    growth = parse_growth(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    if growth is None:
        setting.reject(f"{setting.node.describe()} is not a growth such as `5%`, `200 kB` or `5% or 200 kB`")
    return growth or DEFAULT_GROWTH


def parse_growth(text: str) -> Growth | None:
    """Return how much a zip may grow, given as `5%`, as a size or as `5% or 200 kB`; `None` for anything else."""
    share, has_both, size = text.partition(" or ")
    match = _PERCENT.fullmatch(share.strip())
    size_bytes = _parse_size(size if has_both else text) if has_both or not match else 0
    if size_bytes is None or (has_both and not match):
        return None
    return Growth(percent=float(match[1]) if match else 0.0, size_bytes=size_bytes)


def read_growth(options: Setting | None) -> Growth:
    """Return how much all zips together may grow: what the options for every function say."""
    limit = options.get("limit") if options is not None else None
    return _limit([limit] if limit is not None else []).growth


def _size(setting: Setting) -> int | None:
    value = setting.node.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    size_bytes = _parse_size(str(value)) if is_number or isinstance(value, str) else None
    if size_bytes:
        return size_bytes
    shown = f"`{value}`" if isinstance(value, str | int | float) else setting.node.describe()
    setting.reject(f"{shown} is not a size such as `5 MB`, `40 MiB` or a number of bytes")
    return None


def _duration(setting: Setting) -> float | None:
    value = setting.node.value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = float(match[1]) * _SECONDS.get(match[2].lower(), 0) if match else 0
    if seconds:
        return seconds
    shown = f"`{value}`" if isinstance(value, str | int | float) else setting.node.describe()
    setting.reject(f"{shown} is not a time such as `800 ms` or `1.5 s`")
    return None


def _parse_size(text: str) -> int | None:
    match = _SIZE.fullmatch(text.strip())
    unit = _UNITS.get(match[2].lower()) if match else None
    return int(float(match[1]) * unit) if match and unit else None
