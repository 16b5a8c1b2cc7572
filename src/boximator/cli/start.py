"""The entry point: from the first moment on, Ctrl-C is answered in words. So nothing is imported at the top."""

from __future__ import annotations

STOPPED = "Stopped; files that were not finished have been removed."
INTERRUPTED = 130


def main() -> None:
    """Run the command line: exit code 0, 2 for a problem the user can solve (said in words), 130 for Ctrl-C."""
    try:
        from boximator.cli.app import app

        app()
    except KeyboardInterrupt:
        import sys

        sys.stderr.write(f"{STOPPED}\n")
        sys.exit(INTERRUPTED)
