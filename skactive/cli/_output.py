"""The summary on stdout, and the report."""

from __future__ import annotations

import os
from importlib.util import find_spec
from math import inf
from pathlib import Path

from skactive.cli._errors import UserError, say

_SUFFIXES = (".html", ".md")


def show(result, args):
    """Print the summary of every metric; write the report if one is wanted.

    Returns
    -------
    code : int
        1 if something failed, which is told with its traceback.
    """
    for _, failures in result.failures.groupby("strategy", sort=False):
        say(failures["traceback"].iloc[0])
    for number, metric in enumerate(result.metrics):
        if number:
            print()
        print(result.report(metric=metric))
    if args.report is not None:
        result.save_report(
            args.report, label_price=args.label_price, second_price=args.second_price
        )
        say(f"Report: {args.report}")
    return 1 if len(result.failures) else 0


def check_file(option, path):
    """Refuse a file that cannot be written, before there is anything to write."""
    path = Path(path)
    if path.is_dir():
        raise UserError(f"{option} {path} is a folder; name a file")
    if not path.absolute().parent.is_dir():
        raise UserError(f"{option} {path}: there is no such folder")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise UserError(f"{option} {path} must not be written; name another file")


def check_report(args):
    """Refuse a report that cannot be written, and prices without one."""
    for option in ("label_price", "second_price"):
        price = getattr(args, option)
        if price is not None and not 0 <= price < inf:
            raise UserError(f"--{option.replace('_', '-')} {price:g} is no price")
    if args.report is None:
        if args.label_price is not None or args.second_price:
            raise UserError("prices are for the report; add --report FILE")
        return
    path = Path(args.report)
    if path.suffix not in _SUFFIXES:
        raise UserError(f"--report {path}: the name must end in .html or .md")
    check_file("--report", path)
    if find_spec("matplotlib") is None:
        raise UserError("--report needs matplotlib: pip install matplotlib")
