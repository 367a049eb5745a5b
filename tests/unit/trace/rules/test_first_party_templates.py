"""Names that first-party code puts together."""

from bundler.trace.rules.first_party_templates import RULE


def test_what_it_finds(brought):
    """A name of two parts with an end nobody can tell means the modules there."""
    own = {
        "app.py": "push(f'shop.jobs.{name}')\n",
        "shop/__init__.py": "",
        "shop/jobs/__init__.py": "",
        "shop/jobs/one.py": "",
    }

    assert brought(RULE, own) == ["shop/jobs/one.py"]


def test_what_it_must_not_catch(brought):
    """With one dot it may be the name of a logger."""
    own = {"app.py": "push(f'shop.{name}')\n", "shop/__init__.py": "", "shop/one.py": ""}

    assert brought(RULE, own) == []
