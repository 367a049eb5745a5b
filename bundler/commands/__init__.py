"""One file per subject of the command line: read options, call the pipeline, print.

Heavy imports stay inside their functions, so that `--help`, `--version` and a wrong option answer at once.
"""
