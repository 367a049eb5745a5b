"""Programs of wheels that strings name."""

import pytest


@pytest.mark.parametrize(
    "code",
    [
        "import os, subprocess\nsubprocess.run([os.path.join(ROOT, 'bin', 'tool')])",
        "import subprocess\nsubprocess.run('tool --fast', shell=True)",
        "import subprocess\nsubprocess.run(['/var/task/bin/tool'])",
        "import shutil\nshutil.which('tool')",
    ],
)
def test_a_program_that_a_string_names(programs, code):
    """It ships where code that runs programs names it, of whatever wheel it is."""
    assert programs({"app.py": code}, {"tool": {"tool.py": ""}, "other": {"other.py": ""}}) == ["bin/tool"]


def test_programs_that_nothing_runs(programs):
    """Neither a package alone nor its name in code that runs nothing brings its program."""
    assert programs({"app.py": "import tool\nNAME = 'tool'"}, {"tool": {"tool.py": ""}}) == []
