"""Where `lbundle` and `python -m bundler` start: from the first moment on, Ctrl-C ends quietly."""

import sys

_INTERRUPTED = 130

try:
    import os
    import signal
except KeyboardInterrupt:
    sys.stderr.write("error: interrupted\n")
    sys.exit(_INTERRUPTED)


def main() -> None:
    """Run the command line, which answers to Ctrl-C itself once it is loaded."""
    signal.signal(signal.SIGINT, _leave)
    from bundler.cli import main as run  # noqa: PLC0415 - loading it takes a moment

    run()


def _leave(*_: object) -> None:
    """End at once: nothing has begun, and an exception would end up in whatever is being imported.

    So would the error of ours with these words and this code, which is not loaded yet.
    """
    sys.stderr.write("error: interrupted\n")
    sys.stderr.flush()
    os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
