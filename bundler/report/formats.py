"""Findings in the forms that CI systems read."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from bundler.model.report import Finding
from bundler.version import __version__

_GITHUB_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_GITLAB_SEVERITIES = {"error": "major", "warning": "minor", "note": "info"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render_github(findings: Sequence[Finding], settings_path: str) -> str:
    """Return workflow commands, which GitHub shows as annotations of the file that is to blame."""
    return "\n".join(_annotate(finding, finding.path or settings_path) for finding in findings)


def _annotate(finding: Finding, path: str) -> str:
    place = f"file={_escape(path, is_property=True)},line={finding.line or 1}"
    title = _escape(f"{finding.function}: {finding.name}", is_property=True)
    return f"::{_GITHUB_COMMANDS[finding.level]} {place},title={title}::{_escape(finding.message)}"


def _escape(text: str, *, is_property: bool = False) -> str:
    """Escape as GitHub's toolkit does: what would end a command or a property."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text


def render_gitlab(findings: Sequence[Finding], settings_path: str) -> str:
    """Return a code quality report for GitLab."""
    if not findings:
        # Two lines, by which the next build knows its own report and leaves it out.
        return "[\n]"
    seen: Counter[str] = Counter()
    return json.dumps(
        [
            {
                "description": f"{finding.function}: {finding.message}",
                "check_name": finding.name,
                "fingerprint": _fingerprint(finding, seen),
                "severity": _GITLAB_SEVERITIES[finding.level],
                "location": {"path": finding.path or settings_path, "lines": {"begin": finding.line or 1}},
            }
            for finding in findings
        ],
        indent=1,
    )


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return what stays the same from build to build, yet differs for findings of one name, lest they merge."""
    key = f"{finding.name}\0{finding.function}"
    seen[key] += 1
    return hashlib.sha256(f"{key}\0{seen[key]}".encode()).hexdigest()


def render_junit(findings: Sequence[Finding], functions: Sequence[str]) -> str:
    """Return a JUnit report with a test case for every function; its errors are failures, all else is output."""
    errors = [finding for finding in findings if finding.level == "error"]
    names = list(dict.fromkeys((*functions, *(finding.function for finding in findings))))
    failed = {finding.function for finding in errors}
    counts = {"tests": str(len(names)), "failures": str(len(failed)), "errors": "0"}
    suite = ET.Element("testsuite", {"name": "lbundle", **counts})
    for name in names:
        case = ET.SubElement(suite, "testcase", classname="lbundle", name=name)
        texts = [finding for finding in errors if finding.function == name]
        if texts:
            failure = ET.SubElement(case, "failure", type=texts[0].name, message=texts[0].message)
            failure.text = "\n".join(finding.message for finding in texts)
        others = [finding for finding in findings if finding.function == name and finding.level != "error"]
        if others:
            ET.SubElement(case, "system-out").text = "\n".join(f"{found.level}: {found.message}" for found in others)
    suites = ET.Element("testsuites")
    suites.append(suite)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=True)


def render_sarif(findings: Sequence[Finding], settings_path: str) -> str:
    """Return a SARIF 2.1.0 log, as code scanning reads it."""
    rules = [{"id": name} for name in dict.fromkeys(finding.name for finding in findings)]
    results = [
        {
            "ruleId": finding.name,
            "level": finding.level,
            "message": {"text": f"{finding.function}: {finding.message}"},
            "partialFingerprints": {"function": finding.function},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": finding.path or settings_path},
                        "region": {"startLine": finding.line or 1},
                    }
                }
            ],
        }
        for finding in findings
    ]
    driver = {"name": "lbundle", "version": __version__, "rules": rules}
    log = {"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}
    return json.dumps(log, indent=1)
