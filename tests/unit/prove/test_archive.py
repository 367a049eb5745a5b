"""The archive itself: made with `zipfile`, which writes what a build never does."""

import struct
import warnings
import zipfile

import pytest

from bundler.prove import check_bundle
from tests.support.proofs import HANDLER, TARGET, told


def entry(path, *, mode=0o100644, date=(1980, 1, 1, 0, 0, 0), method=zipfile.ZIP_DEFLATED):
    info = zipfile.ZipInfo(path, date)
    info.external_attr = mode << 16
    info.compress_type = method
    return info


@pytest.fixture
def write(tmp_path):
    """Return a function that writes entries, `app.py` first, to a zip."""

    def write_entries(*entries, **options):
        path = tmp_path / "hello.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for one in (entry("app.py"), *entries):
                with archive.open(one, "w", **options) as stream:
                    stream.write(b"text " * 20)
        return path

    return write_entries


def check(path):
    return told(check_bundle(path, target=TARGET, handler=HANDLER))


def test_a_plain_zip_has_no_findings(write):
    """Stored and deflated files of both modes, and folders, in order and of the first day, are as they should be."""
    folder = zipfile.ZipInfo("lib/")
    folder.external_attr = 0o040755 << 16

    path = write(folder, entry("lib/run", mode=0o100755, method=zipfile.ZIP_STORED))

    assert check(path) == []


def test_what_a_build_packs_has_no_findings(pack):
    """A zip as a build writes it is as it should be."""
    assert check(pack({"a.txt": b"a" * 100, "b/c.txt": b"", "ünï.txt": b"x"})) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and nothing more"])
def test_no_zip(tmp_path, content):
    """A file that does not open as a zip is one error, and nothing else is said of it."""
    (tmp_path / "hello.zip").write_bytes(content)

    assert check(tmp_path / "hello.zip") == [
        ("error", "zip-unreadable", "the zip cannot be opened: File is not a zip file")
    ]


def test_entries_of_zip64(write):
    """An entry that asks for zip64 is an error, however small it is."""
    assert check(write(force_zip64=True)) == [
        ("error", "zip-zip64", "the zip uses the zip64 format, which Lambda may refuse")
    ]


def test_end_record_of_zip64(write):
    """So is zip64's own end record, behind which nothing else need be of that format; a comment does not hide it."""
    path = write()
    content = path.read_bytes()
    end = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack_from("<HLL", content, end + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    comment = b"a comment"
    ending = content[end:-2] + struct.pack("<H", len(comment)) + comment
    path.write_bytes(content[:end] + record + locator + ending)

    assert check(path) == [("error", "zip-zip64", "the zip uses the zip64 format, which Lambda may refuse")]


def test_other_methods(write):
    """A file that is compressed in another way than Lambda reads is an error with the method's number."""
    assert check(write(entry("b.txt", method=zipfile.ZIP_LZMA), entry("c.txt", method=zipfile.ZIP_BZIP2))) == [
        (
            "error",
            "zip-method",
            "files that are neither stored nor deflated: `b.txt` (method 14), `c.txt` (method 12)",
        )
    ]


def test_damaged_bytes(write):
    """Each file whose bytes have changed is named, deflated ones too, and the others are read all the same."""
    path = write(entry("b.txt", method=zipfile.ZIP_STORED), entry("c.txt"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        offsets = [archive.getinfo(name).header_offset for name in ("b.txt", "c.txt")]
    for offset in offsets:
        content[offset + 30 + len("b.txt") + 4] ^= 0xFF
    path.write_bytes(content)

    assert check(path) == [
        ("error", "zip-damaged", "files whose bytes are not those of their checksum: `b.txt`, `c.txt`")
    ]


def test_encrypted_files(write):
    """An encrypted file is an error of its own, not a damaged one."""
    path = write(entry("b.txt"))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        content[archive.getinfo("b.txt").header_offset + 6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    assert check(path) == [("error", "zip-encrypted", "files that are encrypted: `b.txt`")]


def test_doubled_paths(write):
    """A path that is there twice is an error: which one ships depends on who unpacks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        path = write(entry("b.txt"), entry("b.txt"))

    assert check(path) == [("error", "zip-doubled", "paths that are there more than once: `b.txt`")]


def test_paths_that_leave_the_root(write):
    """Absolute paths, ones that climb, ones with backslashes and empty ones are errors."""
    assert check(write(entry("b/../../c.txt"), entry("c\\d.txt"))) == [
        ("error", "zip-path", "paths that do not stay below the zip's root: `b/../../c.txt`, `c\\d.txt`")
    ]
    assert check(write(entry(""))) == [
        ("error", "zip-path", "paths that do not stay below the zip's root: ``"),
        ("warning", "zip-order", "files that stand behind a later name: ``"),
    ]
    assert check(write(entry("/etc/b.txt"))) == [
        ("error", "zip-path", "paths that do not stay below the zip's root: `/etc/b.txt`"),
        ("warning", "zip-order", "files that stand behind a later name: `/etc/b.txt`"),
    ]


def test_modes(write):
    """A file that not everybody may read, a link and a file without a mode are errors with the mode they have."""
    modes = {"b.txt": 0o100600, "c.txt": 0o120777, "d.txt": 0o755}

    assert check(write(*(entry(path, mode=mode) for path, mode in modes.items()))) == [
        (
            "error",
            "zip-mode",
            "files with another mode than 100644 or 100755: `b.txt` (100600), `c.txt` (120777), `d.txt` (755)",
        )
    ]


def test_order_and_dates_are_warnings(write):
    """They make two builds differ, but the function runs; of many files, three are named."""
    dated = [entry(f"{name}.txt", date=(2024, 5, 1, 12, 0, 0)) for name in "edcba"]

    assert check(write(*dated)) == [
        ("warning", "zip-order", "files that stand behind a later name: `d.txt`, `c.txt`, `b.txt` and 1 more"),
        ("warning", "zip-date", "files with another date than 1980-01-01: `e.txt`, `d.txt`, `c.txt` and 2 more"),
    ]
