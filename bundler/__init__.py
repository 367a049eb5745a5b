"""Trace, plan and pack Python functions into minimal, reproducible zips for AWS Lambda."""

__version__ = "0.1.0"
