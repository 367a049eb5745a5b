from bundler.model.report import Share
from bundler.report import biggest_files, measure_kinds, measure_omissions, measure_packages
from tests.support.metafiles import make_report

CAUSE = {"kind": "import", "source": "", "line": 0, "name": ""}


def _file(path, size, zipped, owner, kind):
    sizes = {"size": size, "zipped": zipped}
    return {"path": path, **sizes, "owner": owner, "kind": kind, "origin": path, "cause": CAUSE}


METAFILE = make_report(
    "app",
    100,
    100,
    {},
    packages=[
        {"name": "numpy", "version": "2.0", "size": 70, "zipped": 30, "files": 2},
        {"name": "", "version": "", "size": 9, "zipped": 5, "files": 1},
    ],
    files=[
        _file("app.py", 9, 5, "", "source"),
        _file("numpy/a.pyc", 30, 4, "numpy", "bytecode"),
        _file("numpy/b.so", 40, 26, "numpy", "native"),
        _file("numpy/c.pyc", 2, 2, "numpy", "bytecode"),
    ],
    omissions=(("stub", "numpy", 3, 20), ("tests", "numpy", 5, 25), ("stub", "pandas", 1, 6)),
)


def _share(name, files, size, zipped=0):
    return Share(name=name, files=files, size_bytes=size, zipped_bytes=zipped)


def test_packages_are_weighed():
    """Every package has its share, own code among them."""
    assert measure_packages(METAFILE) == (_share("numpy", 2, 70, 30), _share("", 1, 9, 5))


def test_kinds_are_weighed():
    """Files of a kind weigh together, the heaviest kind in the zip first."""
    assert measure_kinds(METAFILE) == (
        _share("native", 1, 40, 26),
        _share("bytecode", 2, 32, 6),
        _share("source", 1, 9, 5),
    )


def test_biggest_files_come_first():
    """The files that weigh most in the zip are named, not those that weigh most without compression."""
    assert biggest_files(METAFILE, 3) == (
        _share("numpy/b.so", 1, 40, 26),
        _share("app.py", 1, 9, 5),
        _share("numpy/a.pyc", 1, 30, 4),
    )


def test_rules_are_weighed_over_owners():
    """What a rule left out of several packages is summed."""
    assert measure_omissions(METAFILE) == (_share("stub", 4, 26), _share("tests", 5, 25))
