"""Reports for CI systems are what the published schemas ask for."""

import json

import jsonschema
import pytest
import xmlschema

from bundler.model.report import Finding
from bundler.report import render_gitlab, render_junit, render_sarif
from tests.support.schemas import GITLAB, junit_schema, sarif_schema

pytestmark = pytest.mark.network

ERROR = Finding(name="zip-grew", level="error", function="<a & b>", message='it "grew"\nby 1 %', path="app.py", line=2)
WARNING = Finding(name="imports-not-measured", level="warning", function="b", message="not measured")
FINDINGS = pytest.mark.parametrize("findings", [(), (ERROR,), (ERROR, WARNING, ERROR)])


@FINDINGS
def test_sarif(findings):
    """A SARIF log is valid by the schema of version 2.1.0, and the schema does refuse others."""
    log = json.loads(render_sarif(findings, "serverless.yml"))
    validator = jsonschema.Draft4Validator(sarif_schema())

    assert [error.message for error in validator.iter_errors(log)] == []
    del log["runs"][0]["tool"]
    assert not validator.is_valid(log)


@FINDINGS
def test_junit(findings):
    """A JUnit report is valid by the schema that Jenkins reads it with, and the schema does refuse others."""
    report = render_junit(findings, ["<a & b>", "b"])
    schema = xmlschema.XMLSchema(junit_schema())

    assert [error.reason for error in schema.iter_errors(report)] == []
    assert not schema.is_valid(report.replace('tests="', 'trials="'))


@FINDINGS
def test_gitlab(findings):
    """A code quality report has what GitLab's documentation asks of it, with one fingerprint for each finding."""
    report = json.loads(render_gitlab(findings, "serverless.yml"))

    assert [error.message for error in jsonschema.Draft202012Validator(GITLAB).iter_errors(report)] == []
    assert len({issue["fingerprint"] for issue in report}) == len(findings)
    assert not jsonschema.Draft202012Validator(GITLAB).is_valid([{"description": "alone"}])
