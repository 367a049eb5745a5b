"""The framework's .env files: one file, that of the stage or else the plain one."""

import re
from pathlib import Path

from bundler.system.files import is_file, read_bounded

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[\w.-]+)\s*=\s*(?P<value>.*?)\s*")
_QUOTED = re.compile(r"(?P<quote>['\"`])(?P<text>.*)(?P=quote)\s*(#.*)?")


def read_dotenv(folder: Path, stage: str) -> dict[str, str]:
    """Return the variables of `.env.{stage}`, or of `.env` where there is none for the stage."""
    for name in (f".env.{stage}", ".env"):
        path = folder / name
        if is_file(path):
            return parse_dotenv(read_bounded(path).decode(errors="replace"))
    return {}


def parse_dotenv(text: str) -> dict[str, str]:
    """Return the variables of `NAME=value` lines; quotes around a value go, and so does a comment after it."""
    matches = (_LINE.fullmatch(line) for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {match["name"]: _value(match["value"]) for match in matches if match}


def _value(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    if quoted is None:
        return re.split(r"\s#|^#", text, maxsplit=1)[0].strip()
    return quoted["text"].replace("\\n", "\n") if quoted["quote"] == '"' else quoted["text"]
