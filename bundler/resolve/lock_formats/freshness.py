"""Whether a project manager's lock still holds what the project asks for, and what has to be run where it does not.

The digests of settings that some locks hold are those of the tools: Poetry 1 and 2, PDM since 2.17, Pipenv.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from bundler import standards
from bundler.model.paths import show_path
from bundler.model.wheels import Pin
from bundler.resolve.lock_formats import poetry, pylock
from bundler.resolve.lock_formats.pipfile import distribution_name
from bundler.resolve.lock_formats.wishes import Wishes, names_of
from bundler.resolve.stale import OWN_MEND, Asked, asked_by_file, asked_by_texts, read_table, stale_note

_Table = Mapping[str, Any]
_TOOLS = {"uv.lock": "uv lock", "poetry.lock": "poetry lock", "pdm.lock": "pdm lock", "Pipfile.lock": "pipenv lock"}
# The first pdm.lock that is known to have the digest made here.
_FIRST_PDM = (4, 5)


def freshness_notes(document: _Table, project: _Table, pins: Iterable[Pin], wishes: Wishes) -> tuple[str, ...]:
    """Say in one note what is out of date in a lock, if anything is; `project` is the pyproject.toml beside it."""
    name = wishes.path.name
    tool = _TOOLS.get(name)
    mend = f"run `{tool}`" if tool else "lock anew with the tool that wrote it"
    if name == "Pipfile.lock":
        pipfile = _read(wishes.path.with_name("Pipfile"))
        asked, source, is_known = _asked_by_pipfile(pipfile, wishes), "Pipfile", _knows_pipfile(document, pipfile)
    elif name == "poetry.lock":
        asked, source, is_known = (
            _asked_by_poetry(document, project, wishes),
            "pyproject.toml",
            _knows_poetry(document, project),
        )
    elif own := pylock.own_sources(document):
        return _own_notes(own, pins, wishes)
    else:
        project = _own_project(project, wishes)
        is_known = name != "pdm.lock" or _knows_pdm(document, project)
        asked, source = _asked_by_project(project, wishes), "pyproject.toml"
    shown = show_path(wishes.path.with_name(source), wishes.folder)
    if notes := stale_note(wishes.shown, shown, asked, pins, mend):
        return notes
    return () if is_known else (f"`{shown}` has changed since `{wishes.shown}` was made of it: {mend}",)


def _own_notes(sources: Iterable[str], pins: Iterable[Pin], wishes: Wishes) -> tuple[str, ...]:
    """Hold a lock that `lbundle lock` wrote against the requirements it was made from."""
    pins = tuple(pins)
    paths = [wishes.path.with_name(source) for source in sources]
    asked = ((show_path(path, wishes.folder), asked_by_file(path, wishes.target, wishes.folder)) for path in paths)
    notes = (stale_note(wishes.shown, source, its, pins, OWN_MEND) for source, its in asked)
    return tuple(note for some in notes for note in some)


def _own_project(project: _Table, wishes: Wishes) -> _Table:
    """Return the settings of the project that is built, which may be one of several that share a lock."""
    lock_folder = wishes.path.parent.resolve()
    for folder in (wishes.root.resolve(), *wishes.root.resolve().parents):
        if folder == lock_folder or lock_folder not in folder.parents:
            break
        member = _read(folder / "pyproject.toml")
        if "project" in member:
            return member
    return project


def _asked_by_project(project: _Table, wishes: Wishes) -> Iterator[Asked]:
    table, tool = project.get("project", {}), project.get("tool", {})
    texts = [*table.get("dependencies", ())]
    for wanted, tables in (
        (wishes.extras, [table.get("optional-dependencies", {})]),
        (wishes.groups, [project.get("dependency-groups", {}), tool.get("pdm", {}).get("dev-dependencies", {})]),
    ):
        texts += [
            text for one in tables for name, some in one.items() if names_of([name]) & names_of(wanted) for text in some
        ]
    # What overrides every specifier is no sign of age, and the project itself is no package.
    replaced = tool.get("uv", {}).get("override-dependencies", ())
    overrides = {one.name for one in asked_by_texts(replaced, wishes.target)}
    overrides |= names_of(tool.get("pdm", {}).get("resolution", {}).get("overrides", {}))
    own = names_of([table.get("name", "")])
    return (one for one in asked_by_texts(texts, wishes.target) if one.name not in overrides | own)


def _asked_by_poetry(document: _Table, project: _Table, wishes: Wishes) -> Iterator[Asked]:
    yield from _asked_by_project({"project": project.get("project", {})}, wishes)
    own = project.get("tool", {}).get("poetry", {}).get("name") or project.get("project", {}).get("name", "")
    for name, specifier in poetry.read_wanted(document, project, wishes):
        if name not in names_of([own]):
            yield Asked(
                name=name,
                specifier="" if specifier == "*" else f" {specifier}",
                admits=partial(poetry.is_admitted, specifier=specifier),
            )


def _asked_by_pipfile(pipfile: _Table, wishes: Wishes) -> Iterator[Asked]:
    groups = ["packages", *("dev-packages" if name in {"dev", "develop"} else name for name in sorted(wishes.groups))]
    for name, value in ((name, value) for group in groups for name, value in pipfile.get(group, {}).items()):
        table = value if isinstance(value, dict) else {"version": value}
        version = table.get("version", "*")
        if wishes.is_true(table.get("markers")):
            own = distribution_name(name, table, wishes.path.parent)
            yield from asked_by_texts([f"{own}{'' if version == '*' else version}"], wishes.target)


def _knows_poetry(document: _Table, project: _Table) -> bool:
    """Tell whether the lock's digest is of these settings, as any version of Poetry makes it."""
    own, settings = project.get("project", {}), project.get("tool", {}).get("poetry", {})
    standard = {key: own[key] for key in ("requires-python", "dependencies", "optional-dependencies") if key in own}
    digests = set()
    tables: tuple[_Table, ...] = (project.get("dependency-groups", {}), {})
    for groups in tables:
        shared = {
            **({"project": standard} if standard else {}),
            **({"dependency-groups": groups} if groups else {}),
        }
        # Without settings of the standard, keys that are not there count as empty.
        older = {key: settings.get(key) for key in ("dependencies", "source", "extras", "dev-dependencies")}
        kept = {key: value for key, value in older.items() if value is not None or not shared}
        kept |= {"group": settings["group"]} if "group" in settings else {}
        digests.add(_digest({**shared, "tool": {"poetry": kept}} if shared else kept))
    return _is_among(document.get("metadata", {}).get("content-hash"), digests) if project else True


def _knows_pdm(document: _Table, project: _Table) -> bool:
    own, settings = project.get("project", {}), project.get("tool", {}).get("pdm", {})
    metadata = document["metadata"]
    version = tuple(int(part) for part in str(metadata["lock_version"]).split(".")[:2])
    if version < _FIRST_PDM or not project or "workspace" in settings:
        return True
    older = settings.get("dev-dependencies", {})
    groups: dict[str, list[Any]] = {
        standards.normalise_name(name): [*texts] for name, texts in project.get("dependency-groups", {}).items()
    }
    for name, texts in older.items():
        groups.setdefault(standards.normalise_name(name), []).extend(texts)
    content = {
        "sources": settings.get("source", []),
        "dependencies": own.get("dependencies", []),
        "optional-dependencies": own.get("optional-dependencies", {}),
        "requires-python": own.get("requires-python", ""),
        "resolution": settings.get("resolution", {}),
    }
    digests = {f"sha256:{_digest({**content, 'dev-dependencies': some})}" for some in (groups, older)}
    return _is_among(metadata.get("content_hash"), digests)


def _knows_pipfile(document: _Table, pipfile: _Table) -> bool:
    named = {"source", "requires", "packages", "dev-packages", "scripts", "pipfile", "pipenv", "default", "develop"}
    content = {
        "_meta": {"sources": pipfile.get("source", []), "requires": pipfile.get("requires", {})},
        "default": pipfile.get("packages", {}),
        "develop": pipfile.get("dev-packages", {}),
        **{name: table for name, table in pipfile.items() if name not in named},
    }
    stated: object = document
    for key in ("_meta", "hash", "sha256"):
        stated = stated.get(key) if isinstance(stated, dict) else None
    return _is_among(stated, {_digest(content, separators=(",", ":"))}) if "source" in pipfile else True


def _is_among(stated: object, digests: set[str]) -> bool:
    """Tell whether a digest is one of those; a lock that states none cannot be told to be old."""
    return not stated or stated in digests or not all(digests)


def _digest(content: object, **form: Any) -> str:  # noqa: ANN401 - as JSON's encoder has it
    """Return the digest of a JSON text; empty for what no JSON can say."""
    try:
        return hashlib.sha256(json.dumps(content, sort_keys=True, **form).encode()).hexdigest()
    except TypeError:
        return ""


def _read(path: Path) -> _Table:
    try:
        return read_table(path)
    except (OSError, ValueError):
        return {}
