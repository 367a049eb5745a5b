import pytest

from bundler.model.project import Handler
from bundler.prove import check as check_module
from tests.support.elf import make_elf
from tests.support.proofs import make_bytecode

USERS = Handler(module="handlers.users", attribute="create_user")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("handlers/users.py", b""),
        ("handlers/users.pyc", make_bytecode()),
        ("handlers/users/__init__.py", b""),
        ("handlers/users/__init__.pyc", make_bytecode()),
        ("handlers/users.cpython-312-x86_64-linux-gnu.so", make_elf()),
        ("handlers/users.abi3.so", make_elf()),
    ],
)
def test_the_handlers_module(check, path, content):
    """The handler's module is found as source, bytecode, package or extension."""
    assert check({path: content}, handler=USERS) == []


@pytest.mark.parametrize(
    "path", ["users.py", "handlers/users/other.py", "handlers/users.cpython-311-x86_64-linux-gnu.so"]
)
def test_a_handler_that_is_not_there(check, path):
    """Where no import would find the handler's module, that is an error."""
    assert check({path: b""}, handler=USERS) == [
        ("error", "handler-missing", "the handler's module is not in the zip: `handlers.users`")
    ]


def test_the_unzipped_limit_of_lambda(check, monkeypatch):
    """From Lambda's limit on, the unzipped size of all files is an error."""
    monkeypatch.setattr(check_module, "unzipped_limit_bytes", lambda: 2_000)

    assert check({"a.txt": b"a" * 1_000, "b.txt": b"b" * 999}) == []
    assert check({"a.txt": b"a" * 1_000, "b.txt": b"b" * 1_000}) == [
        ("error", "lambda-unzipped-limit", "the zip unpacks to 2,000 bytes, Lambda takes less than 2,000")
    ]


def test_the_upload_limit_of_lambda(check, pack, monkeypatch):
    """From Lambda's limit on, the zip's own size is a warning."""
    size = pack({}).stat().st_size
    monkeypatch.setattr(check_module, "direct_upload_limit_bytes", lambda: size)
    text = f"the zip has {size:,} bytes, from {size:,} on it has to go through S3"

    assert check({}) == [("warning", "lambda-direct-upload", text)]
    monkeypatch.setattr(check_module, "direct_upload_limit_bytes", lambda: size + 1)
    assert check({}) == []


def test_findings_stand_in_the_order_of_the_checks(check):
    """All checks are made, whatever the ones before have found."""
    findings = check({"a.pyc": b"", "b.so": make_elf("aarch64")}, handler=USERS)

    assert [name for _, name, _ in findings] == ["handler-missing", "pyc-header", "elf-machine"]
