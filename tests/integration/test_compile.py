"""Real requirements, for a target that the host is unlike: both resolvers give the answer of the target."""

import pytest

from bundler.model.project import Architecture
from bundler.model.wheels import LockPlan, Resolver
from bundler.resolve import read_lock
from bundler.resolve.write_lock import write_lock
from bundler.runtimes import make_target

# Every line is one that a host of a newer Python on x86-64, or of another system, answers wrongly.
REQUIREMENTS = """\
numpy
pandas
tomli; python_version < "3.11"
exceptiongroup; python_version < "3.11"
uvloop; sys_platform != "win32"
colorama; sys_platform == "win32"
"""


@pytest.mark.network
@pytest.mark.parametrize(
    ("runtime", "architecture", "some"),
    [
        (
            "python3.9",
            Architecture.ARM64,
            {"numpy": "2.0.2", "pandas": "2.3.3", "tomli": None, "exceptiongroup": None, "uvloop": None, "pytz": None},
        ),
        # numpy has had no wheels for glibc 2.26 since 2.3: resolvers left to themselves give one that cannot be used.
        ("python3.11", Architecture.X86_64, {"numpy": "2.2.6", "pandas": None, "uvloop": None}),
    ],
)
def test_resolvers_agree(tmp_path, runtime, architecture, some):
    """pip-tools and uv write the same lock to the byte, and it is right for the target."""
    source = tmp_path / "requirements.in"
    source.write_text(REQUIREMENTS)
    target = make_target(runtime, architecture)
    outputs = {resolver: tmp_path / f"{resolver}.txt" for resolver in (Resolver.PIP_TOOLS, Resolver.UV)}

    for resolver, output in outputs.items():
        plan = LockPlan(sources=(source,), output=output, working_folder=tmp_path)
        write_lock(plan, (target,), resolver=resolver, is_upgrade=False, is_offline=False)
    versions = {pin.name: pin.version for pin in read_lock((outputs[Resolver.UV],), target, folder=tmp_path).pins}

    assert outputs[Resolver.PIP_TOOLS].read_text() == outputs[Resolver.UV].read_text()
    assert {name: version for name, version in some.items() if version} == {
        name: versions[name] for name, version in some.items() if version
    }
    assert set(some) <= set(versions)
    assert "colorama" not in versions
