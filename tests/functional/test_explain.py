"""`lbundle why` and `lbundle trace` for another target than the settings'."""

import json

import pytest

from tests.support.command_line import run_lbundle, service_settings, write_project
from tests.support.wheels import make_wheel

APP = "try:\n    import backport\nexcept ImportError:\n    pass\nhello = print\n"


@pytest.fixture
def project(tmp_path):
    """A function that needs a package on old Pythons for arm64 alone."""
    make_wheel(tmp_path / "wheels", "backport", "1.0", {"backport.py": ""})
    marker = 'python_version < "3.10" and platform_machine == "aarch64"'
    files = {"serverless.yml": service_settings(hello="app.hello"), "app.py": APP}
    return write_project(tmp_path / "shop", {**files, "requirements.txt": f"backport==1.0 ; {marker}\n"})


def test_another_target(project):
    """A runtime and an architecture in place of the function's own decide what is explained, as they do for a build."""
    other = ("--runtime", "python3.9", "--architecture", "arm64")

    own, why, trace = (
        run_lbundle(project, *arguments)
        for arguments in (
            ("why", "hello", "backport"),
            ("why", "hello", "backport", *other),
            ("trace", "hello", "--json", *other),
        )
    )

    assert (own.code, why.code) == (2, 0)
    assert why.stdout.startswith("`backport` ships:\n  (settings)")
    assert [file["path"] for file in json.loads(trace.stdout)["files"]][:2] == [
        "app.py",
        "backport-1.0.dist-info/METADATA",
    ]
