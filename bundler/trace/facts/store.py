"""Keep facts: each file is read once, ever; facts of a wheel are cached under its digest, own files' by content."""

import json
import os
import pickle
import re
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bundler.model.bounds import MOST_PACKED_BYTES, MOST_SOURCE_BYTES
from bundler.model.project import Target
from bundler.model.wheels import SiteFile
from bundler.system import cache as disk
from bundler.system import elf, process
from bundler.system.files import digest_site_file, note_read, read_site_file, read_start
from bundler.system.interpreters import find_interpreter
from bundler.trace.facts import scan
from bundler.trace.facts.binary import BinaryFacts, read_binary
from bundler.trace.facts.digest import readers_digest
from bundler.trace.facts.flows import Flow, read_flows
from bundler.trace.facts.handed import Handed, read_handed
from bundler.trace.facts.listings import GivenFolders, read_given_folders
from bundler.trace.facts.parameters import Call, Caller, read_calls
from bundler.trace.facts.parse import decode
from bundler.trace.facts.pickled import is_pickle, may_store_names, stored_names
from bundler.trace.facts.read import read_facts
from bundler.trace.facts.restore import restore_facts, restore_flow
from bundler.trace.facts.skeletons import write_skeletons
from bundler.trace.facts.source_facts import PatternFact, SourceFacts
from bundler.trace.facts.uses import FileUses, read_uses

_WORTH_A_PROCESS_BYTES = 3_000_000

_CONTENT = re.compile(r"(.*?):([0-9a-f]{64})(?::|\Z)", re.DOTALL)

_Raw = list[Any]


class FactsStore:
    """Facts of the files of a site, read when asked for and kept between runs."""

    def __init__(self, target: Target, jobs: int = 1) -> None:
        """Read for a target, in as many processes at once as there are jobs."""
        self.target = target
        self._jobs = jobs
        self._tables: dict[str, dict[str, _Raw]] = {}
        self._changed: set[str] = set()
        self._contents: dict[tuple[str, str], str] = {}
        """The digests of files in folders, by table and path: what is kept of others is of no use any more."""
        self._ready: dict[str, SourceFacts] = {}

    def source(self, file: SiteFile) -> SourceFacts:
        """Return the facts of a Python source file."""
        note_read(file)
        if file.path not in self._ready:
            self.prefetch([file])
        if file.path not in self._ready:
            table, member = self._place(file)
            self._ready[file.path] = restore_facts(table[member])
        return self._ready[file.path]

    def binary(self, file: SiteFile) -> BinaryFacts:
        """Return the facts of a shared object."""
        table, member = self._place(file)
        if member not in table:
            table[member] = list(read_binary(_binary_of(file)))
            self._changed.add(self._table_key(file))
        # JSON has made every tuple a list.
        return BinaryFacts._make(tuple(value) if isinstance(value, list) else value for value in table[member])

    def stored_names(self, file: SiteFile) -> tuple[str, ...]:
        """Return the names in a file of stored objects that may be those of modules."""
        if file.is_own and not may_store_names(file.path, read_start(file)):
            return ()
        table, member = self._place(file)
        kept = f"{member}:stored"
        if kept not in table:
            is_read = (file.is_own or is_pickle(file.path, read_start(file))) and file.size_bytes < MOST_PACKED_BYTES
            table[kept] = sorted(stored_names(file.path, read_site_file(file))) if is_read else []
            self._changed.add(self._table_key(file))
        return tuple(table[kept])

    def uses(self, file: SiteFile) -> FileUses | None:
        """Return what a source file uses of the modules that it imports; `None` where that cannot be read."""
        if file.size_bytes > MOST_SOURCE_BYTES:
            return None
        table, member = self._place(file)
        kept = f"{member}:uses"
        if kept not in table:
            table[kept] = list(read_uses(read_site_file(file)) or self._uses_of_newer_grammar(file) or ())
            self._changed.add(self._table_key(file))
        if not table[kept]:
            return None
        chains, shared = table[kept]
        return FileUses(tuple((name, rest) for name, rest in chains), tuple((name, rest) for name, rest in shared))

    def _uses_of_newer_grammar(self, file: SiteFile) -> FileUses | None:
        """Let the target's own Python read what a file uses that only it can parse."""
        interpreter = self._newer_interpreter()
        if interpreter is None:
            return None
        answer = _ask_worker(interpreter, "read_uses", read_site_file(file))
        return FileUses(*answer) if answer else None

    def calls(self, file: SiteFile, path: str, caller: Caller) -> list[Call] | None:
        """Return the calls in a source file of a function by its dotted name; `None` where it is used otherwise too."""
        if file.size_bytes > MOST_SOURCE_BYTES:
            return None
        table, member = self._place(file)
        kept = f"{member}:calls:{path}:{caller.module}"
        if kept not in table:
            # What only a newer Python can parse is used in ways that are out of sight.
            text = _decoded(read_site_file(file))
            table[kept] = [None if text is None else read_calls(text, path, caller)]
            self._changed.add(self._table_key(file))
        calls: list[Call] | None = table[kept][0]
        return calls

    def flows(self, file: SiteFile) -> tuple[Flow, ...]:
        """Return which functions of a source file hand what they are given to which others."""
        table, member = self._place(file)
        kept = f"{member}:flows"
        if kept not in table:
            table[kept] = list(read_flows(_decoded(_text_of(file)) or ""))
            self._changed.add(self._table_key(file))
        return tuple(map(restore_flow, table[kept]))

    def handed(self, file: SiteFile) -> tuple[Handed, ...]:
        """Return what a source file hands to code of others."""
        table, member = self._place(file)
        kept = f"{member}:handed"
        if kept not in table:
            table[kept] = list(read_handed(_text_of(file)))
            self._changed.add(self._table_key(file))
        return tuple(Handed(tuple(to), tuple(given), name, line) for to, given, name, line in table[kept])

    def given_folders(self, file: SiteFile, listers: frozenset[str]) -> GivenFolders:
        """Return the folders that a source file gives to functions of some names, which list them."""
        content = _text_of(file)
        if not any(name.encode() in content for name in listers):
            return GivenFolders((), ())
        table, member = self._place(file)
        kept = f"{member}:folders:{','.join(sorted(listers))}"
        if kept not in table:
            table[kept] = list(read_given_folders(_decoded(content) or "", listers))
            self._changed.add(self._table_key(file))
        folders, names = table[kept]
        return GivenFolders(tuple(PatternFact(pattern, line) for pattern, line in folders), tuple(names))

    def named_files(self, file: SiteFile) -> tuple[str, ...]:
        """Return the names of text files that a package's text has in it."""
        table, member = self._place(file)
        if member not in table:
            table[member] = list(scan.named_files(_text_of(file)))
            self._changed.add(self._table_key(file))
        return tuple(table[member])

    def prefetch(self, files: Iterable[SiteFile]) -> None:
        """Read the facts of many source files at once, in several processes where that pays."""
        unread = [file for file in files if file.path not in self._ready]
        for file in unread:
            if file.size_bytes > MOST_SOURCE_BYTES:
                problem = f"it has {file.size_bytes:,} bytes, at most {MOST_SOURCE_BYTES:,} are read"
                self._ready[file.path] = SourceFacts(error=problem)
        unknown = [file for file in unread if file.path not in self._ready and self._is_unknown(file)]
        wanted = [file for file in unknown if not file.path.endswith(".pyc")]
        self._read_compiled([file for file in unknown if file.path.endswith(".pyc")])
        if self._jobs > 1 and sum(file.size_bytes for file in wanted) >= _WORTH_A_PROCESS_BYTES:
            by_size = sorted(wanted, key=lambda file: -file.size_bytes)
            chunks = [chunk for start in range(self._jobs) if (chunk := by_size[start :: self._jobs])]
            with ThreadPoolExecutor(self._jobs) as pool:
                for files_read, facts_read in zip(chunks, pool.map(self._read_elsewhere, chunks), strict=True):
                    self._keep_all(files_read, facts_read)
        else:
            self._keep_all(wanted, self._read_here(wanted))
        self._read_newer_grammar([file for file in wanted if self._ready[file.path].error.startswith("SyntaxError")])

    def _read_compiled(self, files: list[SiteFile]) -> None:
        """Read bytecode without source through the target's own Python; what that cannot load is not kept."""
        for file, text in zip(files, write_skeletons(files, self.target.python), strict=True):
            if text is None:
                self._ready[file.path] = SourceFacts(error=f"no {self.target.runtime} here loads this bytecode")
            else:
                self._keep(file, read_facts(text.encode(), target=self.target, is_own=file.is_own))

    def _read_newer_grammar(self, files: list[SiteFile]) -> None:
        """Let the target's own Python read files that only it can parse."""
        interpreter = self._newer_interpreter() if files else None
        if interpreter is not None:
            self._keep_all(files, self._read_elsewhere(files, interpreter))

    def _newer_interpreter(self) -> Path | None:
        is_newer = self.target.python > sys.version_info[:2]
        return find_interpreter(self.target.python) if is_newer else None

    def _read_here(self, files: list[SiteFile]) -> list[SourceFacts]:
        return [read_facts(read_site_file(file), target=self.target, is_own=file.is_own) for file in files]

    def _read_elsewhere(self, files: list[SiteFile], interpreter: Path = Path(sys.executable)) -> list[SourceFacts]:
        """Read files in a process of its own."""
        sources = [(read_site_file(file), file.is_own) for file in files]
        answer = _ask_worker(interpreter, "read_facts", sources, self.target)
        return self._read_here(files) if answer is None else [SourceFacts(*values) for values in answer]

    def _keep_all(self, files: list[SiteFile], facts: list[SourceFacts]) -> None:
        for file, known in zip(files, facts, strict=True):
            self._keep(file, known)

    def save(self) -> None:
        """Write what was read anew to the cache."""
        for key in sorted(self._changed):
            merged = {**(disk.load_as("facts", key, _read_table) or {}), **self._tables[key]}
            merged = {kept: facts for kept, facts in merged.items() if not self._is_outdated(key, kept)}
            disk.store("facts", key, json.dumps(merged, separators=(",", ":")).encode())
        self._changed.clear()

    def _is_outdated(self, key: str, kept: str) -> bool:
        """Tell whether something that is kept was read of another content of a file than it has now."""
        found = _CONTENT.match(kept)
        return found is not None and self._contents.get((key, found[1]), found[2]) != found[2]

    def _is_unknown(self, file: SiteFile) -> bool:
        table, member = self._place(file)
        return member not in table

    def _keep(self, file: SiteFile, facts: SourceFacts) -> None:
        table, member = self._place(file)
        table[member] = list(facts)
        self._changed.add(self._table_key(file))
        self._ready[file.path] = facts

    def _place(self, file: SiteFile) -> tuple[dict[str, _Raw], str]:
        key = self._table_key(file)
        if key not in self._tables:
            self._tables[key] = disk.load_as("facts", key, _read_table) or {}
        if file.container_sha256:
            return self._tables[key], file.member
        digest = digest_site_file(file).hex()
        self._contents[key, file.path] = digest
        return self._tables[key], f"{file.path}:{digest}"

    def _table_key(self, file: SiteFile) -> str:
        where = file.container_sha256 or str(Path(file.container).resolve())
        where = f"{where}:local" if file.is_local else where
        return f"{sys.version_info[:2]}:{readers_digest()}:{self.target.python}:{self.target.architecture}:{where}"


def _decoded(content: bytes) -> str | None:
    """Return source as text; `None` where its encoding is unknown, or is another one than it says."""
    try:
        return decode(content)
    except (SyntaxError, ValueError, LookupError):
        return None


def _ask_worker(interpreter: Path, question: str, *given: object) -> _Raw | None:
    """Ask a reader in a process of its own; `None` where that fails.

    `multiprocessing` would import the caller's main module again: the user's script, where lbundle is a library.
    """
    finished = process.run(
        [interpreter, "-m", "bundler.trace.facts.read_worker"],
        stdin=pickle.dumps((question, given)),
        environment={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    if finished.returncode:
        return None
    answer: _Raw = pickle.loads(finished.stdout)  # noqa: S301 - a pipe from the process that was just started
    return answer


def _read_table(stored: bytes) -> dict[str, _Raw]:
    return dict(json.loads(stored))


def _binary_of(file: SiteFile) -> bytes:
    """Return a shared object; of another large file, or of one that no function could hold, nothing."""
    is_other = file.size_bytes > MOST_SOURCE_BYTES and not read_start(file).startswith(elf.MAGIC)
    return b"" if is_other or file.size_bytes > MOST_PACKED_BYTES else read_site_file(file)


def _text_of(file: SiteFile) -> bytes:
    """Return what a file says; one that is too large to be text that anyone wrote says nothing."""
    return read_site_file(file) if file.size_bytes <= MOST_SOURCE_BYTES else b""
