"""The zip is plain, the same everywhere, and appears whole or not at all."""

import hashlib
import os
import zipfile
from dataclasses import replace

import pytest

from bundler.errors import ArchiveTooLargeError, CompressionError, OutputError, ZipDamagedError
from bundler.model.artifact import PackedFile, StagedFile
from bundler.pack import Compressor, archive, compress, write_zip
from tests.support.plans import make_edge

TEXT = b"the same words again and again " * 40
NOISE = hashlib.sha512(b"").digest()


def stage(arcname, content=TEXT, **fields):
    described = {"is_executable": False, "owner": "lib", "kind": "data", "cause": make_edge(arcname), "origin": arcname}
    return StagedFile(arcname=arcname, read=lambda: content, **{**described, **fields})


def test_contents(tmp_path):
    """Every member comes out as it went in, and other tools find nothing wrong."""
    contents = {"a/text.txt": TEXT, "empty": b"", "noise": NOISE, "ünï.txt": TEXT}

    write_zip([stage(*one) for one in contents.items()], tmp_path / "app.zip", Compressor(2, tmp_path))

    with zipfile.ZipFile(tmp_path / "app.zip") as opened:
        assert opened.testzip() is None
        assert {name: opened.read(name) for name in opened.namelist()} == contents


def test_headers(tmp_path):
    """Names are sorted, dates and modes fixed, methods the two that Lambda takes, UTF-8 flagged only where needed."""
    files = [stage("ü"), stage("b/run", NOISE, is_executable=True), stage("b.txt"), stage("B")]

    write_zip(files, tmp_path / "app.zip", Compressor(1, tmp_path))

    with zipfile.ZipFile(tmp_path / "app.zip") as opened:
        entries = opened.infolist()
    assert [(one.filename, one.compress_type, one.flag_bits, oct(one.external_attr >> 16)) for one in entries] == [
        ("B", zipfile.ZIP_DEFLATED, 0, "0o100644"),
        ("b.txt", zipfile.ZIP_DEFLATED, 0, "0o100644"),
        ("b/run", zipfile.ZIP_STORED, 0, "0o100755"),
        ("ü", zipfile.ZIP_DEFLATED, 0x800, "0o100644"),
    ]
    assert {
        (one.date_time, one.create_system, one.create_version, one.extract_version, one.extra, one.comment)
        for one in entries
    } == {((1980, 1, 1, 0, 0, 0), 3, 20, 20, b"", b"")}


def test_artifact(tmp_path):
    """The record weighs every member, the rest is overhead, and the digest is that of the file."""
    path = tmp_path / "new" / "app.zip"

    artifact = write_zip([stage("text.txt"), stage("noise", NOISE, kind="native")], path, Compressor(1, tmp_path))

    content = path.read_bytes()
    with zipfile.ZipFile(path) as opened:
        zipped = {one.filename: one.compress_size for one in opened.infolist()}
    assert artifact.files == (
        PackedFile(
            arcname="noise",
            size_bytes=64,
            zipped_bytes=64,
            owner="lib",
            kind="native",
            cause=make_edge("noise"),
            origin="noise",
        ),
        PackedFile(
            arcname="text.txt",
            size_bytes=len(TEXT),
            zipped_bytes=zipped["text.txt"],
            owner="lib",
            kind="data",
            cause=make_edge("text.txt"),
            origin="text.txt",
        ),
    )
    assert (artifact.path, artifact.zip_bytes, artifact.unzipped_bytes) == (path, len(content), 64 + len(TEXT))
    assert artifact.sha256 == hashlib.sha256(content).hexdigest()
    assert artifact.overhead_bytes == len(content) - sum(zipped.values())


def test_reproducible(tmp_path, monkeypatch):
    """Order, number of threads, cache, time and umask change nothing."""
    files = [stage(f"file{number}.txt", TEXT + str(number).encode()) for number in range(20)]

    first = write_zip(files, tmp_path / "one.zip", Compressor(4, tmp_path))
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("time.time", lambda: 0.0)
    old = os.umask(0o077)
    second = write_zip(reversed(files), tmp_path / "two.zip", Compressor(1, tmp_path))
    os.umask(old)

    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.files == second.files


def test_compressed_once(tmp_path, monkeypatch):
    """The same content is not compressed a second time."""
    one = write_zip([stage("text.txt"), stage("noise", NOISE)], tmp_path / "one.zip", Compressor(1, tmp_path))
    monkeypatch.setattr("deflate.deflate_compress", lambda *_: pytest.fail("compressed again"))

    two = write_zip([stage("text.txt"), stage("noise", NOISE)], tmp_path / "two.zip", Compressor(1, tmp_path))

    assert one.sha256 == two.sha256


def test_cache_of_another_release(tmp_path, monkeypatch):
    """What another release of the library made is not reused, as the same input must give the same bytes."""
    write_zip([stage("text.txt")], tmp_path / "one.zip", Compressor(1, tmp_path))
    calls = []
    monkeypatch.setattr("deflate.__version__", "99")
    monkeypatch.setattr("deflate.deflate_compress", lambda content, level: calls.append(level) or content)

    write_zip([stage("text.txt")], tmp_path / "two.zip", Compressor(1, tmp_path))

    assert calls == [compress._LEVEL]


def test_previous_stays(tmp_path, monkeypatch):
    """A zip that fails leaves the previous one in place, and no rubbish beside it."""
    path = tmp_path / "out" / "app.zip"
    write_zip([stage("text.txt")], path, Compressor(1, tmp_path))
    before = path.read_bytes()

    def refuse(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(KeyboardInterrupt):
        write_zip([stage("other.txt")], path, Compressor(1, tmp_path))

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_too_many_files(tmp_path):
    """More files than the format counts without zip64 are an error."""
    files = [stage(str(number), b"") for number in range(65_535)]

    with pytest.raises(ArchiveTooLargeError) as caught:
        write_zip(files, tmp_path / "app.zip", Compressor(1, tmp_path))

    assert caught.value.message == "`app.zip` cannot hold 65535 files: 65534 is the most"
    assert not (tmp_path / "app.zip").exists()


def test_too_much_data(tmp_path, monkeypatch):
    """More data than the format measures without zip64 is an error."""
    monkeypatch.setattr(archive, "_MOST_BYTES", 1000)

    with pytest.raises(ArchiveTooLargeError) as caught:
        write_zip([stage("text.txt")], tmp_path / "app.zip", Compressor(1, tmp_path))

    assert caught.value.message == "`app.zip` cannot hold so much data: 4 GiB is the most"


def test_folder_that_cannot_be_written(tmp_path):
    """A file where the output folder should be is an error that names it."""
    (tmp_path / "out").touch()

    with pytest.raises(OutputError) as caught:
        write_zip([stage("text.txt")], tmp_path / "out" / "app.zip", Compressor(1, tmp_path))

    assert caught.value.message.startswith(f"`{tmp_path}/out/app.zip` cannot be written: ")


def test_damaged_member_of_the_cache(tmp_path, monkeypatch):
    """Compressed data of the cache that does not inflate to what it was is made anew."""
    write_zip([stage("text.txt")], tmp_path / "one.zip", Compressor(1, tmp_path))
    kept = compress.compress(TEXT)
    monkeypatch.setattr("bundler.system.cache.load", lambda *_: kept[:-1])

    write_zip([stage("text.txt")], tmp_path / "two.zip", Compressor(1, tmp_path))

    assert (tmp_path / "two.zip").read_bytes() == (tmp_path / "one.zip").read_bytes()


def test_data_that_does_not_inflate(tmp_path, monkeypatch):
    """What the library compresses wrongly gets into no zip, and not into the cache."""
    right = compress._deflate(TEXT)
    monkeypatch.setattr("deflate.deflate_compress", lambda *_: right[:-1])

    with pytest.raises(CompressionError):
        write_zip([stage("text.txt")], tmp_path / "app.zip", Compressor(1, tmp_path))

    monkeypatch.undo()
    write_zip([stage("text.txt")], tmp_path / "app.zip", Compressor(1, tmp_path))
    with zipfile.ZipFile(tmp_path / "app.zip") as opened:
        assert opened.read("text.txt") == TEXT


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-1], lambda content: content.replace(b"text", b"next")], ids=["cut", "changed"]
)
def test_zip_that_reads_otherwise(tmp_path, monkeypatch, damage):
    """A zip that does not come back from the disk as it was written is an error, and the previous one stays."""
    path = tmp_path / "app.zip"
    write_zip([stage("old.txt")], path, Compressor(1, tmp_path))
    before = path.read_bytes()
    read_back = archive._read_back

    def damage_first(written, *others):
        written.write_bytes(damage(written.read_bytes()))
        read_back(written, *others)

    monkeypatch.setattr(archive, "_read_back", damage_first)

    with pytest.raises(ZipDamagedError):
        write_zip([stage("text.txt")], path, Compressor(1, tmp_path))

    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["app.zip"]


def test_table_of_contents_that_names_something_else(tmp_path, monkeypatch):
    """What another reader finds in a zip is held against what was packed."""
    describe = archive._describe
    monkeypatch.setattr(archive, "_describe", lambda arcname, member: describe(arcname, replace(member, crc=1)))

    with pytest.raises(ZipDamagedError):
        write_zip([stage("text.txt")], tmp_path / "app.zip", Compressor(1, tmp_path))


def test_described(tmp_path):
    """What describes a zip appears with it, and neither appears where one of them has no place."""
    write_zip([stage("a")], tmp_path / "app.zip", Compressor(1, tmp_path), lambda artifact: artifact.sha256.encode())
    (tmp_path / "other.json").mkdir()

    with pytest.raises(OutputError, match=r"other\.json"):
        write_zip([stage("a")], tmp_path / "other.zip", Compressor(1, tmp_path), lambda _: b"{}")

    written = (tmp_path / "app.zip").read_bytes()
    assert (tmp_path / "app.json").read_bytes() == hashlib.sha256(written).hexdigest().encode()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.json", "app.zip", "other.json"]
