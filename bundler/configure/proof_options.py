"""What the user says of proving a function: its events, what changes by nature, and errors that are right."""

from collections.abc import Sequence

from bundler import json_paths
from bundler.configure.tables import Setting
from bundler.model.proof import ProofSettings

PROOF_KEYS = ("events", "prove")
_KEYS = ("ignore", "expect")


def read_proof_options(tables: Sequence[Setting]) -> ProofSettings:
    """Return what the tables say; of one key, the last value counts."""
    chosen = {name: setting for table in tables for name in PROOF_KEYS if (setting := table.get(name)) is not None}
    prove = chosen.get("prove")
    if prove is not None:
        prove.reject_unknown(_KEYS)
    ignored = prove.get("ignore") if prove is not None else None
    expected = prove.get("expect") if prove is not None else None
    return ProofSettings(
        events=chosen["events"].texts() if "events" in chosen else (),
        ignored=_paths(ignored) if ignored is not None else (),
        expected=_errors(expected) if expected is not None else (),
    )


def _paths(setting: Setting) -> tuple[json_paths.Path, ...]:
    found = []
    for element in setting.elements():
        text = element.text()
        path = json_paths.parse_path(text) if text is not None else None
        if text is not None and path is None:
            element.reject(f"`{text}` is not a path such as `$.answer.items[*].id` or `$..createdAt`")
        found.append(path)
    return tuple(path for path in found if path is not None)


def _errors(setting: Setting) -> tuple[tuple[str, str], ...]:
    children = ((name, setting.get(name)) for name in setting.keys())  # noqa: SIM118 - a method that checks
    texts = ((name, child.text()) for name, child in children if child is not None)
    return tuple((name, text) for name, text in texts if text is not None)
