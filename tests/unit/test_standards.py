"""Tags, markers and `Requires-Python` are the target's, for every runtime and architecture."""

import sys

import pytest
from packaging import _manylinux, tags

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.standards import is_marker_true, is_python_allowed, target_tags

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture(params=Architecture)
def target(request, version):
    return make_target(f"python{version}", request.param)


def test_tag_order(target, monkeypatch):
    """The tags are those that pip's own library gives on a machine of the target's kind, in its order."""
    machine = target.architecture.machine
    monkeypatch.setattr(_manylinux, "_get_glibc_version", lambda: target.glibc)
    monkeypatch.setattr(_manylinux, "_have_compatible_abi", lambda *_: True)
    platforms = [*_manylinux.platform_tags([machine]), f"linux_{machine}"]
    interpreter = "cp{}{}".format(*target.python)

    theirs = [
        *tags.cpython_tags(target.python, abis=[interpreter], platforms=platforms),
        *tags.compatible_tags(target.python, interpreter=interpreter, platforms=platforms),
    ]

    assert target_tags(target) == tuple(map(str, theirs))
    assert target_tags(target)[0] == f"{interpreter}-{interpreter}-manylinux_2_{target.glibc[1]}_{machine}"


def test_glibc(target, version):
    """Runtimes on Amazon Linux 2 have glibc 2.26, those on Amazon Linux 2023 have 2.34."""
    assert target.glibc == ((2, 26) if version in {"3.9", "3.10", "3.11"} else (2, 34))


@pytest.mark.parametrize(
    ("marker", "holds"),
    [
        ("python_version < '3.10'", lambda python, _: python < (3, 10)),
        ("python_full_version >= '3.11.4'", lambda python, _: python >= (3, 11)),
        ("python_version in '3.9 3.14'", lambda python, _: python in {(3, 9), (3, 14)}),
        ("platform_machine == 'aarch64'", lambda _, machine: machine == "aarch64"),
        ("sys_platform == 'linux' and os_name == 'posix'", lambda *_: True),
        ("platform_system == 'Windows' or sys_platform == 'darwin'", lambda *_: False),
        ("platform_python_implementation == 'CPython' and implementation_name == 'cpython'", lambda *_: True),
    ],
)
def test_markers(target, marker, holds):
    """Markers are answered by the runtime, never by the machine that builds."""
    assert is_marker_true(marker, target) is holds(target.python, target.architecture.machine)


def test_requires_python(target):
    """`Requires-Python` is held against a late patch of the runtime's Python, not against this one."""
    major, minor = target.python

    allowed = [
        is_python_allowed(text, target)
        for text in (f">={major}.{minor}.2", f"!={major}.{minor}.0", f"=={major}.{minor}.*", f"<{major}.{minor}")
    ]

    assert allowed == [True, True, True, False]
    if target.python != sys.version_info[:2]:
        assert not is_python_allowed("=={}.{}.*".format(*sys.version_info[:2]), target)
