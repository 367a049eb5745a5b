"""`python -m bundler` is `lbundle`."""

from bundler.cli import main

main()
