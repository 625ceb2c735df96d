"""The summary on stdout, and the report."""

from __future__ import annotations

from pathlib import Path

from skactive.cli._errors import UserError, say

_SUFFIXES = (".html", ".md")


def show(result, args):
    """Print the summary of every metric; write the report if one is wanted."""
    for number, metric in enumerate(result.metrics):
        if number:
            print()
        print(result.report(metric=metric))
    if args.report is not None:
        result.save_report(
            args.report, label_price=args.label_price, second_price=args.second_price
        )
        say(f"Report: {args.report}")


def check_report(args):
    """Refuse a report that cannot be written, and prices without one."""
    if args.report is None:
        if args.label_price is not None or args.second_price:
            raise UserError("prices are for the report; add --report FILE")
    elif Path(args.report).suffix not in _SUFFIXES:
        raise UserError(f"--report {args.report}: the name must end in .html or .md")
