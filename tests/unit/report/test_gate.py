from dataclasses import replace

import pytest

from bundler.model.metafile import CauseEntry
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


def by_own(kind, line):
    """Return the cause of a package that own code leads to."""
    return CauseEntry(kind=kind, source="app/0.py", line=line, name="b")


def with_causes(metafile, *causes):
    """Return a metafile with other causes of its first files."""
    first = [replace(file, cause=cause) for file, cause in zip(metafile.files, causes, strict=False)]
    return replace(metafile, files=(*first, *metafile.files[len(causes) :]))


def test_an_optional_import_is_advised():
    """Where leaving out an optional package is enough, that is advised, else an import of own code."""
    edge = {"source": "b/0.py", "target": "a/0.py", "kind": "function", "line": 7, "name": "a"}
    metafile = make_report("app", 3_000, 9_000, PACKAGES, weak_edges=[{"distribution": "a", "bytes": 1, "edge": edge}])
    metafile = with_causes(
        metafile, CauseEntry(kind="function", source="b/0.py", line=7, name="a"), by_own("import", 2)
    )

    (enough,) = find_findings([metafile], {"app": Limit(zip_bytes=2_100)})
    (short,) = find_findings([metafile], {"app": Limit(zip_bytes=2_099)})
    (package,) = find_findings([metafile], {"app": Limit(packages=(("b", 1),))})

    text = "; `exclude-modules` or `external` for a saves 900 B: its import in b/0.py:7 is optional"
    assert (enough.message.partition("700 B")[2], enough.path) == (text, "")
    text = "; most of it is there for `b` in app/0.py:2: 1.7 kB"
    assert (short.message.partition("700 B")[2], short.path, short.line) == (text, "app/0.py", 2)
    assert package.message == "`b` unpacks to 4,000 bytes, its limit is 1; app/0.py:2 leads to it"


def test_advice_without_a_line():
    """Where a whole file leads to a package, such as one of the project's data, no line is named."""
    metafile = make_report("app", 3_000, 9_000, PACKAGES)
    metafile = with_causes(metafile, metafile.files[0].cause, by_own("string", 0))

    (package,) = find_findings([metafile], {"app": Limit(packages=(("b", 1),))})
    (whole,) = find_findings([metafile], {"app": Limit(zip_bytes=2_999)})

    assert package.message.endswith("; app/0.py leads to it")
    assert whole.message.endswith("; most of it is there for `b` in app/0.py: 800 B")


def test_layers_count_in_the_limit_of_lambda():
    """Lambda counts what layers unpack to with the function, down to the last byte."""
    sizes = {"deps": 162_143_999, "own": 1}
    layers = [{"name": name, "bytes": 1, "unzipped_bytes": size, "sha256": ""} for name, size in sizes.items()]
    below = make_report("light", 1, 99_999_999, {"numpy": (1, 90_000_000, 1)}, layers=layers)
    at_limit = make_report("heavy", 1, 100_000_000, {"numpy": (1, 90_000_000, 1)}, layers=layers)

    (finding,) = find_findings([below, at_limit], {})

    assert (finding.function, finding.name, finding.level) == ("heavy", "lambda-unzipped-limit", "error")
    assert finding.message == (
        "the zip unpacks to 100,000,000 bytes, with its layers 262,144,000, Lambda takes less than 262,144,000; "
        "biggest: numpy 90.0 MB, layer deps 162.1 MB, layer own 1 B"
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
