"""Tests of lbundle."""
