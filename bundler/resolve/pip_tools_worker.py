"""Run pip-compile for another machine's Python; run by our own interpreter, in a process of its own.

Left alone, pip-compile answers for the Python that runs it. It takes three values of the target, handed to pip before
it starts: what markers are evaluated with, which wheels the finder accepts, and which Python the resolver holds against
`Requires-Python`. pip has no option for them that pip-compile would take, so they are put in place of pip's own; that
is why this is a process of its own, and the only file that knows what pip looks like inside.

Standard input holds a JSON object: `markers`, `platforms`, `python` (three numbers) and `arguments` for pip-compile.
"""

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from typing import Any

from pip._internal.cli.req_command import RequirementCommand
from pip._internal.exceptions import PipError
from pip._internal.models.target_python import TargetPython
from pip._vendor.packaging import markers
from pip._vendor.resolvelib.resolvers import ResolutionImpossible
from piptools.scripts import compile as pip_compile


def main() -> None:
    """Answer for the target on standard input; the status is pip-compile's."""
    asked = json.load(sys.stdin)
    python = tuple(asked["python"])
    _set_markers(asked["markers"])
    _set_target(python, asked["platforms"])
    _set_python(python)
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            pip_compile.cli.main(args=asked["arguments"], prog_name="pip-compile")
    except PipError as error:
        sys.exit("\n".join(_conflict(error.__cause__)) or f"{said.getvalue()}{error}")
    except SystemExit:
        sys.stderr.write(said.getvalue())
        raise


def _conflict(cause: BaseException | None) -> Iterator[str]:
    """Say what contradicts what; pip's own words name lines of a file that the user has never seen."""
    if isinstance(cause, ResolutionImpossible) and len(cause.causes) > 1:
        for information in cause.causes:
            wanted, parent = information.requirement, information.parent
            who = f"{parent.name} {parent.version} needs" if parent else "the requirements ask for"
            yield f"{who} {wanted.format_for_error()}"


def _set_markers(environment: dict[str, str]) -> None:
    markers.default_environment = lambda: dict(environment)  # type: ignore[assignment,return-value]


def _set_target(python: tuple[int, ...], platforms: list[str]) -> None:
    """Let the finder accept the wheels of the target: a `TargetPython` is what pip makes of its own `--platform`."""
    build = RequirementCommand._build_package_finder  # noqa: SLF001
    abi = f"cp{python[0]}{python[1]}"

    def build_for_target(self: RequirementCommand, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        target = TargetPython(platforms=platforms, py_version_info=python, abis=[abi], implementation="cp")
        return build(self, *arguments, **{**options, "target_python": target})

    RequirementCommand._build_package_finder = build_for_target  # type: ignore[method-assign]  # noqa: SLF001


def _set_python(python: tuple[int, ...]) -> None:
    make = RequirementCommand.make_resolver

    def make_for_target(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        return make(*arguments, **{**options, "py_version_info": python})

    RequirementCommand.make_resolver = staticmethod(make_for_target)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
