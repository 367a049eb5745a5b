"""Wheels and own code make one site, as a full install would lay them out."""

import zlib

import pytest

from bundler.errors import WheelBrokenError, WheelDamagedError
from bundler.model.project import Architecture
from bundler.model.wheels import OWN_CODE, Clash, Distribution, Pin, SiteFile, Wheel
from bundler.resolve import gather_site
from bundler.resolve.wheel_contents import parse_headers, read_needs
from bundler.runtimes import make_target
from bundler.system.files import read_site_file
from tests.support.wheels import digest_of, make_metadata, make_wheel

TARGET = make_target("python3.12", Architecture.X86_64)
EXTEND = "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
DECLARE = '"""Namespace."""\n__import__("pkg_resources").declare_namespace(__name__)\n'
EITHER = (
    "try:\n    import pkg_resources\n    pkg_resources.declare_namespace(__name__)\n"
    "except ImportError:\n    import pkgutil\n    __path__ = pkgutil.extend_path(__path__, __name__)\n"
)


@pytest.fixture
def wheel_of(tmp_path):
    """Return a wheel in the cache made of files, its name and version taken from its file name."""

    def make(name, files=None, *, version="1.0", asked_extras=(), **metadata):
        path = make_wheel(tmp_path / f"wheels-{name}", name, version, files, **metadata)
        pin = Pin(name=name, version=version, hashes=(), extras=asked_extras, origin="")
        return Wheel(pin=pin, path=path, sha256=digest_of(path))

    return make


@pytest.fixture
def gather(tmp_path, target):
    """Return the site of wheels and of own files made from a dict."""
    own_root = tmp_path / "own"
    own_root.mkdir()

    def gather(*wheels, own=None, ignore=()):
        for path, content in (own or {}).items():
            (own_root / path).parent.mkdir(parents=True, exist_ok=True)
            (own_root / path).write_text(content)
        return gather_site(wheels, own_root, target, ignore=ignore)

    gather.own_root = own_root
    return gather


def paths_of(site):
    return sorted(path for path in site.files if ".dist-info/" not in path)


def test_files(gather, wheel_of):
    """Every file of a wheel and of the project is there with its size, owner and place, readable where it lies."""
    wheel = wheel_of("one", {"one/__init__.py": "x = 1\n"})

    site = gather(wheel, own={"app.py": "import one\n"})

    assert site.files["one/__init__.py"] == SiteFile(
        path="one/__init__.py",
        owner="one",
        size_bytes=6,
        crc=zlib.crc32(b"x = 1\n"),
        container=wheel.path,
        container_sha256=wheel.sha256,
        member="one/__init__.py",
    )
    assert site.files["app.py"] == SiteFile(
        path="app.py",
        owner=OWN_CODE,
        size_bytes=11,
        crc=0,
        container=gather.own_root,
        container_sha256="",
        member="app.py",
    )
    assert {path: read_site_file(file) for path, file in site.files.items() if path.endswith(".py")} == {
        "one/__init__.py": b"x = 1\n",
        "app.py": b"import one\n",
    }
    assert sorted(set(site.files) - {"one/__init__.py", "app.py"}) == [
        "one-1.0.dist-info/METADATA",
        "one-1.0.dist-info/RECORD",
        "one-1.0.dist-info/WHEEL",
    ]
    assert site.warnings == ()


def test_cached_contents(gather, wheel_of):
    """What was read from a wheel once is the same from the cache, without opening the wheel."""
    wheel = wheel_of("one", {"one.py": "", "one-1.0.data/purelib/two.py": ""}, requires=["six"])
    first = gather(wheel)
    wheel.path.unlink()

    assert gather(wheel) == first


def test_data_folders(gather, wheel_of):
    """Files of `X.data/` go where `pip install --target` puts them; headers are left out."""
    wheel = wheel_of(
        "two-words",
        {
            "two_words-1.0.data/purelib/pure.py": "",
            "two_words-1.0.data/platlib/plat/native.so": "",
            "two_words-1.0.data/data/share/zone/utc": "",
            "two_words-1.0.data/scripts/run": "",
            "two_words-1.0.data/headers/one.h": "",
            "other-1.0.data/purelib/kept.py": "",
        },
    )

    site = gather(wheel)

    assert {path: site.files[path].member for path in paths_of(site)} == {
        "pure.py": "two_words-1.0.data/purelib/pure.py",
        "plat/native.so": "two_words-1.0.data/platlib/plat/native.so",
        "share/zone/utc": "two_words-1.0.data/data/share/zone/utc",
        "bin/run": "two_words-1.0.data/scripts/run",
        "other-1.0.data/purelib/kept.py": "other-1.0.data/purelib/kept.py",
    }


def test_distribution(gather, wheel_of):
    """A distribution has its name, version, needs on the target and entry points; a description is no header."""
    wheel = wheel_of(
        "two-words",
        requires=[
            "Six>=1.0",  # the runtime has it
            "tomli ; python_version < '3.11'",
            "uvloop ; platform_machine == 'x86_64'",
            "socks ; extra == 'socks'",
            "two-words[all]",
            "not a requirement!",
        ],
        extras=["socks"],
        entry_points="# by hand\n[console_scripts]\nrun = two:main [x]\n\n[plug.ins]\na=two.a\n; no\nb = two.b:B.c\n",
    )

    site = gather(wheel)

    assert site.distributions == (
        Distribution(
            name="two-words",
            version="1.0",
            dist_info="two_words-1.0.dist-info",
            wheel=wheel,
            requires=("six", "uvloop"),
            narrow=(),
            optional=("socks",),
            entry_points=(
                ("console_scripts", "run", "two:main"),
                ("plug.ins", "a", "two.a"),
                ("plug.ins", "b", "two.b:B.c"),
            ),
        ),
    )
    assert site.warnings == ("`two-words` needs what the lock does not name: `uvloop`",)


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        ("needed>=1.2,<1.5", ("needed",)),
        ("needed==1.4", ("needed",)),
        ("needed~=1.4.0", ("needed",)),
        ("needed>=1.2,<2", ()),
        ("needed", ()),
        ("absent<1.5", ()),
    ],
)
def test_few_versions_are_admitted(gather, wheel_of, requirement, expected):
    """A need that admits no later minor version of what the lock has is narrow."""
    site = gather(wheel_of("app", requires=[requirement]), wheel_of("needed", version="1.4"))

    narrow = {known.name: known.narrow for known in site.distributions}
    assert {name: tuple(need.name for need in needs) for name, needs in narrow.items()} == {
        "app": expected,
        "needed": (),
    }
    assert [set(need.versions.split(",")) for need in narrow["app"]] == [
        set(requirement.removeprefix(name).split(",")) for name in expected
    ]


def test_extras(gather, wheel_of):
    """Needs of an extra count when the lock or another distribution asks for the extra, however far away."""
    requires = ["six ; extra == 'Fast_IO'", "idna ; extra == 'slow'"]
    wheels = (
        wheel_of("app", requires=["asked[all]"]),
        wheel_of("asked", requires=["deep[fast-io] ; extra == 'all'"], extras=["all"]),
        wheel_of("deep", requires=requires, extras=["fast-io", "slow"]),
        wheel_of("pinned", requires=requires, extras=["Fast.IO", "slow"], asked_extras=("slow",)),
        wheel_of("six"),
        wheel_of("idna"),
    )

    site = gather(*wheels)

    assert {distribution.name: distribution.requires for distribution in site.distributions} == {
        "app": ("asked",),
        "asked": ("deep",),
        "deep": ("six",),
        "pinned": ("idna",),
        "six": (),
        "idna": (),
    }
    assert site.warnings == ()


def test_needs_of_the_runtime(gather, wheel_of):
    """A package that the runtime brings need not be in the lock."""
    assert gather(wheel_of("one", requires=["boto3"])).warnings == ()


def test_without_record(gather, wheel_of):
    """A wheel without RECORD is read like any other, and named in a warning."""
    site = gather(wheel_of("one", {"one.py": ""}, has_record=False))

    assert paths_of(site) == ["one.py"]
    assert site.warnings == (
        (
            "`one-1.0-py3-none-any.whl` does not list in its `RECORD`: `one-1.0.dist-info/METADATA`, "
            "`one-1.0.dist-info/WHEEL`, `one.py`"
        ),
    )


def test_unlisted_files(gather, wheel_of):
    """Files that RECORD does not list ship all the same and are told, from the cache too; signatures need no entry."""
    listed = 'one-1.0.dist-info/METADATA,,\none-1.0.dist-info/WHEEL,,\n"one/a,b.py",,\none\\windows.py,,\n'
    files = {
        "one/a,b.py": "",
        "one/windows.py": "",
        "one/added.py": "",
        "one-1.0.dist-info/RECORD.jws": "",
        "one-1.0.dist-info/RECORD": listed,
    }
    wheel = wheel_of("one", files, has_record=False)

    site = gather(wheel)

    assert "one/added.py" in site.files
    assert site.warnings == ("`one-1.0-py3-none-any.whl` does not list in its `RECORD`: `one/added.py`",)
    assert gather(wheel) == site


@pytest.mark.parametrize(
    "path", ["../one.py", "/one.py", "one/../../two.py", "one-1.0.data/purelib/../../x.py", "C:/x"]
)
def test_paths_outside(gather, wheel_of, path):
    """A wheel with a path outside its folder is refused."""
    with pytest.raises(WheelBrokenError) as caught:
        gather(wheel_of("one", {path: ""}))

    assert caught.value.exit_code == 3
    assert caught.value.message == (
        f"`one-1.0-py3-none-any.whl` is not a usable wheel: `{path}` lies outside the folder it is installed to"
    )


def test_no_metadata(gather, tmp_path):
    """A wheel of another name than its pin is refused."""
    path = make_wheel(tmp_path, "other", "1.0")
    wheel = Wheel(pin=Pin(name="one", version="1.0", hashes=(), origin=""), path=path, sha256=digest_of(path))

    with pytest.raises(WheelBrokenError, match="it has no metadata of `one`"):
        gather(wheel)


def test_headers_missing(gather, wheel_of):
    """Metadata without a version is refused."""
    with pytest.raises(WheelBrokenError, match="lacks its name or version"):
        gather(wheel_of("one", {"one-1.0.dist-info/METADATA": "Name: one\n\nVersion: 1.0\n"}))


def test_licence_in_a_header(gather, wheel_of):
    """A line of spaces goes on with a folded header, as in a licence; only an empty line ends the headers."""
    metadata = (
        "Name: one\nVersion: 1.0\nLicense: BSD\n        \n        All rights\x0creserved.\n"
        "Requires-Dist: uvloop\n\nRequires-Dist: not-a-header\n"
    )

    site = gather(wheel_of("one", {"one-1.0.dist-info/METADATA": metadata}))

    assert [distribution.requires for distribution in site.distributions] == [("uvloop",)]


def test_folded_headers(gather, wheel_of):
    """A header may go on in the next line, and be spelled in any case."""
    text = "NAME: one\r\nversion: 1.0\nLicense: MIT\n and more\n  Requires-Dist: none\nRequires-dist: six\n"

    assert gather(wheel_of("one", {"one-1.0.dist-info/METADATA": text})).distributions[0].requires == ("six",)


def test_not_a_zip(gather, tmp_path):
    """A file that is no zip is refused, not a traceback."""
    path = tmp_path / "one-1.0-py3-none-any.whl"
    path.write_bytes(b"not a zip")

    with pytest.raises(WheelBrokenError, match="File is not a zip file"):
        gather(Wheel(pin=Pin(name="one", version="1.0", hashes=(), origin=""), path=path, sha256=digest_of(path)))


def test_damaged_wheel(gather, wheel_of):
    """A wheel whose bytes have changed since it was fetched is named, with what to do."""
    wheel = wheel_of("one", {"one.py": "".join(f"x{number} = {number * 7919}\n" for number in range(2000))})
    site = gather(wheel)
    content = bytearray(wheel.path.read_bytes())
    content[1000:3000] = bytes(2000)
    wheel.path.write_bytes(content)

    with pytest.raises(WheelDamagedError) as caught:
        read_site_file(site.files["one.py"])

    assert caught.value.message.startswith(f"`{wheel.path}` is damaged: ")
    assert caught.value.hints == ("delete it, and the next build fetches it again",)


def test_versions_that_the_runtime_does_not_bring(gather, wheel_of):
    """Needs that the runtime's own version does not answer are known; what the runtime lacks is no such need."""
    needs = ["boto3>=99", "botocore>=1.20", "urllib3>=1; extra == 'more'", "other>5"]

    site = gather(wheel_of("one", requires=needs))

    assert [(known.name, known.outgrown) for known in site.distributions] == [("one", ("boto3",))]


def test_clash(gather, wheel_of):
    """Different code under one path in two distributions is known to the site; the first stays."""
    site = gather(wheel_of("one", {"same/__init__.py": "x = 1"}), wheel_of("two", {"same/__init__.py": "x = 2"}))

    assert site.files["same/__init__.py"].owner == "one"
    assert site.clashes == {"same/__init__.py": Clash(owner="one", others=("two",), is_code=True, is_last=False)}
    assert site.warnings == ()


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ({"one": ["two"]}, Clash(owner="one", others=("two",), is_code=True, is_last=True)),
        ({"two": ["one"]}, Clash(owner="two", others=("one",), is_code=True, is_last=True)),
        ({"two": ["between"], "between": ["one"]}, Clash(owner="two", others=("one",), is_code=True, is_last=True)),
        ({"one": ["two"], "two": ["one"]}, Clash(owner="one", others=("two",), is_code=True, is_last=False)),
        ({"two": ["one; extra == 'more'"]}, Clash(owner="one", others=("two",), is_code=True, is_last=False)),
        ({"two": ["one; sys_platform == 'win32'"]}, Clash(owner="one", others=("two",), is_code=True, is_last=False)),
    ],
)
def test_clash_with_what_is_required(gather, wheel_of, needs, expected):
    """The file of a distribution that requires the other, directly or not, stays: it is installed last."""
    wheels = [
        wheel_of(
            name,
            {"same.py": f"x = {name!r}"} if name != "between" else {"between.py": ""},
            requires=needs.get(name, []),
        )
        for name in ("between", "one", "two")
    ]

    site = gather(*wheels)

    assert site.clashes == {"same.py": expected}
    assert (site.files["same.py"].owner, read_site_file(site.files["same.py"])) == (
        expected.owner,
        f"x = {expected.owner!r}".encode(),
    )


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        (["one", "two"], Clash(owner="three", others=("one", "two"), is_code=True, is_last=True)),
        (["one"], Clash(owner="one", others=("two", "three"), is_code=True, is_last=False)),
    ],
)
def test_clash_of_three(gather, wheel_of, needs, expected):
    """One that requires all others settles it, one that requires only some does not."""
    wheels = [
        wheel_of(name, {"same.py": name}, requires=needs if name == "three" else []) for name in ("one", "two", "three")
    ]

    assert gather(*wheels).clashes == {"same.py": expected}


def test_same_content(gather, wheel_of):
    """The same content under one path is no clash."""
    site = gather(wheel_of("one", {"same.py": "x = 1"}), wheel_of("two", {"same.py": "x = 1"}))

    assert site.files["same.py"].owner == "one"
    assert site.warnings == ()


@pytest.mark.parametrize("one", [EXTEND, DECLARE, EITHER, "", "# only a comment\n"])
@pytest.mark.parametrize("two", [EXTEND + "\n", DECLARE.replace("Name", "The name"), EITHER + "\n"])
def test_legacy_namespaces(gather, wheel_of, one, two):
    """An `__init__` that only declares a namespace may differ from one distribution to the next."""
    site = gather(
        wheel_of("one", {"space/__init__.py": one, "space/a.py": ""}),
        wheel_of("two", {"space/__init__.py": two, "space/b.py": ""}),
    )

    assert paths_of(site) == ["space/__init__.py", "space/a.py", "space/b.py"]
    assert site.warnings == ()


@pytest.mark.parametrize("body", [EXTEND + "import os\n", "x = 1\n", "def broken(:\n", "raise SystemExit\n", "a\0b"])
def test_more_than_a_namespace(gather, wheel_of, body):
    """An `__init__` that does more than declare a namespace clashes with one that does not."""
    site = gather(wheel_of("one", {"space/__init__.py": EXTEND}), wheel_of("two", {"space/__init__.py": body}))

    assert list(site.clashes) == ["space/__init__.py"]


@pytest.mark.parametrize("path", ["LICENSE", "tests/test_it.py", "share/doc/index.html", "docs/conf.py"])
def test_stray_files(gather, wheel_of, path):
    """Documents and tests that distributions leave outside their packages are no code that anything imports."""
    site = gather(wheel_of("one", {path: "1"}), wheel_of("two", {path: "2"}))

    assert site.files[path].owner == "one"
    assert site.clashes == {path: Clash(owner="one", others=("two",), is_code=False, is_last=False)}


def test_own_files_hide(gather, wheel_of):
    """An own file hides a wheel's of the same path, which is said once for each distribution."""
    wheel = wheel_of("one", {f"one/{letter}.py": "" for letter in "abcde"})

    site = gather(wheel, own={f"one/{letter}.py": "own" for letter in "abcd"})

    assert [site.files[f"one/{letter}.py"].owner for letter in "ade"] == ["", "", "one"]
    assert site.warnings == ("own files hide those of `one`: `one/a.py`, `one/b.py`, `one/c.py` and 1 more",)


def test_names_that_differ_by_case(gather, wheel_of):
    """Names that only differ by case are told, as such a bundle cannot be unpacked everywhere."""
    site = gather(wheel_of("one", {"pack/A.py": ""}), wheel_of("two", {"pack/a.py": ""}))

    assert paths_of(site) == ["pack/A.py", "pack/a.py"]
    assert site.warnings == (
        "names differ only by case, so they cannot all be unpacked on every system: `pack/A.py`, `pack/a.py`",
    )


def test_own_code_without_wheels(gather):
    """A project without packages is a site too."""
    site = gather(own={"app.py": ""})

    assert (paths_of(site), site.distributions, site.warnings) == (["app.py"], (), ())


def test_description_is_not_read():
    """The metadata made for these tests has a description that looks like a header, as some have."""
    assert make_metadata("one", "1.0").endswith("\n\nRequires-Dist: not-a-header\n")


def test_own_files_hide_themselves(gather, wheel_of):
    """An own file that a wheel brings unchanged, as where the project itself is installed, is nothing to tell."""
    site = gather(
        wheel_of("one", {"one/a.py": "same", "one/b.py": "old!"}), own={"one/a.py": "same", "one/b.py": "new!"}
    )

    assert site.files["one/a.py"].owner == ""
    assert site.warnings == ("own files hide those of `one`: `one/b.py`",)


def test_a_long_folded_header(gather, wheel_of):
    """A header is read once, however many lines it is folded into."""
    folded = " folded line\n" * 200_000
    text = f"Metadata-Version: 2.1\nName: app\nVersion: 1.0\nLicense: x\n{folded}Requires-Dist: needed\n\n"

    site = gather(wheel_of("app", {"app-1.0.dist-info/METADATA": text}))

    assert site.distributions[0].requires == ("needed",)
    assert parse_headers("A: x\n y\n\tz\nA: w\n\n B: no\n") == {"A": ["x y\tz", "w"]}


def test_many_extras():
    """Only the extras that a marker names are asked for; what would have to ask thousands is needed always."""
    extras = [f"e{n}" for n in range(3000)]
    requires = [*(f"p-{extra} ; extra == '{extra}'" for extra in extras), "part ; 'e1' in extra"]

    needs = {name: only_with for name, _, only_with, _ in read_needs(requires, extras, TARGET)}

    assert len(needs) == 3001
    assert (needs["p-e7"], needs["part"]) == (["e7"], [])


def test_extras_that_are_not_named():
    """A marker that holds for other extras than those it names holds for each of them."""

    def extras_of(marker):
        return [only_with for _, _, only_with, _ in read_needs([f"one ; {marker}"], ["A_b", "c", "d"], TARGET)]

    assert extras_of("extra != 'c' and extra != ''") == [["a-b", "d"]]
    assert extras_of("extra == 'a-B'") == [["a-b"]]
    assert extras_of("extra == 'x'") == []
    assert extras_of("'b' in extra") == [["a-b"]]


def test_a_bomb_for_metadata(gather, wheel_of):
    """A wheel whose metadata inflates to more than any has is refused before it is inflated."""
    with pytest.raises(WheelBrokenError) as caught:
        gather(wheel_of("app", {"app-1.0.dist-info/METADATA": b"x" * 64_000_001}))

    assert "`app-1.0.dist-info/METADATA` has 64,000,001 bytes, at most 64,000,000 are read" in caught.value.message
