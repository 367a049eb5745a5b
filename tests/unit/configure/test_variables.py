"""What variables of a serverless.yml become."""

import json

import pytest

from bundler.configure.variables import UnansweredError, Variables
from bundler.configure.yaml_lines import parse_document

DOCUMENT = """\
service: my-api
provider:
  stage: ${opt:stage, 'dev'}
  region: eu-west-1
params:
  default: {size: 1, only: default}
  prod: {size: 2}
stages:
  prod: {params: {new: four}}
custom:
  text: hello
  number: 5
  flag: true
  none:
  list: [a, b]
  name: ${self:service}-${self:provider.stage}
  prod: {size: large}
  dev: {size: small}
  pick: ${self:custom.${sls:stage}.size}
  broken: ${ssm:/a/b}
  circle: ${self:custom.back}
  back: x-${self:custom.circle}
  own: ${self:custom.own, 'x'}
  tagged: !Ref Bucket
"""


@pytest.fixture
def ask(tmp_path):
    """Return a function that answers one text as a value of `DOCUMENT`."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config/dev.yml").write_text(
        "key: from-dev\nsub: {deep: [x, y]}\nstage: ${sls:stage}\ncircle: ${file(config/dev.yml):circle}\n"
    )
    (tmp_path / "config/data.json").write_text('{"key": {"a": 1}}')
    (tmp_path / "version.txt").write_text("1.2\n")
    (tmp_path / "config.js").write_text("module.exports = {}\n")
    (tmp_path / "words.txt").write_bytes(b"\xff")

    def answer(text, *, stage=None, document=DOCUMENT):
        root = parse_document(document + f"asked: {text}\n", "serverless.yml")
        environment = {"LOG_LEVEL": "info", "EMPTY": "", "ODD": "${self:service}"}
        variables = Variables(
            folder=tmp_path,
            document=root,
            options={"stage": stage} if stage else {},
            stage=stage or "dev",
            environment=environment,
        )
        return variables.resolve(root.value["asked"]).value

    return answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${opt:stage, 'dev'}", "dev"),
        ("${opt:missing, 5}", 5),
        ("${opt:missing, true}", True),
        ("${opt:missing, null}", None),
        ("${opt:missing, ''}", ""),
        ("${opt:missing, self:service}", "my-api"),
        ("${opt:missing, ${env:MISSING, 'deep'}}", "deep"),
        ("${opt:missing, opt:other, env:MISSING, self:custom.text}", "hello"),
        ("${opt:missing, 'v-${self:custom.text}'}", "v-hello"),
        ("${self:custom.text}", "hello"),
        ("${self:custom.number}", 5),
        ("${self:custom.flag}", True),
        ("${self:custom.none, 'filled'}", "filled"),
        ("${self:custom.list.1}", "b"),
        ("${self:custom.name}", "my-api-dev"),
        ("${self:custom.pick}", "small"),
        ("v${self:custom.number}-${self:custom.flag}", "v5-true"),
        ("${self:custom.${self:provider.stage}.size}", "small"),
        ("${ self:custom.text }", "hello"),
        ("${env:LOG_LEVEL, 'x'}", "info"),
        ("${env:MISSING, 'x'}", "x"),
        ("${env:EMPTY, 'x'}", ""),
        ("${env:ODD}", "${self:service}"),
        ("${file(config/dev.yml):key}", "from-dev"),
        ("${file(./config/dev.yml):sub.deep.1}", "y"),
        ("${file(config/${opt:stage, 'dev'}.yml):key}", "from-dev"),
        ("${file(config/dev.yml):stage}", "dev"),
        ("${file(config/none.yml):key, 'x'}", "x"),
        ("${file(config/dev.yml):none, 'x'}", "x"),
        ("${file(config/data.json):key.a}", 1),
        ("${file(version.txt)}", "1.2"),
        ("${sls:stage}", "dev"),
        ("${sls:instanceId}", "lbundle"),
        ("${aws:region}", "eu-west-1"),
        ("${aws:accountId, 'nobody'}", "nobody"),
        ("${param:size}", 1),
        ("${param:none, 'x'}", "x"),
        ("${strToBool(true)}", True),
        ("${strToBool(${opt:missing, 'false'})}", False),
        ("${strToBool(${self:custom.flag})}", True),
        ("${strToBool('1')}", True),
        ("${ssm:/a/b, 'fallback'}", "fallback"),
        ("${self:custom.broken, 'fallback'}", "fallback"),
        ("${vault:x, cf(eu-west-1):stack.out, s3:bucket/key, 'x'}", "x"),
        ("${Bucket}-${AWS::Region}-${self:service}", "${Bucket}-${AWS::Region}-my-api"),
        (r"a\${self:service}", "a${self:service}"),
    ],
)
def test_variables_have_values(ask, text, value):
    """A variable alone keeps its value's type; inside a text it becomes text."""
    answer = ask(text)

    assert (answer, type(answer)) == (value, type(value))


def test_a_mapping_stays_a_mapping(ask):
    """A whole table comes back with its own variables still to be asked."""
    table = ask("${self:custom.prod}")

    assert {key: node.value for key, node in table.items()} == {"size": "large"}


def test_the_whole_document(ask):
    """`self:` without an address is the whole file."""
    assert set(ask("${self:}")) == {"service", "provider", "params", "stages", "custom", "asked"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${opt:stage}", "prod"),
        ("${self:provider.stage}", "prod"),
        ("${self:custom.pick}", "large"),
        ("${param:size}", 2),
        ("${param:only}", "default"),
        ("${param:new}", "four"),
        ("${sls:stage}", "prod"),
    ],
)
def test_the_stage_decides(ask, text, value):
    """Options, tables and parameters follow the stage; a parameter that the stage lacks is the default's."""
    assert ask(text, stage="prod") == value


def test_the_region_has_a_default(ask):
    """Without `provider.region` the framework deploys to us-east-1."""
    assert ask("${aws:region}", document="provider: aws\n") == "us-east-1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${opt:x}", "`${opt:x}` has no value: the option `--x` is not given"),
        ("${self:custom.x}", "`${self:custom.x}` has no value: `custom.x` is not set"),
        ("${self:service.name}", "`${self:service.name}` has no value: `service.name` is not set"),
        ("${self:custom.list.7}", "`${self:custom.list.7}` has no value: `custom.list.7` is not set"),
        ("${env:X}", "`${env:X}` has no value: the environment variable `X` is not set"),
        (
            "${env:X, opt:y}",
            "`${env:X, opt:y}` has no value: the environment variable `X` is not set, the option `--y` is not given",
        ),
        ("${file(no.yml):a}", "`${file(no.yml):a}` has no value: the file `no.yml` is not there"),
        (
            "${file(config/dev.yml):a.b}",
            "`${file(config/dev.yml):a.b}` has no value: `a.b` is not in `config/dev.yml`",
        ),
        (
            "${file(config.js):a}",
            "`${file(config.js):a}` has no value: `config.js` is code, which lbundle does not run",
        ),
        ("${sls:x}", "`${sls:x}` has no value: `sls:x` is not known"),
        ("${param:x}", "`${param:x}` has no value: the parameter `x` is not set for stage `dev`"),
        ("${ssm:/a/b}", "`${ssm:/a/b}` has no value: `ssm:/a/b` needs AWS, which lbundle never asks"),
        ("${aws:accountId}", "`${aws:accountId}` has no value: `aws:accountId` needs AWS, which lbundle never asks"),
        ("${vault:x}", "`${vault:x}` has no value: `vault:x` asks a source that lbundle does not know"),
        (
            "a-${self:custom.broken}",
            (
                "`${self:custom.broken}` has no value: `${ssm:/a/b}` has no value: `ssm:/a/b` needs AWS, which lbundle "
                "never asks"
            ),
        ),
        ("a-${self:custom.prod}", "`${self:custom.prod}` is a mapping, which cannot stand inside a text"),
        ("a-${self:custom.none}", "`${self:custom.none}` is empty, which cannot stand inside a text"),
        ("a-${self:custom.tagged}", "`${self:custom.tagged}` is `!Ref`, which cannot stand inside a text"),
        (
            "${strToBool(maybe)}",
            "`${strToBool(maybe)}` has no value: `strToBool(maybe)` is neither true nor false",
        ),
        (
            "${opt:x, a}",
            "`${opt:x, a}` has no value: the option `--x` is not given, `a` is neither a source nor a quoted text",
        ),
    ],
)
def test_variables_without_a_value(ask, text, reason):
    """A variable that has no value says what each of its alternatives lacks."""
    with pytest.raises(UnansweredError) as caught:
        ask(f'"{text}"')

    assert str(caught.value) == reason


def test_an_unreadable_file(ask):
    """A text file that cannot be read counts as a missing value."""
    assert ask("${file(words.txt), 'x'}") == "x"


@pytest.mark.parametrize(
    ("text", "chain"),
    [
        ("${self:custom.circle}", ["${self:custom.back}", "x-${self:custom.circle}", "${self:custom.back}"]),
        ("${self:custom.own}", ["${self:custom.own, 'x'}", "${self:custom.own, 'x'}"]),
        ("${self:asked}", ["${self:asked}", "${self:asked}"]),
        ("${file(config/dev.yml):circle}", ["${file(config/dev.yml):circle}", "${file(config/dev.yml):circle}"]),
    ],
)
def test_circles(ask, text, chain):
    """Variables that lead back to themselves are an error with the way around, whatever the fallback."""
    with pytest.raises(UnansweredError) as caught:
        ask(text)

    assert str(caught.value) == "the variables go in a circle: " + " → ".join(f"`{step}`" for step in chain)
    assert caught.value.is_final


def test_the_way_into_a_circle_is_no_part_of_it(ask):
    """After a circle was met, what does not depend on it still has a value."""
    with pytest.raises(UnansweredError, match="circle"):
        ask("${self:custom.circle, 'x'}")

    assert ask("${self:custom.text}") == "hello"


def test_senseless_nesting(ask):
    """Variables within variables without end are an error, not a crash."""
    with pytest.raises(UnansweredError, match="nested too deeply"):
        ask("${opt:" * 300 + "x" + "}" * 300)


def doublings(count, text):
    """Return settings that each name the one before twice."""
    return "doubled0: x\n" + "".join(
        f"doubled{n}: {text.format(f'self:doubled{n - 1}')}\n" for n in range(1, count + 1)
    )


def test_doublings(ask):
    """What variables make of few lines is bounded: forty doublings would be a terabyte."""
    document = DOCUMENT + doublings(40, "${{{0}}}${{{0}}}")

    assert ask("${self:doubled16}", document=document) == "x" * 2**16
    with pytest.raises(UnansweredError, match="variables make a text of 131,072 characters, at most 100,000 are read"):
        ask("${self:doubled40}", document=document)


def test_many_long_texts(ask):
    """All of them together are bounded too."""
    document = (
        DOCUMENT + doublings(16, "${{{0}}}${{{0}}}") + "".join(f"long{n}: a${{self:doubled16}}\n" for n in range(200))
    )
    asked = "".join(f"${{self:long{n}, ''}}" for n in range(200))

    with pytest.raises(
        UnansweredError, match=r"all variables make 10,\d{3},\d{3} characters, at most 10,000,000 are read"
    ):
        ask(asked, document=document)


def test_doubled_failures(ask):
    """A variable that has no value is asked once, however many alternatives lead to it, and its reason stays short."""
    document = DOCUMENT.replace("none:", "none: ${opt:no}")
    document += doublings(40, "${{{0}, opt:a, {0}}}").replace("doubled0: x", "doubled0: ${opt:no}")

    with pytest.raises(UnansweredError) as caught:
        ask("${self:doubled40}", document=document)

    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("text", ["${self:" * 8000, "${self:" * 8000 + "${self:service}", "${self:x" + "(" * 20_000])
def test_variables_that_never_end(ask, text):
    """Thousands of them are read once."""
    assert ask(f"'{text}'") is not None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("${'${a'" * 2000, "more than 50 variables in it never end"),
        ("${self:service}" * 8000, "a text with variables has 120,000 characters, at most 100,000 are read"),
    ],
)
def test_texts_that_nobody_reads(ask, text, problem):
    """A text that would take for ever, or is no setting, is refused by the bound that it meets."""
    with pytest.raises(UnansweredError, match=problem):
        ask(json.dumps(text))
