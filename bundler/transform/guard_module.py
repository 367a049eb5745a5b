"""Notice at run time that something is missing: shipped as `_lbundle_guard`, compiled by the target's Python.

Nothing newer than Python 3.8. What is compiled ends with `LEFT_OUT` as the function has it and a call of `install`.
While nothing is missed all there is to pay is this module's own load: what it says lies in `_lbundle_words`, which is
not loaded before.

It is compiled under the name of importlib's own bootstrap, whose frames Python takes out of the tracebacks of imports,
and without its documentation and annotations.
"""

import sys
from typing import Any

LEFT_OUT = {}  # type: dict[str, tuple[tuple[str, str, str, str], ...]]
"""For `modules`, `libraries` and `files` groups of rule, reason, remedy and names, each name on a line of its own."""


class _Guard:
    """The last finder: it finds nothing, and where an import statement is about to fail it says why."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        """Return `None`, as for whatever is not there; only for an import statement fail at once, in more words."""
        asker = sys._getframe(2)
        if asker.f_code.co_name != "_find_and_load_unlocked":
            # Somebody only asks whether there is such a module: `importlib.util.find_spec`, `pkgutil.find_loader`.
            return None
        head = name
        while not any(f"\n{head}\n" in group[3] or f"\n{head}.*\n" in group[3] for group in LEFT_OUT["modules"]):
            head = head.rpartition(".")[0]
            if not head:
                return None
        import _lbundle_words as words

        found, error = words.explain_import(_Guard, asker, name, path, target)
        if error is not None:
            raise error
        return found


def watch(names: "dict[str, Any]", handler: str) -> None:
    """Let a handler that ends because a file was left out say so on standard error; the error goes on as it is."""
    function = names.get(handler)
    if type(function) is not type(watch):
        return

    def watched(*args: Any, **keywords: Any) -> Any:
        try:
            return function(*args, **keywords)
        except BaseException as error:
            if isinstance(error, FileNotFoundError):
                import _lbundle_words as words

                words.explain_file(error.filename)
            # This frame is nobody's business. Before Python 3.11 it stays, and Lambda's runtime takes it out, which
            # begins tracebacks behind the frames of its own file.
            error.__traceback__ = error.__traceback__ and error.__traceback__.tb_next
            raise

    for attribute in ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"):
        setattr(watched, attribute, getattr(function, attribute))
    watched.__dict__.update(function.__dict__, __wrapped__=function)
    watched.__code__ = watched.__code__.replace(co_filename="/var/runtime/bootstrap.py")
    names[handler] = watched


def install(loader: Any) -> None:
    """Be asked for every module that nothing else finds, and for extensions that do not load."""
    sys.meta_path.append(_Guard)
    create = loader.create_module

    def create_module(self: Any, spec: Any) -> Any:
        try:
            return create(self, spec)
        except ImportError as error:
            import _lbundle_words as words

            words.explain_library(error)
            raise

    loader.create_module = create_module
