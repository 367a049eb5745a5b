"""Hold a wheel's native code against the machine that its tags name."""

from collections.abc import Iterator

from bundler.errors import WheelTagError
from bundler.model.project import Target
from bundler.model.wheels import Wheel
from bundler.resolve.wheel_contents import WheelContents
from bundler.standards import promised_machines


def hold_machine(wheel: Wheel, contents: WheelContents, target: Target) -> Iterator[str]:
    """Raise where all the native code of a wheel for the target's machine is for another one.

    Yield a warning where only some of it is, which may be meant.
    """
    machine = target.architecture.machine
    if promised_machines(wheel.path.name) != {machine}:
        return
    odd = {path: other for path, other in contents.machines if other != machine}
    if odd and len(odd) == len(contents.machines):
        path, other = next(iter(odd.items()))
        raise WheelTagError(wheel.path.name, machine, path, f"is for {other}", target=str(target))
    for path, other in odd.items():
        yield f"`{wheel.path.name}` promises {machine} by its tags, but `{path}` is for {other}"
