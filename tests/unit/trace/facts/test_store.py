"""Facts that are kept between runs, and those that only the target's own Python can read."""

import ast
import json
import sys
from pathlib import Path

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.system.interpreters import find_interpreter
from bundler.trace.facts import store as stores
from bundler.trace.facts.digest import reader_files
from bundler.trace.facts.listings import GivenFolders
from bundler.trace.facts.parameters import Caller
from bundler.trace.facts.source_facts import (
    ExportFact,
    FoundFact,
    ImportFact,
    ParameterFact,
    PatternFact,
    ScanFact,
    SinkFact,
    SourceFacts,
)
from bundler.trace.facts.store import FactsStore
from tests.support.sites import make_site

NEWER = next(
    (python for minor in range(sys.version_info[1] + 1, 15) if find_interpreter(python := (3, minor)) is not None), None
)
# PEP 695 for Python 3.12, PEP 758 for 3.14.
NEWER_SYNTAX = {(3, 12): "type X = int\n", (3, 13): "type X = int\n", (3, 14): "try: pass\nexcept A, B: pass\n"}


# A value other than the default for every kind of field there is.
VALUES = {
    tuple[ImportFact, ...]: (ImportFact("a.b", 1, ("c", "d"), "try", 2, ("e",)),),
    tuple[PatternFact, ...]: (PatternFact("a.*", 3),),
    tuple[ParameterFact, ...]: (ParameterFact("f", "a.*", 7),),
    tuple[ScanFact, ...]: (ScanFact("f", "a", 8, is_given=True),),
    tuple[FoundFact, ...]: (FoundFact("a", "b", 9),),
    tuple[SinkFact, ...]: (SinkFact("exec", 3),),
    tuple[ExportFact, ...]: (ExportFact("a", "b", 4),),
    tuple[tuple[str, str, int], ...]: (("a", "b", 5),),
    tuple[tuple[str, str], ...]: (("a", "b"),),
    tuple[str, ...]: ("a", "b"),
    bool: True,
    int: 6,
    str: "text",
}


def test_facts_come_back_from_the_cache(tmp_path, monkeypatch):
    """What a later run takes from the cache is what the first one read, whatever the field."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    facts = SourceFacts(**{name: VALUES[kind] for name, kind in SourceFacts.__annotations__.items()})
    monkeypatch.setattr(stores, "read_facts", lambda *_, **__: facts)
    file = make_site(tmp_path / "own", {"app.py": ""}).files["app.py"]
    first = FactsStore(make_target("python3.12", Architecture.X86_64))
    first.prefetch([file])
    first.save()

    again = FactsStore(make_target("python3.12", Architecture.X86_64)).source(file)

    assert again == facts
    assert [type(fact) for fact in (again.imports[0], again.scanned[0], again.exports[0])] == [
        ImportFact,
        ScanFact,
        ExportFact,
    ]


def test_facts_hang_on_all_code_that_reads_them():
    """What any reader imports, or starts as a program, is known: a change of it makes facts anew."""
    folder = Path(stores.__file__).parent
    package = folder.parents[1]

    files = reader_files()

    names = {path.relative_to(package.parent).with_suffix("").as_posix().replace("/", ".") for path in files}
    assert set(folder.rglob("*.py")) <= set(files)
    assert {"bundler.model.project", "bundler.system.elf"} <= names
    assert not {"bundler.cli", "bundler.trace.graph"} & names
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            imported = [node.module] if isinstance(node, ast.ImportFrom) else []
            if imported and imported[0].startswith("bundler"):
                imported += [f"{node.module}.{alias.name}" for alias in node.names]
                known = names | {name.removesuffix(".__init__") for name in names}
                assert known.intersection(imported), (path, imported)


@pytest.mark.skipif(
    NEWER is None or (NEWER < (3, 14) and sys.version_info >= (3, 12)), reason="needs a Python with a newer grammar"
)
def test_newer_grammar_is_read_by_the_targets_python(tmp_path, monkeypatch):
    """A file that this Python cannot parse is read by the target's own."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    major, minor = NEWER
    site = make_site(tmp_path / "own", {"app.py": NEWER_SYNTAX[NEWER] + "import json\n"})
    store = FactsStore(make_target(f"python{major}.{minor}", Architecture.X86_64))

    facts = store.source(site.files["app.py"])

    assert (facts.error, [fact.name for fact in facts.imports]) == ("", ["json"])
    assert store.uses(site.files["app.py"]).shared == (("json", "json"),)


def test_files_of_another_encoding_than_they_say(tmp_path, monkeypatch):
    """What cannot be read as text calls nothing that can be told, and gives nothing."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    site = make_site(tmp_path / "own", {"app.py": b"find('\xff\xfe')\n"})
    store = FactsStore(make_target("python3.12", Architecture.X86_64))

    assert store.calls(site.files["app.py"], "app.find", Caller("app", "")) is None
    assert store.given_folders(site.files["app.py"], frozenset({"find"})) == GivenFolders((), ())


def test_facts_of_what_a_file_said_before_go(tmp_path, monkeypatch):
    """A file that is edited again and again leaves the facts of its last content alone, and those of other files."""
    monkeypatch.setenv("LBUNDLE_CACHE_DIR", str(tmp_path / "cache"))
    target = make_target("python3.12", Architecture.X86_64)
    kept = []
    monkeypatch.setattr(stores.disk, "store", lambda _kind, _key, content: kept.append(content))
    monkeypatch.setattr(stores.disk, "load_as", lambda _kind, _key, read: read(kept[-1]) if kept else None)

    for code in ("import one\n", "import two\n"):
        store = FactsStore(target)
        site = make_site(tmp_path / "own", {"app.py": code, "other.py": "import three\n"})
        for file in site.files.values():
            store.source(file)
            store.uses(file)
        store.save()

    paths = sorted(name.partition(":")[0] for name in json.loads(kept[-1]))
    assert paths == ["app.py", "app.py", "other.py", "other.py"]
