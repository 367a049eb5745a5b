"""Programs that run the code of strangers: bounded in what they say, and gone when they end."""

import os
import sys
import threading
import time

import pytest

from bundler.system.apart import end_all, run_apart
from tests.support.processes import has_ended

LEAVES_A_CHILD = """\
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
"""


WAITS_FOR_A_CHILD = LEAVES_A_CHILD.replace(
    "print(child.pid, flush=True)", "open('pid', 'w').write(str(child.pid))\nchild.wait()"
)


def run_python(source, folder, *, timeout_seconds=60, **options):
    return run_apart(
        [sys.executable, "-c", source],
        environment=dict(os.environ),
        folder=folder,
        timeout_seconds=timeout_seconds,
        **options,
    )


def test_what_is_said(tmp_path):
    """A program gets its input and its folder, and says what it has to say by both ways."""
    source = "import os, sys; print(sys.stdin.read(), os.getcwd()); sys.stderr.write('no'); sys.exit(3)"

    done = run_python(source, tmp_path, stdin=b"given")

    assert (done.returncode, done.stdout, done.stderr) == (3, f"given {tmp_path}\n".encode(), b"no")


def test_much_is_said(tmp_path):
    """Of a flood the beginning and the end are kept."""
    source = "import sys; sys.stdout.write('first'); sys.stdout.write('x' * 20_000_000); sys.stdout.write('last')"

    done = run_python(source, tmp_path)

    assert done.stdout.startswith(b"first")
    assert done.stdout.endswith(b"last")
    assert len(done.stdout) < 3_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_what_it_leaves_running(tmp_path):
    """What a program leaves behind holds up nothing, and is ended with it."""
    started = time.monotonic()

    done = run_python(LEAVES_A_CHILD, tmp_path)

    assert done.returncode == 0
    assert time.monotonic() - started < 20
    assert has_ended(int(done.stdout))


def test_a_daemon_with_a_session_of_its_own(tmp_path):
    """Nor does what has got away and keeps the output open."""
    source = LEAVES_A_CHILD.replace('sleep(60)"]', 'sleep(5)"], start_new_session=True')
    started = time.monotonic()

    done = run_python(source, tmp_path)

    assert int(done.stdout) > 0
    assert time.monotonic() - started < 4.5


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("session", ["", ", start_new_session=True"])
def test_waiting_for_what_was_left(tmp_path, session):
    """Nor does what the program itself waits for, as pip does for the output of all that a backend started."""
    child = LEAVES_A_CHILD.replace('sleep(60)"]', f'sleep(60)"]{session}')
    waits = (
        "import subprocess, sys; print(subprocess.run([sys.executable, '-c', sys.argv[1]], stdout=-1).stdout.decode())"
    )
    waits_twice = waits.replace("sys.argv[1]]", f"{waits!r}, {child!r}]")
    started = time.monotonic()

    done = run_python(waits_twice, tmp_path)

    assert done.returncode == 0
    assert time.monotonic() - started < 20
    assert has_ended(int(done.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_too_long(tmp_path):
    """A program that does not end is ended with all that it started, and the error names the bound."""
    with pytest.raises(TimeoutError, match="did not end within 2 s"):
        run_python(WAITS_FOR_A_CHILD, tmp_path, timeout_seconds=2)

    assert has_ended(int((tmp_path / "pid").read_text()))


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_interrupted(tmp_path):
    """When the user has enough, everything is ended, and whoever waits for it is told."""
    raised = []

    def build():
        try:
            run_python(WAITS_FOR_A_CHILD, tmp_path)
        except InterruptedError as error:
            raised.append(error)

    waiting = threading.Thread(target=build)
    waiting.start()
    while not ((tmp_path / "pid").is_file() and (tmp_path / "pid").read_text()):
        time.sleep(0.01)
    end_all()
    waiting.join(10)

    assert len(raised) == 1
    assert has_ended(int((tmp_path / "pid").read_text()))
