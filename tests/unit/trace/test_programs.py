"""Python programs that code starts: modules by `-m`, texts by `-c`, and files by their path."""

import pytest

JOBS = {
    "jobs/__init__.py": "",
    "jobs/nightly.py": "import pkg\n",
    "jobs/other.py": "",
    "tool/__init__.py": "",
    "tool/__main__.py": "import pkg\n",
}
PACKAGES = {"pkg": {"pkg/__init__.py": ""}}


@pytest.mark.parametrize(
    "call",
    [
        "subprocess.run([sys.executable, '-m', 'jobs.nightly'])",
        "subprocess.run([sys.executable, '-S', '-m', 'jobs.nightly', '--all'])",
        "subprocess.run([sys.executable, '-Sm', 'jobs.nightly'])",
        "subprocess.run((sys.executable, '-mjobs.nightly'))",
        "subprocess.run([sys.executable, '-m', JOB])",
        "subprocess.run([sys.executable] + ['-m', 'jobs.nightly'])",
        "subprocess.run(f'{sys.executable} -S -m jobs.nightly --all', shell=True)",
        "subprocess.run('%s -m jobs.nightly' % sys.executable, shell=True)",
        "os.system('python3 -m jobs.nightly')",
        "subprocess.run('exec /usr/bin/python3.12 -S -m jobs.nightly'.split())",
        "os.execv(sys.executable, ['python', '-m', 'jobs.nightly'])",
        "os.execl(sys.executable, 'python', '-m', 'jobs.nightly')",
        "subprocess.run([sys.executable, '-c', 'import sys; import jobs.nightly'])",
        "subprocess.run([sys.executable, '-c', 'import sys; from jobs import nightly; nightly'])",
        "subprocess.run([sys.executable, os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'jobs', 'nightly.py')])",
        "subprocess.run([sys.executable, os.environ['LAMBDA_TASK_ROOT'] + '/jobs/nightly.py'])",
        "subprocess.run([sys.executable, Path(os.getenv('LAMBDA_TASK_ROOT', '.')) / 'jobs/nightly.py'])",
        "subprocess.run([sys.executable, f'{ROOT}/jobs/nightly.py'])",
        "subprocess.run([sys.executable, '/var/task/jobs/nightly.py'])",
        "runpy.run_module('jobs.nightly', run_name='__main__')",
        "runpy.run_path('/var/task/jobs/nightly.py')",
    ],
)
def test_first_party_code_runs_a_module_or_a_file(found, call):
    """What another Python is told to run ships with what it imports, however the command is written."""
    app = (
        "import os, runpy, subprocess, sys\nfrom pathlib import Path\nJOB = 'jobs.nightly'\n"
        "ROOT = os.environ.get('LAMBDA_TASK_ROOT', os.getcwd())\n"
        f"def handle(event, context):\n    return {call}\n"
    )

    reached = found({"app.py": app, **JOBS}, PACKAGES)

    assert sorted(path for path in reached if not path.endswith("__init__.py")) == ["jobs/nightly.py"]
    assert "pkg/__init__.py" in reached


@pytest.mark.parametrize(
    "call",
    ["runpy.run_module('tool')", "subprocess.run([sys.executable, '-m', 'tool'])", "os.system('python -m tool')"],
)
def test_a_package_that_is_run_is_its_main_module(found, call):
    """Running a package runs `__main__` in it."""
    app = f"import os, runpy, subprocess, sys\ndef handle(event, context):\n    {call}\n"

    assert found({"app.py": app, **JOBS}, PACKAGES).keys() == {
        "tool/__init__.py",
        "tool/__main__.py",
        "pkg/__init__.py",
    }


def test_a_package_runs_modules_of_its_own_and_of_what_it_requires(found):
    """A package's command means no first-party module and no package that it does not know."""
    packages = {
        "pkg": {
            "pkg/__init__.py": (
                "import subprocess, sys\n"
                "def go(name):\n    subprocess.run([sys.executable, '-m', 'pkg.worker'])\n"
                "    subprocess.run([sys.executable, '-m', 'needed'])\n"
                "    subprocess.run([sys.executable, '-m', 'stranger'])\n"
                "    subprocess.run([sys.executable, '-m', 'jobs'])\n"
            ),
            "pkg/worker.py": "",
            "pkg/other.py": "",
        },
        "needed": {"needed/__init__.py": "", "needed/__main__.py": ""},
        "stranger": {"stranger.py": ""},
    }

    reached = found({"app.py": "import pkg\n", "jobs.py": ""}, packages, requires={"pkg": ("needed",)})

    assert reached.keys() == {"pkg/__init__.py", "pkg/worker.py", "needed/__init__.py", "needed/__main__.py"}


def test_words_about_running_lead_nowhere(found):
    """Documentation, and options of other programs, run nothing."""
    app = (
        '"""Run me by `python -m jobs.nightly`."""\nimport subprocess\n'
        "def handle(event, context):\n    '''python -m jobs.other'''\n"
        "    subprocess.run(['git', 'commit', '-m', event['text']])\n    print('see jobs -m nightly')\n"
    )

    assert found({"app.py": app, **JOBS}, PACKAGES) == {}


def test_a_first_party_script_of_any_name_is_traced(found):
    """A file that no import can name is read as any other once it ships: what it imports ships too."""
    app = (
        "import os, subprocess, sys\nSCRIPT = os.path.join(os.path.dirname(__file__), 'jobs.d', 'make.sql.py')\n"
        "def handle(event, context):\n    subprocess.run([sys.executable, SCRIPT])\n"
    )
    own = {"app.py": app, "jobs.d/make.sql.py": "import pkg\nimport helper\n", "helper.py": ""}

    assert found(own, PACKAGES) == {
        "jobs.d/make.sql.py": "data",
        "helper.py": "import",
        "pkg/__init__.py": "import",
    }


def test_data_at_the_root_of_the_zip_is_found_by_its_variable(found):
    """Paths from `LAMBDA_TASK_ROOT` are those of first-party files, and a package's name for it leads nowhere."""
    app = "import os, pkg\nopen(os.path.join(os.environ['LAMBDA_TASK_ROOT'], 'data', '.hidden'))\n"
    packages = {"pkg": {"pkg/__init__.py": "open('/var/task/data/other.txt')\n"}}

    reached = found({"app.py": app, "data/.hidden": "", "data/other.txt": ""}, packages)

    assert reached == {"pkg/__init__.py": "import", "data/.hidden": "data"}
