"""What a bundle lacks, in few bytes."""

import zlib

import pytest

from bundler.model.plan import OMISSION_RULES, Omission
from bundler.plan import describe_left_out
from tests.support.plans import make_plan
from tests.support.sites import make_site


def described(folder, omissions, *, shipped_bytes=0):
    site = make_site(
        folder / "own", {"app.py": ""}, {"kept": {"kept/__init__.py": "", "kept/data/a.txt": b"1" * shipped_bytes}}
    )
    left_out = [Omission(path=path, owner=owner, size_bytes=1, rule=rule) for path, owner, rule in omissions]
    return describe_left_out(make_plan(folder / "own", site, omissions=tuple(left_out)))


def names(found, kind):
    return {rule: text.split("\n")[1:-1] for rule, _, _, text in found[kind]}


def test_a_name_stands_for_all_below_it(tmp_path):
    """Of a distribution that lacks whole one name is told, of one that ships in part what lacks, data by folders."""
    content = described(
        tmp_path,
        [
            ("gone/__init__.py", "gone", "unreached"),
            ("gone/deep/part.py", "gone", "unreached"),
            ("gone/words.txt", "gone", "unused-data"),
            ("kept/extra/__init__.py", "kept", "unreached"),
            ("kept/extra/part.py", "kept", "unreached"),
            ("kept/_fast.cpython-312-x86_64-linux-gnu.so", "kept", "unreached"),
            ("kept/tests/test_it.py", "kept", "tests"),
            ("kept/data/b.txt", "kept", "unused-data"),
            ("kept/more/c.txt", "kept", "unused-data"),
            ("kept/more/d/e.txt", "kept", "unused-data"),
            ("kept.libs/libz-1.so", "kept", "unlinked"),
            ("boto3/__init__.py", "boto3", "runtime"),
        ],
    )

    assert names(content, "modules") == {
        "runtime": ["boto3"],
        "tests": ["kept.tests"],
        "unreached": ["gone", "kept._fast", "kept.extra"],
    }
    assert names(content, "files") == {"unused-data": ["kept/data/b.txt", "kept/more/"], "unlinked": ["kept.libs/"]}
    assert names(content, "libraries") == {"unlinked": ["kept.libs/libz-1.so"]}
    assert content["modules"][0][:3] == (
        "runtime",
        OMISSION_RULES["runtime"],
        "set `external: []`, which ships the packages that the runtime brings as well",
    )


def test_the_project_and_its_patterns(tmp_path):
    """First-party modules are kept by their names, and what the user's patterns leave out by these."""
    content = described(tmp_path, [("jobs/nightly.py", "", "unreached"), ("secret.py", "", "patterns")])

    assert {rule: keep for rule, _, keep, _ in content["modules"]} == {
        "patterns": "add `{path}` to `package.patterns` or to `include`",
        "unreached": "add `{name}` to `include-modules`",
    }


@pytest.mark.parametrize("rule", ["junk", "layer", "bytecode", "metadata"])
def test_what_nobody_misses_is_not_told(tmp_path, rule):
    """Where only that was left out which something else brings, or which nothing reads, there is nothing to say."""
    assert described(tmp_path, [("kept/x.py", "kept", rule)]) == {}


@pytest.mark.parametrize("shipped_bytes", [0, 400_000, 40_000_000])
def test_the_list_stays_small(tmp_path, shipped_bytes):
    """However much was left out, the list is at most 2 kB and a hundredth of what a zip of that size weighs."""
    modules = [(f"kept/m{number * 7919:x}/part{number}.py", "kept", "unreached") for number in range(4_000)]
    data = [(f"kept/data/{number * 104729:x}.bin", "kept", "unused-data") for number in range(4_000)]
    whole = [(f"p{number * 15485863:x}/__init__.py", f"p{number}", "unreached") for number in range(2_000)]

    content = described(tmp_path, modules + data + whole, shipped_bytes=shipped_bytes)

    assert content["modules"]
    assert len(zlib.compress(repr(content).encode(), 9)) <= 2_000 + shipped_bytes // 400
