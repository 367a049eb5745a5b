"""The runner that the integration tests judge by: what it shows a handler of the host, and what it reports."""

import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.isolated import run_event, time_import, unzip

PYTHON = Path(sys.executable)


def run(folder: Path, source: str, **options):
    folder.mkdir()
    (folder / "app.py").write_text(source)
    return run_event(
        folder,
        "app.handle",
        {"number": 2},
        python=PYTHON,
        runtime_packages=None,
        environment={"STAGE": "test"},
        **options,
    )


def test_answer_has_passed_through_json(tmp_path):
    """The answer is what the runtime would send: tuples are lists, a `Decimal` is a number."""
    source = (
        "from decimal import Decimal\ndef handle(event, context):\n    return {'a': (event['number'], Decimal('1.5'))}"
    )

    done = run(tmp_path / "task", source)

    assert (done.answer, done.error) == ({"a": [2, 1.5]}, None)


def test_handler_sees_task_root_and_standard_library_only(tmp_path):
    """Neither the host's packages nor its environment reach the handler."""
    source = (
        "import importlib.util, os, sys\n"
        "def handle(event, context):\n"
        "    return [importlib.util.find_spec('pytest') is None, sys.path[0] == os.getcwd(),\n"
        "            'VIRTUAL_ENV' in os.environ, os.environ['STAGE'], 'site-packages' in str(sys.path)]"
    )

    done = run(tmp_path / "task", source)

    assert done.answer == [True, True, False, "test", False]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def handle(event, context): raise KeyError('nothing')", "KeyError: 'nothing'"),
        ("import nothing_like_it", "No module named 'nothing_like_it'"),
        ("import os\nos._exit(3)", "Runtime exited with error: exit status 3"),
        ("import time\ndef handle(event, context): time.sleep(60)", "Task timed out after 1.00 seconds"),
    ],
)
def test_error_says_what_happened(tmp_path, source, words):
    """A handler that raises, cannot be imported, kills its process or hangs gives no answer but an error."""
    done = run(tmp_path / "task", source, timeout_seconds=1)

    assert done.answer is None
    assert words in done.error


def test_record_names_what_was_touched(tmp_path):
    """With `record`, files imported or opened are named relative to the task root, others are not."""
    task = tmp_path / "task"
    task.mkdir()
    for name in ("shared.py", "opened.txt", "unused.py"):
        (task / name).write_text("")
    source = "import shared\ndef handle(event, context):\n    open('opened.txt').close()\n    open('/dev/null').close()"
    (task / "app.py").write_text(source)

    done = run_event(task, "app.handle", None, python=PYTHON, runtime_packages=None, environment={}, record=True)

    assert (done.error, done.touched) == (None, frozenset({"app.py", "shared.py", "opened.txt"}))


def test_prelude_runs_before_the_import(tmp_path):
    """A prelude may replace what the handler's module then imports."""
    prelude = tmp_path / "prelude.py"
    prelude.write_text("import os\nos.environ['STAGE'] = 'prelude'")
    source = "import os\nSTAGE = os.environ['STAGE']\ndef handle(event, context): return STAGE"

    done = run(tmp_path / "task", source, prelude=prelude)

    assert done.answer == "prelude"


def test_imports_are_timed(tmp_path):
    """Of an import alone the seconds are told, and what keeps it from being done."""
    (tmp_path / "app.py").write_text("import time\ntime.sleep(0.2)\n")
    circumstances = {"python": PYTHON, "runtime_packages": None, "environment": {}}

    assert 0.2 <= time_import(tmp_path, "app.handle", **circumstances) < 2
    with pytest.raises(RuntimeError, match="No module named 'absent'"):
        time_import(tmp_path, "absent.handle", **circumstances)


def test_unzip_keeps_modes_and_dates(tmp_path):
    """An unpacked file carries its mode and its date from the zip, which is what makes timestamp bytecode stale."""
    member = zipfile.ZipInfo("bin/tool", date_time=(1980, 1, 1, 0, 0, 0))
    member.external_attr = 0o100755 << 16
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr(member, "#!/bin/sh")

    unpacked = (unzip(tmp_path / "code.zip", tmp_path / "task") / "bin" / "tool").stat()

    assert (oct(unpacked.st_mode), unpacked.st_mtime) == ("0o100755", 315532800)
