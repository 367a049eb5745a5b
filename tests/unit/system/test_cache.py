"""What the cache gives back is what was put there under that very key, or nothing."""

import hashlib
import json
import os
import random

import pytest

from bundler.system import cache

VALUE = b"the same words again and again " * 20


def entries():
    return [path for path in cache.cache_folder().rglob("*") if path.is_file()]


@pytest.fixture
def entry():
    """Return the file of the value that is stored under `key`."""
    cache.store("words", "key", VALUE)
    (path,) = entries()
    return path


@pytest.mark.usefixtures("entry")
def test_what_was_stored_comes_back():
    """A value is found under its own namespace and key."""
    assert cache.load("words", "key") == VALUE
    assert cache.load("words", "other") is None
    assert cache.load("others", "key") is None


def test_any_flipped_bit(entry):
    """Each bit of an entry counts, those of headers that zstandard's checksum leaves out among them."""
    content = entry.read_bytes()
    for bit in range(len(content) * 8):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        entry.write_bytes(damaged)

        assert cache.load("words", "key") is None, bit


@pytest.mark.parametrize("seed", range(20))
def test_any_damage(entry, seed):
    """What is cut, overwritten or lengthened is not there."""
    content, chance = bytearray(entry.read_bytes()), random.Random(seed)
    start = chance.randrange(len(content))
    damages = (content[:start], content + b"\0", b"", bytes(len(content)), chance.randbytes(len(content)))
    for damaged in damages:
        entry.write_bytes(damaged)

        assert cache.load("words", "key") is None


def test_entry_of_another_key(entry):
    """An entry that is whole, and in the place of another, is not there."""
    content = entry.read_bytes()
    cache.store("words", "other", b"other")
    (other,) = set(entries()) - {entry}
    other.write_bytes(content)

    assert cache.load("words", "other") is None


def test_value_of_another_form():
    """A value that its reader cannot make sense of is not there."""
    cache.store("words", "key", b'{"a": [1, 2]}')
    cache.store("words", "deep", b"[" * 100_000)

    assert cache.load_as("words", "key", lambda value: json.loads(value)["a"]) == [1, 2]
    assert cache.load_as("words", "key", lambda value: json.loads(value)["b"]) is None
    assert cache.load_as("words", "key", lambda value: json.loads(value)["a"].lower()) is None
    assert cache.load_as("words", "deep", json.loads) is None


def test_cache_that_cannot_be_written(tmp_path, monkeypatch):
    """Nothing is kept, and nothing fails, where the cache's folder is a file."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "file"))

    cache.store("words", "key", VALUE)

    assert cache.load("words", "key") is None


def test_user_without_home(monkeypatch):
    """Where nobody knows the user's home, it is the root, as Docker has it."""
    for name in ("LBUNDLE_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def refuse(*_):
        message = "Could not determine home directory."
        raise RuntimeError(message)

    monkeypatch.setattr("pathlib.Path.home", refuse)

    assert str(cache.cache_folder()) == "/.cache/lbundle"


@pytest.fixture
def kept(tmp_path):
    """Return a file that was put into the cache long ago, and its digest."""
    path = tmp_path / "one.whl"
    path.write_bytes(VALUE)
    return path, hashlib.sha256(VALUE).hexdigest()


@pytest.fixture(params=["just put there", "there for long"])
def _tick(request, monkeypatch):
    monkeypatch.setattr(cache, "_TICK_NANOSECONDS", 0 if request.param == "there for long" else 10**12)


@pytest.mark.usefixtures("_tick")
def test_file_that_is_touched(kept):
    """A file is held against its digest again once it is written to or replaced, whatever its size and time say."""
    path, digest = kept
    before = path.stat()
    assert [cache.is_kept(path, digest), cache.is_kept(path, digest)] == [True, True]

    other = path.with_name("other")
    other.write_bytes(VALUE.upper())
    other.replace(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert not cache.is_kept(path, digest)


def test_file_that_is_not_touched(kept, monkeypatch):
    """A file that was found right is not read again; nothing is kept of one that was wrong or is gone."""
    path, digest = kept
    monkeypatch.setattr(cache, "_TICK_NANOSECONDS", 0)
    cache.is_kept(path, digest)
    monkeypatch.setattr("hashlib.file_digest", None)

    assert cache.is_kept(path, digest)
    assert not cache.is_kept(path.with_name("gone"), digest)


def test_reading_again(tmp_path):
    """Where everything is read again, what a stamp says is right is held against its digest all the same."""
    path = tmp_path / "file"
    path.write_bytes(b"content")
    cache.store("kept", f"{'0' * 64} {path}", cache._stamp(path))

    with cache.reading_again():
        again = cache.is_kept(path, "0" * 64)

    assert (cache.is_kept(path, "0" * 64), again) == (True, False)
