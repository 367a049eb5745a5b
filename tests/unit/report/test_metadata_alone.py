"""Metadata of packages that do not ship: what reads bundles does not count them."""

from bundler.report.metafile import describe_packages
from tests.support.metafiles import make_packed


def test_metadata_alone_is_no_package():
    """A distribution of which only metadata is there is not among those that ship."""
    path = "big-1.0.dist-info/METADATA"
    files = (make_packed("used.pyc", "used", 10, 5), make_packed(path, "big", 20, 9, kind="metadata-only", origin=path))

    assert [(package.name, package.zipped) for package in describe_packages(files, ())] == [("used", 5)]
