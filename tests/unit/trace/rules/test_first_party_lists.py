"""Packages in lists of settings, and words that come to what loads by name."""

import pytest

from bundler.trace.rules.first_party_lists import RULE

MODEL = {"en_model/__init__.py": "", "en_model/model/weights.bin": ""}
SPACY = {"spacy/__init__.py": "def load(name): ...\n"}


def test_what_it_finds(brought):
    """A package that settings list is used whole, with its templates."""
    own = {
        "app.py": "INSTALLED_APPS = ['shop']\n",
        "shop/__init__.py": "",
        "shop/models.py": "",
        "shop/pages/a.html": "",
    }

    assert brought(RULE, own) == ["shop/__init__.py", "shop/models.py", "shop/pages/a.html"]


@pytest.mark.parametrize(
    "code",
    [
        "spacy.load('en_model')",
        "MODEL = 'en_model'\nspacy.load(MODEL)",
        "def read(model='en_model'): return spacy.load(model)",
        "def read(*, model: str = 'en_model'): return spacy.load(name=model)",
        "class Reader:\n    model = 'en_model'\n    def read(self): return spacy.load(self.model)",
        "class Reader:\n    model: str = 'en_model'\n    @classmethod\n    def read(cls): return spacy.load(cls.model)",
        "class Reader:\n    def __init__(self): self.model = 'en_model'\n    def read(self): spacy.load(self.model)",
        "class Names:\n    MODEL = 'en_model'\nspacy.load(Names.MODEL)",
        "import os\nspacy.load(os.environ.get('MODEL', 'en_model'))",
        "import os\nspacy.load(os.getenv('MODEL', default='en_model'))",
        "from os import environ\nNAME = environ.get('MODEL') or 'en_model'\nspacy.load(NAME)",
        "for name in ['en_model']: spacy.load(name)",
        "NAMES = ('en_model', 'other')\nMODELS = [spacy.load(name) for name in NAMES]",
        "NAMES = {'en': 'en_model'}\nspacy.load(NAMES[language])",
        "spacy.load('_'.join(['en', 'model']))",
        "spacy.load(f'{LANGUAGE}_model')\nLANGUAGE = 'en'",
        "SOURCE = 'en_model'\ndef read(source): return spacy.load(source)\nread(SOURCE)",
    ],
)
def test_a_word_counts_however_it_comes_to_what_loads_it(brought, code):
    """A model that is loaded by its name ships with its data, whichever way its user writes the name."""
    found = brought(RULE, {"app.py": f"import spacy\n{code}\n"}, {"spacy-3.0": SPACY, "en_model-3.0": MODEL})

    assert found == sorted(MODEL)


def test_a_word_of_another_module_counts(brought):
    """A name that settings give and the handler hands to what loads it ships."""
    own = {"app.py": "import spacy, names\nspacy.load(names.MODEL)\n", "names.py": "MODEL = 'en_model'\n"}

    assert brought(RULE, own, {"spacy-3.0": SPACY, "en_model-3.0": MODEL}) == sorted(MODEL)


@pytest.mark.parametrize(
    "code",
    [
        "settings.configure(PLUGINS=['extra'], CACHE='extra')",
        "app.config['SESSION_TYPE'] = 'extra'",
        "app.config.update(SESSION_TYPE='extra')",
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'extra')",
        "class Config:\n    SESSION_TYPE = 'extra'",
        "class Settings(Base):\n    store: str = 'extra'",
        "pytest_plugins = ['extra']",
        "extensions = ['other', 'extra']",
        "INSTALLED_APPS = BASE + ['extra']",
        "CONFIG = {'plugins': ['extra']}",
    ],
)
def test_settings_and_lists_of_frameworks_count(brought, code):
    """Words in settings, and under names that say what is loaded, are packages."""
    found = brought(RULE, {"app.py": f"{code}\n"}, {"extra-1.0": {"extra/__init__.py": "", "extra/deep.py": ""}})

    assert found == ["extra/__init__.py", "extra/deep.py"]


@pytest.mark.parametrize("name", ["settings", "conf", "shop_settings", "config_local"])
def test_a_module_of_settings_is_settings(brought, name):
    """Whatever stands in a module of settings may name what a framework loads: `html_look = "extra"`."""
    own = {"app.py": f"import {name}\n", f"{name}.py": "html_look = 'extra'\n"}

    assert brought(RULE, own, {"extra-1.0": {"extra/__init__.py": ""}}) == ["extra/__init__.py"]


@pytest.mark.parametrize(
    "code",
    [
        "use('extra')",
        "SOURCE = 'extra'",
        "SOURCE: str = 'extra'",
        "TAGS = ['other', 'extra']",
        "print('extra')",
        "def f(source='extra'): return source == 'extra'",
        "ROWS = {'source': 'extra', 'tags': ['extra']}",
        "class Row:\n    source = 'extra'",
        "MAPPING = {'extra'}\nMAPPINGS = ['extra']",
        "app.config.get('extra')",
        "raise ImportError('extra')",
        "import json\njson.loads('extra')",
        "logger.info('load %s', 'extra')",
    ],
)
def test_what_it_must_not_catch(brought, code):
    """A word that comes to no settings, no list of a framework and nothing that loads is a word."""
    assert brought(RULE, {"app.py": f"{code}\n"}, {"extra-1.0": {"extra/__init__.py": ""}}) == []
