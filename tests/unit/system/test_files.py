"""Files of the project, results and temporary folders: what goes wrong with them is an error of ours."""

import errno
import os
import zipfile
from pathlib import Path

import pytest

from bundler.errors import OutputError, OwnFileGoneError, ScratchError, WheelDamagedError
from bundler.model.wheels import OWN_CODE, SiteFile
from bundler.system import files
from bundler.system.files import read_own_file, read_site_file, read_start, scratch_folder, write_output
from tests.support.sites import make_site


def own_file(folder):
    return SiteFile(
        path="app.py", owner=OWN_CODE, size_bytes=1, crc=0, container=folder, container_sha256="", member="app.py"
    )


@pytest.mark.parametrize("read", [read_site_file, read_start, read_own_file])
def test_own_file_that_vanishes(tmp_path, read):
    """A file of the project that has gone since it was listed is an error of exit 4 that names it."""
    with pytest.raises(OwnFileGoneError) as raised:
        read(own_file(tmp_path))

    assert raised.value.exit_code == 4
    assert raised.value.message == (
        "`app.py` was there when the build began, and cannot be read now: No such file or directory"
    )


@pytest.mark.parametrize("read", [read_site_file, read_start])
def test_encrypted_member_of_a_wheel(tmp_path, read):
    """A member that cannot be read without a password is an error of exit 3, as any damage is."""
    file = make_site(tmp_path, {}, {"one": {"one.py": "x = 1\n"}}).files["one.py"]
    content = bytearray(file.container.read_bytes())
    for start, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = content.find(start)
        while position >= 0:
            content[position + flags] |= 1
            position = content.find(start, position + 1)
    file.container.write_bytes(content)

    with pytest.raises(WheelDamagedError) as raised:
        read(file)

    assert raised.value.exit_code == 3


def test_result_without_a_place(tmp_path):
    """A result whose folder is a file is an error of exit 6."""
    (tmp_path / "file").touch()

    with pytest.raises(OutputError) as raised:
        write_output(tmp_path / "file" / "app.json", b"")

    assert raised.value.exit_code == 6


def test_no_place_for_temporary_files(monkeypatch):
    """Where nothing temporary can be written, an error of exit 6 says how to name another place."""

    def refuse(*_, **__):
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(ScratchError) as raised, scratch_folder("test"):
        pass

    assert raised.value.message == "there is no place for temporary files: No usable temporary directory found"
    assert (raised.value.exit_code, raised.value.hints) == (6, ("`TMPDIR` names another one",))


def test_no_room_for_temporary_files():
    """A disk that fills up while something is done is the same error; other failures stay what they are."""
    with pytest.raises(ScratchError), scratch_folder("test"):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), scratch_folder("test"):
        raise PermissionError(errno.EACCES, "Permission denied")


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells what is open")
def test_few_wheels_are_open(tmp_path):
    """Of many wheels few are open at a time, and one that is being read stays so."""
    for number in range(files.MOST_OPEN_WHEELS + 20):
        with zipfile.ZipFile(tmp_path / f"{number}.whl", "w") as wheel:
            wheel.writestr("a.py", str(number))

    with files.open_wheel(tmp_path / "0.whl").open("a.py") as first:
        for number in range(1, files.MOST_OPEN_WHEELS + 20):
            assert files.open_wheel(tmp_path / f"{number}.whl").read("a.py") == str(number).encode()
        assert first.read() == b"0"

    opened = [os.path.realpath(entry) for entry in Path("/proc/self/fd").iterdir()]
    assert sum(str(tmp_path) in path for path in opened) <= files.MOST_OPEN_WHEELS + 1
