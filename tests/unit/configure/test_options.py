"""lbundle's own options."""

import pytest

from bundler.configure import parse_growth
from bundler.model.project import BytecodeMode, Growth, Limit, Options, Shake, ShakeMode

FUNCTIONS = "functions: {app: {handler: app.handler}}\n"


def test_defaults(project):
    """Without any option everything has its default."""
    options = project.serverless(FUNCTIONS).function().options

    assert options == Options(
        requirements=(),
        working_folder=project.root,
        include=(),
        exclude=(),
        include_modules=(),
        exclude_modules=(),
        external=None,
        bytecode=BytecodeMode.AUTO,
        limit=Limit(),
    )


def test_every_option(project):
    """Every key is read into its field."""
    project.write({"requirements/base.txt": "", "requirements/more.txt": ""}).serverless("""\
        custom:
          lbundle:
            requirements: [requirements/base.txt, requirements/more.txt]
            only-binary: [NumPy]
            include: ["plugins/*.py", data.bin]
            exclude: ["*.md", "!README.md"]
            include-modules: pandas.plotting
            exclude-modules: [pandas.io.sql, tkinter]
            external: [NumPy, python_dateutil]
            bytecode: beside
            shake: {default: traced, PyLint: whole, jedi: safe}
            limit: {zip: 5 MB, unzipped: 40MiB}
        functions: {app: {handler: app.handler}}
        """)

    options = project.function().options

    assert options == Options(
        requirements=(project.root / "requirements/base.txt", project.root / "requirements/more.txt"),
        working_folder=project.root,
        only_binary=("numpy",),
        include=("plugins/*.py", "data.bin"),
        exclude=("*.md", "!README.md"),
        include_modules=("pandas.plotting",),
        exclude_modules=("pandas.io.sql", "tkinter"),
        external=("numpy", "python-dateutil"),
        bytecode=BytecodeMode.BESIDE,
        shake=Shake(default=ShakeMode.TRACED, distributions=(("jedi", ShakeMode.SAFE), ("pylint", ShakeMode.WHOLE))),
        limit=Limit(zip_bytes=5_000_000, unzipped_bytes=41_943_040),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("true", (":all:",)),
        ("false", ()),
        ("Some_Name", ("some-name",)),
        ("[a, ':all:']", ("a", ":all:")),
        ("':none:'", ()),
    ],
)
def test_only_binary(project, value, expected):
    """What may not be built is all, nothing or some packages, as pip has it."""
    project.serverless(f"custom: {{lbundle: {{only-binary: {value}}}}}\n{FUNCTIONS}")

    assert project.function().options.only_binary == expected


def test_a_function_overrides_key_by_key(project):
    """A function's key replaces the service's, the others stay; of `limit`, each of its two parts."""
    project.serverless("""\
        custom: {lbundle: {exclude: ["*.md"], include: [a.txt], external: [numpy], limit: {zip: 1 MB, unzipped: 8}}}
        functions:
          app: {handler: app.handler, lbundle: {exclude: [], external: [], limit: {unzipped: 9}}}
          other: {handler: app.handler}
        """)

    app, other = (function.options for function in project.read().functions)

    assert (app.exclude, app.include, app.external, app.limit) == (
        (),
        ("a.txt",),
        (),
        Limit(zip_bytes=1_000_000, unzipped_bytes=9),
    )
    assert (other.exclude, other.include, other.external, other.limit) == (
        ("*.md",),
        ("a.txt",),
        ("numpy",),
        Limit(zip_bytes=1_000_000, unzipped_bytes=8),
    )


def test_a_single_text_is_a_list_of_one(project):
    """Lists of one may be written as a text."""
    project.write({"pins.txt": ""}).serverless(
        "custom: {lbundle: {requirements: pins.txt, exclude: '*.md', external: numpy}}\n" + FUNCTIONS
    )

    options = project.function().options

    assert options.requirements == (project.root / "pins.txt",)
    assert (options.exclude, options.external) == (("*.md",), ("numpy",))


def test_requirements_of_the_root(project):
    """A requirements.txt beside the settings needs no setting."""
    project.write({"requirements.txt": ""}).serverless(FUNCTIONS)

    assert project.function().options.requirements == (project.root / "requirements.txt",)


def test_default_requirements_without_lock(project):
    """A requirements.in alone is what the packages are found from; the requirements.txt made of it goes before it."""
    project.write({"requirements.in": ""}).serverless(FUNCTIONS)
    alone = project.function().options.requirements
    project.write({"requirements.txt": ""})

    assert alone == (project.root / "requirements.in",)
    assert project.function().options.requirements == (project.root / "requirements.txt",)


def test_no_requirements(project):
    """An empty list means no packages, even where there is a requirements.txt."""
    project.write({"requirements.txt": ""}).serverless("custom: {lbundle: {requirements: []}}\n" + FUNCTIONS)

    assert project.function().options.requirements == ()


def test_an_empty_value_is_no_value(project):
    """A key without a value keeps the default."""
    project.serverless("custom: {lbundle: {external: , limit: , bytecode: }}\n" + FUNCTIONS)

    options = project.function().options

    assert (options.external, options.limit, options.bytecode) == (None, Limit(), BytecodeMode.AUTO)


def test_options_may_use_variables(project):
    """Options are settings like any other: a table or a value may come from a variable."""
    project.write({"lb.yml": "bytecode: ${self:custom.mode}\n"}).serverless(
        "custom: {mode: none, lbundle: '${file(lb.yml)}'}\n" + FUNCTIONS
    )

    assert project.function().options.bytecode == BytecodeMode.NONE


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1000", 1000),
        ("12 B", 12),
        ("5 MB", 5_000_000),
        ("5mb", 5_000_000),
        ("1.5 kB", 1500),
        ("40MiB", 41_943_040),
        ("1 KiB", 1024),
        ("2 GB", 2_000_000_000),
        ("1GiB", 1_073_741_824),
    ],
)
def test_sizes(project, text, size):
    """MB is a million bytes, MiB 1024 times 1024, a number alone is bytes."""
    project.serverless(f"custom: {{lbundle: {{limit: {{zip: {text}}}}}}}\n" + FUNCTIONS)

    assert project.function().options.limit == Limit(zip_bytes=size)


@pytest.mark.parametrize(
    ("text", "growth"),
    [
        ("3%", Growth(percent=3)),
        ("1.5 %", Growth(percent=1.5)),
        ("200 kB", Growth(size_bytes=200_000)),
        ("3% or 200 kB", Growth(percent=3, size_bytes=200_000)),
        ("200 kB or 3%", None),
        ("3% or", None),
        ("much", None),
    ],
)
def test_growth(text, growth):
    """Growth is a share, a size or the more of both."""
    assert parse_growth(text) == growth


def test_growth_of_all(project):
    """All zips together may grow as the options for every function say; a function's own count for it alone."""
    project.serverless("""\
        custom: {lbundle: {limit: {max-growth: 3%}}}
        functions:
          app: {handler: app.handler, lbundle: {limit: {max-growth: 1 MB}}}
        """)

    read = project.read()

    assert read.growth == Growth(percent=3)
    assert read.functions[0].options.limit.growth == Growth(size_bytes=1_000_000)


@pytest.mark.parametrize(
    ("option", "mistake"),
    [
        ("exlude: []", "custom.lbundle.exlude: unknown key, did you mean `exclude`?"),
        (
            "zzz: 1",
            (
                "custom.lbundle.zzz: unknown key, there is: `requirements`, `groups`, `extras`, `only-binary`, "
                "`include`, `exclude`, `include-modules`, `exclude-modules`, "
                "`external`, `bytecode`, `shake`, `strip`, `guard`, `limit`, `events`, `prove`, `command`"
            ),
        ),
        ("exclude_modules: []", "custom.lbundle.exclude_modules: unknown key, did you mean `exclude-modules`?"),
        ("limit: {zipped: 5}", "custom.lbundle.limit.zipped: unknown key, did you mean `unzipped`?"),
        ("limit: 5", "custom.lbundle.limit: must be a mapping, not a number"),
        (
            "limit: {zip: five}",
            "custom.lbundle.limit.zip: `five` is not a size such as `5 MB`, `40 MiB` or a number of bytes",
        ),
        (
            "limit: {zip: 0}",
            "custom.lbundle.limit.zip: `0` is not a size such as `5 MB`, `40 MiB` or a number of bytes",
        ),
        (
            "limit: {zip: 5 XB}",
            "custom.lbundle.limit.zip: `5 XB` is not a size such as `5 MB`, `40 MiB` or a number of bytes",
        ),
        (
            "limit: {zip: [5]}",
            "custom.lbundle.limit.zip: a list is not a size such as `5 MB`, `40 MiB` or a number of bytes",
        ),
        ("bytecode: all", "custom.lbundle.bytecode: `all` is not one of `auto`, `only`, `beside`, `none`"),
        ("bytecode: true", "custom.lbundle.bytecode: must be text, not true or false"),
        ("shake: saf", "custom.lbundle.shake: `saf` is no way to shake, did you mean `safe`?"),
        ("shake: {pylint: trace}", "custom.lbundle.shake.pylint: `trace` is no way to shake, did you mean `traced`?"),
        ("shake: [safe]", "custom.lbundle.shake: must be text, not a list"),
        ("exclude: {a: b}", "custom.lbundle.exclude: must be text, not a mapping"),
        ("include: [a, 5]", "custom.lbundle.include[1]: must be text, not a number"),
        (
            "exclude-modules: [a.b, 'c d']",
            "custom.lbundle.exclude-modules[1]: `c d` is not the dotted name of a module (all below it goes with it)",
        ),
        (
            "requirements: requirments.txt",
            "custom.lbundle.requirements: the file `requirments.txt` is not there, did you mean `requirements.txt`?",
        ),
        ("external: !Ref X", "custom.lbundle.external: `!Ref` is filled in by CloudFormation, lbundle needs text here"),
    ],
)
def test_mistakes(project, option, mistake):
    """Each wrong option says what is wrong, where, and what would be right."""
    project.write({"requirements.txt": ""}).serverless(f"custom:\n  lbundle:\n    {option}\n" + FUNCTIONS)

    assert project.mistakes() == (f"serverless.yml:7  {mistake}",)


def test_a_functions_own_options_are_checked_too(project):
    """A mistake in a function's `lbundle` stands at the function."""
    project.serverless("""\
        functions:
          app:
            handler: app.handler
            lbundle:
              bytecde: none
        """)

    assert project.mistakes() == (
        "serverless.yml:9  functions.app.lbundle.bytecde: unknown key, did you mean `bytecode`?",
    )
