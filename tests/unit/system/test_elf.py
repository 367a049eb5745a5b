import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundler.system.elf import ElfFacts, machine_of, read_elf
from tests.support.elf import make_elf


def test_everything_the_loader_reads():
    """Machine, names, run paths and the newest symbol versions are read; versions count by their numbers."""
    content = make_elf(
        "aarch64",
        soname="libown.so.1",
        needed=("libc.so.6", "libm.so.6"),
        runpath="$ORIGIN/../own.libs:/opt/lib",
        versions=("GLIBC_2.17", "GLIBC_2.4", "GLIBC_PRIVATE", "GLIBCXX_3.4.9", "GLIBCXX_3.4.30", "CXXABI_1.3"),
    )

    assert read_elf(content) == ElfFacts(
        machine="aarch64",
        soname="libown.so.1",
        needed=("libc.so.6", "libm.so.6"),
        run_paths=("$ORIGIN/../own.libs", "/opt/lib"),
        glibc=(2, 17),
        glibcxx=(3, 4, 30),
    )


def test_run_path_wins_over_the_older_kind():
    """As for the loader, DT_RPATH counts only where there is no DT_RUNPATH."""
    assert read_elf(make_elf(rpath="$ORIGIN/old")).run_paths == ("$ORIGIN/old",)
    assert read_elf(make_elf(rpath="$ORIGIN/old", runpath="$ORIGIN/new")).run_paths == ("$ORIGIN/new",)


def test_sections_are_read_when_asked_for():
    """Only the sections named are given, in the file's order."""
    content = make_elf(sections={".rodata": b"one", ".text": b"two", ".data": b"three"})

    assert read_elf(content).sections == ()
    assert read_elf(content, sections=frozenset({".data", ".rodata"})).sections == (b"one", b"three")


def test_a_machine_lambda_does_not_have_has_no_name():
    """A file for another machine than Lambda's two is read all the same."""
    assert read_elf(make_elf("i386", needed=("libc.so.6",))) == ElfFacts(needed=("libc.so.6",))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"no such file", "ELFError: Magic number does not match"),
        (make_elf()[:200], "ELFParseError: "),
    ],
)
def test_what_cannot_be_read_is_said(content, error):
    """A file that is no ELF file, or only part of one, gives nothing but an error."""
    facts = read_elf(content)

    assert facts.error.startswith(error)
    assert facts._replace(error="") == ElfFacts()


@given(st.data())
def test_no_damage_brings_reading_down(data):
    """Whatever bytes of a file are changed, reading it ends with facts or with an error."""
    content = bytearray(make_elf(needed=("libc.so.6",), versions=("GLIBC_2.17",), sections={".rodata": b"text"}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    facts = read_elf(bytes(content), sections=frozenset({".rodata"}))

    assert facts.error == "" or facts == ElfFacts(error=facts.error)


def test_versions_without_an_end():
    """A damaged table of versions that leads back to itself is an error, not a hang."""
    content = bytearray(make_elf(needed=("libc.so.6",), versions=("GLIBC_2.17",)))
    table = content.index(b"\x01\x00\x01\x00")
    header = content.index((0x6FFFFFFE).to_bytes(4, "little"))
    content[table + 12 : table + 16] = bytes(4)
    content[header + 40 : header + 44] = b"\xff\xff\xff\xff"

    assert read_elf(bytes(content)) == ElfFacts(error="ValueError: more symbol versions than the file can hold")


def test_string_table_of_another_kind():
    """A dynamic section whose texts lie in a section that holds none is an error."""
    content = bytearray(make_elf(needed=("libc.so.6",)))
    sections = int.from_bytes(content[40:48], "little")
    header = next(
        offset
        for offset in range(sections, len(content), 64)
        if int.from_bytes(content[offset + 4 : offset + 8], "little") == 6
    )
    content[header + 40] = 0

    assert read_elf(bytes(content)).error.startswith("AssertionError")


@pytest.mark.skipif(shutil.which("gcc") is None, reason="needs gcc")
def test_a_compiled_library(tmp_path):
    """What a real linker writes is read the same way."""
    path = tmp_path / "libown.so"
    linking = ("-shared", "-nostdlib", "-Wl,-soname,libown.so.1", "-Wl,-rpath,$ORIGIN/libs")
    subprocess.run(["gcc", *linking, "-x", "c", "-", "-o", path], input=b"int f(void) { return 1; }", check=True)

    facts = read_elf(path.read_bytes())

    assert (facts.soname, facts.run_paths, facts.needed, facts.error) == ("libown.so.1", ("$ORIGIN/libs",), (), "")


@pytest.mark.parametrize(
    ("content", "machine"),
    [
        (make_elf("aarch64"), "aarch64"),
        (make_elf("x86_64")[:20], "x86_64"),
        (b"\x7fELF\x02\x02".ljust(18, b"\0") + b"\0\x16", "s390x"),
        (b"\x7fELF\x02\x01".ljust(18, b"\0") + b"\xff\xff", "another machine"),
        (make_elf()[:19], ""),
        (b"INPUT(libtbb.so.2) /* a script for the linker */", ""),
    ],
)
def test_machine_by_the_first_bytes(content, machine):
    """The first bytes of an ELF file say which machine it is for; other files say nothing."""
    assert machine_of(content) == machine
