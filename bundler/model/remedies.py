"""How a user keeps what was left out, by its rule: for `lbundle why` and for errors at run time."""

from bundler.model.plan import Omission

_OWN_REMEDIES = {
    "excluded": "add `!{path}` at the end of `exclude`",
    "patterns": "add `{path}` to `package.patterns` or to `include`",
}
_OWN_REMEDY = "add `{path}` to `include`"

_PACKAGE_REMEDIES = {
    "external": "take `{owner}` out of `external`",
    "runtime": "set `external: []`, which ships the packages that the runtime brings as well",
    "excluded": "add `!{path}` at the end of `exclude`",
    "layer": "nothing to keep: the layer brings it when the function runs",
    "bytecode": "nothing to keep: lbundle compiles the source for the runtime",
    "metadata": "nothing keeps it: names, versions, entry points and licences of packages that ship are in the zip",
    "unlinked": "add the extension module that loads it to `include-modules`",
}
MODULE_REMEDY = "add `{module}` to `include-modules`"
_DATA_REMEDY = "open it in your own code through `importlib.resources.files(…)`"


def how_to_keep(omission: Omission) -> str:
    """Return the one change of the settings, or of the code, that makes a file ship."""
    names = {"path": omission.path, "owner": omission.owner, "module": module_name(omission.path)}
    return remedy(omission).format(**names)


def remedy(omission: Omission) -> str:
    """Return what `how_to_keep` fills in: a text with places for `path`, `owner` and `module`."""
    if not omission.owner:
        return _OWN_REMEDIES.get(omission.rule, _OWN_REMEDY)
    otherwise = MODULE_REMEDY if omission.path.endswith((".py", ".so")) else _DATA_REMEDY
    return _PACKAGE_REMEDIES.get(omission.rule, otherwise)


def module_name(path: str) -> str:
    """Return the dotted name of a module's file: `pkg/_fast.cpython-312-x86_64-linux-gnu.so` is `pkg._fast`."""
    folder, _, name = path.rpartition("/")
    return ".".join(part for part in (*folder.split("/"), name.partition(".")[0]) if part and part != "__init__")
