"""What finished zips are checked against, and findings in short."""

from bundler.model.project import Architecture, Handler
from bundler.runtimes import make_target

MAGIC = b"\xcb\r\r\n"
HANDLER = Handler(module="app", attribute="handle")
TARGET = make_target("python3.12", Architecture.X86_64)


def make_bytecode(magic: bytes = MAGIC, flags: int = 1) -> bytes:
    return magic + flags.to_bytes(4, "little") + bytes(8) + b"code"


def told(findings):
    assert {finding.function for finding in findings} <= {"hello"}
    return [(finding.level, finding.name, finding.message) for finding in findings]
