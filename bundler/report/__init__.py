"""Tell what was built: a plan and its artifact come in, a metafile, findings and text go out. All of it is pure."""

from bundler.report.as_text import render_finding, render_table
from bundler.report.explanation import render_explanation, render_trace
from bundler.report.gate import find_findings
from bundler.report.measure import biggest_files, measure_kinds, measure_omissions, measure_packages
from bundler.report.metafile import SCHEMA, make_metafile
from bundler.report.sizes import format_bytes, format_count

__all__ = [
    "SCHEMA",
    "biggest_files",
    "find_findings",
    "format_bytes",
    "format_count",
    "make_metafile",
    "measure_kinds",
    "measure_omissions",
    "measure_packages",
    "render_explanation",
    "render_finding",
    "render_table",
    "render_trace",
]
