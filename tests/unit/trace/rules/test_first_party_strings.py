"""Dotted strings of first-party code."""

import pytest

from bundler.trace.rules.first_party_strings import RULE


def test_what_it_finds(brought):
    """A dotted string names a module, or something in one."""
    own = {
        "app.py": "use('shop.settings')\nuse('shop.tasks:run')\n",
        "shop/__init__.py": "",
        "shop/settings.py": "",
        "shop/tasks.py": "",
    }

    assert brought(RULE, own) == ["shop/settings.py", "shop/tasks.py"]


def test_what_it_must_not_catch(brought):
    """A word without a dot is a word."""
    own = {"app.py": "use('shop')\n", "shop.py": ""}

    assert brought(RULE, own) == []


@pytest.mark.parametrize(
    "code",
    [
        "upgrade('jobs')",
        "run(directory='jobs')",
        "FOLDER = 'jobs'",
        "cfg.set_main_option('script_location', 'jobs')",
        "NAME = 'jobs'\nrun(NAME)",
        "TREE = {'path': 'jobs'}",
        "use('./tasks/jobs')",
    ],
)
def test_folders_of_scripts_are_named_as_such(brought, code):
    """A folder of scripts ships where a function is given its name, or something is said to be a folder."""
    folder = "tasks/jobs" if "/" in code else "jobs"

    assert brought(RULE, {"app.py": f"{code}\n", f"{folder}/one.py": ""}) == [f"{folder}/one.py"]


@pytest.mark.parametrize(
    "code",
    ["print('jobs')", "WORDS = ['jobs']", "logger.info('jobs')", "event['jobs']", "name == 'jobs'", "a.split('jobs')"],
)
def test_words_that_are_only_said_are_no_folders(brought, code):
    """A word that is printed, compared or listed is no folder of scripts."""
    assert brought(RULE, {"app.py": f"{code}\n", "jobs/one.py": ""}) == []
