from bundler.model.report import FunctionSize, PackageSize, Reason
from bundler.report import compare_sizes, render_changes


def _size(settings, **packages):
    return FunctionSize(
        zip_bytes=sum(size for _, size in packages.values()),
        unzipped_bytes=0,
        settings=settings,
        packages={
            name: PackageSize(version=version, zipped_bytes=size, path="", line=0, module="")
            for name, (version, size) in packages.items()
        },
        own_files={},
    )


def test_a_bare_zip_tells_no_versions_and_no_settings():
    """What a zip without a metafile cannot tell did not change."""
    bare, known = _size({}, numpy=("", 5000)), _size({"runtime": "python3.12"}, numpy=("2.0", 9000))

    (grown,) = compare_sizes({"app": bare}, {"app": known})
    (shrunk,) = compare_sizes({"app": known}, {"app": bare})

    assert grown.reasons == (Reason(text="more of numpy 2.0 is reached", zipped_bytes=4000),)
    assert shrunk.reasons == (Reason(text="less of numpy is reached", zipped_bytes=-4000),)


def test_what_is_not_named_is_summed_up():
    """Beyond the reasons that count most, only their number and sum are told, and no sum of nothing."""
    before = _size({str(number): "a" for number in range(9)}, numpy=("1", 1000))
    after = _size({str(number): "b" for number in range(9)}, numpy=("2", 1000))

    text = render_changes(compare_sizes({"app": before}, {"app": after}))

    assert text.splitlines()[-2:] == ["  2 more", "total        1.0 kB     1.0 kB  unchanged"]
