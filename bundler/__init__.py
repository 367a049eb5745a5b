"""Trace, plan and pack Python functions into minimal, reproducible zips for AWS Lambda.

What can be imported from here is the Python interface, and cheap to import. Whatever lies below may change any day.
"""

from bundler.errors import BundleError
from bundler.interface import Build, Bundle, Package, Project, build
from bundler.version import __version__

__all__ = ["Build", "Bundle", "BundleError", "Package", "Project", "__version__", "build"]
