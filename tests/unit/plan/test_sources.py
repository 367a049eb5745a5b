"""Which modules of packages ship as source beside their bytecode, and what settings that forbid it make of that."""

import pytest

from bundler.model.project import BytecodeMode
from bundler.plan import plan_files
from bundler.trace import trace_functions
from tests.support.sites import make_function, make_site

PACKAGES = {
    "book": {"book.py": "import inspect\ndef describe(thing):\n    return inspect.getsource(thing)\n"},
    "words": {"words.py": "import book\ndef f(): ...\nbook.describe(f)\n"},
    "verbs": {"verbs.py": "open(__file__)\n"},
}
ALL = "import book, verbs, words\n"


@pytest.mark.parametrize(
    ("mode", "own", "names"),
    [
        (BytecodeMode.ONLY, ALL, "`verbs`, `words`"),
        (BytecodeMode.ONLY, "import book\n", ""),
        (BytecodeMode.ONLY, "open(__file__)\n", ""),
        (BytecodeMode.AUTO, ALL, ""),
        (BytecodeMode.BESIDE, ALL, ""),
    ],
)
def test_settings_that_want_bytecode_only(tmp_path, monkeypatch, mode, own, names):
    """`bytecode: only` is told which packages' source is read, since none ships."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    site = make_site(tmp_path / "own", {"app.py": own}, PACKAGES)
    function = make_function(tmp_path / "own", bytecode=mode)
    (graph,) = trace_functions((function,), site)

    plan = plan_files(function, graph, site)

    warning = (
        f"`bytecode: only` ships no source, and what runs reads or looks for that of {names}; `bytecode: auto` ships it"
    )
    assert plan.warnings == ((warning,) if names else ())
