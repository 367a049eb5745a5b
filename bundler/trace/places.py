"""Where in a site the templates of paths lead that facts hold: `OWN_FOLDER/data/*.csv`."""

import posixpath

from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.trace.facts.dotted import absolute_name
from bundler.trace.facts.templates import FOLDER_END, FOLDER_OF, OWN_FILE, OWN_FOLDER, OWN_STUB, TASK_ROOT
from bundler.trace.index import ModuleIndex


def place_of(template: str, source: SiteFile, index: ModuleIndex) -> tuple[str | None, str]:
    """Return the path or glob that a template of `source` stands for, and whose files it means; `None` for nowhere."""
    folder = source.path.rpartition("/")[0]
    if template == OWN_STUB:
        return f"{source.path}i", source.owner
    if TASK_ROOT in template:
        return (_join("", template.partition(TASK_ROOT)[2]) if source.is_own else None), OWN_CODE
    if OWN_FILE in template:
        # The file given to whoever opens what lies beside it.
        head, _, tail = template.partition(OWN_FILE)
        return (None if head.strip("/") else _join(folder, tail)), source.owner
    if OWN_FOLDER in template:
        return _join(folder, template.partition(OWN_FOLDER)[2]), source.owner
    module, _, tail = template.partition(FOLDER_OF)[2].partition(FOLDER_END)
    name = (absolute_name(module, folder.replace("/", ".")) or "") if module.startswith(".") else module
    base = folder_of(name, index)
    if base is None:
        return None, ""
    found = index.find(name)
    owner = found.file.owner if found is not None and found.file is not None else source.owner
    return _join(base, tail), owner


def folder_of(module: str, index: ModuleIndex) -> str | None:
    """Return the folder of a package, or the one a plain module lies in; `None` for what is not in the site."""
    found = index.find(module)
    if found is None:
        parent = module.rpartition(".")[0]
        return folder_of(parent, index) if parent in index and parent else None
    if found.is_package:
        return module.replace(".", "/")
    return found.file.path.rpartition("/")[0] if found.file is not None else None


def _join(folder: str, tail: str) -> str | None:
    """Return a path below a folder; `None` for one that leads out of the site."""
    tail = tail.lstrip("/")
    path = posixpath.normpath(posixpath.join(folder, tail)) if tail else folder
    path = "" if path == "." else path
    return None if path.startswith("..") else path
