"""Native code that ships is held against the tags of its wheel."""

from pathlib import Path

import pytest

from bundler.model.project import Architecture
from bundler.model.wheels import SiteFile
from bundler.plan.promises import hold_promises
from bundler.runtimes import make_target

TARGET = make_target("python3.11", Architecture.ARM64)
NEWER = "but `one.so` needs 2.18; python3.11 on arm64 has 2.26"


def hold(tag, needed):
    wheel = Path(f"one-1.0-cp311-{tag}.whl")
    file = SiteFile(
        path="one.so", owner="one", size_bytes=1, crc=0, container=wheel, container_sha256="", member="one.so"
    )
    return list(hold_promises([file], {"one.so": needed}, TARGET))


@pytest.mark.parametrize(
    ("tag", "needed", "promised"),
    [
        ("cp311-manylinux2014_aarch64", (2, 17), None),
        ("cp311-manylinux2014_aarch64", (2, 18), "2.17"),
        ("cp311-manylinux_2_17_aarch64.manylinux_2_24_aarch64", (2, 18), "2.17"),
        ("cp311-manylinux_2_24_aarch64", (2, 18), None),
        ("cp311-linux_aarch64", (2, 18), None),
        ("none-any", (2, 99), None),
    ],
)
def test_what_the_runtime_has(tag, needed, promised):
    """Needing more than the oldest level that the tags promise is told; a plain tag and a pure one promise nothing."""
    warnings = hold(tag, needed)

    expected = f"`one-1.0-cp311-{tag}.whl` promises glibc {promised} by its tags, {NEWER}"
    assert warnings == ([expected] if promised else [])


@pytest.mark.parametrize(
    ("tag", "promise"),
    [("manylinux2014_aarch64", "glibc 2.17"), ("linux_aarch64", "any glibc"), ("manylinux_2_28_aarch64", "glibc 2.28")],
)
def test_what_the_runtime_lacks(tag, promise):
    """Needing more than the runtime has is told, whatever is promised."""
    assert hold(f"cp311-{tag}", (2, 28)) == [
        (
            f"`one-1.0-cp311-cp311-{tag}.whl` promises {promise} by its tags, but `one.so` needs 2.28 and cannot "
            "be loaded on python3.11 on arm64, which has 2.26: pin another version, or name a wheel of your own in "
            "pip's `find-links`"
        )
    ]
