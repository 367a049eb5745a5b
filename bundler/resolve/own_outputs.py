"""Know by their content what lbundle writes, and Terraform's state and plans, wherever they were written to."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bundler.metafile import is_metafile_head

_HEAD_BYTES = 1_000
# The schema of a baseline stands at its end, as its keys are sorted.
_TAIL_BYTES = 100
_OWN = re.compile(
    rb"""
    "schema":\ "lbundle-[a-z]+/\d
    | \A<!doctype\ html>.*<title>lbundle\ (?:report|diff)\b
    | \A\#\ Made\ by\ `lbundle\ lock`
    | ^created-by\ =\ "lbundle"
    | <testsuite\ name="lbundle"
    | "driver":\ \{\s*"name":\ "lbundle"
    # A report on code quality for GitLab, which an empty list is too.
    | \A\[\s*\{\s*"description":.*"check_name":.*"fingerprint":
    | \A\[\n\]\n\Z
    | \A\|\ function\ \|\ (?:before\ \|\ after\ \|\ change|zip\ \|\ unzipped\ \|\ biggest\ packages)\ \|
    | \Afunction\ +before\ +after\ +change\n
    | \A\S+\ \(python3\.\d+,\ (?:x86_64|arm64)\)\n\ \ zip\ \ +\d
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
# The state, and what `terraform show -json` writes of it or of a plan.
_STATE = re.compile(rb'\A\{\s*"(?:format_)?version":\s*"?[\d.]+"?,\s*"terraform_version":\s*"')
# A saved plan is a zip; its first member has this name behind the 30 bytes of a local header.
_PLAN = re.compile(rb"\APK\x03\x04.{26}tfplan", re.DOTALL)


def rule_by_content(path: Path) -> str | None:
    """Return the rule by which a file does not ship by itself, as its first and last bytes say, or `None`."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            stream.seek(max(len(head), path.stat().st_size - _TAIL_BYTES))
            tail = stream.read()
    except OSError:
        return None
    if _STATE.match(head) or _PLAN.match(head):
        return "secret"
    return "junk" if _OWN.search(head + tail) else None


def own_bundles(paths: Iterable[str]) -> Iterator[str]:
    """Yield the zips that lbundle wrote and their metafiles among the files of a folder."""
    known = set(paths)
    for path in known:
        stem, dot, ending = path.rpartition(".")
        metafile = f"{stem}.json"
        if dot and ending == "zip" and metafile in known and _is_metafile(Path(metafile)):
            yield from (path, metafile)


def _is_metafile(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return is_metafile_head(stream.read(_HEAD_BYTES))
    except OSError:
        return False
