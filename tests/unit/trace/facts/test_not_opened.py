"""Paths that code only tells to people, or searches for modules: it opens nothing there."""

import textwrap

import pytest

from bundler.model.project import Architecture
from bundler.runtimes import make_target
from bundler.trace.facts.read import read_facts

TARGET = make_target("python3.12", Architecture.X86_64)
HEAD = """\
import logging, os, site, sys
from pathlib import Path
HERE = os.path.dirname(os.path.abspath(__file__))
log = logging.getLogger(__name__)
def f(name, x):
"""


def facts_of(code):
    return read_facts((HEAD + textwrap.indent(code, "    ") + "\n").encode(), target=TARGET, is_own=False)


def paths(facts):
    return [fact.pattern for fact in facts]


@pytest.mark.parametrize(
    "code",
    [
        "log.info('loaded %s', __file__)",
        "log.debug(f'in {HERE} for {name}')",
        "logging.warning('nothing in ' + HERE)",
        "log.error('nothing in {}'.format(os.path.join(HERE, 'data')))",
        "self.log.exception('bad', extra={'path': str(HERE)})",
        "print('from', __file__, file=sys.stderr)",
        "print(os.path.join(HERE, name))",
        "logging.getLogger(__file__)",
        "raise RuntimeError(f'nothing in {HERE}')",
        "assert x, HERE",
        "x = os.path.basename(__file__)",
        "x = Path(__file__).stem",
        "x = os.path.splitext(os.path.basename(__file__))[0]",
        "where = os.path.join(HERE, name)\nlog.info('looking into %s', where)",
    ],
)
def test_a_path_that_is_only_told_opens_nothing(code):
    """A log, an error or the name of a file says where code lies, and reads nothing there."""
    assert paths(facts_of(code).data) == []


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("log.info('%s', os.listdir(HERE))", ["\x01"]),
        ("log.info(f'{HERE}: {open(HERE + name).read()}')", ["\x01*"]),
        ("print(open(os.path.join(HERE, 'x')).read())", ["\x01/x"]),
        ("raise Bad(read(HERE))", ["\x01"]),
        ("x = open(os.path.join(HERE, 'x')).name", ["\x01/x"]),
        ("where = os.path.join(HERE, 'x')\nlog.info(where)\nopen(where)", ["\x01/x"]),
        ("where = os.path.join(HERE, 'x')\nlog.info(where)\nreturn where", ["\x01/x"]),
        ("self.where = os.path.join(HERE, 'x')\nlog.info(self.where)", ["\x01/x"]),
        ("where = os.path.join(HERE, 'x')", ["\x01/x"]),
        ("where = os.path.join(HERE, 'x')\nlog.info(where)\nopen(module.where)", ["\x01/x"]),
        ("open(os.path.splitext(__file__)[0] + '.json')", ["\x01/*.json"]),
    ],
)
def test_what_is_opened_beside_counts(code, expected):
    """What code tells it may open as well, in the same line or by the same name."""
    assert sorted(set(paths(facts_of(code).data))) == expected


@pytest.mark.parametrize(
    "code",
    [
        "sys.path.insert(0, os.path.join(HERE, x))",
        "sys.path.append(str(Path(__file__).parent / x))",
        "sys.path.extend([os.path.join(HERE, x)])",
        "site.addsitedir(os.path.join(HERE, x))",
        "sys.path += [os.path.join(HERE, x)]",
        "sys.path[:0] = [os.path.join(HERE, x)]",
        "sys.path = [os.path.join(HERE, x), *sys.path]",
        "lib = os.path.join(HERE, x)\nsys.path.insert(0, lib)",
    ],
)
def test_a_folder_that_is_searched_for_modules_opens_nothing(code):
    """What lies on the path ships where it is imported."""
    facts = facts_of(code)

    assert (paths(facts.data), paths(facts.path_roots)) == ([], ["\x01/*"])
