import pytest

from bundler.model.project import Limit
from bundler.model.report import Finding
from bundler.report import find_findings
from tests.support.metafiles import make_report

PACKAGES = {"a": (1, 1_000, 900), "b": (1, 4_000, 800), "": (1, 3_000, 700), "c": (1, 2_000, 600)}


def test_limits_of_the_user_are_errors():
    """A bundle over its own limits is an error for each, which names both figures and the three biggest packages."""
    metafiles = [make_report("heavy", 3_001, 10_000, PACKAGES), make_report("light", 10, 10, PACKAGES)]
    limits = {"heavy": Limit(zip_bytes=3_000, unzipped_bytes=9_999), "light": Limit(zip_bytes=10, unzipped_bytes=10)}

    assert find_findings(metafiles, limits) == (
        Finding(
            name="zip-over-limit",
            level="error",
            function="heavy",
            message="the zip has 3,001 bytes, its limit is 3,000; biggest: a 900 B, b 800 B, (own code) 700 B",
        ),
        Finding(
            name="unzipped-over-limit",
            level="error",
            function="heavy",
            message="the zip unpacks to 10,000 bytes, its limit is 9,999; "
            "biggest: b 4.0 kB, (own code) 3.0 kB, c 2.0 kB",
        ),
    )


def test_limits_of_lambda_need_no_setting():
    """Lambda refuses zips that unpack to 262144000 bytes, and takes zips of 52428800 bytes through S3 alone."""
    metafile = make_report("heavy", 52_428_800, 262_144_000, {"numpy": (1, 200_000_000, 50_000_000)})

    assert find_findings([metafile], {}) == (
        Finding(
            name="lambda-unzipped-limit",
            level="error",
            function="heavy",
            message="the zip unpacks to 262,144,000 bytes, Lambda takes less than 262,144,000; biggest: numpy 200.0 MB",
        ),
        Finding(
            name="lambda-direct-upload",
            level="warning",
            function="heavy",
            message="the zip has 52,428,800 bytes, from 52,428,800 on it has to go through S3; biggest: numpy 50.0 MB",
        ),
    )


@pytest.mark.parametrize("limit", [Limit(), Limit(zip_bytes=52_428_799), Limit(unzipped_bytes=262_143_999)])
def test_a_byte_less_is_fine(limit):
    """A bundle that just fits has no findings."""
    assert find_findings([make_report("app", 52_428_799, 262_143_999, PACKAGES)], {"app": limit}) == ()
