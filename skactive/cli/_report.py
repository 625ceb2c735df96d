"""``skactive report``."""

from __future__ import annotations

from skactive.cli._folder import load_result
from skactive.cli._output import check_report, show


def run(args):
    """Show a result that was written to a folder."""
    check_report(args)
    return show(load_result(args.folder), args)
