"""Hold a wheel's native code against the machine that its tags name."""

import re
from collections.abc import Iterator

from bundler.errors import WheelTagError
from bundler.model.project import Target
from bundler.model.wheels import Wheel
from bundler.resolve.wheel_contents import WheelContents
from bundler.standards import promised_machines

# What only extension modules are called; a plain `.so` may be data that some wheels bring for several machines.
_EXTENSION = re.compile(r"\.(?:cpython-[^/]*|abi3)\.so$")


def hold_machine(wheel: Wheel, contents: WheelContents, target: Target) -> Iterator[str]:
    """Raise where a wheel for the target's machine has modules, or nothing but code, for another one.

    Yield a warning where it has other code for another machine, which may be meant.
    """
    machine = target.architecture.machine
    if promised_machines(wheel.path.name) != {machine}:
        return
    odd = {path: other for path, other in contents.machines if other != machine}
    modules = [path for path in odd if _EXTENSION.search(path)]
    for path in modules or (odd if len(odd) == len(contents.machines) else ()):
        raise WheelTagError(wheel.path.name, machine, path, f"is for {odd[path]}", target=str(target))
    for path, other in odd.items():
        yield f"`{wheel.path.name}` promises {machine} by its tags, but `{path}` is for {other}"
