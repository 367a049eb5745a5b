"""Every check of the project, each defined once: `nox` runs all, `nox -s lint` one; only `long` takes hours.

All but `package` use the environment that nox runs in, which `scripts/test` and `.ci/run` make.
"""

import sys
import tempfile
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "layers", "tests", "package"]
_BIN = Path(sys.executable).parent
_READ_PAGE = "from bundler.commands.page_parts import read_page_parts; read_page_parts()"

_ASK_INTERFACE = "import bundler, pathlib; pathlib.Path(bundler.__file__).with_name('py.typed').open(); bundler.build"


def _run(session: nox.Session, tool: str, *arguments: str) -> None:
    session.run(str(_BIN / tool), *arguments, external=True)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Look for mistakes and odd formatting."""
    _run(session, "ruff", "check")
    _run(session, "ruff", "format", "--check")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types."""
    _run(session, "mypy")


@nox.session(venv_backend="none")
def layers(session: nox.Session) -> None:
    """Check that imports point down and libraries stay behind their doors."""
    _run(session, "lint-imports")


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests and measure what they cover; arguments go to pytest."""
    _run(session, "coverage", "run", "-m", "pytest", *session.posargs)
    _run(session, "coverage", "report")


@nox.session(venv_backend="none")
def long(session: nox.Session) -> None:
    """Run what takes hours, and write what it found to `docs/long-run/`; arguments name scripts. Not of the checks."""
    session.run(sys.executable, "scripts/long_run.py", *session.posargs, external=True)


@nox.session
def package(session: nox.Session) -> None:
    """Install the built wheel where nothing else is and run it."""
    with tempfile.TemporaryDirectory() as folder:
        session.run(sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "-w", folder, ".", external=True)
        (wheel,) = Path(folder).glob("*.whl")
        session.install(str(wheel))
    session.run("lbundle", "build", "--help", silent=True)
    plugin = Path(str(session.run("lbundle", "plugin-path", silent=True)).strip())
    missing = [name for name in ("package.json", "index.js", "lib/run.js") if not (plugin / name).is_file()]
    if missing:
        session.error(f"the wheel lacks files of the Serverless plugin: {', '.join(missing)}")
    session.run("python", "-c", _READ_PAGE, silent=True)
    session.run("python", "-c", _ASK_INTERFACE, silent=True)
