"""Scripts that measure draw the same each time, and make services that can be built."""

import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.support.corpus import APPLICATIONS

SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_applications_are_drawn_once_for_all():
    """Twenty applications, three of them always there, and the same ones each time."""
    draw = runpy.run_path(SCRIPTS / "cold_build.py")["draw"]

    drawn = draw(20)

    assert len({*drawn}) == 20
    assert {"flask", "fastapi-mangum", "jsonschema"} <= {*drawn}
    assert drawn == draw(20)
    assert all((APPLICATIONS / name / "requirements.txt").is_file() for name in drawn)


def test_a_service_of_many_functions(tmp_path):
    """Every twentieth function reaches the heavy package, whose pins the lock has beside those of the sample."""
    make_service = runpy.run_path(SCRIPTS / "scale.py")["make_service"]

    service = make_service(tmp_path / "service", "scikit-learn", 41)

    handlers = {path.stem: path.read_text() for path in (service / "handlers").iterdir()}
    heavy = sorted(name for name, text in handlers.items() if "import sklearn" in text or "from sklearn" in text)
    assert (len(handlers), heavy) == (41, ["f0", "f20", "f40"])
    pins = [line for line in (service / "requirements.txt").read_text().splitlines() if "==" in line]
    assert any(pin.startswith("scikit-learn==") for pin in pins)
    assert any(pin.startswith("fastapi==") for pin in pins)


def test_curves():
    """The curves are well-formed, one of each lock in each chart."""
    scale = runpy.run_path(SCRIPTS / "scale.py")
    costs = scale["Costs"](1, 2, 3, 4, 5, 6)

    drawn = ET.fromstring(scale["draw"]({"a": {1: costs, 10: costs}, "b & c": {1: costs}}))

    assert len(drawn.findall(".//{*}polyline")) == 2 * 6
