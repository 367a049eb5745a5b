"""Random edits of a small service, and whether a build after each gives what a build into an empty folder gives."""

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

from bundler import build
from bundler.system.cache import cache_folder
from tests.support.command_line import RUNTIME, write_project
from tests.support.wheels import make_wheel

VARIABLE = "LBUNDLE_TEST_LEFT_OUT"
_SETTINGS = f"""\
service: shop
provider:
  name: aws
  runtime: {RUNTIME}
package:
  patterns:
    - "!${{env:{VARIABLE}, 'nothing'}}/**"
functions:
  one:
    handler: handlers/one.handle
  two:
    handler: handlers/two.handle
  three:
    handler: handlers/three.handle
    lbundle:
      bytecode: BYTECODE
"""
_FILES = {
    "requirements.txt": "greeter==1.0\nother==1.0\n",
    "handlers/one.py": "import shared\n\n\ndef handle(event, context):\n    return shared.A\n",
    "handlers/two.py": (
        "import greeter\n\ntry:\n    import extra\nexcept ImportError:\n    extra = None\n\n\n"
        "def handle(event, context):\n    return open('data/a.txt').read()\n"
    ),
    "handlers/three.py": (
        "import importlib\n\n\ndef handle(event, context):\n    return importlib.import_module(f'jobs.{event}')\n"
    ),
    "shared.py": "from deep import B\n\nA = 1 + B\n",
    "deep.py": "B = 1\n",
    "jobs/__init__.py": "",
    "jobs/mail.py": "import other\n",
    "data/a.txt": "aaaa\n",
    "data/b.txt": "bbbb\n",
}
_NEW = (
    "extra.py",
    "README.md",
    "jobs/new.py",
    "data/new.json",
    "jobs/README.md",
    "unused.py",
    "greeter.py",
    "notes/n.txt",
)
_MODULES = ("greeter", "other", "shared", "jobs.mail", "json", "absent_module")


class Edits:
    """A service with what was done to it so far; the same seed gives the same edits."""

    def __init__(self, folder: Path, seed: int) -> None:
        self._chance = random.Random(seed)
        wheels = folder / "wheels"
        for name, version in (("greeter", "1.0"), ("greeter", "1.1"), ("other", "1.0"), ("other", "1.1")):
            make_wheel(wheels, name, version, {f"{name}/__init__.py": f"V = {version!r}\n", f"{name}/more.py": ""})
        self.project = write_project(
            folder / "shop", {"serverless.yml": _SETTINGS.replace("BYTECODE", "auto"), **_FILES}
        )
        self._output, self._fresh = folder / "out", folder / "fresh"
        self._edits = [
            *(self._change, self._append, self._swap, self._touch, self._create, self._delete),
            *(
                self._set_option,
                self._upgrade,
                self._replace_wheel,
                self._set_variable,
                self._edit_at_once,
                self._damage,
            ),
        ]

    def run(self, count: int) -> Iterator[tuple[str, list[str]]]:
        """Yield what was done, and the files that differ from those of a build into an empty folder."""
        self._build(self._output)
        for _ in range(count):
            edit = self._chance.choice(self._edits)
            told = f"{edit.__name__} {edit() or ''}"
            self._build(self._output)
            shutil.rmtree(self._fresh, ignore_errors=True)
            self._build(self._fresh)
            yield told, self._differing()

    def _build(self, output: Path) -> None:
        build(self.project, output=output, jobs=1, allow_missing=True)

    def _differing(self) -> list[str]:
        held, wanted = (
            {path.name: path.read_bytes() for path in self._files(at)} for at in (self._output, self._fresh)
        )
        return sorted(name for name in {*held, *wanted} if held.get(name) != wanted.get(name))

    def _files(self, output: Path) -> list[Path]:
        return [path for path in output.iterdir() if path.is_file()]

    def _any(self, *endings: str) -> Path:
        paths = sorted(path for path in self.project.rglob("*") if path.is_file() and path.name.endswith(endings))
        return self._chance.choice([path for path in paths if path.name not in {"serverless.yml", "requirements.txt"}])

    def _change(self) -> str:
        path = self._any(".py")
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        lines.insert(0, f"import {self._chance.choice(_MODULES)}\n" if self._chance.random() < 0.5 else "X = 1\n")
        path.write_text("".join(lines), encoding="utf-8")
        return path.name

    def _append(self) -> str:
        path = self._any("")
        path.write_text(path.read_text(encoding="utf-8") + f"# {self._chance.random()}\n", encoding="utf-8")
        return path.name

    def _swap(self) -> str:
        """Put other content of the same size into a file, and its times back."""
        path = self._any("")
        status, content = path.stat(), path.read_text(encoding="utf-8")
        letter = self._chance.choice("#")
        other = content[:-1] + letter if content and not content.endswith(letter) else content
        path.write_text(other, encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return path.name

    def _edit_at_once(self) -> str:
        """Edit a file twice with a build in between, as fast as can be, and with one time."""
        path = self._any(".txt", ".py")
        path.write_text(path.read_text(encoding="utf-8") + "# 1\n", encoding="utf-8")
        status = path.stat()
        self._build(self._output)
        path.write_text(path.read_text(encoding="utf-8")[:-2] + "2\n", encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return path.name

    def _touch(self) -> str:
        path = self._any("")
        os.utime(path, (self._chance.randrange(10**9), self._chance.randrange(10**9)))
        return path.name

    def _create(self) -> str:
        name = self._chance.choice(_NEW)
        write_project(self.project, {name: "Y = 2\n"})
        return name

    def _delete(self) -> str:
        name = self._chance.choice([*_NEW, "data/b.txt", "jobs/mail.py"])
        (self.project / name).unlink(missing_ok=True)
        return name

    def _set_option(self) -> str:
        value = self._chance.choice(("auto", "only", "none", "beside"))
        write_project(self.project, {"serverless.yml": _SETTINGS.replace("BYTECODE", value)})
        return value

    def _upgrade(self) -> str:
        name, version = self._chance.choice(("greeter", "other")), self._chance.choice(("1.0", "1.1"))
        text = (self.project / "requirements.txt").read_text(encoding="utf-8")
        lines = [f"{name}=={version}" if line.startswith(name) else line for line in text.splitlines()]
        write_project(self.project, {"requirements.txt": "\n".join([*lines, ""])})
        return f"{name} {version}"

    def _replace_wheel(self) -> str:
        """Put other bytes of the same size into a wheel of the cache, and its times back."""
        wheels = sorted((cache_folder() / "wheels").rglob("*.whl"))
        path = self._chance.choice(wheels)
        status, content = path.stat(), bytearray(path.read_bytes())
        content[self._chance.randrange(len(content))] ^= 255
        path.write_bytes(content)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        return path.name

    def _damage(self) -> str:
        """Put other bytes into a zip, or a metafile, of the last build."""
        path = self._chance.choice(sorted(self._files(self._output)))
        path.write_bytes(path.read_bytes()[::-1])
        return path.name

    def _set_variable(self) -> str:
        value = self._chance.choice(("data", "notes", "nothing"))
        os.environ[VARIABLE] = value
        return value
