"""The command line: ``skactive``, or ``python -m skactive``."""

from skactive.cli._main import main

__all__ = ["main"]
