"""``skactive strategies``."""

from __future__ import annotations

import inspect

from sklearn.utils import get_tags

from skactive import strategies

_MARKS = ("stochastic", "diverse", "cold_start", "quadratic")


def run(args):
    """List the strategies with what they declare."""
    rows = [("strategy", "task", "needs", "marks", "")]
    rows += [_describe(name) for name in strategies.names(task=args.task)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    return 0


def _describe(name):
    facts = get_tags(strategies.get(name)).strategy
    summary = (inspect.getdoc(getattr(strategies, name)) or "").partition("\n")[0]
    return (
        name,
        "any" if facts.task == "both" else facts.task,
        ", ".join(need.replace("|", " or ") for need in facts.needs) or "nothing",
        ", ".join(m.replace("_", " ") for m in _MARKS if getattr(facts, m)),
        summary,
    )
