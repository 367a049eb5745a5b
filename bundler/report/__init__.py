"""Tell what was built: a plan and its artifact come in, a metafile, findings and text go out. All of it is pure."""

from bundler.report.as_html import render_changes_html, render_report_html
from bundler.report.as_text import (
    ToldFunction,
    render_finding,
    render_layers,
    render_table,
    summarise_build,
    summarise_bundle,
    tell_function,
)
from bundler.report.baseline import BASELINE_SCHEMA, measure_sizes, read_baseline, write_baseline
from bundler.report.changes import render_changes, render_changes_markdown
from bundler.report.compare import compare_sizes
from bundler.report.doubts import render_shake
from bundler.report.explanation import render_explanation, render_trace
from bundler.report.formats import render_github, render_gitlab, render_junit, render_sarif
from bundler.report.gate import find_findings, find_growth, find_total_growth, find_upgrade
from bundler.report.import_times import find_slow_imports
from bundler.report.layer_metafile import make_layer_metafile
from bundler.report.measure import biggest_files, measure_kinds, measure_omissions, measure_packages
from bundler.report.metafile import keep_symbols, make_metafile, packed_before, tell_own_files
from bundler.report.overview import render_report, render_report_markdown
from bundler.report.proof import judge_verdicts, render_verdicts
from bundler.sizes import format_bytes, format_count

__all__ = [
    "BASELINE_SCHEMA",
    "ToldFunction",
    "biggest_files",
    "compare_sizes",
    "find_findings",
    "find_growth",
    "find_slow_imports",
    "find_total_growth",
    "find_upgrade",
    "format_bytes",
    "format_count",
    "judge_verdicts",
    "keep_symbols",
    "make_layer_metafile",
    "make_metafile",
    "measure_kinds",
    "measure_omissions",
    "measure_packages",
    "measure_sizes",
    "packed_before",
    "read_baseline",
    "render_changes",
    "render_changes_html",
    "render_changes_markdown",
    "render_explanation",
    "render_finding",
    "render_github",
    "render_gitlab",
    "render_junit",
    "render_layers",
    "render_report",
    "render_report_html",
    "render_report_markdown",
    "render_sarif",
    "render_shake",
    "render_table",
    "render_trace",
    "render_verdicts",
    "summarise_build",
    "summarise_bundle",
    "tell_function",
    "tell_own_files",
    "write_baseline",
]
