"""Growth that another lbundle made of the same sources, apart from the user's own."""

from dataclasses import replace

import pytest

from bundler.model.project import Growth
from bundler.model.report import FunctionSize, PackageSize, Sources, Way
from bundler.report import compare_sizes, find_growth, find_total_growth, find_upgrade

LIMIT = Growth(size_bytes=1000)
SETTINGS = {"runtime": "python3.12", "architecture": "x86_64", "handler": "app.hello"}


def sources(lbundle="1.0", packages=None, **digests):
    packages = {"numpy": "2.0", "pandas": "2.0", "six": "1.17"} if packages is None else packages
    digests = {"app.py": "a", "lib.py": "b", **{name.replace("_", "."): digest for name, digest in digests.items()}}
    return Sources(
        lbundle=lbundle,
        packages={name: frozenset([said]) for name, said in packages.items()},
        own_files={path: frozenset([digest]) for path, digest in digests.items() if digest},
    )


def package(size, version="2.0", *, packages=(), own_files=("app.py",)):
    way = Way(packages=frozenset(packages), own_files=frozenset(own_files))
    return PackageSize(version=version, zipped_bytes=size, path="app.py", line=1, module="x", way=way)


def size(packages, files, made_from, settings=SETTINGS, extra=0, ways=None):
    return FunctionSize(
        zip_bytes=extra + sum(known.zipped_bytes for known in packages.values()) + sum(files.values()),
        unzipped_bytes=0,
        settings=settings,
        packages=packages,
        own_files=files,
        ways=ways or {},
        sources=made_from,
    )


BEFORE = size({"numpy": package(5000)}, {"app.py": 500}, sources())


def compare(after, before=BEFORE):
    (change,) = compare_sizes({"hello": before}, {"hello": after})
    errors = [*find_growth((change,), {}, LIMIT), *find_total_growth((change,), LIMIT)]
    return change.lbundle_bytes, len(errors), find_upgrade((change,), {"hello": before}, {"hello": after})


def after_of(packages, files=None, **options):
    files = {"app.py": 500} if files is None else files
    return size(packages, files, options.pop("made_from", sources("2.0")), **options)


@pytest.mark.parametrize(
    "after",
    [
        after_of({"numpy": package(9000)}),
        after_of({"numpy": package(5000)}, {"app.py": 4500}),
        after_of({"numpy": package(5000), "six": package(4000, "1.17")}),
        after_of({"numpy": package(5000), "six": package(4000, "1.17", packages=["numpy"])}),
        after_of(
            {"numpy": package(5000)},
            {"app.py": 500, "lib.py": 4000},
            ways={"lib.py": Way(own_files=frozenset(["app.py"]))},
        ),
        after_of({"numpy": package(5000)}, extra=4000),
        after_of({"numpy": package(5000), "lbundle-guard": package(4000, "")}),
    ],
    ids=["package", "file", "new package", "by a package", "new file", "tables", "guard"],
)
def test_growth_of_the_same_sources(after):
    """It is lbundle's own where another version made it, and passes; of the same version it fails as ever."""
    same = replace(after, sources=replace(after.sources, lbundle="1.0"))

    assert compare(after)[:2] == (4000, 0)
    assert compare(same) == (0, 2, ())
    (note,) = compare(after)[2]
    assert (note.level, note.name, note.function) == ("note", "lbundle-grew", "(all)")
    assert note.message.startswith(
        "lbundle 2.0 makes larger zips of the same sources than 1.0, which wrote the baseline: hello +4.0 kB; "
    )


@pytest.mark.parametrize(
    "after",
    [
        after_of({"numpy": package(9000, "2.1")}, made_from=sources("2.0", {"numpy": "2.1"})),
        after_of({"numpy": package(9000)}, made_from=sources("2.0", {"numpy": "2.0 another digest"})),
        after_of({"numpy": package(5000)}, {"app.py": 4500}, made_from=sources("2.0", app_py="changed")),
        after_of({"numpy": package(5000), "six": package(4000, "1.17")}, made_from=sources("2.0", app_py="changed")),
        after_of(
            {"numpy": package(5000), "six": package(4000, "1.18")},
            made_from=sources("2.0", {"numpy": "2.0", "six": "1.18"}),
        ),
        after_of(
            {"numpy": package(5000), "new": package(4000)},
            made_from=sources("2.0", {"numpy": "2.0", "new": "2.0"}),
        ),
        after_of(
            {"numpy": package(5000), "six": package(4000, "1.17", packages=["pandas"])},
            made_from=sources("2.0", {"numpy": "2.0", "six": "1.17", "pandas": "2.1"}),
        ),
        after_of({"numpy": package(5000)}, {"app.py": 500, "new.py": 4000}, made_from=sources("2.0", new_py="n")),
        after_of(
            {"numpy": package(5000)},
            {"app.py": 500, "lib.py": 4000},
            made_from=sources("2.0", app_py="changed"),
            ways={"lib.py": Way(own_files=frozenset(["app.py"]))},
        ),
        after_of({"numpy": package(9000)}, settings={**SETTINGS, "runtime": "python3.13"}),
    ],
    ids=[
        "version", "digest", "file", "import", "new version", "new package", "by another version", "new file",
        "old file", "settings",
    ],
)  # fmt: skip
def test_growth_of_other_sources(after):
    """What the user changed counts as ever, whichever lbundle wrote the baseline."""
    assert compare(after) == (0, 2, ())


def test_both():
    """Each has its share of what a zip weighs beyond its files."""
    after = after_of({"numpy": package(8000)}, {"app.py": 1500}, extra=400, made_from=sources("2.0", app_py="changed"))

    assert compare(after)[:2] == (3300, 2)
    assert compare(replace(after, own_files={"app.py": 900}, zip_bytes=8900))[:2] == (3000, 0)


def test_what_shrank_is_no_excuse():
    """Growth of the user's that an upgrade makes good passes as ever, and no more than the growth is excused."""
    changed = sources("2.0", app_py="changed")

    assert compare(after_of({"numpy": package(1000)}, {"app.py": 2500}, made_from=changed)) == (0, 0, ())
    assert compare(after_of({"numpy": package(4500)}, {"app.py": 2500}, made_from=changed)) == (0, 2, ())
    assert compare(after_of({"numpy": package(9000)}, {"app.py": 100}, made_from=changed))[:2] == (3600, 0)


def test_a_new_function_counts_in_the_total():
    """Its growth is nobody else's."""
    grown = after_of({"numpy": package(9000)})
    before, after = {"hello": BEFORE}, {"hello": grown, "more": replace(grown)}

    changes = compare_sizes(before, after)

    (total,) = find_total_growth(changes, LIMIT)
    assert total.message == "all zips together grew by 9.5 kB to 19.0 kB, 1.0 kB is allowed: more: +9.5 kB"
