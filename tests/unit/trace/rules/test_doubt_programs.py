"""Programs of wheels that ship because code may run them."""

import textwrap

import pytest

from bundler.model.project import Architecture, Shake, ShakeMode
from bundler.runtimes import make_target
from bundler.trace.facts.read import read_facts

RUNS_ANY = "import subprocess\ndef run(name):\n    return subprocess.run([name, '-v'])\n"
TARGET = make_target("python3.12", Architecture.X86_64)


def test_a_program_that_nobody_can_tell(programs):
    """Programs of its own wheel and of those that it requires ship; nobody else's do."""
    packages = {"lib": {"lib.py": RUNS_ANY}, "needed": {"needed.py": ""}, "other": {"other.py": ""}}
    found = programs({"app.py": "import lib, other"}, packages, requires={"lib": ("needed",)})
    assert found == ["bin/lib", "bin/needed"]
    traced = Shake(default=ShakeMode.TRACED)
    assert programs({"app.py": "import lib"}, packages, shake=traced) == []


def test_a_path_beside_the_package(programs):
    """A path that leads out of the package to `bin` names what is there."""
    code = (
        "import os\ndef find(name):\n    return os.path.join(os.path.dirname(os.path.dirname(__file__)), 'bin', name)\n"
    )
    assert programs({"app.py": "import tool"}, {"tool": {"tool/__init__.py": code}}) == ["bin/tool"]


@pytest.mark.parametrize(
    ("code", "line"),
    [
        (RUNS_ANY, 3),
        ("import subprocess\ndef f(cmd):\n    subprocess.Popen(cmd)", 3),
        ("import subprocess\ndef f(cmd):\n    subprocess.check_output([cmd] + ARGS)", 3),
        ("import os\ndef f(cmd):\n    os.execvp(cmd, [])", 3),
        ("import os\ndef f(cmd):\n    os.spawnv(os.P_WAIT, cmd, [])", 3),
        ("import asyncio\nasync def f(cmd):\n    await asyncio.create_subprocess_exec(cmd)", 3),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'x'])", 0),
        ("import subprocess\nsubprocess.run(['git', 'log'])", 0),
        ("import subprocess\nsubprocess.run('ls -l', shell=True)", 0),
        ("class A:\n    def run(self, name): pass\nA().run(ask())", 0),
    ],
)
def test_what_is_run(code, line):
    """The first word of a command is the program."""
    facts = read_facts(textwrap.dedent(code).encode(), target=TARGET, is_own=False)
    assert facts.runs_unknown == line
