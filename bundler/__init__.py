"""Trace, plan and pack Python functions into minimal, reproducible zips for AWS Lambda.

What can be imported from here is the Python interface. Whatever lies below may change any day. Each name is loaded when
it is asked for, as the command line begins with this file and answers Ctrl-C only once it is through;
`__init__.pyi` tells type checkers what the names are.
"""

from importlib import import_module

__all__ = ["Build", "Bundle", "BundleError", "Package", "Project", "__version__", "build"]

_HOMES = {"BundleError": "bundler.errors", "__version__": "bundler.version"}


def __getattr__(name: str) -> object:
    """Load a name of the interface."""
    if name not in __all__:
        message = f"module `bundler` has no attribute `{name}`"
        raise AttributeError(message)
    return getattr(import_module(_HOMES.get(name, "bundler.interface")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
