"""The summary of a simulation, in words."""

from __future__ import annotations

import numpy as np

from skactive.simulation._verdict import (
    are_alike,
    contradicted,
    end_alike,
    missed_by_intervals,
)


def render(summary, *, metric, n_repeats, n_labeled, setting, failures):
    """Text that names the baseline and the setting and says what was shown.

    Parameters
    ----------
    summary : DataFrame
        As from ``SimulationResult.summary``.
    metric : str
    n_repeats : int
    n_labeled : list of float
        Labels held after each round, on average.
    setting : dict or None
    failures : DataFrame

    Returns
    -------
    text : str
    """
    baseline = summary.index[summary["verdict"] == "baseline"][0]
    # Estimators print on several lines.
    facts = [
        f"{name}={' '.join(str(value).split())}"
        for name, value in (setting or {}).items()
    ]
    lines = [
        f"Labels needed to reach the final score of {baseline!r} ({metric}; "
        f"{n_repeats} repeat{'s' * (n_repeats > 1)}, {n_labeled[0]:g} to "
        f"{n_labeled[-1]:g} labels)",
        *([", ".join(facts)] if facts else []),
        f"efficiency: labels {baseline!r} needs / labels the strategy needs; "
        f"API: mean lead over {baseline!r}",
        "verdict: interval on one side of 1, and a paired t test of the API agrees",
        "",
        *_align(_cells(summary, n_labeled[-1])),
        "",
        *_findings(summary, n_repeats, n_labeled),
        *_failed(failures),
    ]
    return "\n".join(lines)


def _cells(summary, n_end):
    """Write the table as rows of text, its header first."""
    header = ["strategy", "final score", "labels", "efficiency", "95 % interval"]
    yield [*header, "API", "verdict"]
    for label, row in summary.iterrows():
        interval = f"[{row.efficiency_low:.2f}, {row.efficiency_high:.2f}]"
        needed = row.labels_needed
        yield [
            str(label),
            f"{row.final_score:.4g}",
            f"> {n_end:g}" if np.isnan(needed) else f"{needed:.1f}",
            _ratio(row.efficiency),
            "unknown" if np.isnan(row.efficiency_low) else interval,
            f"{_without_rounding(row.api, row.final_score):+.3g}",
            row.verdict,
        ]


def _align(cells):
    """Numbers to the right, the first and the last column to the left."""
    columns = list(zip(*cells, strict=True))
    padded = [
        [
            cell.ljust(width)
            if column in (columns[0], columns[-1])
            else cell.rjust(width)
            for cell in column
        ]
        for column, width in ((c, max(map(len, c))) for c in columns)
    ]
    return ["  ".join(row).rstrip() for row in zip(*padded, strict=True)]


def _without_rounding(difference, score):
    """Zero for what remains when equal scores are subtracted."""
    return 0.0 if abs(difference) < 1e-12 * abs(score) else difference


def _ratio(value):
    """Format an efficiency; a censored one is below 1, for the baseline got there."""
    return "< 1" if np.isnan(value) else f"{value:.2f}"


def _findings(summary, n_repeats, n_labeled):
    def named(verdict):
        labels = summary.index[summary["verdict"] == verdict]
        return ", ".join(str(label) or "''" for label in labels)

    baseline = summary.index[summary["verdict"] == "baseline"][0]
    lines = []
    if named("fewer labels"):
        lines.append(f"FEWER LABELS than {baseline!r}: {named('fewer labels')}.")
    elif len(summary) > 1:
        lines.append(
            f"NOT BETTER THAN {baseline!r}: no strategy is shown to need fewer labels."
        )
    if named("worse"):
        lines.append(f"WORSE than {baseline!r}: {named('worse')}.")
    if contradicted(summary):
        lines.append(
            f"NO VERDICT ON {', '.join(map(str, contradicted(summary)))}: the "
            f"efficiency is below its interval. The mean of {baseline!r} is as good "
            "before the end, or better; labels and efficiency aim at its monotone "
            "curve, the interval at its last score. Raise n_repeats, or choose another "
            "budget."
        )
    for label in missed_by_intervals(summary):
        lines.append(
            f"The interval of {label} misses its efficiency: it aims at the last mean "
            "score and not at the monotone curve. Both are above 1."
        )
    if n_repeats == 1:
        lines.append("One repeat shows nothing: raise n_repeats to 5 or more.")
    elif are_alike(summary, n_repeats):
        lines.append(
            f"All {n_repeats} repeats have the same scores, round by round, so nothing "
            "is shown of chance: vary initial, the split or the model's seed, or score "
            "by what tells the models apart."
        )
    elif n_repeats < 5:
        lines.append(
            f"With {n_repeats} repeats only large differences show: raise n_repeats."
        )
    if len(n_labeled) == 1:
        lines.append(
            "There is one round, in which nothing was asked, so no strategy was "
            "tried: raise the budget above n_initial."
        )
        return lines
    if summary.loc[baseline, "labels_needed"] <= n_labeled[0]:
        lines.append(
            f"{baseline!r} has its final score from the seed set on, so no labels can "
            "be saved: compare the API, start with fewer labels, or score otherwise."
        )
    if end_alike(summary):
        lines.append(
            f"All end at the last score of {baseline!r}, as where the budget takes the "
            "whole pool, so fewer labels cannot be shown: choose a smaller budget."
        )
    return lines


def _failed(failures):
    for label, part in failures.groupby("strategy", sort=False):
        first = part.iloc[0]
        yield (
            f"FAILED: {label}, in {len(part)} repeats, first in repeat "
            f"{first['repeat']}, round {first['round']}: {first['error']}"
        )
